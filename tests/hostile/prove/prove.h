/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the harnesses share: buffers of any contents and any length, and what oprom_image_at
 * promises of an image it took (proved in image.c, relied on in the others). Read by CBMC alone:
 * run.sh says how. */
#ifndef PROVE_H
#define PROVE_H

#include <assert.h>
#include <stdlib.h>

#include "rom/oprom.h"

#define assume(what) __CPROVER_assume(what)

/* Any value: CBMC knows them by their names. */
size_t nondet_size(void);
uint16_t nondet_u16(void);
uint32_t nondet_u32(void);
enum oprom_stop nondet_stop(void);
struct oprom_image nondet_image(void);
struct oprom_chain nondet_chain(void);

/* At most max bytes, an object of exactly as many: one byte beside it is an error. */
static inline struct bytes any_bytes(size_t max)
{
	struct bytes b = {NULL, nondet_size()};

	assume(b.n <= max);
	b.p = malloc(b.n);
	assume(b.p != NULL);
	return b;
}

/* The same for loops over many bytes, which CBMC does faster in an object of fixed size: it ends
 * where the bytes end. Before them nothing is read, for no offset is negative or wraps. */
static inline struct bytes any_bytes_at_end(size_t max)
{
	struct bytes b = {NULL, nondet_size()};
	uint8_t *all = malloc(max);

	assume(all != NULL && b.n <= max);
	b.p = all + (max - b.n);
	/* cppcheck-suppress memleak */
	return b;
}

/* True of each image that oprom_image_at takes at off. */
static inline bool image_sound(struct bytes rom, size_t off, const struct oprom_image *i)
{
	return i->offset == off && off < rom.n && i->length % OPROM_BLOCK == 0 && i->length > 0 &&
	       i->length <= (size_t)UINT16_MAX * OPROM_BLOCK && i->pcir <= UINT16_MAX &&
	       i->pcir + OPROM_PCIR_SIZE <= i->length && i->pcir + OPROM_PCIR_SIZE <= rom.n - off &&
	       i->class <= 0xffffff && (i->pcir_revision >= 3 || i->device_list == 0);
}

#endif
