// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/memory.h"

#include <stdlib.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20) /* of x86-64, and of arm64 with pages of 4 KiB */
#define LARGE ((size_t)1 << 20)

void *memory_new(size_t n)
{
	const size_t whole = (n + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	void *p = n >= LARGE && whole >= n ? aligned_alloc(HUGE_PAGE, whole) : malloc(n);

	/* Without huge pages it is memory all the same. */
	if (p && n >= LARGE)
		(void)madvise(p, whole, MADV_HUGEPAGE);
	return p;
}
