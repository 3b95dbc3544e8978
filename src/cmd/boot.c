// SPDX-License-Identifier: GPL-2.0-or-later
/* The steps of a boot, as commands. Their exit status is always 0: a boot goes on. */
#include "cmd/options.h"

#include "boot/capture.h"
#include "boot/claim.h"
#include "boot/settle.h"
#include "sys/log.h"

#include <errno.h>
#include <string.h>

static struct claim_options claim_options(const struct cmd_env *env, const struct options *o)
{
	return (struct claim_options){.cmdline = o->given['c'] ? o->given['c'] : env->cmdline,
				      .initramfs = env->initramfs,
				      .force = o->given['f']};
}

static int run_claim(const struct cmd_env *env, const struct options *o)
{
	const struct claim_options how = claim_options(env, o);

	(void)claim(&env->root, &how);
	return EXIT_DONE;
}

/* Without a report claim took nothing, and has logged why. Returns EXIT_DONE. */
static int log_error(const struct cmd_env *env, const char *step, int r)
{
	if (r < 0 && r != -ENOENT)
		log_warn(&env->root, "%s: /" ROOT_REPORT ": %s", step, strerror(-r));
	return EXIT_DONE;
}

static int run_capture(const struct cmd_env *env, const struct options *o)
{
	(void)o;
	return log_error(env, "capture", capture(&env->root));
}

static int run_settle(const struct cmd_env *env, const struct options *o)
{
	(void)o;
	return log_error(env, "settle", settle(&env->root));
}

static int run_boot(const struct cmd_env *env, const struct options *o)
{
	const struct claim_options how = claim_options(env, o);

	if (claim(&env->root, &how) > 0)
		(void)log_error(env, "settle", settle_capture(&env->root));
	return EXIT_DONE;
}

const struct cmd cmd_claim = {"claim",
			      "[--force] [--cmdline TEXT]",
			      "hold the selected cards, unbind their drivers",
			      .run = run_claim,
			      .never_fails = true,
			      .options = {{"force", NO_ARG, 'f'}, {"cmdline", ONE_ARG, 'c'}}};
const struct cmd cmd_capture = {"capture", "", "read the held cards' ROMs, hand the cards over",
				.run = run_capture, .never_fails = true};
const struct cmd cmd_settle = {"settle", "", "wait for capture, finish what it left",
			       .run = run_settle, .never_fails = true};
const struct cmd cmd_boot = {"boot",
			     "[--force] [--cmdline TEXT]",
			     "claim, capture and settle",
			     .run = run_boot,
			     .never_fails = true,
			     .options = {{"force", NO_ARG, 'f'}, {"cmdline", ONE_ARG, 'c'}}};
