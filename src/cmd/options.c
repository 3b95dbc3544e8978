#include "cmd/options.h"

#include <getopt.h>
#include <stddef.h>

const char *options_read(const struct cmd *c, int argc, char **argv, struct options *ret)
{
	struct option rows[CMD_OPTIONS_MAX + 1] = {{0}};
	const char *why;
	int letter;

	for (size_t i = 0; i < CMD_OPTIONS_MAX && c->options[i].name; i++)
		rows[i] = (struct option){c->options[i].name,
					  c->options[i].arg == ONE_ARG ? required_argument
								       : no_argument,
					  NULL, c->options[i].letter};
	*ret = (struct options){.args = NULL};
	optind = 0; /* musl and glibc: start afresh */
	while ((letter = getopt_long(argc, argv, "", rows, NULL)) != -1) {
		if (letter == '?')
			return c->options[0].name ? "unknown option" : "takes no options";
		if (c->refuse && (why = c->refuse(ret, letter, optarg)))
			return why;
		ret->given[letter] = optarg ? optarg : "";
	}
	if (c->refuse && (why = c->refuse(ret, 0, NULL)))
		return why;
	ret->args = argv + optind;
	if (argc - optind < c->arguments.least || argc - optind > c->arguments.most)
		return c->arguments.needs ? c->arguments.needs : "takes no arguments";
	return NULL;
}
