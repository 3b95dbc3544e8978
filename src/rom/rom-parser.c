// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of rom-parser. It has a parser of its own, because rom-parser accepts what ours
 * (rom/oprom.c) refuses. */
#include "rom/rom-parser.h"

#include "rom/efi.h"

#define STEP 512u

enum { HEADER_PCIR = 0x18 };
enum {
	PCIR_VENDOR = 0x04,
	PCIR_DEVICE = 0x06,
	PCIR_REVISION = 0x0c,
	PCIR_CLASS = 0x0d,
	PCIR_CODE_REVISION = 0x12,
	PCIR_CODE = 0x14,
	PCIR_LAST = 0x15,
	PCIR_SIZE = 0x16, /* bytes that rom-parser reads */
};

static int ran_off(FILE *out)
{
	fputs("Error, ran off the end\n", out);
	return -1;
}

static const char *code_text(uint8_t code)
{
	return code == 0 ? " (x86 PC-AT)" : code == 3 ? " (EFI)" : "";
}

static void print_pcir(struct bytes pcir, FILE *out)
{
	const uint8_t *class = pcir.p + PCIR_CLASS;
	uint16_t vendor = 0, device = 0, code_revision = 0;
	uint8_t revision = 0, code = 0;

	(void)bytes_le16(pcir, PCIR_VENDOR, &vendor);
	(void)bytes_le16(pcir, PCIR_DEVICE, &device);
	(void)bytes_u8(pcir, PCIR_REVISION, &revision);
	(void)bytes_le16(pcir, PCIR_CODE_REVISION, &code_revision);
	(void)bytes_u8(pcir, PCIR_CODE, &code);
	fprintf(out, "\tPCIR: type %x%s, vendor: %04x, device: %04x, class: %02x%02x%02x\n", code,
		code_text(code), vendor, device, class[2], class[1], class[0]);
	fprintf(out, "\tPCIR: revision %x, vendor revision: %x\n", revision, code_revision);
}

static void print_efi(struct bytes image, FILE *out)
{
	struct efi_header h = {0};
	const char *machine;

	(void)efi_header_read(image, &h);
	if (h.signature != EFI_IMAGE_SIGNATURE) {
		fputs("\t\tEFI: Signature NOT Valid\n", out);
		return;
	}
	fputs("\t\tEFI: Signature Valid, Subsystem: ", out);
	if (h.subsystem == EFI_BOOT_DRIVER || h.subsystem == EFI_RUNTIME_DRIVER)
		fputs(h.subsystem == EFI_BOOT_DRIVER ? "Boot" : "Runtime", out);
	else
		fprintf(out, "Unknown (%x)", h.subsystem);
	machine = efi_machine_text(h.machine);
	if (machine)
		fprintf(out, ", Machine: %s\n", machine);
	else
		fprintf(out, ", Machine: Unknown (%x)\n", h.machine);
}

/* Returns 1 to go on behind this image, 0 at the last one, -1 on an error. */
static int image_print(struct bytes file, size_t off, FILE *out)
{
	struct bytes image = bytes_sub(file, off, SIZE_MAX), pcir;
	uint16_t pointer;

	if (!bytes_le16(image, HEADER_PCIR, &pointer))
		return ran_off(out);
	fprintf(out, "Valid ROM signature found @%zxh, PCIR offset %xh\n", off, pointer);
	pcir = bytes_sub(image, pointer, PCIR_SIZE);
	if (pcir.n < 4)
		return ran_off(out);
	if (!bytes_is(pcir, 0, "PCIR", 4)) {
		fprintf(out, "Invalid PCIR signature: %c%c%c%c\n", pcir.p[0], pcir.p[1], pcir.p[2],
			pcir.p[3]);
		return -1;
	}
	if (pcir.n < PCIR_SIZE)
		return ran_off(out);
	print_pcir(pcir, out);
	if (pcir.p[PCIR_CODE] == 3)
		print_efi(image, out);
	if (pcir.p[PCIR_LAST] == 0)
		return 1;
	fputs("\tLast image\n", out);
	return 0;
}

int romparser_print(struct bytes file, FILE *out)
{
	for (size_t off = 0; off < file.n; off += STEP) {
		int r = bytes_is(file, off, "\x55\xaa", 2) ? image_print(file, off, out) : 1;

		if (r <= 0)
			return r;
	}
	return ran_off(out);
}
