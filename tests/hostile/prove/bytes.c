// SPDX-License-Identifier: GPL-2.0-or-later
/* The gate: every read at any offset, of any length, of any buffer. */
#include "prove.h"

int main(void)
{
	struct bytes b = any_bytes(MAX), sub;
	size_t off = nondet_size(), len = nondet_size();
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;
	uint8_t lit[4];

	/* In words that cannot wrap: 64 bits hold every sum here. */
	__CPROVER_bool inside = (unsigned __int128)off + len <= b.n;

	assert(bytes_has(b, off, len) == inside);
	sub = bytes_sub(b, off, len);
	assert(sub.n <= len && sub.n <= b.n);
	assert(sub.n == 0 || (sub.p == b.p + off && off + sub.n <= b.n));
	assert(sub.n == len || sub.n == 0 || off + sub.n == b.n);
	if (bytes_u8(b, off, &u8))
		assert(off < b.n && u8 == b.p[off]);
	else
		assert(off >= b.n);
	if (bytes_le16(b, off, &u16))
		assert((u16 & 0xff) == b.p[off] && u16 >> 8 == b.p[off + 1]);
	else
		assert(b.n < 2 || off > b.n - 2);
	if (bytes_le32(b, off, &u32))
		assert((u32 & 0xff) == b.p[off] && u32 >> 24 == b.p[off + 3]);
	else
		assert(b.n < 4 || off > b.n - 4);
	if (bytes_le64(b, off, &u64))
		assert((u64 & 0xff) == b.p[off] && u64 >> 56 == b.p[off + 7]);
	else
		assert(b.n < 8 || off > b.n - 8);
	if (bytes_is(b, off, lit, sizeof(lit)))
		assert(b.n >= 4 && off <= b.n - 4 && b.p[off + 3] == lit[3]);
	return 0;
}
