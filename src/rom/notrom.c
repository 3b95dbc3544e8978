// SPDX-License-Identifier: GPL-2.0-or-later
/* Recognizes readings of cards that did not answer, and files of another kind. */
#include "rom/notrom.h"

#include "rom/nvgi.h"
#include "rom/oprom.h"

#define PATTERN_SIZE 4u		/* a register's width: error codes repeat in this step */
#define MOSTLY_PART 16u		/* mostly FF: at most one byte in so many is not */
#define FIRMWARE_MIN (4u << 20) /* bytes; a graphics card's flash has 2 MiB at most */

static const struct {
	const char *magic;
	size_t size;
	struct notrom is;
} kinds[] = {
	{"NVGI",
	 4,
	 {"broken-ifr", "NVIDIA's header (NVGI) is there, but no whole option ROM behind it: "
			"the file is cut off or the flash damaged"}},
	{"VN",
	 2,
	 {"private-image", "it begins with an image that only NVIDIA's driver reads (VN), and "
			   "has no option ROM: damaged, or a part of a flash"}},
	{"\x77\xbb",
	 2,
	 {"private-image", "it begins with an image that only NVIDIA's driver reads "
			   "(BB77), and has no option ROM: a part of a flash"}},
	{"\x1f\x8b", 2, {"archive", "it is a gzip archive: unpack it first"}},
	{"PK\x03\x04", 4, {"archive", "it is a zip archive: unpack it first"}},
	{"7z\xbc\xaf\x27\x1c", 6, {"archive", "it is a 7z archive: unpack it first"}},
	{"Rar!", 4, {"archive", "it is a rar archive: unpack it first"}},
	{"\xfd"
	 "7zXZ",
	 5,
	 {"archive", "it is an xz archive: unpack it first"}},
	{"MZ",
	 2,
	 {"program", "it is a Windows program, an updater perhaps: take the ROM out of it first"}},
	{"\x7f"
	 "ELF",
	 4,
	 {"program", "it is a Linux program"}},
	{"<!DOCTYPE", 9, {"web-page", "it is a web page: the download went wrong"}},
	{"<html", 5, {"web-page", "it is a web page: the download went wrong"}},
};

/* True if each byte equals the one `step` before it. */
static bool is_repeated(struct bytes b, size_t step)
{
	return b.n > step && memcmp(b.p, b.p + step, b.n - step) == 0;
}

static struct notrom guess_one_byte(uint8_t byte)
{
	if (byte == 0xff)
		return (struct notrom){"all-ff",
				       "every byte is FF: the card did not answer. It was "
				       "asleep (D3) or its memory decode off; wake it, "
				       "read again"};
	if (byte == 0x00)
		return (struct notrom){"all-00",
				       "every byte is 00: memory that nothing filled, such as "
				       "a boot GPU's shadow copy after a UEFI boot; read "
				       "the card itself"};
	return (struct notrom){"pattern", "every byte is the same: this is no ROM; read again"};
}

/* Much of a flash is FF, but never nearly all of it. */
static bool is_mostly_ff(struct bytes b)
{
	size_t ff = 0;

	for (size_t k = 0; k < b.n; k++)
		ff += b.p[k] == 0xff;
	return ff >= b.n - b.n / MOSTLY_PART;
}

static struct notrom guess_broken_start(enum oprom_stop stop)
{
	if (stop == OPROM_END)
		return (struct notrom){"private-image", "it begins with an image that no guest can "
							"run, and has none that a guest can: a "
							"part of a flash"};
	if (stop == OPROM_E_LENGTH)
		return (struct notrom){"damaged", "its first image has length 0: damaged; read it "
						  "again"};
	return (struct notrom){"damaged",
			       "it begins with 55AA, but its PCI Data Structure (PCIR) is "
			       "not where it says: cut off or damaged; read it again"};
}

const char *notrom_hidden_text(struct bytes file)
{
	struct nvgi nvgi;
	size_t off = nvgi_read(file, &nvgi) == 0 ? nvgi.rom : 0;
	struct oprom_image i;

	if (bytes_is(file, off, "\x55\xaa", 2) || oprom_any_at(file, off, &i) != OPROM_END)
		return NULL;
	if (i.code == OPROM_CODE_X86)
		return "its x86 image has NVIDIA's hidden signature (VN or 77BB, not 55AA), so no "
		       "guest runs it; the copy in a laptop's system firmware begins 55AA: import "
		       "that one";
	return i.code == OPROM_CODE_EFI ? NOTROM_EFI_OFF : NULL;
}

struct notrom notrom_guess(struct bytes file)
{
	static const uint8_t signature[] = {0x55, 0xaa};
	const char *hidden;
	struct oprom_image i;

	if (file.n == 0)
		return (struct notrom){"empty", "it is empty: nothing was read"};
	if (file.n == 1 || is_repeated(file, 1))
		return guess_one_byte(file.p[0]);
	if (is_repeated(file, PATTERN_SIZE))
		return (struct notrom){"pattern",
				       "the same 4 bytes over and over: the GPU answered "
				       "with an error code; reset it, or read again "
				       "after a cold boot"};
	if (bytes_is(file, 0, signature, sizeof(signature)))
		return guess_broken_start(oprom_image_at(file, 0, &i));
	hidden = notrom_hidden_text(file);
	if (hidden)
		return (struct notrom){"private-image", hidden};
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++)
		if (bytes_is(file, 0, kinds[k].magic, kinds[k].size))
			return kinds[k].is;
	if (is_mostly_ff(file))
		return (struct notrom){"mostly-ff", "nearly every byte is FF: the card often did "
						    "not answer; read it again"};
	if (file.n >= FIRMWARE_MIN)
		return (struct notrom){"no-rom", NOTROM_TOO_LARGE};
	return (struct notrom){"no-rom", "no option ROM of an NVIDIA card is in it"};
}
