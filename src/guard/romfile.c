// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/romfile.h"

#include "store/proxmox-link.h"

#include <stdio.h>
#include <string.h>

#define SUFFIX ".rom"

/* Sets *ret to the part at or after *at, and moves *at behind it. Returns its length, 0 at the end.
 */
static size_t next_part(const char **at, const char **ret)
{
	size_t n;

	for (;; *at += n) {
		*at += strspn(*at, "/");
		n = strcspn(*at, "/");
		if (n != 1 || **at != '.')
			break;
	}
	*ret = *at;
	*at += n;
	return n;
}

/* What follows folder in file; NULL where file is not below it. */
static const char *path_below(const char *file, const char *folder)
{
	const char *f = file, *d = folder, *part, *want;
	size_t n, m;

	while ((m = next_part(&d, &want)) > 0) {
		n = next_part(&f, &part);
		if (n != m || memcmp(part, want, n) != 0)
			return NULL;
	}
	return f;
}

/* "<name>.rom" as the last part, with nothing behind it. */
static bool parse_name(const char *file, const char *rest, struct romname *ret)
{
	const char *part;
	size_t n = next_part(&rest, &part);

	if (*rest || n <= strlen(SUFFIX) || n - strlen(SUFFIX) >= sizeof(ret->name) ||
	    strcmp(part + n - strlen(SUFFIX), SUFFIX) != 0)
		return false;
	n -= strlen(SUFFIX);
	if (*part == '.' || strspn(part, "abcdefghijklmnopqrstuvwxyz0123456789._-") < n)
		return false;
	memcpy(ret->name, part, n);
	ret->name[n] = '\0';
	ret->folder = (size_t)(part - file);
	return true;
}

static bool parse_in_folder(const char *file, const char *folder, enum romname_kind kind,
			    const char *store, struct romname *ret)
{
	const char *rest = path_below(file, folder);

	if (!rest || !parse_name(file, rest, ret))
		return false;
	snprintf(ret->store, sizeof(ret->store), "%s", store);
	ret->kind = kind;
	return true;
}

static bool parse_in_store(const char *file, const char *store, struct romname *ret)
{
	static const char *const folders[] = {
		[ROMNAME_PATH] = "by-path", [ROMNAME_ID] = "by-id", [ROMNAME_ROM] = "roms"};
	char folder[CONFIG_STORE_MAX + 16];

	for (unsigned k = ROMNAME_PATH; k <= ROMNAME_ROM; k++) {
		snprintf(folder, sizeof(folder), "%s/%s", store, folders[k]);
		if (parse_in_folder(file, folder, (enum romname_kind)k, store, ret))
			return true;
	}
	return false;
}

void romname_parse(const char *store, const char *file, struct romname *ret)
{
	char sha256[SHA256_HEX];

	*ret = (struct romname){.kind = ROMNAME_FOREIGN};
	if (*file != '/' ||
	    (!parse_in_store(file, store, ret) && !parse_in_store(file, STORE_VOLATILE, ret) &&
	     !parse_in_folder(file, "/" KVMLINK, ROMNAME_PATH, store, ret)))
		*ret = (struct romname){.kind = ROMNAME_FOREIGN};
	if (ret->kind == ROMNAME_ROM && !romstore_digest_in(ret->name, "", sha256))
		ret->kind = ROMNAME_FOREIGN;
}
