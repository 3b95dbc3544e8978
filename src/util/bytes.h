/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The only way to read foreign bytes: a ROM, a table of the firmware. Every read is bounds-checked.
 */
#ifndef GPUROM_UTIL_BYTES_H
#define GPUROM_UTIL_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* A borrowed range. p may be NULL only if n is 0. */
struct bytes {
	const uint8_t *p;
	size_t n;
};

/* True if [off, off + len) lies inside b; cannot wrap for any off and len. */
static inline bool bytes_has(struct bytes b, size_t off, size_t len)
{
	return off <= b.n && len <= b.n - off;
}

/* [off, off + len) of b, cut at the end of b; empty if off is outside. */
static inline struct bytes bytes_sub(struct bytes b, size_t off, size_t len)
{
	if (off >= b.n)
		return (struct bytes){NULL, 0};
	if (len > b.n - off)
		len = b.n - off;
	return (struct bytes){b.p + off, len};
}

/* Little-endian reads. False, and *ret untouched, if the field is not wholly inside. */
static inline bool bytes_u8(struct bytes b, size_t off, uint8_t *ret)
{
	if (!bytes_has(b, off, 1))
		return false;
	*ret = b.p[off];
	return true;
}

static inline bool bytes_le16(struct bytes b, size_t off, uint16_t *ret)
{
	if (!bytes_has(b, off, 2))
		return false;
	*ret = (uint16_t)(b.p[off] | b.p[off + 1] << 8);
	return true;
}

static inline bool bytes_le32(struct bytes b, size_t off, uint32_t *ret)
{
	if (!bytes_has(b, off, 4))
		return false;
	*ret = (uint32_t)b.p[off] | (uint32_t)b.p[off + 1] << 8 | (uint32_t)b.p[off + 2] << 16 |
	       (uint32_t)b.p[off + 3] << 24;
	return true;
}

static inline bool bytes_le64(struct bytes b, size_t off, uint64_t *ret)
{
	uint32_t low = 0, high = 0;

	if (!bytes_has(b, off, 8))
		return false;
	(void)bytes_le32(b, off, &low);
	(void)bytes_le32(b, off + 4, &high);
	*ret = (uint64_t)high << 32 | low;
	return true;
}

/* True if the len bytes at off lie inside b and equal those of lit. */
static inline bool bytes_is(struct bytes b, size_t off, const void *lit, size_t len)
{
	return bytes_has(b, off, len) && memcmp(b.p + off, lit, len) == 0;
}

#endif
