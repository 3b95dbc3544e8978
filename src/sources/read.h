/* A card's ROM from the sources that the configuration names, in its order: each reading judged,
 * a doubtful one made again, the best one kept, each attempt reported. */
#ifndef GPUROM_SOURCES_READ_H
#define GPUROM_SOURCES_READ_H

#include "sources/attempt.h"

/* EFI machine type of the guests: the host's own. */
#if defined(__aarch64__)
#define READING_GUEST_MACHINE 0xaa64
#else
#define READING_GUEST_MACHINE 0x8664
#endif

struct reading_order {
	enum rom_source source[SOURCES_MAX];
	size_t n;
	bool no_rom_bar, rom_shadow; /* what the scan found: see struct pci_fn */
};

/* What can be tried before the hand-over: all sources of the order that need no vfio driver, and at
 * last, where the ROM is a shadow and nothing may be published, the shadow, to be kept as it is.
 * Stops at the first complete reading. Adds the attempts to result, and sets its fields that come
 * from the best reading (not the digests); *best is replaced where a better one is found (ties go
 * to the earlier): begin with reading_none, end with reading_free. */
void reading_try(const struct source_job *j, const struct reading_order *o, enum rom_trim trim,
		 struct rom_reading *result, struct reading *best);

/* Whether the source vfio is worth a try after the hand-over: the order has it, *best is not
 * complete, and what it would read is not among result's attempts (the flash window of a card that
 * has no ROM BAR: prom reads the same). */
bool reading_wants_vfio(const struct reading_order *o, const struct rom_reading *result,
			const struct reading *best);

/* Sets the fields of result that come from the best reading, as above. */
void reading_describe(const struct reading *best, const struct rom_attempt *from,
		      struct rom_reading *result);

/* One source, whatever the order. */
void reading_try_one(enum rom_source s, const struct source_job *j, const struct reading_order *o,
		     enum rom_trim trim, struct rom_reading *result, struct reading *best);

#endif
