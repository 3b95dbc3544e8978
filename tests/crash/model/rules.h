/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What must hold of the store after each operation, by what the model knows and gpurom cannot.
 *
 * Always, also where the operation died:
 *   every link in by-path and by-id leads to a whole romfile;
 *   every ROM and raw reading that the record names is there;
 *   no recorded card is lost, but by forget and remap: it stays recorded, or becomes the past of
 *   another; and none of its ROMs is;
 *   the pinned ROM of a recorded card (by its id) changes by pin, import and remap alone, of it.
 *
 * Once an operation has come to its end:
 *   every link in by-path is explained: the card recorded at its place shows that ROM; or none is
 *   recorded there, and a recorded card sat there before and has that ROM;
 *   such a link of a place that was left stays as long as its card is recorded and nobody is
 *   recorded there;
 *   a card has 3 raw readings at most besides those of its ROMs; and there are no more that the
 *   record does not name than before, but by forget and remap, which leave them for gc.
 *
 * Once a boot's commit has come to its end, the link of each recorded card, here or not, shows the
 * record's ROM, or there is neither. And of each card that was taken in that boot:
 *   the record has it;
 *   a card with a serial number is recorded as itself alone, and shows only what was once read from
 *   that very card, or imported for it;
 *   of a card without one this cannot be known: its like in its place is taken for it, and so is a
 *   card of its model elsewhere that reads its ROM. So: what is shown was once read, or imported,
 * at a place where the record then had this card, by its id; and where the record takes a card for
 *   one that it was not, it is of the same model, and in the same place as that one was, or it
 * reads the ROM that was read of that one last (else its pinned one), or that one has none.
 *
 * Where a commit died before it wrote the first record at all, the next one finds links and no
 * record, as if that were lost, and can only go by ids (gpurom(5)): what a link showed then counts
 * as read from the card that is there. */
#ifndef GPUROM_TEST_RULES_H
#define GPUROM_TEST_RULES_H

#include "snap.h"
#include "world.h"

enum op { OP_BOOT, OP_AGAIN, OP_PIN, OP_IMPORT, OP_REMAP, OP_FORGET, OP_GC, OPS };

struct done {
	enum op op;
	bool died;
	bool ok;		  /* a command's exit status was 0 */
	char path[SNAP_NAME_MAX]; /* of the card that it was about */
	char to[SNAP_NAME_MAX];	  /* remap: the other place */
	size_t rom;		  /* import: the file's */
	size_t card;		  /* import: the true card that it was for */
};

void rules_begin(void);
void rules_end(void);
/* Text says what is wrong, "" nothing. */
void rules_check(const struct done *d, const struct snap *before, const struct snap *now,
		 char *text, size_t cap);
/* The true card that the record's card of that id was at first; NOBODY. */
size_t rules_card_of(const char *id);

#endif
