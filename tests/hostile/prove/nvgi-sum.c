// SPDX-License-Identifier: GPL-2.0-or-later
/* sum_read of rom/nvgi.c: any total size, of any bytes that hold a header. */
#include "rom/nvgi.c"
#include "prove.h"

int main(void)
{
	struct bytes file = any_bytes_at_end(MAX);
	struct nvgi n = {.total_size = nondet_u32()};

	assume(file.n >= NVGI_SIZE && n.total_size <= 0xfffff);
	sum_read(file, &n);
	assert(n.has_sum == (n.total_size >= NVGI_SIZE && n.total_size <= file.n));
	assert(n.has_sum || n.sum == 0);
	return 0;
}
