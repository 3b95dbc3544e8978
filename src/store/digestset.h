/* A set of SHA-256 digests, taken out of any text. */
#ifndef GPUROM_STORE_DIGESTSET_H
#define GPUROM_STORE_DIGESTSET_H

#include "record/record.h"

struct digestset {
	char (*digest)[SHA256_HEX];
	size_t n, room;
	bool sorted;
};

/* Each digest that stands anywhere in n bytes of text, upper case as lower case, also within a
 * longer run of hex digits: rather one too many. -ENOMEM. */
int digestset_add(struct digestset *s, const char *text, size_t n);
/* Each digest that any key or value of the record holds, however deep. -ENOMEM. */
int digestset_add_record(struct digestset *s, const struct record *r);
bool digestset_has(struct digestset *s, const char *sha256);
void digestset_free(struct digestset *s);

#endif
