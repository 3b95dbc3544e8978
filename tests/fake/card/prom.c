// SPDX-License-Identifier: GPL-2.0-or-later
#include "prom.h"

#include <stdio.h>
#include <string.h>

#define CONTROL 0x88050u
#define HIDDEN 1u

static bool overlap(uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
	return a < b + b_size && b < a + a_size;
}

/* What the window shows lies in BAR 0's memory, where QEMU may have mapped it. Told at once: a test
 * reads the log of a server that was killed. */
static void show(const struct card_function *fn, const char *why)
{
	uint8_t *memory = fn->bar[0].memory;
	uint32_t control;

	memcpy(&control, memory + CONTROL, sizeof(control));
	if (control & HIDDEN)
		memset(memory + PROM_WINDOW, 0xff, PROM_SIZE);
	else
		memcpy(memory + PROM_WINDOW, fn->prom, PROM_SIZE);
	printf("%s.%u: %s: %05x = %08x\n", fn->card, fn->number, why, CONTROL, control);
	fflush(stdout);
}

void prom_reset(struct card_function *fn)
{
	memcpy(fn->bar[0].memory + CONTROL, &(uint32_t){HIDDEN}, sizeof(uint32_t));
	show(fn, "reset");
}

void prom_read(uint64_t offset, uint8_t *data, size_t size)
{
	if (overlap(offset, size, PROM_WINDOW, PROM_SIZE) && (size != 4 || offset % 4))
		memset(data, 0xff, size);
}

void prom_written(struct card_function *fn, uint64_t offset, size_t size)
{
	if (overlap(offset, size, CONTROL, sizeof(uint32_t)))
		show(fn, "written");
}
