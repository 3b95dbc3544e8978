// SPDX-License-Identifier: GPL-2.0-or-later
/* NVIDIA's BIT with its tokens, and the IFR header before the option ROM. */
#include "mkrom.h"
#include <string.h>
#include <stdio.h>

#define BIT_HEADER 12u
#define TOKENS_ROOM 16u /* tokens before their data */
#define STRINGS_MAX 8u

void mk_bit(struct mk *m, struct mk_line *l)
{
	struct mk_image *i = mk_current(m);
	unsigned long stride = mk_number(l, "stride", 6);
	size_t at;

	i->bit = mk_number(l, "at", 0x1b0);
	i->bit_data = i->bit + BIT_HEADER + 6 * TOKENS_ROOM;
	i->bit_sum = strcmp(mk_arg(l, "sum", "good"), "good") == 0;
	at = i->at + i->bit;
	mk_put(m, at,
	       "\xff\xb8"
	       "BIT",
	       6);
	mk_le16(m, at + 6, 0x0100);
	mk_u8(m, at + 8, BIT_HEADER);
	mk_u8(m, at + 9, stride);
	mk_u8(m, at + 10, mk_number(l, "count", 0));
}

static void token_entry(struct mk *m, char id, unsigned long size, unsigned long data)
{
	struct mk_image *i = mk_current(m);
	size_t bit = i->at + i->bit, at = bit + BIT_HEADER + 6 * i->tokens;

	if (i->bit == 0)
		mk_die("token", "bit must come before it");
	if (i->tokens++ == TOKENS_ROOM)
		mk_die("token", "too many");
	mk_u8(m, at, (uint8_t)id);
	mk_u8(m, at + 1, 2);
	mk_le16(m, at + 2, size);
	mk_le16(m, at + 4, data);
	/* count= of bit may claim more than there are. */
	if (m->data[bit + 10] < i->tokens)
		mk_u8(m, bit + 10, i->tokens);
}

/* Takes room for a token's data; its offset in the image. */
static size_t data_take(struct mk *m, size_t size)
{
	struct mk_image *i = mk_current(m);
	size_t at = i->bit_data;

	i->bit_data += size;
	if (i->bit_data > i->length)
		mk_die("token", "no room in the image");
	memset(m->data + i->at + at, 0, size);
	return at;
}

/* "94.02.26.40.99" as a little-endian word and a byte. */
static void put_version(struct mk *m, size_t at, const char *text)
{
	unsigned v[5];
	int end = -1;

	if (sscanf(text, "%2x.%2x.%2x.%2x.%2x%n", &v[0], &v[1], &v[2], &v[3], &v[4], &end) != 5 ||
	    text[end])
		mk_die("not a version", text);
	mk_le32(m, at, (unsigned long)v[0] << 24 | v[1] << 16 | v[2] << 8 | v[3]);
	mk_u8(m, at + 4, v[4]);
}

static void token_strings(struct mk *m, struct mk_line *l)
{
	size_t base = mk_current(m)->at, table = data_take(m, 3 * STRINGS_MAX);

	token_entry(m, 'S', 3 * STRINGS_MAX, table);
	for (size_t k = 0; k + 2 < l->n; k++) {
		const char *text = mk_operand(l, k + 1);
		size_t n = strlen(text), at = data_take(m, n + 1);

		mk_put(m, base + at, text, n);
		mk_le16(m, base + table + 3 * k, at);
		mk_u8(m, base + table + 3 * k + 2, n + 1);
	}
}

static void token_info(struct mk *m, struct mk_line *l)
{
	size_t base = mk_current(m)->at, at = data_take(m, 0x40);
	const char *built = mk_arg(l, "built", ""), *board = mk_arg(l, "board", "");

	token_entry(m, 'i', 0x40, at);
	put_version(m, base + at, mk_operand(l, 1));
	mk_put(m, base + at + 0x0f, built, strlen(built));
	mk_put(m, base + at + 0x30, board, strlen(board));
}

void mk_token(struct mk *m, struct mk_line *l)
{
	const char *id = mk_operand(l, 0), *at = mk_arg(l, "at", NULL);
	size_t data;

	if (at) {
		token_entry(m, id[0], mk_number(l, "size", 0), mk_parse(at));
	} else if (strcmp(id, "S") == 0) {
		token_strings(m, l);
	} else if (strcmp(id, "i") == 0) {
		token_info(m, l);
	} else {
		data = data_take(m, 0x10);
		token_entry(m, id[0], 0x10, data);
		put_version(m, mk_current(m)->at + data, mk_operand(l, 1));
	}
}

/* Header, and for version 3 the directory that it leads to; then FF up to the option ROM. */
void mk_nvgi(struct mk *m, struct mk_line *l)
{
	unsigned long version = mk_number(l, "version", 1), rom = mk_number(l, "rom", 0x600);
	unsigned long fixed = mk_number(l, "fixed", version == 3 ? 0x24 : 0x10);
	unsigned long total = mk_number(l, "total", version == 3 ? 0x32c : 0x80);
	unsigned long status = mk_number(l, "status", 0x1000), vendor, device;
	bool directory = version == 3 && !mk_flag(l, "no-directory");
	size_t base = m->n, pad = mk_number(l, "pad", rom);

	mk_fill(m, pad, "ff");
	mk_put(m, base, "NVGI", 4);
	mk_le32(m, base + 4, fixed << 16 | version << 8);
	mk_le32(m, base + 8, total);
	mk_ids(mk_arg(l, "subsystem", "10de:1467"), &vendor, &device);
	mk_le16(m, base + 0x0c, vendor);
	mk_le16(m, base + 0x0e, device);
	if (version < 3 && fixed + 8 <= pad)
		mk_le32(m, base + fixed + 4, rom);
	if (version == 3 && total + 4 <= pad)
		mk_le32(m, base + total, status);
	if (!directory)
		return;
	mk_put(m, base + status + 0x1000, "RFRD", 4);
	mk_le16(m, base + status + 0x1004, 3);
	mk_le16(m, base + status + 0x1006, 0x28);
	mk_le32(m, base + status + 0x1008, rom);
}
