// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom-initramfs, the program that images get: the steps of a boot before the real root, and what
 * a person looks at from an emergency shell. Each boot loads it: what is not needed there stays out
 * of it. */
#include "cmd/cmd.h"

static const struct cmd *const people[] = {&cmd_list_plain, &cmd_plan, &cmd_report, NULL};
static const struct cmd *const boot[] = {&cmd_claim, &cmd_capture, &cmd_settle, &cmd_boot, NULL};

const struct commands commands = {
	.people = people,
	.boot = boot,
	.boot_heading = "steps of a boot (exit status 0, whatever they meet)",
	.unknown = " is not in the initramfs's program: run it in the installed system"};
