// SPDX-License-Identifier: GPL-2.0-or-later
/* The second opinion: slow, plain, and by absolute offsets, as nothing in src/rom is. */
#include "mutate.h"

#include <string.h>

#define BLOCK 512
#define IMAGES 64 /* more is no ROM */

/* Every byte past the end is reported as such. */
static long at(const uint8_t *p, size_t n, size_t off)
{
	return off < n ? p[off] : -1;
}

static long word(const uint8_t *p, size_t n, size_t off)
{
	return off + 1 < n ? p[off] + 256L * p[off + 1] : -1;
}

/* Offset of the PCIR of the image at off, 0 where there is no image. */
static size_t pcir_of(const uint8_t *p, size_t n, size_t off)
{
	long pointer = word(p, n, off + 0x18);
	size_t pcir = off + (size_t)pointer;

	if (at(p, n, off) != 0x55 || at(p, n, off + 1) != 0xaa || pointer < 0)
		return 0;
	if (pcir + 0x18 > n || memcmp(p + pcir, "PCIR", 4) != 0)
		return 0;
	return pcir;
}

static bool sum_is_0(const uint8_t *p, size_t n, size_t off, size_t len)
{
	unsigned long sum = 0;

	if (len == 0 || off + len > n)
		return false;
	while (len-- > 0)
		sum += p[off + len];
	return sum % 256 == 0;
}

void opinion_of(const uint8_t *p, size_t n, struct opinion *ret)
{
	size_t off = 0;

	memset(ret, 0, sizeof(*ret));
	for (int k = 0; k < IMAGES; k++) {
		size_t pcir = pcir_of(p, n, off), len;

		if (!pcir) {
			ret->alone = k == 1 && ret->has_x86 &&
				     (at(p, n, off) != 0x55 || at(p, n, off + 1) != 0xaa);
			return;
		}
		len = (size_t)word(p, n, pcir + 0x10) * BLOCK;
		if (len == 0 || off + len > n || pcir + 0x18 > off + len)
			return;
		if (k == 0 && p[pcir + 0x14] != 0 && p[pcir + 0x14] != 3)
			return; /* no guest's firmware runs it */
		if (p[pcir + 0x14] == 0 && !ret->has_x86) {
			ret->has_x86 = true;
			ret->sum = sum_is_0(p, n, off, len) ||
				   sum_is_0(p, n, off, (size_t)p[off + 2] * BLOCK);
		}
		off += len;
		ret->length = off;
		if (p[pcir + 0x15] & 0x80) {
			ret->whole = true;
			return;
		}
	}
}

/* The list of a revision 3 structure ends with 0, or with its image; 256 entries are read. */
static bool listed(const uint8_t *p, size_t end, size_t pcir, long device)
{
	long pointer = word(p, end, pcir + 8);

	if (p[pcir + 0x0c] < 3 || pointer <= 0)
		return false;
	for (size_t k = 0; k < 256; k++) {
		long entry = word(p, end, pcir + (size_t)pointer + 2 * k);

		if (entry <= 0)
			return false;
		if (entry == device)
			return true;
	}
	return false;
}

bool opinion_fits(const uint8_t *p, size_t n, uint16_t vendor, uint16_t device)
{
	struct opinion o;
	bool reported = false;
	size_t len;

	opinion_of(p, n, &o);
	for (size_t off = 0; off < o.length; off += len) {
		size_t pcir = pcir_of(p, n, off);
		long v = word(p, n, pcir + 4), d = word(p, n, pcir + 6);

		len = (size_t)word(p, n, pcir + 0x10) * BLOCK;
		if (p[pcir + 0x14] != (o.has_x86 ? 0 : 3) || (v == 0 && d == 0))
			continue;
		reported = true;
		if (v == vendor && (d == device || listed(p, off + len, pcir, device)))
			return true;
	}
	return !reported;
}

bool opinion_ids(struct rng *r, const uint8_t *p, size_t n, uint16_t *vendor, uint16_t *device)
{
	size_t first = rng_below(r, n / BLOCK + 1), blocks = n / BLOCK + 1;

	for (size_t k = 0; k < blocks; k++) {
		size_t pcir = pcir_of(p, n, (first + k) % blocks * BLOCK);
		long list;

		if (!pcir)
			continue;
		*vendor = (uint16_t)word(p, n, pcir + 4);
		*device = (uint16_t)word(p, n, pcir + 6);
		list = word(p, n, pcir + 8);
		if (list > 0 && rng_below(r, 2)) {
			long entry = word(p, n, pcir + (size_t)list + 2 * rng_below(r, 5));

			*device = entry > 0 ? (uint16_t)entry : *device;
		}
		return true;
	}
	return false;
}
