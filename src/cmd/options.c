// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/options.h"

#include "cmd/json-form.h"

#include <getopt.h>
#include <stddef.h>

#define LETTER_HELP 1 /* no letter of a command */

const char options_help[] = "";

/* The word that getopt_long does not take: the one before optind, or, where that is a letter with
 * more letters behind it, the one at optind. */
static const char *wrong_word(int argc, char **argv)
{
	if (optopt > LETTER_HELP && optind < argc && argv[optind][0] == '-' &&
	    argv[optind][1] == optopt)
		return argv[optind];
	return argv[optind - 1];
}

static int has_arg(const struct cmd_option *o)
{
	if (o->arg == FORM_ARG && json_forms)
		return optional_argument;
	return o->arg == ONE_ARG ? required_argument : no_argument;
}

const char *options_read(const struct cmd *c, int argc, char **argv, struct options *ret)
{
	struct option rows[CMD_OPTIONS_MAX + 2] = {{"help", no_argument, NULL, LETTER_HELP}};
	const char *why;
	int letter;

	for (size_t i = 0; i < CMD_OPTIONS_MAX && c->options[i].name; i++)
		rows[i + 1] = (struct option){c->options[i].name, has_arg(&c->options[i]), NULL,
					      c->options[i].letter};
	*ret = (struct options){.args = NULL};
	optind = 0; /* musl and glibc: start afresh */
	while ((letter = getopt_long(argc, argv, ":", rows, NULL)) != -1) {
		if (letter == LETTER_HELP)
			return options_help;
		if (letter == '?' || letter == ':') {
			ret->wrong = wrong_word(argc, argv);
			return c->options[0].name ? "unknown option" : "takes no options";
		}
		if (letter == 'j' && json_forms && (why = json_forms->set(optarg)))
			return why;
		if (c->refuse && (why = c->refuse(ret, letter, optarg)))
			return why;
		ret->given[letter] = optarg ? optarg : "";
	}
	ret->args = argv + optind;
	if (argc - optind < c->arguments.least || argc - optind > c->arguments.most)
		return c->arguments.needs ? c->arguments.needs : "takes no arguments";
	return c->refuse ? c->refuse(ret, 0, NULL) : NULL;
}
