// SPDX-License-Identifier: GPL-2.0-or-later
/* oprom_walk, by induction over its images: from any sound chain of whole images one more step
 * gives a longer sound chain or the end, whatever oprom_image_at says within its promise (image.c).
 * So it ends, for the images are counted, and what it took lies inside the bytes. */
#include "prove.h"

static struct bytes given;
static struct oprom_chain c;
static size_t start_n, start_length; /* where the step begins */
static size_t k, k_offset;	     /* any image from before the step */
static unsigned calls;

/* The one call of memset clears the chain: the empty chain is sound, so that induction has its
 * beginning. The walk goes on from any other. */
void *memset(void *p, int byte, size_t n)
{
	assert(p == &c && byte == 0 && n == sizeof(c));
	c = nondet_chain();
	assume(c.n <= OPROM_IMAGES_MAX && c.length <= given.n && c.cut.length == 0);
	start_n = c.n;
	start_length = c.length;
	k = nondet_size();
	assume(k < OPROM_IMAGES_MAX);
	k_offset = c.image[k].offset;
	return p;
}

/* One image was added, behind the ones that were there. */
static void assert_longer(void)
{
	const struct oprom_image *i = &c.image[start_n];

	assert(c.n == start_n + 1 && c.n <= OPROM_IMAGES_MAX);
	assert(i->offset == start_length && i->length > 0);
	assert(i->length <= given.n - i->offset);
	assert(c.length == i->offset + i->length && c.length <= given.n);
	assert(k >= start_n || c.image[k].offset == k_offset);
}

/* Called in place of oprom_image_at. */
enum oprom_stop promised(struct bytes rom, size_t off, struct oprom_image *ret)
{
	enum oprom_stop stop = nondet_stop();
	struct oprom_image i = nondet_image();

	assert(rom.p == given.p && rom.n == given.n && off == c.length);
	if (calls++ == 1) {
		assert_longer();
		assert(!oprom_last(&c.image[start_n]));
		assume(false); /* the next step: from a sound chain, as this one */
	}
	if (off >= rom.n)
		return OPROM_E_SHORT;
	assume(stop == OPROM_END || stop == OPROM_E_SIGNATURE || stop == OPROM_E_PCIR ||
	       stop == OPROM_E_LENGTH);
	if (stop == OPROM_END) {
		assume(image_sound(rom, off, &i));
		*ret = i;
	}
	return stop;
}

int main(void)
{
	given = any_bytes(MAX);
	oprom_walk(given, &c);
	if (c.stop == OPROM_END) {
		assert_longer();
		assert(oprom_last(&c.image[start_n]));
		return 0;
	}
	if (c.stop == OPROM_E_MANY) {
		assert(c.n == OPROM_IMAGES_MAX && c.length <= given.n);
		return 0;
	}
	assert(c.n == start_n && c.length == start_length);
	if (c.stop == OPROM_E_CUT)
		assert(c.cut.offset == c.length && c.cut.length > given.n - c.length);
	else
		assert(c.cut.length == 0);
	return 0;
}
