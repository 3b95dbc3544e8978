/* SHA-256, as the store names its files. By libmd. */
#ifndef GPUROM_DIGEST_H
#define GPUROM_DIGEST_H

#include "bootcard.h"

/* Lower-case hex of the digest of b. */
void digest_sha256(struct bytes b, char ret[SHA256_HEX]);

#endif
