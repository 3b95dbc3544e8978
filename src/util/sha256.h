/* SHA-256, as the store names its files. By libmd. */
#ifndef GPUROM_UTIL_SHA256_H
#define GPUROM_UTIL_SHA256_H

#include "util/bytes.h"

#define SHA256_HEX 65 /* characters of a digest, with NUL */

/* Lower-case hex of the digest of b. */
void digest_sha256(struct bytes b, char ret[SHA256_HEX]);

#endif
