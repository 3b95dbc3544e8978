/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether QEMU's user, who is nobody special, may read a romfile. */
#ifndef GPUROM_HOST_READABLE_H
#define GPUROM_HOST_READABLE_H

#include "store/store.h"

#define READABLE_PATH_MAX (STORE_FILE_MAX + SHA256_HEX)

/* Filled by readable_find; read by guard/ and the gatherer of `gpurom doctor`. */
struct unreadable {
	char path[READABLE_PATH_MAX]; /* absolute, below the root */
	unsigned mode;
	const char *lacks; /* what others need there: "r", "x"; static */
};

/* Sets *ret to the first part of the path that others may not enter or, where it is a file at the
 * end, not read. False where there is none. What cannot be opened is passed over, and an ACL may
 * allow what a mode does not. path: absolute; is_file: what its last part is. */
bool readable_find(const struct root *root, const char *path, bool is_file, struct unreadable *ret);
#endif
