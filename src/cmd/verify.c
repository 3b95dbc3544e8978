/* gpurom verify: is the store whole, is a file a ROM that it has, is a card's ROM the stored one?
 */
#include "cmd/cmd.h"

#include "cmd/verify.h"

#include "cmd/read-now.h"

#include <getopt.h>
#include <string.h>
#include <unistd.h>

static int run(const struct cmd_env *env, int argc, char **argv)
{
	static const struct option options[] = {
		LIVETELL_OPTIONS, {"json", no_argument, NULL, 'j'}, {NULL, 0, NULL, 0}};
	struct live_wish wish = {.only = false};
	bool json = false, is_file;
	const char *what;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'j')
			json = true;
		else if (!livetell_option(o, optarg, &wish))
			return cmd_usage(&cmd_verify, o == 's' ? LIVETELL_USAGE : "unknown option");
	}
	if (argc - optind > 1)
		return cmd_usage(&cmd_verify, "a file, a card, or nothing");
	what = argv[optind];
	is_file = what && (strchr(what, '/') || access(what, F_OK) == 0);
	if ((!what || is_file) && (wish.only || wish.while_bound))
		return cmd_usage(&cmd_verify, "--source and --while-bound are for a card");
	if (!what)
		return verify_store(env, json);
	return is_file ? verify_file(env, what, json) : verify_card(env, what, &wish, json);
}

const struct cmd cmd_verify = {
	.name = "verify",
	.args = "[--json] [--source=SOURCE] [--while-bound] [FILE|CARD]",
	.help = "checks the store, or a ROM file, or a card's ROM against the stored one",
	.run = run,
};
