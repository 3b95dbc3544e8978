// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/sha256.h"

#include <sha256.h>

void digest_sha256(struct bytes b, char ret[SHA256_HEX])
{
	SHA256_Data(b.p ? b.p : (const uint8_t *)"", b.n, ret);
}
