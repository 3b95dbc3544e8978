// SPDX-License-Identifier: GPL-2.0-or-later
/* The walk along a chain of expansion ROM images. */
#include "rom/oprom.h"

/* Offsets in the PCI Data Structure. */
enum {
	PCIR_VENDOR = 0x04,
	PCIR_DEVICE = 0x06,
	PCIR_DEVICE_LIST = 0x08, /* revision 3; earlier: vital product data */
	PCIR_LENGTH = 0x0a,
	PCIR_REVISION = 0x0c,
	PCIR_CLASS = 0x0d,
	PCIR_IMAGE_BLOCKS = 0x10,
	PCIR_CODE_REVISION = 0x12,
	PCIR_CODE = 0x14,
	PCIR_INDICATOR = 0x15,
};

enum { IMAGE_SIZE_BLOCKS = 0x02, IMAGE_PCIR_POINTER = 0x18 };

/* pcir has at least OPROM_PCIR_SIZE bytes, so that no read here can fail. */
static void read_pcir(struct bytes pcir, struct oprom_image *i)
{
	uint16_t class_low = 0, blocks = 0;
	uint8_t class_base = 0;

	(void)bytes_le16(pcir, PCIR_VENDOR, &i->vendor);
	(void)bytes_le16(pcir, PCIR_DEVICE, &i->device);
	(void)bytes_le16(pcir, PCIR_LENGTH, &i->pcir_length);
	(void)bytes_u8(pcir, PCIR_REVISION, &i->pcir_revision);
	if (i->pcir_revision >= 3)
		(void)bytes_le16(pcir, PCIR_DEVICE_LIST, &i->device_list);
	(void)bytes_le16(pcir, PCIR_CLASS, &class_low);
	(void)bytes_u8(pcir, PCIR_CLASS + 2, &class_base);
	i->class = (uint32_t)class_base << 16 | class_low;
	(void)bytes_le16(pcir, PCIR_IMAGE_BLOCKS, &blocks);
	i->length = (size_t)blocks * OPROM_BLOCK;
	(void)bytes_le16(pcir, PCIR_CODE_REVISION, &i->revision);
	(void)bytes_u8(pcir, PCIR_CODE, &i->code);
	(void)bytes_u8(pcir, PCIR_INDICATOR, &i->indicator);
}

static enum oprom_stop read_image(struct bytes rom, size_t off, struct oprom_image *ret)
{
	struct oprom_image i = {.offset = off};
	struct bytes image = bytes_sub(rom, off, SIZE_MAX);
	uint16_t pointer = 0;

	if (!bytes_le16(image, IMAGE_PCIR_POINTER, &pointer) ||
	    !bytes_has(image, pointer, OPROM_PCIR_SIZE))
		return OPROM_E_PCIR;
	i.pcir = pointer;
	(void)bytes_u8(image, IMAGE_SIZE_BLOCKS, &i.size_blocks);
	read_pcir(bytes_sub(image, pointer, OPROM_PCIR_SIZE), &i);
	*ret = i;
	return OPROM_END;
}

/* True if one of these names (the last is NULL) is at off. */
static bool matches_any(struct bytes b, size_t off, const char *const *names)
{
	for (; *names; names++)
		if (bytes_is(b, off, *names, strlen(*names)))
			return true;
	return false;
}

static enum oprom_stop image_at(struct bytes rom, size_t off, const char *const *signatures,
				const char *const *tags, struct oprom_image *ret)
{
	struct oprom_image i;
	enum oprom_stop stop;

	if (off >= rom.n)
		return OPROM_E_SHORT;
	if (!matches_any(rom, off, signatures))
		return OPROM_E_SIGNATURE;
	stop = read_image(rom, off, &i);
	if (stop)
		return stop;
	if (!matches_any(rom, off + i.pcir, tags))
		return OPROM_E_PCIR;
	if (i.length == 0)
		return OPROM_E_LENGTH;
	/* Trimmed to this length, the file must still have the structure that describes it. */
	if (i.pcir + OPROM_PCIR_SIZE > i.length)
		return OPROM_E_PCIR;
	*ret = i;
	return OPROM_END;
}

enum oprom_stop oprom_image_at(struct bytes rom, size_t off, struct oprom_image *ret)
{
	static const char *const signatures[] = {"\x55\xaa", NULL}, *const tags[] = {"PCIR", NULL};

	return image_at(rom, off, signatures, tags, ret);
}

enum oprom_stop oprom_any_at(struct bytes rom, size_t off, struct oprom_image *ret)
{
	static const char *const signatures[] = {"\x55\xaa", "VN", "\x77\xbb", NULL};
	static const char *const tags[] = {"PCIR", "NPDS", "RGIS", NULL};

	return image_at(rom, off, signatures, tags, ret);
}

void oprom_walk(struct bytes rom, struct oprom_chain *ret)
{
	struct oprom_image i;

	memset(ret, 0, sizeof(*ret));
	for (;;) {
		if (ret->n == OPROM_IMAGES_MAX) {
			ret->stop = OPROM_E_MANY;
			return;
		}
		ret->stop = oprom_image_at(rom, ret->length, &i);
		if (ret->stop != OPROM_END)
			return;
		if (!bytes_has(rom, i.offset, i.length)) {
			ret->stop = OPROM_E_CUT;
			ret->cut = i;
			return;
		}
		ret->image[ret->n++] = i;
		ret->length = i.offset + i.length;
		if (oprom_last(&i))
			return;
	}
}

struct bytes oprom_bytes(struct bytes rom, const struct oprom_image *i)
{
	return bytes_sub(rom, i->offset, i->length);
}

static bool lists_device(struct bytes image, const struct oprom_image *i, uint16_t device)
{
	size_t at = i->pcir + i->device_list;
	uint16_t entry;

	if (i->device_list == 0)
		return false;
	for (size_t k = 0; k < OPROM_DEVICES_MAX; k++) {
		if (!bytes_le16(image, at + 2 * k, &entry) || entry == 0)
			return false;
		if (entry == device)
			return true;
	}
	return false;
}

bool oprom_fits(struct bytes rom, const struct oprom_image *i, uint16_t vendor, uint16_t device)
{
	if (i->vendor != vendor)
		return false;
	return i->device == device || lists_device(oprom_bytes(rom, i), i, device);
}

bool oprom_sum(struct bytes rom, size_t off, size_t len, uint8_t *ret)
{
	uint8_t sum = 0;

	if (len == 0 || !bytes_has(rom, off, len))
		return false;
	for (size_t k = 0; k < len; k++)
		sum = (uint8_t)(sum + rom.p[off + k]);
	*ret = sum;
	return true;
}

static bool sums_to_zero(struct bytes rom, size_t off, size_t len)
{
	uint8_t sum;

	return oprom_sum(rom, off, len, &sum) && sum == 0;
}

bool oprom_checksum_ok(struct bytes rom, const struct oprom_image *i)
{
	return sums_to_zero(rom, i->offset, i->length);
}

bool oprom_boot_checksum_ok(struct bytes rom, const struct oprom_image *i)
{
	return sums_to_zero(rom, i->offset, (size_t)i->size_blocks * OPROM_BLOCK);
}

const char *oprom_code_text(uint8_t code)
{
	switch (code) {
	case OPROM_CODE_X86:
		return "x86";
	case OPROM_CODE_OF:
		return "Open Firmware";
	case OPROM_CODE_HPPA:
		return "PA-RISC";
	case OPROM_CODE_EFI:
		return "EFI";
	case OPROM_CODE_NBSI:
		return "NBSI";
	case OPROM_CODE_NV_EXT:
		return "NVIDIA extension";
	default:
		return "other";
	}
}

const char *oprom_stop_text(enum oprom_stop s)
{
	switch (s) {
	case OPROM_END:
		return "complete";
	case OPROM_E_SHORT:
		return "the bytes end before an image that is marked as the last";
	case OPROM_E_SIGNATURE:
		return "no 55AA where the next image should begin";
	case OPROM_E_PCIR:
		return "an image without a PCI Data Structure (PCIR)";
	case OPROM_E_LENGTH:
		return "an image that says its length is 0";
	case OPROM_E_CUT:
		return "an image longer than the bytes that are left";
	case OPROM_E_MANY:
		return "more images than any ROM has";
	}
	return "unknown";
}
