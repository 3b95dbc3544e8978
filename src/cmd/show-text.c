// SPDX-License-Identifier: GPL-2.0-or-later
/* The lines of show: a label and a value. */
#include "cmd/show-text.h"

#include "rom/efi.h"
#include "rom/map.h"
#include "rom/npde.h"
#include "rom/nvgi.h"
#include "rom/rom.h"
#include "rom/rules.h"
#include "util/sha256.h"

#include <stdio.h>

static void show_text(const char *label, const char *text)
{
	if (text[0])
		printf("  %-11s %s\n", label, text);
}

/* No specification asks for a checksum here; a changed sum shows a changed image. */
static void show_sum(struct bytes chain, const struct oprom_image *i)
{
	struct sums s;

	sums_read(chain, i, &s);
	if (i->code != OPROM_CODE_X86 && s.has_whole)
		printf(", sum %02x", s.whole);
	putchar('\n');
}

static void print_sum(const char *before, const char *by, bool has, uint8_t sum)
{
	printf("%s%s ", before, by);
	if (!has)
		printf("none");
	else if (sum == 0)
		printf("good");
	else
		printf("wrong (%02x)", sum);
}

static void show_private(struct bytes chain, const struct rom *rom)
{
	struct oprom_chain images;

	if (rom->found_by == ROM_FOUND_NOTHING)
		return;
	private_walk(chain, &rom->chain, &images);
	for (size_t k = 0; k < images.n; k++) {
		const struct oprom_image *i = &images.image[k];

		printf("  private %-3zu at 0x%06zx, 0x%05zx bytes: %s, %s", k,
		       rom->offset + i->offset, i->length, oprom_code_text(i->code),
		       private_text(chain, i));
		show_sum(chain, i);
	}
}

static void show_images(struct bytes file, const struct rom *rom)
{
	struct bytes chain = bytes_sub(file, rom->offset, SIZE_MAX);
	struct efi_header efi;
	const char *machine;

	for (size_t k = 0; k < rom->chain.n; k++) {
		const struct oprom_image *i = &rom->chain.image[k];

		printf("  image %-5zu at 0x%06zx, 0x%05zx bytes: %s, %04x:%04x, class %06x", k,
		       rom->offset + i->offset, i->length, oprom_code_text(i->code), i->vendor,
		       i->device, i->class);
		if (i->code == OPROM_CODE_EFI && efi_header_read(oprom_bytes(chain, i), &efi) &&
		    (machine = efi_machine_text(efi.machine)))
			printf(", %s", machine);
		printf("%s", oprom_last(i) ? ", last" : "");
		show_sum(chain, i);
	}
	show_private(chain, rom);
}

static void show_board(const struct rom *rom)
{
	show_text("version", rom->version);
	show_text("sign-on", rom->sign_on);
	if (rom->has_subsystem)
		printf("  subsystem   %04x:%04x\n", rom->subvendor, rom->subdevice);
	show_text("board", rom->board);
	show_text("built", rom->build_date);
	show_text("modified", rom->date);
	if (rom->gop)
		printf("  GOP         0x%x\n", rom->gop);
}

static void show_digest(const char *label, struct bytes b)
{
	char hex[SHA256_HEX];

	digest_sha256(b, hex);
	printf("  %-11s %zu bytes, sha256 %s\n", label, b.n, hex);
}

static void show_trimmed(struct bytes file, const struct rom *rom)
{
	struct bytes trimmed, head;

	if (rom_trimmed(file, rom, ROM_TRIM_CHAIN, &trimmed) ||
	    rom_trimmed(file, rom, ROM_TRIM_HEAD, &head))
		return;
	show_digest("romfile", trimmed);
	if (head.n != trimmed.n)
		show_digest("with tail", head);
}

/* x86 images: by each length that may count. */
static void show_checksums(struct bytes chain, const struct rom *rom)
{
	for (size_t k = 0; k < rom->chain.n; k++) {
		struct sums s;

		if (rom->chain.image[k].code != OPROM_CODE_X86)
			continue;
		sums_read(chain, &rom->chain.image[k], &s);
		printf("  checksum    ");
		print_sum("", "PCIR length", s.has_whole, s.whole);
		print_sum(", ", "size byte", s.has_size, s.size);
		print_sum(", ", "NPDE length", s.has_npde, s.npde);
		putchar('\n');
	}
}

static void show_ifr(struct bytes file)
{
	struct nvgi n;

	if (nvgi_read(file, &n))
		return;
	printf("  IFR         version %u, fixed 0x%x, total 0x%x bytes, subsystem %04x:%04x, option "
	       "ROM at 0x%zx",
	       n.version, n.fixed_size, n.total_size, n.subvendor, n.subdevice, n.rom);
	if (n.has_sum)
		printf(", sum %02x", n.sum);
	putchar('\n');
}

static void show_map(struct bytes file, const struct rom *rom)
{
	struct rommap map;
	char bar[ROMMAP_CELLS + 1];
	size_t bytes[ROMMAP_KINDS] = {0};
	const char *comma = "";

	if (file.n == 0)
		return;
	rommap_make(file, rom, &map);
	rommap_draw(&map, bar);
	for (size_t k = 0; k < map.n; k++)
		bytes[map.s[k].kind] += map.s[k].length;
	printf("  map         %s\n              ", bar);
	for (enum rommap_kind k = 0; k < ROMMAP_KINDS; k++) {
		if (bytes[k] == 0)
			continue;
		printf("%s%c %s 0x%zx", comma, rommap_letter(k), rommap_text(k), bytes[k]);
		comma = ", ";
	}
	putchar('\n');
}

static void show_verdict(struct bytes file, const struct rom *rom, const struct pci_ids *ids)
{
	const struct verdict_facts facts = {.ids = ids};
	struct findings found;

	show_text("verdict", verdict_text(verdict_judge(file, rom, &facts, &found)));
	for (size_t k = 0; k < found.n; k++)
		show_text(finding_severity_text(found.f[k].severity), found.f[k].text);
}

void showtext_print(const char *path, struct bytes file, const struct rom *rom,
		    const struct pci_ids *ids)
{
	printf("%s\n", path);
	show_digest("file", file);
	if (rom->found_by == ROM_FOUND_NOTHING)
		printf("  option ROM  none\n");
	else if (rom->found_by == ROM_FOUND_PLAIN)
		printf("  option ROM  at 0x0\n");
	else
		printf("  option ROM  at 0x%zx, found by %s\n", rom->offset, rom_found_text(rom));
	show_ifr(file);
	show_images(file, rom);
	show_board(rom);
	show_checksums(bytes_sub(file, rom->offset, SIZE_MAX), rom);
	show_map(file, rom);
	show_trimmed(file, rom);
	show_verdict(file, rom, ids);
}
