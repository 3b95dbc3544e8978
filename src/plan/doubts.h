/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of the configuration that may not mean what their writer meant: `gpurom plan` prints them,
 * claim logs them. */
#ifndef GPUROM_PLAN_DOUBTS_H
#define GPUROM_PLAN_DOUBTS_H

#include "plan/config.h"

enum plan_doubt_kind {
	DOUBT_NO_MATCH,	  /* a word of devices= matches nothing: a typo, or a card was removed
			   * ("keep=03:00:0" is a good address, in domain 3) */
	DOUBT_VIRTUAL,	  /* ... or virtual functions only */
	DOUBT_KEEPS_NONE, /* a word of keep= keeps no graphics card */
	DOUBT_DOMAINS,	  /* an address without domain is that of cards in several domains */
};

/* Filled by plan_doubts. */
struct plan_doubt {
	enum plan_doubt_kind kind;
	const char *word;	 /* borrowed from the config */
	const struct pci_fn *fn; /* the first function that it matches, borrowed; NULL none.
				  * DOUBT_DOMAINS: the first of a graphics card */
	size_t domains;		 /* DOUBT_DOMAINS */
};

/* nvidia and boot-vga in devices= are for any host, and no doubt. Returns the number of doubts. */
#define PLAN_DOUBTS_MAX (2 * CONFIG_SELECTORS_MAX)
#define PLAN_DOUBT_TEXT_MAX (SELECTOR_TEXT_MAX + 200)
size_t plan_doubts(const struct config *c, const struct pci_scan *s,
		   struct plan_doubt ret[PLAN_DOUBTS_MAX]);
const char *plan_doubt_text(const struct plan_doubt *d, char buf[PLAN_DOUBT_TEXT_MAX]);

#endif
