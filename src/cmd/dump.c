// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom dump: reads a card's ROM now, and writes it to a file. */
#include "cmd/cmd.h"

#include "cmd/options.h"
#include "cmd/outfile.h"
#include "cmd/read-now.h"

#include <stdio.h>
#include <string.h>

struct dump_job {
	struct read_now_options options;
	const char *card, *out;
	bool raw, force;
};

static int publish(const struct dump_job *j, const struct named_card *c, const struct read_now *now)
{
	const struct bytes raw = {now->best.raw.bytes, now->best.raw.n};
	const struct bytes b = j->raw ? raw : now->best.keep;
	const struct rom_reading *result = &now->result;
	const struct finding *f = verdict_reason(&result->findings);
	char why[FINDING_TEXT_MAX + 64];
	int r;

	if (!b.n) {
		snprintf(why, sizeof(why), "rejected: %s; --raw writes it as it came",
			 f ? f->text : "nothing of it can be used");
		return cmd_fail(c->addr, why);
	}
	r = outfile_publish(j->out, b, j->force);
	if (r < 0)
		return cmd_fail(j->out, strerror(-r));
	printf("%s: %zu bytes from %s, %s%s, %s\n", j->out, b.n, result->source,
	       rom_version_text(result->version), j->raw ? ", as they came" : "",
	       verdict_text(result->verdict));
	return EXIT_DONE;
}

static int dump(const struct cmd_env *env, const struct dump_job *j)
{
	static struct named_card c;
	static struct read_now now; /* tens of kilobytes */
	const char *why = outfile_refused(j->out, NULL, j->force);
	int r;

	if (why)
		return cmd_fail(j->out, why);
	r = named_card_find(env, j->card, 0, &c);
	if (r == EXIT_DONE) {
		r = read_now_print(env, &c, &j->options, &now);
		if (r == EXIT_DONE)
			r = publish(j, &c, &now);
		read_now_free(&now);
	}
	host_free(&c.host);
	return r;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	const struct dump_job j = {.options = read_now_parse(o),
				   .card = o->args[0],
				   .out = o->args[1],
				   .raw = o->given['r'],
				   .force = o->given['f']};

	return dump(env, &j);
}

const struct cmd cmd_dump = {
	.name = "dump",
	.args = "[--source=SOURCE] [--raw] [--while-bound] [--force] CARD OUT",
	.help = "reads a card's ROM now, and writes its romfile",
	.run = run,
	.options = {{"source", ONE_ARG, 's'},
		    {"while-bound", NO_ARG, 'b'},
		    {"raw", NO_ARG, 'r'},
		    {"force", NO_ARG, 'f'}},
	.arguments = {2, 2, "a card and an output file, please"},
	.refuse = read_now_refuse,
};
