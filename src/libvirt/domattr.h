/* The attributes of a start tag as they are written. */
#ifndef GPUROM_LIBVIRT_DOMATTR_H
#define GPUROM_LIBVIRT_DOMATTR_H

#include "util/bytes.h"

struct domattr {
	struct bytes name;
	size_t at, n; /* of the value, between its quotes: offset and bytes */
};

/* The next one at or after *at, which is moved behind it, in text up to the tag's end that a parser
 * has found well formed: name, '=', quoted value. False at the end, or where it is not. */
bool domattr_next(struct bytes b, size_t *at, struct domattr *ret);

#endif
