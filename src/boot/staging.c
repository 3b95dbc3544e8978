#include "boot/staging.h"

#include "sys/file.h"
#include "sys/log.h"
#include "util/sha256.h"

#include <stdio.h>
#include <string.h>

/* sha256: of what was staged before, "" nothing; of b where it could be staged, else "". */
static void stage(const struct root *root, struct bytes b, const char *suffix,
		  char sha256[SHA256_HEX])
{
	char path[sizeof(ROOT_STAGED) + SHA256_HEX + 8], is[SHA256_HEX];
	int r;

	digest_sha256(b, is);
	/* There already: a second try could only fail. */
	if (strcmp(is, sha256) == 0)
		return;
	memcpy(sha256, is, SHA256_HEX);
	snprintf(path, sizeof(path), ROOT_STAGED "/%s.%s", sha256, suffix);
	r = file_publish(root->fd, path, b.p, b.n, 0644);
	if (r < 0) {
		log_warn(root, "/%s: cannot be staged: %s", path, strerror(-r));
		sha256[0] = '\0';
	}
}

void staging_put(const struct root *root, const struct reading *best, struct rom_reading *told)
{
	const struct bytes raw = {best->raw.bytes, best->raw.n};

	if (best->keep.n)
		stage(root, best->keep, "rom", told->sha256);
	else
		told->sha256[0] = '\0';
	told->rom_size = told->sha256[0] ? best->keep.n : 0;
	/* Kept apart only where it says more than the romfile does. */
	if (best->keep.n != raw.n)
		stage(root, raw, "bin", told->raw_sha256);
	else
		memcpy(told->raw_sha256, told->sha256, sizeof(told->raw_sha256));
}
