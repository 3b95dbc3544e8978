// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the tokens B, S and i of the BIT, and the fields at fixed offsets, of an NVIDIA x86 image.
 * Layouts: NVIDIA open-gpu-doc BIOS-Information-Table for S; envytools nvbios and real ROMs for B
 * and i. */
#include "rom/vbios.h"

#include <stdio.h>

enum { X86_DATE = 0x38, X86_SUBVENDOR = 0x54, X86_SUBDEVICE = 0x56 };
enum { INFO_BUILD_DATE = 0x0f, INFO_BOARD = 0x30, INFO_BOARD_SIZE = 12 };
enum { STRING_SIGN_ON = 0, STRING_VERSION = 1, STRING_ENTRY_SIZE = 3 };

#define DATE_SIZE 8u
#define TOKEN_VERSION_2 2

static bool printable(uint8_t c)
{
	return c > ' ' && c < 0x7f;
}

/* Copies up to the first NUL; each run of blanks and control bytes becomes one space, none at the
 * ends; bytes beyond ASCII become '?'. */
static void copy_text(struct bytes b, char ret[VBIOS_TEXT_MAX])
{
	size_t n = 0;
	bool gap = false;

	for (size_t k = 0; k < b.n && b.p[k] != 0 && n < VBIOS_TEXT_MAX - 2; k++) {
		if (b.p[k] <= ' ' || b.p[k] == 0x7f) {
			gap = n > 0;
			continue;
		}
		if (gap)
			ret[n++] = ' ';
		gap = false;
		ret[n++] = printable(b.p[k]) ? (char)b.p[k] : '?';
	}
	ret[n] = '\0';
}

static void read_date(struct bytes b, char ret[VBIOS_TEXT_MAX])
{
	static const char form[] = "##/##/##";

	ret[0] = '\0';
	if (b.n < DATE_SIZE)
		return;
	for (size_t k = 0; k < DATE_SIZE; k++) {
		bool digit = b.p[k] >= '0' && b.p[k] <= '9';

		if (form[k] == '#' ? !digit : b.p[k] != '/')
			return;
	}
	memcpy(ret, b.p, DATE_SIZE);
	ret[DATE_SIZE] = '\0';
}

/* A u32 and the maker's byte, in the usual notation. "" if all are zero. */
static void format_version(struct bytes b, char ret[VBIOS_TEXT_MAX])
{
	uint32_t v = 0;
	uint8_t oem = 0;

	ret[0] = '\0';
	if (!bytes_le32(b, 0, &v) || !bytes_u8(b, 4, &oem) || (v == 0 && oem == 0))
		return;
	snprintf(ret, VBIOS_TEXT_MAX, "%02X.%02X.%02X.%02X.%02X", v >> 24, v >> 16 & 0xff,
		 v >> 8 & 0xff, v & 0xff, oem);
}

/* Entry `index` of token S: u16 pointer, u8 longest length. */
static struct bytes string_entry(struct bytes image, struct bytes token, size_t index)
{
	size_t at = index * STRING_ENTRY_SIZE;
	uint16_t pointer;
	uint8_t size;

	if (!bytes_le16(token, at, &pointer) || !bytes_u8(token, at + 2, &size))
		return (struct bytes){NULL, 0};
	return bytes_sub(image, pointer, size);
}

/* "Version 94.02.26.40.99 " gives the number. */
static void read_version_text(struct bytes b, char ret[VBIOS_TEXT_MAX])
{
	static const char before[] = "Version ";
	char text[VBIOS_TEXT_MAX];
	size_t n = strlen(before);

	ret[0] = '\0';
	copy_text(b, text);
	if (strncmp(text, before, n) != 0)
		return;
	snprintf(ret, VBIOS_TEXT_MAX, "%.*s", (int)strspn(text + n, "0123456789ABCDEFabcdef."),
		 text + n);
}

static void read_board(struct bytes info, char ret[VBIOS_TEXT_MAX])
{
	struct bytes b = bytes_sub(info, INFO_BOARD, INFO_BOARD_SIZE);

	while (b.n > 0 && b.p[0] == 0)
		b = bytes_sub(b, 1, SIZE_MAX);
	copy_text(b, ret);
}

static void read_tokens(struct bytes image, struct vbios *v)
{
	struct bytes strings, info;
	struct bit bit;

	if (!bit_find(image, &bit))
		return;
	strings = bit_token(image, &bit, 'S', TOKEN_VERSION_2);
	info = bit_token(image, &bit, 'i', TOKEN_VERSION_2);
	copy_text(string_entry(image, strings, STRING_SIGN_ON), v->sign_on);
	read_version_text(string_entry(image, strings, STRING_VERSION), v->version_said);
	format_version(bit_token(image, &bit, 'B', TOKEN_VERSION_2), v->version);
	if (v->version[0] == '\0')
		memcpy(v->version, v->version_said, sizeof(v->version));
	/* Token i comes last, because makers forget its fifth byte. */
	if (v->version[0] == '\0')
		format_version(info, v->version);
	read_date(bytes_sub(info, INFO_BUILD_DATE, DATE_SIZE), v->build_date);
	read_board(info, v->board);
}

/* Pascal and newer have the ids in the NPDE, and at the old place a tag ("PMID"). */
static void read_subsystem(struct bytes rom, const struct oprom_image *i, struct vbios *v)
{
	struct bytes image = oprom_bytes(rom, i);
	struct npde npde = {0};

	if (npde_read(rom, i, &npde) && (npde.subvendor || npde.subdevice)) {
		v->subvendor = npde.subvendor;
		v->subdevice = npde.subdevice;
	} else if (!bytes_is(image, X86_SUBVENDOR, "PMID", 4)) {
		(void)bytes_le16(image, X86_SUBVENDOR, &v->subvendor);
		(void)bytes_le16(image, X86_SUBDEVICE, &v->subdevice);
	}
	v->has_subsystem = v->subvendor || v->subdevice;
}

void vbios_read(struct bytes rom, const struct oprom_image *i, struct vbios *ret)
{
	struct bytes image = oprom_bytes(rom, i);

	memset(ret, 0, sizeof(*ret));
	read_date(bytes_sub(image, X86_DATE, DATE_SIZE), ret->date);
	read_tokens(image, ret);
	read_subsystem(rom, i, ret);
}

/* Finding the BIT header and a token's data. */
#define BIT_HEADER_SIZE 12u
#define BIT_TOKEN_SIZE 6u

enum { BIT_SIZE = 0x08, BIT_STRIDE = 0x09, BIT_COUNT = 0x0a };
enum { TOKEN_ID = 0, TOKEN_VERSION = 1, TOKEN_SIZE = 2, TOKEN_DATA = 4 };

static const uint8_t bit_signature[] = {0xff, 0xb8, 'B', 'I', 'T', 0x00};

static bool is_bit_header(struct bytes b, struct bit *ret)
{
	uint8_t size = 0, sum = 0;

	if (!bytes_is(b, 0, bit_signature, sizeof(bit_signature)))
		return false;
	if (!bytes_u8(b, BIT_SIZE, &size) || size < BIT_HEADER_SIZE || !bytes_has(b, 0, size))
		return false;
	for (size_t k = 0; k < size; k++)
		sum = (uint8_t)(sum + b.p[k]);
	if (sum != 0)
		return false;
	(void)bytes_u8(b, BIT_STRIDE, &ret->stride);
	(void)bytes_u8(b, BIT_COUNT, &ret->count);
	ret->tokens = size;
	return ret->stride >= BIT_TOKEN_SIZE;
}

bool bit_find(struct bytes image, struct bit *ret)
{
	struct bit bit = {0};
	struct bytes rest = image;

	/* The same letters may occur in code and firmware: the header's sum shows which it is. */
	while (rest.n >= BIT_HEADER_SIZE) {
		const uint8_t *hit = memchr(rest.p, bit_signature[0], rest.n);
		size_t skip = hit ? (size_t)(hit - rest.p) : rest.n;

		rest = bytes_sub(rest, skip, SIZE_MAX);
		if (is_bit_header(rest, &bit)) {
			bit.tokens += image.n - rest.n;
			*ret = bit;
			return true;
		}
		rest = bytes_sub(rest, 1, SIZE_MAX);
	}
	return false;
}

struct bytes bit_token(struct bytes image, const struct bit *bit, char id, uint8_t version)
{
	for (size_t k = 0; k < bit->count; k++) {
		struct bytes t = bytes_sub(image, bit->tokens + k * bit->stride, BIT_TOKEN_SIZE);
		uint16_t size, data;
		uint8_t v;

		if (!bytes_u8(t, TOKEN_VERSION, &v) || !bytes_le16(t, TOKEN_SIZE, &size) ||
		    !bytes_le16(t, TOKEN_DATA, &data))
			break;
		if (t.p[TOKEN_ID] == (uint8_t)id && v == version)
			return bytes_sub(image, data, size);
	}
	return (struct bytes){NULL, 0};
}
