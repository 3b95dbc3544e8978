/* Links of places (by-path) against the record. One is explained where the card that is recorded at
 * its place shows that ROM; or where none is recorded there, and the ROM is one of a card's that is
 * recorded elsewhere now and sat there before. */
#ifndef GPUROM_STORE_LINKS_H
#define GPUROM_STORE_LINKS_H

#include "record/record.h"
#include "store/store.h"

bool recordlinks_explained(const struct record *r, const char *path, const char *sha256);

/* Each recorded card's link shows its ROM, also that of a card which is not here: a writer that
 * died may have left another there. Nothing is done where the romfile is not whole, or where
 * something that is not ours stands in the link's place. 0, or -errno of the store. */
int recordlinks_show(const struct romstore *s, const struct record *r);

/* Removes each link of ours that is not explained, and calls told (NULL: nobody) for it: a card
 * that comes to that place must not be shown another one's ROM. While a corrupt record is put
 * aside nothing is removed, since that one may explain it. 0, or -errno of the store. */
int recordlinks_drop(const struct romstore *s, const struct record *r,
		     void (*told)(void *ctx, const char *path, const char *sha256), void *ctx);

#endif
