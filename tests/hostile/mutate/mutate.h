/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Seeded damage to ROM files, and a second opinion on what is left. */
#ifndef MUTATE_H
#define MUTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROM_MAX (1u << 20) /* bytes of a mutated file */

struct rng {
	uint64_t s;
};

/* splitmix64 (Steele, Lea, Flood 2014). */
uint64_t rng_next(struct rng *r);
/* 0..n-1; 0 where n is 0. */
size_t rng_below(struct rng *r, size_t n);

struct file {
	uint8_t *p; /* ROM_MAX bytes are there */
	size_t n;
};

/* Changes f in one of a dozen ways; other is another ROM, for splices. Returns the way's name. */
const char *mutate_once(struct rng *r, struct file *f, const struct file *other);

/* What the format alone says (PCI Firmware Spec 3.0, 5.1; PCIR lengths): written from the
 * description, without a line or a header of what is tested. */
struct opinion {
	bool whole;	   /* a public chain that ends with a last image inside the bytes */
	bool alone;	   /* one x86 image that is not the last, and no other behind it */
	size_t length;	   /* of the images that are whole */
	bool has_x86, sum; /* sum: the first x86 image's bytes sum to 0, by either length */
};

/* Of the ROM that starts at p. */
void opinion_of(const uint8_t *p, size_t n, struct opinion *ret);

/* Is it that card's: an x86 image (where there is none, an EFI image) with its ids, by its device
 * list too; or images that tell no ids. p, n: a whole chain. */
bool opinion_fits(const uint8_t *p, size_t n, uint16_t vendor, uint16_t device);

/* Ids that the file itself tells, of any image or device list entry; false where there are none. */
bool opinion_ids(struct rng *r, const uint8_t *p, size_t n, uint16_t *vendor, uint16_t *device);

#endif
