/* commit: what this boot staged under /run/gpurom becomes part of the store. Idempotent. */
#ifndef GPUROM_COMMIT_H
#define GPUROM_COMMIT_H

#include "report.h"

struct commit_result {
	char store[CONFIG_STORE_MAX]; /* where it went */
	bool is_volatile;	      /* the configured store could not be written */
	int why;		      /* -errno of the configured store then */
	size_t published, kept, none; /* cards: new romfile, the good one stayed, no ROM known */
};

/* Order: romfiles, raw readings, links, cards.json last. A card whose reading is worse than what
 * the store has keeps its links. 0, or the -errno that stopped it: the old state is intact. */
int commit_report(const struct root *root, const struct report *r, struct commit_result *ret);

#endif
