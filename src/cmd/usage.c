// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom --help: every command of this program, each with its line. */
#include "cmd/cmd.h"

#include <string.h>

static void list_commands(FILE *out, const struct cmd *const *c)
{
	for (; *c; c++)
		fprintf(out, "  %s%s%s\n        %s\n", (*c)->name, *(*c)->args ? " " : "",
			(*c)->args, (*c)->help);
}

static const struct cmd *find(const struct cmd *const *c, const char *name)
{
	while (*c && strcmp((*c)->name, name) != 0)
		c++;
	return *c;
}

const struct cmd *usage_find(const char *name)
{
	const struct cmd *c = find(commands.people, name);

	return c ? c : find(commands.boot, name);
}

void usage_print(FILE *out)
{
	fputs(USAGE_LINE "\nfor people:\n", out);
	list_commands(out, commands.people);
	fprintf(out, "\n%s:\n", commands.boot_heading);
	list_commands(out, commands.boot);
	fputs("\n  --root DIR      everything below DIR instead of /\n"
	      "  --initramfs     this is an initramfs: rd.gpurom.KEY= words count\n"
	      "  --cmdline TEXT  instead of /proc/cmdline\n"
	      "\nexit status: 0 done, 1 failed, 2 usage, 3 attention. Manual: man gpurom\n",
	      out);
}
