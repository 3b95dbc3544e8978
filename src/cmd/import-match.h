/* Does a file's ROM belong to this card? What differs, all of it; the one place that decides
 * about a ROM that was not read from the card. */
#ifndef GPUROM_CMD_IMPORT_MATCH_H
#define GPUROM_CMD_IMPORT_MATCH_H

#include "sources/judge.h"

#define FITS 4
#define FIT_TEXT_MAX 100

enum fit_what {
	FIT_VENDOR = 1,
	FIT_DEVICE = 2,
	FIT_SUBSYSTEM = 4, /* a generic one, as laptops' boards have, is no mismatch */
	FIT_CLASS = 8,
};

struct fit {
	/* As of this card's ROM: what differs and is allowed warns, and makes it usable at best. */
	struct judged judged;
	unsigned differs;	       /* set of enum fit_what */
	char text[FITS][FIT_TEXT_MAX]; /* of what differs, in the order above; else "" */
};

/* Judged in the jail, twice where the vendor differs. */
void fit_judge(struct bytes file, const struct pci_fn *card, unsigned allowed, struct fit *ret);

/* "vendor" and so on, by place in the order above. Static. */
const char *fit_word(size_t i);
/* "vendor,class"; false where a word is none of them. */
bool fit_parse(const char *list, unsigned *ret);

#endif
