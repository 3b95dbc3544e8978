// SPDX-License-Identifier: GPL-2.0-or-later
#include "rom/diff.h"

#include <stdio.h>
#include <string.h>

void rom_diff(struct bytes a, struct bytes b, struct rom_diff *ret)
{
	size_t least = a.n < b.n ? a.n : b.n;
	size_t most = a.n + b.n - least;

	*ret = (struct rom_diff){.n = 0};
	for (size_t i = 0; i < most; i++) {
		if (i < least && a.p[i] == b.p[i])
			continue;
		if (ret->n < ROM_DIFF_AT_MAX)
			ret->at[ret->n] = i;
		ret->n++;
	}
}

const char *rom_diff_text(const struct rom_diff *d, char buf[ROM_DIFF_TEXT_MAX])
{
	size_t used;

	snprintf(buf, ROM_DIFF_TEXT_MAX, "%zu bytes differ, at 0x%zx", d->n, d->n ? d->at[0] : 0);
	for (size_t i = 1; i < d->n && i < ROM_DIFF_AT_MAX; i++) {
		used = strlen(buf);
		snprintf(buf + used, ROM_DIFF_TEXT_MAX - used, ", 0x%zx", d->at[i]);
	}
	used = strlen(buf);
	snprintf(buf + used, ROM_DIFF_TEXT_MAX - used, "%s",
		 d->n > ROM_DIFF_AT_MAX ? " and on" : "");
	return buf;
}
