/* Cards of the record by their id (record/id.h), and those that stood in another's place before.
 * Looks only; texts are borrowed. */
#ifndef GPUROM_RECORD_RECORDID_H
#define GPUROM_RECORD_RECORDID_H

#include "record/record.h"

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
