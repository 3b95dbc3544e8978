#include "rom/diff.h"

#include <stdio.h>
#include <string.h>

void differ(struct bytes a, struct bytes b, struct differ *ret)
{
	size_t least = a.n < b.n ? a.n : b.n;
	size_t most = a.n + b.n - least;

	*ret = (struct differ){.n = 0};
	for (size_t i = 0; i < most; i++) {
		if (i < least && a.p[i] == b.p[i])
			continue;
		if (ret->n < DIFFER_AT_MAX)
			ret->at[ret->n] = i;
		ret->n++;
	}
}

const char *differ_text(const struct differ *d, char buf[DIFFER_TEXT_MAX])
{
	size_t used;

	snprintf(buf, DIFFER_TEXT_MAX, "%zu bytes differ, at 0x%zx", d->n, d->n ? d->at[0] : 0);
	for (size_t i = 1; i < d->n && i < DIFFER_AT_MAX; i++) {
		used = strlen(buf);
		snprintf(buf + used, DIFFER_TEXT_MAX - used, ", 0x%zx", d->at[i]);
	}
	used = strlen(buf);
	snprintf(buf + used, DIFFER_TEXT_MAX - used, "%s", d->n > DIFFER_AT_MAX ? " and on" : "");
	return buf;
}
