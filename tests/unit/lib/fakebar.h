/* SPDX-License-Identifier: GPL-2.0-or-later */
/* BAR 0 of an NVIDIA card, as far as its flash window goes: BOOT_0, the register that decides what
 * the window shows, and the window. A write anywhere else fails the test. */
#ifndef FAKEBAR_H
#define FAKEBAR_H

#include "sources/prom.h"

#define FAKEBAR_REGISTER 0x00050003u /* what the register holds at first: bit 0 and others */
#define MIRROR_OLD 0x1850u
#define MIRROR_NEW 0x88050u

struct fakebar {
	uint32_t boot;	 /* BOOT_0 */
	uint32_t mirror; /* offset of the register, 0: the window always shows the flash */
	uint32_t reg;	 /* what it holds */
	bool stuck;	 /* writes to it do nothing */
	unsigned accesses, writes;
	unsigned fail_at; /* the access that fails with -EREMOTEIO, from 1; 0: none does */
};

/* A card of that BOOT_0 and mirror, its flash hidden. */
struct fakebar fakebar_of(uint32_t boot, uint32_t mirror);

struct prom_bar fakebar_ops(struct fakebar *b);
int fakebar_read(void *b, uint32_t at, uint32_t *ret);
int fakebar_write(void *b, uint32_t at, uint32_t value);

/* Byte i of what the window shows: of the flash, which begins with 55AA, or of the copy in RAM. */
uint8_t fakebar_flash(size_t i);
uint8_t fakebar_copy(size_t i);

/* True where ret holds the whole window of one of them. */
bool fakebar_is_flash(const struct source_bytes *ret);
bool fakebar_is_copy(const struct source_bytes *ret);

#endif
