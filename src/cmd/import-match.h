/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Does the ROM of a file belong to this card? The one place that decides this of a ROM that was not
 * read from the card. */
#ifndef GPUROM_CMD_IMPORT_MATCH_H
#define GPUROM_CMD_IMPORT_MATCH_H

#include "sources/judge.h"

#define IMPORT_FIELDS 4
#define IMPORT_MATCH_TEXT_MAX 100

enum import_field {
	IMPORT_VENDOR = 1,
	IMPORT_DEVICE = 2,
	IMPORT_SUBSYSTEM = 4, /* a generic one, as in laptops, is no mismatch */
	IMPORT_CLASS = 8,
};

/* import_match_judge fills it in, import reads it. */
struct import_match {
	/* As a ROM of this card; what differs and is allowed makes it usable at best. */
	struct judged judged;
	unsigned differs; /* set of enum import_field */
	/* By place in the order above: what differs, or "". */
	char text[IMPORT_FIELDS][IMPORT_MATCH_TEXT_MAX];
};

/* Judges file in the jail, twice where the vendor differs. allowed: a set of enum import_field. */
void import_match_judge(struct bytes file, const struct pci_fn *card, unsigned allowed,
			struct import_match *ret);

/* The word of the i-th field in the order above, "vendor". Static text. */
const char *import_field_word(size_t i);
/* Parses "vendor,class" into a set. False where a word is none of them. */
bool import_fields_parse(const char *list, unsigned *ret);

#endif
