/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store's links, of places (by-path) and of models (by-id), compared with the record. The
 * record explains the link of a place where the card that is recorded there shows that ROM; or
 * where no card is recorded there, and one that was there before and is recorded elsewhere now has
 * the ROM. */
#ifndef GPUROM_STORE_LINKS_H
#define GPUROM_STORE_LINKS_H

#include "plan/plan.h"
#include "store/record-file.h"
#include "store/store.h"

#define RECORDLINKS_BY_ID PLAN_CARDS_MAX /* names in by-id for different ROMs of one model */

/* "10de-2204-1462-3892"; with n from 2 on "-2" and so on, where other ROMs of the model have the
 * names before. Returns buf. */
const char *recordlinks_id(const struct pci_ids *i, unsigned n, char buf[RECORD_BY_ID_MAX]);

/* True where the record explains a link of that place to that ROM. */
bool recordlinks_explained(const struct record *r, const char *path, const char *sha256);

/* Makes each recorded card's link lead to its ROM, also that of a card which is not in the machine:
 * a writer that died may have left another ROM there. Does nothing where the romfile is not whole,
 * or where something that gpurom did not make is in the link's place. Returns 0, or -errno of the
 * store. */
int recordlinks_show(const struct romstore *s, const struct record *r);

/* Removes each link of gpurom's that is not explained, and calls removed for it unless that is
 * NULL: a card that comes to that place must not get another one's ROM. Removes nothing while a
 * corrupt record is put aside, since that one may explain it. Returns 0, or -errno of the store. */
int recordlinks_drop(const struct romstore *s, const struct record *r,
		     void (*removed)(void *ctx, const char *path, const char *sha256), void *ctx);

/* Removes the links that only this recorded card has: that of its path, those of its earlier paths,
 * and those of its model to a ROM that no other card has. What gpurom did not make stays. Call it
 * before record_forget(). Returns 0, or -errno of the store. */
int recordlinks_forget(const struct romstore *s, const struct record *r,
		       const struct record_card *card);

#endif
