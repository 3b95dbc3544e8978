// SPDX-License-Identifier: GPL-2.0-or-later
#include "fault.h"

#include "card.h"
#include "confspace.h"
#include "prom.h"

#include <errno.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Decimal, K and M after it. */
static int size_of(const char *word, uint32_t *ret)
{
	char *end;
	unsigned long v = word ? strtoul(word, &end, 10) : 0;

	if (!word || end == word || v > CARD_ROM_MAX)
		return -EINVAL;
	if (*end == 'K' || *end == 'M')
		v <<= *end++ == 'K' ? 10 : 20;
	*ret = (uint32_t)v;
	return *end || v > CARD_ROM_MAX ? -EINVAL : 0;
}

static void mirror(uint8_t *bytes, uint32_t whole, uint32_t size)
{
	for (uint32_t i = size; bytes && i < whole; i++)
		bytes[i] = bytes[i % size];
}

/* Those of the ROM's window alone. */
static int set_rom(struct card_function *fn, const char *what, uint32_t n)
{
	if (!fn->rom)
		return -EINVAL;
	if (!strcmp(what, "delay") && n)
		fn->fault.rom_delay_ms = n;
	else if (!strcmp(what, "truncated") && n && n < fn->rom_size)
		memset(fn->rom + n, 0xff, fn->rom_size - n);
	else if (!strcmp(what, "ff") && !n)
		memset(fn->rom, 0xff, fn->rom_size);
	else
		return -EINVAL;
	return 0;
}

static int set_flash(struct card_function *fn, const char *what, uint32_t n, uint32_t times)
{
	struct faults *f = &fn->fault;

	if (!fn->prom)
		return -EINVAL;
	if (!strcmp(what, "slow-flash") && n) {
		f->flash_delay_us = n;
	} else if (!strcmp(what, "vanish") && n) {
		f->vanish_after = n;
	} else if (!strcmp(what, "flaky")) {
		f->flaky = true;
		f->flaky_at = n;
		f->flaky_times = times;
	} else {
		return -EINVAL;
	}
	return 0;
}

int fault_set(struct card_function *fn, char **words)
{
	const char *what = words[0];
	uint32_t n = 0, times = 0;

	if ((words[1] && size_of(words[1], &n)) ||
	    (words[1] && words[2] && size_of(words[2], &times)))
		return -EINVAL;
	if (!strcmp(what, "asleep") && !n)
		fn->fault.asleep = true;
	else if (!strcmp(what, "undecoded") && !n)
		fn->fault.undecoded = true;
	else if (!strcmp(what, "mirrored") && n && (fn->rom || fn->prom)) {
		mirror(fn->rom, fn->rom_size, n);
		mirror(fn->prom, PROM_SIZE, n);
	} else if (set_rom(fn, what, n) && set_flash(fn, what, n, times)) {
		return -EINVAL;
	}
	return 0;
}

void fault_reset(struct card_function *fn)
{
	if (fn->fault.asleep)
		fn->config[CONFSPACE_PM + PCI_PM_CTRL] |= 3; /* D3hot */
	if (fn->fault.undecoded)
		fn->writable[PCI_COMMAND] &= (uint8_t)~PCI_COMMAND_MEMORY;
}

bool fault_silent(const struct card_function *fn, unsigned region)
{
	const uint8_t *c = fn->config;

	if (fn->fault.gone)
		return true;
	if (region == VFIO_PCI_CONFIG_REGION_INDEX)
		return false;
	if (fn->fault.asleep && c[CONFSPACE_PM + PCI_PM_CTRL] & PCI_PM_CTRL_STATE_MASK)
		return true;
	return fn->fault.undecoded && !(c[PCI_COMMAND] & PCI_COMMAND_MEMORY);
}

static void wait_us(uint64_t us)
{
	struct timespec t = {.tv_sec = (time_t)(us / 1000000),
			     .tv_nsec = (long)(us % 1000000) * 1000};

	if (us)
		nanosleep(&t, NULL);
}

void fault_wait_for_rom(const struct card_function *fn, size_t size)
{
	wait_us(1000ull * fn->fault.rom_delay_ms * ((size + CARD_PAGE - 1) / CARD_PAGE));
}

/* The window's memory too, which QEMU may have mapped. */
static void vanish(struct card_function *fn)
{
	fn->fault.gone = true;
	memset(fn->bar[0].memory, 0xff, fn->bar[0].size);
	printf("%s.%u: gone\n", fn->card, fn->number);
	fflush(stdout);
}

void fault_flash_read(struct card_function *fn, uint64_t offset, uint8_t *data, size_t size)
{
	struct faults *f = &fn->fault;
	uint64_t at = PROM_WINDOW + f->flaky_at;

	if (offset < PROM_WINDOW || offset >= PROM_WINDOW + PROM_SIZE)
		return;
	wait_us(f->flash_delay_us);
	if (f->flaky && at >= offset && at - offset < size &&
	    (!f->flaky_times || f->flaky_count < f->flaky_times))
		data[at - offset] ^= (uint8_t)(1 + f->flaky_count++ % 255);
	f->flash_read += (uint32_t)size;
	if (f->vanish_after && f->flash_read >= f->vanish_after)
		vanish(fn);
}
