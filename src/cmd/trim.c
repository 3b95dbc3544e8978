// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom trim: the part of a ROM file that a VM needs, as a new file. */
#include "cmd/cmd.h"
#include "cmd/options.h"
#include "cmd/outfile.h"
#include "rom/rules.h"
#include "sources/judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct trim_job {
	const char *in, *out;
	enum rom_trim how;
	bool force;
};

/* EXIT_DONE where out may be written, or EXIT_FAILED after printing why. */
static int trim_check_out(const struct trim_job *j)
{
	struct stat in;
	const char *why;

	if (stat(j->in, &in))
		return cmd_fail(j->in, strerror(errno));
	why = outfile_refused(j->out, &in, j->force);
	return why ? cmd_fail(j->out, why) : EXIT_DONE;
}

/* Prints why the file cannot be trimmed: its verdict's reason. */
static int trim_refuse(const struct trim_job *j, const struct judged *d)
{
	const struct finding *reason = verdict_reason(&d->findings);
	char why[FINDING_TEXT_MAX + 64];

	snprintf(why, sizeof(why), "no complete option ROM to trim to: %s",
		 reason ? reason->text : "unknown");
	return cmd_fail(j->in, why);
}

static int trim_bytes(const struct trim_job *j, struct bytes file)
{
	static struct judged d; /* tens of kilobytes */
	struct bytes trimmed;
	int r;

	judge(file, &(struct verdict_facts){0}, &d);
	trimmed = judge_keep(file, &d, j->how);
	if (!trimmed.n)
		return trim_refuse(j, &d);
	r = outfile_publish(j->out, trimmed, j->force);
	if (r < 0)
		return cmd_fail(j->out, strerror(-r));
	printf("%s: %zu bytes from 0x%zx of %s\n", j->out, trimmed.n, d.rom.offset, j->in);
	return EXIT_DONE;
}

static int trim_file(const struct trim_job *j)
{
	struct bytes file;
	uint8_t *p;
	int r = trim_check_out(j);

	if (r != EXIT_DONE)
		return r;
	r = cmd_read_rom(j->in, &p, &file.n);
	if (r != EXIT_DONE)
		return r;
	file.p = p;
	r = trim_bytes(j, file);
	free(p);
	return r;
}

static const char *trim_refuse_option(const struct options *before, int letter, const char *word)
{
	(void)before;
	return letter == 't' && strcmp(word, "keep") != 0 && strcmp(word, "cut") != 0
		       ? "--tail is keep or cut"
		       : NULL;
}

static int trim_run(const struct cmd_env *env, const struct options *o)
{
	const char *tail = o->given['t'];
	const struct trim_job j = {.in = o->args[0],
				   .out = o->args[1],
				   .how = tail && strcmp(tail, "keep") == 0 ? ROM_TRIM_HEAD
									    : ROM_TRIM_CHAIN,
				   .force = o->given['f']};

	(void)env; /* FILE and OUT are not below --root */
	return trim_file(&j);
}

const struct cmd cmd_trim = {
	.name = "trim",
	.args = "[--tail=keep] [--force] FILE OUT",
	.help = "writes the part of a ROM file that a VM needs (its romfile)",
	.run = trim_run,
	.options = {{"tail", ONE_ARG, 't'}, {"force", NO_ARG, 'f'}},
	.arguments = {2, 2, "an input and an output file, please"},
	.refuse = trim_refuse_option,
};
