/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is wrong with a function: how its ROM and its flash answer, and what it does not do. The
 * words that a description has for it are in describe.h.
 */
#ifndef TESTS_VM_FAULT_H
#define TESTS_VM_FAULT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct card_function;

struct faults {
	unsigned rom_delay_ms;	 /* for each page of the ROM that is read */
	unsigned flash_delay_us; /* for each word of the flash that is asked for */
	bool asleep;		 /* in D3hot until its power state is written */
	bool undecoded;		 /* the command register's memory bit cannot be set */
	bool flaky;		 /* the byte flaky_at of the flash reads otherwise each time ... */
	uint32_t flaky_at;
	unsigned flaky_times;  /* ... for so many times; 0: for ever */
	uint32_t vanish_after; /* bytes of the flash that are read; 0: it stays */

	unsigned flaky_count;
	uint32_t flash_read;
	bool gone;
};

/* The words after "fault", NULL after the last; rom and flash are there already. -EINVAL for words
 * that make no sense. */
int fault_set(struct card_function *fn, char **words);

/* After card_reset filled config: what of it the faults change. */
void fault_reset(struct card_function *fn);

/* Whether the function answers no access of this region but with FF. */
bool fault_silent(const struct card_function *fn, unsigned region);

/* Before the ROM is read: takes as long as it is said to. */
void fault_wait_for_rom(const struct card_function *fn, size_t size);

/* Over data just read from BAR 0, which may have been the flash's. */
void fault_flash_read(struct card_function *fn, uint64_t offset, uint8_t *data, size_t size);

#endif
