#include "boot/adopt.h"

#include "sources/judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int adopt(const struct romstore *s, const char *sha256, const struct pci_ids *ids,
	  struct record_rom *ret)
{
	const struct verdict_facts known = {.ids = ids};
	struct judged *j;
	uint8_t *data;
	size_t n;
	int err;

	*ret = (struct record_rom){.size = 0};
	err = romstore_get_rom(s, sha256, &data, &n);
	if (err)
		return err == -ENOENT || err == -EBADMSG ? 0 : err;
	j = malloc(sizeof(*j));
	if (j)
		judge((struct bytes){data, n}, &known, j);
	free(data);
	if (!j)
		return -ENOMEM;
	if (j->verdict != VERDICT_REJECTED) {
		ret->verdict = j->verdict;
		strcpy(ret->sha256, sha256);
		strcpy(ret->source, ADOPT_SOURCE);
		snprintf(ret->version, sizeof(ret->version), "%s", j->rom.version);
		ret->size = n;
		ret->has_efi = rom_has_efi(&j->rom);
	}
	free(j);
	return 0;
}
