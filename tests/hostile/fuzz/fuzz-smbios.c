// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer entry: the walk through any table moves on and stays inside, and a slot of it has a
 * name that may be printed. */
#include "pci/smbios.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static void check(const struct smbios_slot *s)
{
	const char *end = memchr(s->name, '\0', sizeof(s->name));

	if (!end || end == s->name || *s->name == ' ' || end[-1] == ' ')
		abort();
	for (const char *c = s->name; *c; c++)
		if (*c < ' ' || *c > '~')
			abort();
	if (s->addr.domain >= 0xffff || s->addr.dev > PCI_DEV_MAX || s->addr.fn > PCI_FN_MAX)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct bytes table = {p, n}, s;
	struct smbios_slot slot;
	size_t off = 0, before = 0;

	while (smbios_next(table, &off, &s)) {
		if (off <= before || off > n || s.p != p + before || s.n != off - before)
			abort();
		if (smbios_slot(s, &slot))
			check(&slot);
		before = off;
	}
	if (off != before)
		abort();
	/* Handed on without its end. */
	if (smbios_slot(table, &slot))
		check(&slot);
	return 0;
}
