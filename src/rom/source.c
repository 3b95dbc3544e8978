// SPDX-License-Identifier: GPL-2.0-or-later
#include "rom/source.h"

#include <string.h>

static const char *const words[] = {
	[SOURCE_SYSFS] = "sysfs", [SOURCE_EFI] = "efi",	      [SOURCE_PROM] = "prom",
	[SOURCE_VFIO] = "vfio",	  [SOURCE_SHADOW] = "shadow", [SOURCE_FILE] = "file",
};

const char *source_text(enum rom_source s)
{
	return words[s];
}

bool source_parse(const char *word, enum rom_source *ret)
{
	for (unsigned i = 0; i < SOURCES_MAX; i++)
		if (strcmp(word, words[i]) == 0) {
			*ret = (enum rom_source)i;
			return true;
		}
	return false;
}
