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

/* Cards of the record by their id (record/id.h), and those that stood in another's place before.
 * Looks only; texts are borrowed. */
struct record_bearer {
	const char *path;      /* that it is recorded at, or was when another took its place */
	bool previous;	       /* another card is recorded there now */
	struct pci_ids ids;    /* 0 where they cannot be understood */
	const char *last_seen; /* "" not known */
};

/* The card of that id; the recorded ones before those of the past. -ENOENT. */
int record_by_id(const struct record *r, const char *id, struct record_bearer *ret);

/* The card that stood at path last before the one that is recorded there. -ENOENT. */
int record_before(const struct record *r, const char *path, struct record_bearer *ret);

/* The path that the card recorded at path had last before it moved there, "" where it never did. */
const char *record_came_from(const struct record *r, const char *path);

/* The ROM of that digest, where it is known to be of this card: of the one recorded at path ("" not
 * recorded), or of one that stood in another's place before and has its serial number (0 none),
 * vendor and device. -ENOENT. */
int record_rom_of(const struct record *r, const char *path, const struct pci_ids *ids,
		  uint64_t serial, const char *sha256, struct record_rom *ret);

/* The card recorded at path had that path too, before it moved. */
bool record_had_path(const struct record *r, const char *path, const char *old);

#endif
