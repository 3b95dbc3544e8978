/* show: what a ROM file is, for people and for programs. */
#include "cmd/cmd.h"
#include "cmd/show-json.h"
#include "cmd/show-text.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

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
	r = 0;
	if (json)
		r = show_json(file, &rom, ids);
	else
		showtext_print(path, file, &rom, ids);
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
