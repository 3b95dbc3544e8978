#include "staging.h"

#include "digest.h"
#include "fileio.h"
#include "log.h"

#include <stdio.h>
#include <string.h>

static int stage(const struct root *root, struct bytes b, const char *suffix,
		 char sha256[SHA256_HEX])
{
	char path[sizeof(ROOT_STAGED) + SHA256_HEX + 8];
	int r;

	digest_sha256(b, sha256);
	snprintf(path, sizeof(path), ROOT_STAGED "/%s.%s", sha256, suffix);
	r = file_publish(root->fd, path, b.p, b.n, 0644);
	if (r < 0) {
		log_warn(root, "/%s: cannot be staged: %s", path, strerror(-r));
		sha256[0] = '\0';
	}
	return r;
}

void staging_put(const struct root *root, const struct reading *best, struct boot_rom *told)
{
	const struct bytes raw = {best->raw.bytes, best->raw.n};

	told->rom_size = 0;
	told->sha256[0] = told->raw_sha256[0] = '\0';
	if (!raw.n)
		return;
	if (best->keep.n && stage(root, best->keep, "rom", told->sha256) == 0)
		told->rom_size = best->keep.n;
	/* Kept apart only where it says more than the romfile does. */
	if (best->keep.n != raw.n)
		(void)stage(root, raw, "bin", told->raw_sha256);
	else
		memcpy(told->raw_sha256, told->sha256, sizeof(told->raw_sha256));
}
