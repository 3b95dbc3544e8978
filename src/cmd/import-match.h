/* Does a file's ROM belong to this card? What differs, all of it; the one place that decides
 * about a ROM that was not read from the card. */
#ifndef GPUROM_CMD_IMPORT_MATCH_H
#define GPUROM_CMD_IMPORT_MATCH_H

#include "sources/judge.h"

#define IMPORT_FIELDS 4
#define IMPORT_MATCH_TEXT_MAX 100

enum import_field {
	IMPORT_VENDOR = 1,
	IMPORT_DEVICE = 2,
	IMPORT_SUBSYSTEM = 4, /* a generic one, as laptops' boards have, is no mismatch */
	IMPORT_CLASS = 8,
};

struct import_match {
	/* As of this card's ROM: what differs and is allowed warns, and makes it usable at best. */
	struct judged judged;
	unsigned differs; /* set of enum import_field */
	char text[IMPORT_FIELDS]
		 [IMPORT_MATCH_TEXT_MAX]; /* of what differs, in the order above; else "" */
};

/* Judged in the jail, twice where the vendor differs. */
void import_match_judge(struct bytes file, const struct pci_fn *card, unsigned allowed,
			struct import_match *ret);

/* "vendor" and so on, by place in the order above. Static. */
const char *import_field_word(size_t i);
/* "vendor,class"; false where a word is none of them. */
bool import_fields_parse(const char *list, unsigned *ret);

#endif
