// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom help and gpurom version, COMMAND --help, and what a mistake is answered with. */
#include "cmd/cmd.h"

#include "cmd/help-texts.h"
#include "cmd/mistake.h"
#include "cmd/options.h"
#include "sys/version.h"

static void print_options(const struct help_text *t)
{
	for (size_t i = 0; i < CMD_OPTIONS_MAX && t->option[i].name; i++)
		printf("  %-23s %s\n", t->option[i].name, t->option[i].text);
	printf("  %-23s %s\n", "--help", "this text");
}

static void print_help(const struct cmd *c)
{
	const struct help_text *t = help_text_find(c->name);

	cmd_usage_line(stdout, c);
	putchar('\n');
	if (!t) { /* a line at least */
		printf("%s\n", c->help);
		return;
	}
	printf("%s\n", t->what);
	print_options(t);
	printf("\nexit status: %s, 2 usage%s%s\n",
	       c->never_fails ? "0 whatever it meets" : "0 done, 1 failed",
	       t->attention ? ", 3 attention: " : "", t->attention ? t->attention : "");
	if (t->example)
		printf("\nexample:\n  %s\n", t->example);
}

static int run_help(const struct cmd_env *env, const struct options *o)
{
	const struct cmd *c = o->args[0] ? usage_find(o->args[0]) : NULL;

	(void)env;
	if (!o->args[0])
		usage_print(stdout);
	else if (c)
		print_help(c);
	else
		mistake_command(o->args[0]);
	return o->args[0] && !c ? EXIT_USAGE : EXIT_DONE;
}

static int run_version(const struct cmd_env *env, const struct options *o)
{
	(void)env;
	(void)o;
	printf("gpurom %s\n", program_version);
	return EXIT_DONE;
}

const struct cmd cmd_help = {"help", "[COMMAND]",
			     "the commands, or what one of them does and takes", .run = run_help,
			     .arguments = {0, 1, "the name of one command, or nothing"}};
const struct cmd cmd_version = {"version", "", "the version of this program", .run = run_version};

const struct advice advice = {.help = print_help,
			      .no_command = mistake_command,
			      .no_option = mistake_option,
			      .no_key = mistake_key};
