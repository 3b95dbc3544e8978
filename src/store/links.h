/* Links of the store against the record: those of places (by-path) and those of models (by-id).
 * That of a place is explained where the card that is recorded there shows that ROM; or where none
 * is recorded there, and the ROM is one of a card's that is recorded elsewhere now and sat there
 * before.
 */
#ifndef GPUROM_STORE_LINKS_H
#define GPUROM_STORE_LINKS_H

#include "plan/plan.h"
#include "store/record-file.h"
#include "store/store.h"

#define RECORDLINKS_BY_ID PLAN_CARDS_MAX /* different ROMs of one model that get a name by-id */

/* "10de-2204-1462-3892", and "-2" where another ROM of this model has that name already: n from 1.
 * Returns buf. */
const char *recordlinks_id(const struct pci_ids *i, unsigned n, char buf[RECORD_BY_ID_MAX]);

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

/* Removes the links that were this recorded card's alone: its path's, those that lead on from its
 * earlier paths, and those by its model that show a ROM which no other card has. One in its place
 * that is not ours is left alone. Before record_forget(). 0, or -errno of the store. */
int recordlinks_forget(const struct romstore *s, const struct record *r,
		       const struct record_card *card);

#endif
