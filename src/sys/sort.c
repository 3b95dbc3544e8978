// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/sort.h"

struct heap {
	char *item;
	size_t size;
	int (*compare)(const void *, const void *);
};

static char *at(const struct heap *h, size_t i)
{
	return h->item + i * h->size;
}

static void swap(const struct heap *h, size_t i, size_t j)
{
	for (size_t k = 0; k < h->size; k++) {
		char c = at(h, i)[k];

		at(h, i)[k] = at(h, j)[k];
		at(h, j)[k] = c;
	}
}

/* The item at i sinks to where no item below it is greater, among the first n. */
static void sink(const struct heap *h, size_t i, size_t n)
{
	for (size_t below; (below = 2 * i + 1) < n; i = below) {
		if (below + 1 < n && h->compare(at(h, below), at(h, below + 1)) < 0)
			below++;
		if (h->compare(at(h, i), at(h, below)) >= 0)
			return;
		swap(h, i, below);
	}
}

void sort_items(void *items, size_t n, size_t size, int (*compare)(const void *, const void *))
{
	const struct heap h = {items, size, compare};

	for (size_t i = n / 2; i-- > 0;)
		sink(&h, i, n);
	for (size_t end = n; end > 1; end--) {
		swap(&h, 0, end - 1);
		sink(&h, 0, end - 1);
	}
}
