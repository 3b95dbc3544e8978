/* The steps of a boot, as commands. Their exit status is 0 whatever they meet: a boot goes on. */
#include "cmd/cmd.h"

#include "boot/capture.h"
#include "boot/claim.h"
#include "boot/settle.h"
#include "sys/log.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

static int no_options(const struct cmd *c, int argc, char **argv)
{
	static const struct option none[] = {{NULL, 0, NULL, 0}};

	if (getopt_long(argc, argv, "", none, NULL) != -1)
		return cmd_usage(c, "takes no options");
	return optind < argc ? cmd_usage(c, "takes no arguments") : EXIT_DONE;
}

static int claim_options(const struct cmd *c, const struct cmd_env *env, int argc, char **argv,
			 struct claim_options *ret)
{
	static const struct option options[] = {{"force", no_argument, NULL, 'f'},
						{"cmdline", required_argument, NULL, 'c'},
						{NULL, 0, NULL, 0}};
	int o;

	*ret = (struct claim_options){.cmdline = env->cmdline, .initramfs = env->initramfs};
	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'f')
			ret->force = true;
		else if (o == 'c')
			ret->cmdline = optarg;
		else
			return cmd_usage(c, "unknown option");
	}
	return optind < argc ? cmd_usage(c, "takes no arguments") : EXIT_DONE;
}

static int run_claim(const struct cmd_env *env, int argc, char **argv)
{
	struct claim_options o;
	int r = claim_options(&cmd_claim, env, argc, argv, &o);

	if (r == EXIT_DONE)
		(void)claim(&env->root, &o);
	return r;
}

/* No report: claim took nothing, and has told why. */
static void tell_report(const struct cmd_env *env, const char *step, int r)
{
	if (r < 0 && r != -ENOENT)
		log_warn(&env->root, "%s: /" ROOT_REPORT ": %s", step, strerror(-r));
}

static int run_capture(const struct cmd_env *env, int argc, char **argv)
{
	int r = no_options(&cmd_capture, argc, argv);

	if (r == EXIT_DONE)
		tell_report(env, "capture", capture(&env->root));
	return r;
}

static int run_settle(const struct cmd_env *env, int argc, char **argv)
{
	int r = no_options(&cmd_settle, argc, argv);

	if (r == EXIT_DONE)
		tell_report(env, "settle", settle(&env->root));
	return r;
}

static int run_boot(const struct cmd_env *env, int argc, char **argv)
{
	struct claim_options o;
	int r = claim_options(&cmd_boot, env, argc, argv, &o);

	if (r == EXIT_DONE && claim(&env->root, &o) > 0)
		tell_report(env, "settle", settle_capture(&env->root));
	return r;
}

const struct cmd cmd_claim = {"claim", "[--force] [--cmdline TEXT]",
			      "hold the selected cards, unbind their drivers", run_claim};
const struct cmd cmd_capture = {"capture", "", "read the held cards' ROMs, hand the cards over",
				run_capture};
const struct cmd cmd_settle = {"settle", "", "wait for capture, finish what it left", run_settle};
const struct cmd cmd_boot = {"boot", "[--force] [--cmdline TEXT]", "claim, capture and settle",
			     run_boot};
