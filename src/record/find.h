/* The names that the record knows cards by: the path that a card is recorded at, the paths and
 * addresses that it had before, and what was seen of it last. Looks only; texts are borrowed. */
#ifndef GPUROM_RECORD_FIND_H
#define GPUROM_RECORD_FIND_H

#include "record/record.h"

enum record_name {
	RECORD_NAME_PATH,     /* that it is recorded at */
	RECORD_NAME_LAST,     /* its address, slot or serial number when it was last seen */
	RECORD_NAME_OLD_PATH, /* before it moved */
	RECORD_NAME_OLD_ADDRESS,
};

struct record_named {
	const char *path; /* that the card is recorded at */
	enum record_name how;
	const char *until; /* when it was last seen by that name, "" where not known */
	size_t others;	   /* more cards that had that name, longer ago */
};

/* The card that name means, or meant last: a path, "path:PATH", an address with or without domain
 * and function, "slot:NAME", "serial:NUMBER". The one recorded at `except` (NULL none) is passed
 * over. -ENOENT. */
int record_named(const struct record *r, const char *name, const char *except,
		 struct record_named *ret);

/* The card at path may be the one recorded at other. */
bool record_may_be(const struct record *r, const char *path, const char *other);

#endif
