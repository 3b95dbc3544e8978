// SPDX-License-Identifier: GPL-2.0-or-later
/* Option ROM images: header, PCI Data Structure, NPDE, checksum. */
#include "mkrom.h"
#include <string.h>

#define PCIR_LENGTH_OLD 0x18u /* revision 0 */
#define PCIR_LENGTH 0x1cu     /* revision 3 */

struct kind {
	const char *name, *signature, *tag;
	unsigned long code, pcir, revision;
};

/* As NVIDIA lays them out; the x86 entry point is a far return, so that a BIOS may call it. */
static const struct kind kinds[] = {
	{"x86", "55aa", "PCIR", 0x00, 0x170, 0},
	{"efi", "55aa", "PCIR", 0x03, 0x1c, 3},
	{"private", "564e", "NPDS", 0xe0, 0x20, 3},
	{"nbsi", "564e", "NPDS", 0x70, 0x20, 3},
};

static struct kind kind_of(const char *name)
{
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (strcmp(kinds[k].name, name) == 0)
			return kinds[k];
	return (struct kind){name, "55aa", "PCIR", mk_parse(name), 0x20, 0};
}

struct mk_image *mk_current(struct mk *m)
{
	if (m->images == 0)
		mk_die("an image must come before", "this");
	return &m->image[m->images - 1];
}

static void put_devices(struct mk *m, const struct mk_image *i, const char *list)
{
	size_t at = i->pcir_length;
	unsigned long vendor, device;
	char one[16];

	mk_le16(m, i->at + i->pcir + 0x08, at);
	for (; *list; list += strcspn(list, ","), list += *list == ',', at += 2) {
		size_t n = strcspn(list, ",");

		memcpy(one, "0:", 2);
		memcpy(one + 2, list, n < 12 ? n : 12);
		one[2 + (n < 12 ? n : 12)] = '\0';
		mk_ids(one, &vendor, &device);
		mk_le16(m, i->at + i->pcir + at, device);
	}
	mk_le16(m, i->at + i->pcir + at, 0);
}

static void put_pcir(struct mk *m, struct mk_image *i, struct mk_line *l, const struct kind *kind)
{
	unsigned long revision = mk_number(l, "revision", kind->revision), vendor, device, class;
	size_t at = i->at + i->pcir;
	const char *tag = mk_arg(l, "tag", kind->tag), *devices = mk_arg(l, "devices", NULL);
	char text[32] = "0x";

	mk_ids(mk_arg(l, "ids", "10de:2204"), &vendor, &device);
	strncat(text, mk_arg(l, "class", "030000"), sizeof(text) - 3);
	class = mk_parse(text);
	i->pcir_length = revision >= 3 ? PCIR_LENGTH : PCIR_LENGTH_OLD;
	memset(m->data + at, 0, i->pcir_length);
	mk_put(m, at, tag, strlen(tag));
	mk_le16(m, at + 0x04, vendor);
	mk_le16(m, at + 0x06, device);
	mk_le16(m, at + 0x0a, mk_number(l, "pcir-length", i->pcir_length));
	mk_u8(m, at + 0x0c, revision);
	mk_le16(m, at + 0x0d, class & 0xffff);
	mk_u8(m, at + 0x0f, class >> 16);
	mk_le16(m, at + 0x10, i->pcir_span / MK_BLOCK);
	mk_u8(m, at + 0x14, kind->code);
	mk_u8(m, at + 0x15, mk_number(l, "indicator", mk_flag(l, "last") ? 0x80 : 0));
	if (devices)
		put_devices(m, i, devices);
}

static void put_x86(struct mk *m, const struct mk_image *i, struct mk_line *l)
{
	unsigned long vendor, device;
	const char *date = mk_arg(l, "date", "");

	mk_ids(mk_arg(l, "subsystem", "0000:0000"), &vendor, &device);
	memset(m->data + i->at + 3, 0, 0x18 - 3);
	mk_u8(m, i->at + 0x03, 0xcb);
	mk_put(m, i->at + 0x38, date, strlen(date));
	mk_le16(m, i->at + 0x54, vendor);
	mk_le16(m, i->at + 0x56, device);
}

static void put_efi(struct mk *m, const struct mk_image *i, struct mk_line *l)
{
	unsigned long body = mk_number(l, "body-at", i->pcir + 0x34);

	memset(m->data + i->at + 4, 0, 0x18 - 4);
	mk_le16(m, i->at + 0x02, mk_number(l, "size-byte", i->length / MK_BLOCK));
	mk_le32(m, i->at + 0x04, mk_number(l, "efi-signature", 0x0ef1));
	mk_le16(m, i->at + 0x08, mk_number(l, "driver", 0x0b));
	mk_le16(m, i->at + 0x0a, mk_number(l, "machine", 0x8664));
	mk_le16(m, i->at + 0x0c, mk_number(l, "compression", 1));
	mk_le16(m, i->at + 0x16, body);
	mk_le32(m, i->at + body, mk_number(l, "packed", 0x100));
	mk_le32(m, i->at + body + 4, 0x200);
}

static enum mk_sum sum_of(const char *word)
{
	static const char *const words[] = {"pcir", "size", "bad", "none"};

	for (size_t k = 0; k < sizeof(words) / sizeof(words[0]); k++)
		if (strcmp(word, words[k]) == 0)
			return (enum mk_sum)k;
	mk_die("sum= is pcir, size, bad or none", word);
}

void mk_image(struct mk *m, struct mk_line *l)
{
	struct kind kind = kind_of(mk_operand(l, 0));
	size_t blocks = mk_number(l, "blocks", 4), size = mk_number(l, "size-byte", blocks);
	struct mk_image *i = &m->image[m->images];

	if (m->images == MK_IMAGES_MAX)
		mk_die("too many images", l->word[1]);
	m->images++;
	*i = (struct mk_image){.at = m->n, .length = blocks * MK_BLOCK, .bit_sum = true};
	i->efi = kind.code == 0x03;
	i->pcir = mk_number(l, "pcir", kind.pcir);
	i->pcir_span = mk_number(l, "pcir-blocks", blocks) * MK_BLOCK;
	i->size_span = size * MK_BLOCK;
	i->sum = sum_of(mk_arg(l, "sum", "pcir"));
	mk_fill(m, i->length, mk_arg(l, "body", "ff"));
	mk_put_hex(m, i->at, mk_arg(l, "signature", kind.signature));
	mk_u8(m, i->at + 2, size);
	if (kind.code == 0x00)
		put_x86(m, i, l);
	else if (i->efi)
		put_efi(m, i, l);
	mk_le16(m, i->at + 0x18, i->pcir);
	put_pcir(m, i, l, &kind);
}

void mk_npde(struct mk *m, struct mk_line *l)
{
	struct mk_image *i = mk_current(m);
	size_t at = i->at + ((i->pcir + i->pcir_length + 15) & ~(size_t)15);
	unsigned long gop = mk_number(l, "gop", 0), vendor, device;
	const char *subsystem = mk_arg(l, "subsystem", NULL);
	unsigned long length = mk_number(l, "length", subsystem ? 0x14 : i->efi ? 0x10 : 0x0c);

	mk_put(m, at, "NPDE", 4);
	mk_le16(m, at + 0x04, mk_number(l, "version", 0x0101));
	mk_le16(m, at + 0x06, length);
	mk_le16(m, at + 0x08, mk_number(l, "blocks", i->length / MK_BLOCK));
	mk_u8(m, at + 0x0a, mk_flag(l, "last") ? 0x80 : 0);
	mk_u8(m, at + 0x0b, mk_number(l, "flags", 1));
	if (length >= 0x10)
		mk_le32(m, at + 0x0c, gop);
	if (!subsystem)
		return;
	mk_ids(subsystem, &vendor, &device);
	mk_le16(m, at + 0x10, vendor);
	mk_le16(m, at + 0x12, device);
}

static void fix_sum(struct mk *m, const struct mk_image *i)
{
	size_t span = i->sum == MK_SUM_SIZE ? i->size_span : i->pcir_span;
	size_t fix = i->at + (span < i->length ? span : i->length) - 1;
	uint8_t sum = 0;

	if (i->sum == MK_SUM_NONE || span == 0 || i->at + span > m->n)
		return;
	for (size_t k = i->at; k < i->at + span; k++)
		sum = (uint8_t)(sum + m->data[k]);
	m->data[fix] = (uint8_t)(m->data[fix] - sum + (i->sum == MK_SUM_BAD));
}

static void fix_bit(struct mk *m, const struct mk_image *i)
{
	uint8_t *bit = m->data + i->at + i->bit, sum = 0;

	bit[11] = 0;
	for (size_t k = 0; k < 12; k++)
		sum = (uint8_t)(sum + bit[k]);
	bit[11] = (uint8_t)(0u - sum + !i->bit_sum);
}

/* Backwards, because a mobile x86 image's sum spans the images behind it. */
void mk_finish(struct mk *m)
{
	while (m->images > 0) {
		const struct mk_image *i = &m->image[--m->images];

		if (i->bit)
			fix_bit(m, i);
		fix_sum(m, i);
	}
}
