/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SHA-256 (libmd's), by which the store names its files. */
#ifndef GPUROM_UTIL_SHA256_H
#define GPUROM_UTIL_SHA256_H

#include "util/bytes.h"

#define SHA256_HEX 65 /* characters of a digest, with NUL */

/* Writes the digest of b in lower-case hexadecimal, with a NUL. */
void digest_sha256(struct bytes b, char ret[SHA256_HEX]);

#endif
