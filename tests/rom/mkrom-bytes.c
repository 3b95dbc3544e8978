// SPDX-License-Identifier: GPL-2.0-or-later
/* The file under construction as bytes. */
#include "mkrom.h"
#include <stdio.h>
#include <string.h>

void mk_put(struct mk *m, size_t off, const void *bytes, size_t n)
{
	if (off > MK_FILE_MAX || n > MK_FILE_MAX - off)
		mk_die("the file grows too large", "64 MiB");
	memmove(m->data + off, bytes, n);
	if (off > m->n)
		memset(m->data + m->n, 0, off - m->n);
	if (off + n > m->n)
		m->n = off + n;
}

void mk_u8(struct mk *m, size_t off, unsigned long v)
{
	mk_put(m, off, (uint8_t[]){(uint8_t)v}, 1);
}

void mk_le16(struct mk *m, size_t off, unsigned long v)
{
	mk_u8(m, off, v & 0xff);
	mk_u8(m, off + 1, v >> 8 & 0xff);
}

void mk_le32(struct mk *m, size_t off, unsigned long v)
{
	mk_le16(m, off, v & 0xffff);
	mk_le16(m, off + 2, v >> 16 & 0xffff);
}

static unsigned hex_byte(const char *s)
{
	unsigned v;
	int end = 0;

	if (sscanf(s, "%2x%n", &v, &end) != 1 || end != 2)
		mk_die("not pairs of hex digits", s);
	return v;
}

void mk_put_hex(struct mk *m, size_t off, const char *hex)
{
	for (; *hex; hex += 2)
		mk_u8(m, off++, hex_byte(hex));
}

/* xorshift32: the same bytes everywhere. */
static void fill_random(struct mk *m, size_t n, uint32_t x)
{
	while (n--) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		mk_u8(m, m->n, x & 0xff);
	}
}

void mk_fill(struct mk *m, size_t n, const char *how)
{
	size_t from = m->n;

	if (strncmp(how, "random:", 7) == 0) {
		fill_random(m, n, (uint32_t)mk_parse(how + 7));
		return;
	}
	if (strncmp(how, "pattern:", 8) == 0)
		how += 8;
	if (strlen(how) == 2) {
		mk_put_hex(m, from, how);
		if (n > MK_FILE_MAX - from)
			mk_die("the file grows too large", "64 MiB");
		memset(m->data + from, m->data[from], n);
		m->n = from + n;
		return;
	}
	while (m->n - from < n)
		mk_put_hex(m, m->n, how);
	m->n = from + n;
}
