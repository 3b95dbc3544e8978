/* show: what a ROM file is, for people and for programs. */
#include "cmd.h"
#include "digest.h"
#include "efi.h"
#include "fileio.h"
#include "romjson.h"
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

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
		printf("%s\n", oprom_last(i) ? ", last" : "");
	}
}

static void show_text(const char *label, const char *text)
{
	if (text[0])
		printf("  %-11s %s\n", label, text);
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
	if (rom->x86 != SIZE_MAX)
		show_text("checksum", rom->x86_checksum_ok ? "good" : "wrong");
	if (rom->x86_checksum_ok != rom->x86_boot_checksum_ok)
		show_text("boot part", rom->x86_boot_checksum_ok ? "good" : "wrong");
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

static void show_verdict(struct bytes file, const struct rom *rom, const struct pci_ids *ids)
{
	static const char *const labels[] = {"note", "warning", "fatal"};
	const struct verdict_facts known = {.ids = ids};
	struct findings found;

	show_text("verdict", verdict_text(verdict_judge(file, rom, &known, &found)));
	for (size_t k = 0; k < found.n; k++)
		show_text(labels[found.f[k].severity], found.f[k].text);
}

static int show_people(const char *path, struct bytes file, const struct rom *rom,
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
	show_images(file, rom);
	show_board(rom);
	show_trimmed(file, rom);
	show_verdict(file, rom, ids);
	return 0;
}

static int show_json(struct bytes file, const struct rom *rom, const struct pci_ids *ids)
{
	cJSON *o = romjson_make(file, rom, ids);
	char *text = o ? cJSON_Print(o) : NULL;

	cJSON_Delete(o);
	if (!text)
		return -ENOMEM;
	puts(text);
	free(text);
	return 0;
}

static int show_file(const char *path, bool json, const struct pci_ids *ids)
{
	struct bytes file;
	struct rom rom;
	uint8_t *p;
	int r = file_read(AT_FDCWD, path, ROM_FILE_MAX, &p, &file.n);

	if (r == -EFBIG)
		return cmd_fail(path, "larger than any ROM (16 MiB)");
	if (r < 0)
		return cmd_fail(path, strerror(-r));
	file.p = p;
	rom_examine(file, &rom);
	r = json ? show_json(file, &rom, ids) : show_people(path, file, &rom, ids);
	free(p);
	if (r < 0)
		return cmd_fail(path, strerror(-r));
	if (fflush(stdout) || ferror(stdout))
		return cmd_fail("standard output", strerror(errno));
	return EXIT_DONE;
}

/* "vendor:device" or "vendor:device:subvendor:subdevice", as lspci -nn shows them. */
static bool card_parse(const char *text, struct pci_ids *ret)
{
	unsigned short v, d, sv = 0, sd = 0;
	int end = -1;

	if (sscanf(text, "%4hx:%4hx%n:%4hx:%4hx%n", &v, &d, &end, &sv, &sd, &end) < 2 || end < 0 ||
	    text[end] != '\0')
		return false;
	*ret = (struct pci_ids){v, d, sv, sd};
	return true;
}

static const char *option_fault(int c)
{
	if (c == 'c')
		return "--card is vendor:device[:subvendor:subdevice]";
	return c == 'f' ? "--format is rom-parser" : "unknown option";
}

static int show_run(const struct cmd_env *env, int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"card", required_argument, NULL, 'c'},
		{"format", required_argument, NULL, 'f'},
		{0},
	};
	struct pci_ids card, *ids = NULL;
	bool json = false, rom_parser = false;
	int c;

	(void)env; /* FILE is the user's own word, as for any other program */
	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'j')
			json = true;
		else if (c == 'c' && card_parse(optarg, &card))
			ids = &card;
		else if (c == 'f' && strcmp(optarg, "rom-parser") == 0)
			rom_parser = true;
		else
			return cmd_usage(&cmd_show, option_fault(c));
	}
	if (rom_parser && (json || ids))
		return cmd_usage(&cmd_show, "--format=rom-parser goes with no other option");
	if (argc - optind != 1)
		return cmd_usage(&cmd_show, "one file, please");
	if (rom_parser)
		return rom_parser_file(argv[optind]);
	return show_file(argv[optind], json, ids);
}

const struct cmd cmd_show = {
	.name = "show",
	.args = "[--json|--format=rom-parser] [--card=VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE]] FILE",
	.help = "what a ROM file is: images, version, board, and whether a VM can use it",
	.run = show_run,
};
