// SPDX-License-Identifier: GPL-2.0-or-later
#include "util/near.h"

#include <string.h>

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned near_distance(const char *a, const char *b)
{
	/* Rows of the table of distances, of the first i characters of a to the first k of b: i -
	 * 2, i - 1 and i. */
	unsigned row[3][NEAR_TEXT_MAX];
	size_t na = strlen(a), nb = strlen(b);

	if (na >= NEAR_TEXT_MAX || nb >= NEAR_TEXT_MAX)
		return NEAR_FAR;
	for (size_t k = 0; k <= nb; k++)
		row[0][k] = (unsigned)k;
	for (size_t i = 1; i <= na; i++) {
		unsigned *now = row[i % 3], *one = row[(i + 2) % 3], *two = row[(i + 1) % 3];

		now[0] = (unsigned)i;
		for (size_t k = 1; k <= nb; k++) {
			char x = lower(a[i - 1]), y = lower(b[k - 1]);

			now[k] = least(one[k - 1] + (x != y), least(one[k], now[k - 1]) + 1);
			if (i > 1 && k > 1 && x == lower(b[k - 2]) && lower(a[i - 2]) == y)
				now[k] = least(now[k], two[k - 2] + 1);
		}
	}
	return row[na % 3][nb];
}

void near_offer(struct near *n, const char *candidate)
{
	size_t len = strlen(n->word);
	bool begins = len >= 2 && strncmp(n->word, candidate, len) == 0;
	unsigned d = begins ? 0 : near_distance(n->word, candidate);

	if (d > n->limit || (n->best && d > n->distance))
		return;
	n->tie = n->best && d == n->distance;
	if (n->tie)
		return;
	n->best = candidate;
	n->distance = d;
}

unsigned near_limit(const char *word)
{
	size_t n = strlen(word);

	return n < 4 ? 1 : n < 8 ? 2 : 3;
}
