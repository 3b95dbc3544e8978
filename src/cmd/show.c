// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom show: what a ROM file is, for people and for programs. */
#include "cmd/cmd.h"
#include "cmd/json-form.h"
#include "cmd/options.h"
#include "cmd/show-json.h"
#include "cmd/show-text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static int show_file(const char *path, bool json, const struct pci_ids *ids)
{
	struct bytes file;
	struct rom rom;
	uint8_t *p;
	int r = cmd_read_rom(path, &p, &file.n);

	if (r != EXIT_DONE)
		return r;
	file.p = p;
	rom_examine(file, &rom);
	if (json)
		r = json_print(path, romjson_make(file, &rom, ids), "rom", EXIT_DONE);
	else
		showtext_print(path, file, &rom, ids);
	free(p);
	if (r != EXIT_DONE)
		return r;
	r = cmd_written(EXIT_DONE);
	return r == EXIT_DONE && rom.found_by == ROM_FOUND_NOTHING ? EXIT_ATTENTION : r;
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

static const char *refuse(const struct options *before, int letter, const char *word)
{
	struct pci_ids card;

	if (letter == 'c' && !card_parse(word, &card))
		return "--card is vendor:device[:subvendor:subdevice]";
	if (letter == 'f' && strcmp(word, "rom-parser") != 0)
		return "--format is rom-parser";
	if (!letter && before->given['f'] && (before->given['j'] || before->given['c']))
		return "--format=rom-parser takes no other option";
	return NULL;
}

static int show_run(const struct cmd_env *env, const struct options *o)
{
	struct pci_ids card;

	(void)env; /* FILE is not below --root */
	if (o->given['f'])
		return rom_parser_file(o->args[0]);
	return show_file(o->args[0], o->given['j'],
			 o->given['c'] && card_parse(o->given['c'], &card) ? &card : NULL);
}

const struct cmd cmd_show = {
	.name = "show",
	.args = "[--json|--format=rom-parser] [--card=VENDOR:DEVICE[:SUBVENDOR:SUBDEVICE]] FILE",
	.help = "what a ROM file is: images, version, board, and whether a VM can use it",
	.run = show_run,
	.options = {{"json", FORM_ARG, 'j'}, {"card", ONE_ARG, 'c'}, {"format", ONE_ARG, 'f'}},
	.arguments = {1, 1, "one file, please"},
	.refuse = refuse,
};
