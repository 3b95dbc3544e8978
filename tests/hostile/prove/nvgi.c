// SPDX-License-Identifier: GPL-2.0-or-later
/* nvgi_read: any header of any version, and the directory it leads to. */
#include "rom/nvgi.c"
#include "prove.h"

/* Called in place of sum_read, which nvgi-sum.c has. */
void promised(struct bytes file, struct nvgi *n)
{
	assert(file.n >= NVGI_SIZE && n->total_size <= 0xfffff);
	n->has_sum = nondet_u16();
	n->sum = (uint8_t)nondet_u16();
}

int main(void)
{
	struct bytes file = any_bytes(MAX);
	struct nvgi n = {.rom = 7};
	int r = nvgi_read(file, &n);

	assert(r >= 0 && r <= NVGI_E_ALIGN);
	if (r) {
		assert(n.rom == 7 && n.version == 0);
		return 0;
	}
	assert(n.version >= 1 && n.version <= 3);
	assert(n.rom < file.n && n.rom % 4 == 0);
	assert(file.p[0] == 'N' && file.p[5] == n.version);
	return 0;
}
