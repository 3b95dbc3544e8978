/* Which of a recorded card's ROMs is pinned, that is: shown by its links. */
#ifndef GPUROM_RECORD_PIN_H
#define GPUROM_RECORD_PIN_H

#include "record/record.h"

#define RECORD_HEAD_MIN 6 /* hex digits that name a ROM, at least */

struct record_choice {
	struct record_rom rom;
	bool shown;	/* it is the pinned one */
	bool by_person; /* ... because a person said so */
	bool misfit;	/* imported as another card's, which was allowed */
};

/* The card's own ROM, shown or beside, whose digest begins with head, in lower case. -ENOENT;
 * -ENOTUNIQ where several do. */
int record_choose(const struct record *r, const char *path, const char *head,
		  struct record_choice *ret);

/* Digest of the romfile that the card's last reading gave, borrowed; "" none. */
const char *record_last_read(const struct record *r, const char *path);

/* That one of its ROMs is pinned, by a person; what was is kept beside. by_id "": as it was.
 * -ENOENT where it is none of them; -ENOMEM leaves the record unfit to be saved. */
int record_pin(struct record *r, const char *path, const char *sha256, const char *by_id,
	       const char *when);

/* A person has pinned a ROM of the card since it was first seen with that one: that it has another
 * than is shown is no news. */
bool record_settled(const struct record *r, const char *path, const char *sha256);

#endif
