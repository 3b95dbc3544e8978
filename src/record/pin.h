/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pins one of a recorded card's ROMs: its links show that one. */
#ifndef GPUROM_RECORD_PIN_H
#define GPUROM_RECORD_PIN_H

#include "record/record.h"

#define RECORD_HEAD_MIN 6 /* hex digits that name a ROM, at least */

/* Finds the card's ROM, shown or not, whose digest begins with head, in lower case. Returns 0 and
 * sets *ret, or -ENOENT, or -ENOTUNIQ if there are several. */
int record_choose(const struct record_card *c, const char *head, struct record_rom **ret);

/* Pins rom, the shown one or one of the others, as a person's choice; the one before joins the
 * others. by_id "": unchanged. */
void record_pin(struct record_card *c, struct record_rom *rom, const char *by_id, const char *when);

/* True if a person has pinned a ROM of the card since the card was first seen with that one: the
 * person knows that its flash differs from the shown ROM. c may be NULL: false. */
bool record_settled(const struct record_card *c, const char *sha256);

#endif
