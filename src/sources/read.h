/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a card's ROM from the sources that the configuration names, in its order, and keeps the
 * best reading; every attempt goes into the report. */
#ifndef GPUROM_SOURCES_READ_H
#define GPUROM_SOURCES_READ_H

#include "sources/attempt.h"

/* EFI machine type of the guests: the host's own. */
#if defined(__aarch64__)
#define READING_GUEST_MACHINE 0xaa64
#else
#define READING_GUEST_MACHINE 0x8664
#endif

/* Filled by boot/capture.c and cmd/read-now.c. */
struct reading_order {
	enum rom_source source[SOURCES_MAX];
	size_t n;
	bool no_rom_bar, rom_shadow; /* as in struct pci_fn */
};

/* Tries what can be read before the hand-over: all sources of the order that need no vfio driver,
 * and last, where the ROM is a shadow and nothing may be published, the shadow, to keep its bytes
 * as they are. Stops at the first reading whose verdict is final (rom/rules.h). Adds the attempts
 * to result, and sets its fields that come from the best reading (not the digests). Replaces *best
 * where a better reading is found (of two as good, the earlier stays): begin with reading_none, end
 * with reading_free. */
void reading_try(const struct source_job *j, const struct reading_order *o, enum rom_trim trim,
		 struct rom_reading *result, struct reading *best);

/* True where the source vfio is worth a try after the hand-over: the order has it, the verdict of
 * *best is not final, and result's attempts do not have what it would read (of a card without a ROM
 * BAR that is the flash window, which prom reads too). */
bool reading_wants_vfio(const struct reading_order *o, const struct rom_reading *result,
			const struct reading *best);

/* Sets the fields of result that come from the best reading. */
void reading_describe(const struct reading *best, const struct rom_attempt *from,
		      struct rom_reading *result);

/* Tries one source, whatever the order. */
void reading_try_one(enum rom_source s, const struct source_job *j, const struct reading_order *o,
		     enum rom_trim trim, struct rom_reading *result, struct reading *best);

#endif
