// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom verify: the store, a ROM file, or a card's ROM against the stored one. */
#include "cmd/cmd.h"

#include "cmd/verify.h"

#include "cmd/options.h"
#include "cmd/read-now.h"

#include <string.h>
#include <unistd.h>

static int run(const struct cmd_env *env, const struct options *o)
{
	const struct read_now_options options = read_now_parse(o);
	const char *what = o->args[0];
	const bool is_file = what && (strchr(what, '/') || access(what, F_OK) == 0);
	const bool json = o->given['j'];

	if ((!what || is_file) && (options.only || options.while_bound))
		return cmd_usage(&cmd_verify, "--source and --while-bound are for a card");
	if (!what)
		return verify_store(env, json);
	return is_file ? verify_file(env, what, json) : verify_card(env, what, &options, json);
}

const struct cmd cmd_verify = {
	.name = "verify",
	.args = "[--json] [--source=SOURCE] [--while-bound] [FILE|CARD]",
	.help = "checks the store, or a ROM file, or a card's ROM against the stored one",
	.run = run,
	.options = {{"source", ONE_ARG, 's'},
		    {"while-bound", NO_ARG, 'b'},
		    {"json", FORM_ARG, 'j'}},
	.arguments = {0, 1, "a file, a card, or nothing"},
	.refuse = read_now_refuse,
};
