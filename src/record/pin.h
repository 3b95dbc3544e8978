/* Which of a recorded card's ROMs is pinned, that is: shown by its links. */
#ifndef GPUROM_RECORD_PIN_H
#define GPUROM_RECORD_PIN_H

#include "record/record.h"

#define RECORD_HEAD_MIN 6 /* hex digits that name a ROM, at least */

/* The card's own ROM, shown or not, whose digest begins with head, in lower case. -ENOENT;
 * -ENOTUNIQ where several do. */
int record_choose(const struct record_card *c, const char *head, struct record_rom **ret);

/* rom, shown or one of the others, is pinned, by a person; what was is kept beside. by_id "": as it
 * was. */
void record_pin(struct record_card *c, struct record_rom *rom, const char *by_id, const char *when);

/* A person has pinned a ROM of the card since it was first seen with that one: that it has another
 * than is shown is no news. False where c is NULL. */
bool record_settled(const struct record_card *c, const char *sha256);

#endif
