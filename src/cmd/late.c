// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom late: a card that came after the boot's claim, or went. The exit status is 0 whatever it
 * meets, as that of the steps of a boot. */
#include "cmd/options.h"

#include "boot/late.h"
#include "boot/report.h"
#include "boot/settle.h"
#include "sys/file.h"

#include <stdio.h>

static void finish(const struct cmd_env *env, struct pci_addr a)
{
	int lock = late_lock(&env->root);
	struct report r;

	if (late_claim(&env->root, env->cmdline, a) > 0) {
		(void)settle_capture(&env->root);
		commit_run(&env->root);
		if (report_load(&env->root, &r) == 0) {
			card_events(&env->root, &r, &a);
			report_free(&r);
		}
	}
	file_unlock(lock);
}

static int run(const struct cmd_env *env, const struct options *o)
{
	struct pci_addr a;

	if (pci_addr_parse(o->args[0], &a) < 0)
		return cmd_usage(&cmd_late, "no address of a PCI function");
	if (!o->given['h'])
		finish(env, a);
	else if (late_hold(&env->root, env->cmdline, a))
		puts("taken"); /* what the rule waits for: etc/udev/65-gpurom.rules */
	return EXIT_DONE;
}

const struct cmd cmd_late = {"late",
			     "[--hold] ADDRESS",
			     "take a card that came after the boot, or see that one went",
			     .run = run,
			     .never_fails = true,
			     .options = {{"hold", NO_ARG, 'h'}},
			     .arguments = {1, 1, "needs the address of a PCI function"}};
