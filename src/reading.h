/* A card's ROM from the sources that the configuration names, in its order: each reading judged,
 * a doubtful one made again, the best one kept, each attempt told. */
#ifndef GPUROM_READING_H
#define GPUROM_READING_H

#include "judge.h"
#include "romread.h"

#define READING_TRIES 3 /* of one source: two that agree are found among three, or none */

struct reading_order {
	enum rom_source source[SOURCES_MAX];
	size_t n;
	bool no_rom_bar, rom_shadow; /* what the scan found: see struct pci_fn */
};

struct reading {
	struct romread raw; /* bytes NULL: no source gave anything */
	enum rom_source source;
	struct judged judged;
	struct bytes keep; /* the romfile, inside raw.bytes; empty: nothing to publish */
};

/* What can be tried before the hand-over: all sources of the order but vfio, and at last, where
 * the ROM is a shadow and nothing may be published, the shadow, to be kept as it is. Stops at the
 * first complete reading. told gets the attempts added, and the fields that come from the best
 * reading set (not the digests); *best is replaced where a better one is found (ties go to the
 * earlier): begin with reading_none, end with reading_free. */
void reading_try(const struct romread_job *j, const struct reading_order *o, enum rom_trim trim,
		 struct boot_rom *told, struct reading *best);

/* The same of the one source vfio, after the hand-over, where the order has it and *best is not
 * complete. */
void reading_try_vfio(const struct romread_job *j, const struct reading_order *o,
		      enum rom_trim trim, struct boot_rom *told, struct reading *best);

/* One source, whatever the order. */
void reading_try_one(enum rom_source s, const struct romread_job *j, const struct reading_order *o,
		     enum rom_trim trim, struct boot_rom *told, struct reading *best);

void reading_none(struct reading *r);
void reading_free(struct reading *r);

#endif
