// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom: takes GPUs for virtual machines before any driver can, and keeps their ROMs. Two programs
 * have this main: gpurom (commands.c) and the initramfs's, gpurom-initramfs (initramfs-commands.c).
 */
#include "cmd/cmd.h"

#include "cmd/json-form.h"
#include "cmd/options.h"
#include "sys/file.h"
#include "sys/log.h"
#include "sys/version.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What options_read does not take, or --help. */
static int refuse(const struct cmd *c, const char *why, const struct options *o)
{
	if (why != options_help && !(commands.advice && o->wrong))
		return cmd_usage(c, why);
	if (why == options_help && commands.advice) {
		commands.advice->help(c);
		return cmd_written(EXIT_DONE);
	}
	if (o->wrong)
		commands.advice->no_option(c, o->wrong);
	cmd_usage_line(o->wrong ? stderr : stdout, c);
	return o->wrong ? EXIT_USAGE : EXIT_DONE;
}

static int run(struct cmd_env *env, const char *path, int argc, char **argv)
{
	const struct cmd *c = usage_find(argv[0]);
	struct options o;
	const char *why;
	int r;

	if (!c) {
		if (commands.advice)
			commands.advice->no_command(argv[0]);
		else
			fprintf(stderr, "gpurom: %s%s\n", argv[0], commands.unknown);
		return EXIT_USAGE;
	}
	json_forms = commands.form;
	why = options_read(c, argc, argv, &o);
	if (why)
		return refuse(c, why, &o);
	r = root_open(path, &env->root);
	if (r < 0)
		return cmd_fail(path, strerror(-r));
	if (faccessat(env->root.fd, ROOT_INITRD_RELEASE, F_OK, 0) == 0)
		env->initramfs = true;
	log_kernel_only(env->initramfs);
	r = c->run(env, &o);
	root_close(&env->root);
	return cmd_written(r);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"root", required_argument, NULL, 'r'},	   {"initramfs", no_argument, NULL, 'i'},
		{"cmdline", required_argument, NULL, 'c'}, {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},	   {NULL, 0, NULL, 0}};
	struct cmd_env env = {.root.fd = -1};
	const char *path = "/";
	int o;

	standardfiles_open();
	signal(SIGPIPE, SIG_IGN);
	if (commands.other && commands.other->named(argv[0]))
		return commands.other->run(argc, argv);
	opterr = !commands.advice;
	while ((o = getopt_long(argc, argv, "+hV", options, NULL)) != -1) {
		switch (o) {
		case 'r':
			path = optarg;
			break;
		case 'i':
			env.initramfs = true;
			break;
		case 'c':
			env.cmdline = optarg;
			break;
		case 'V':
			printf("gpurom %s\n", program_version);
			return cmd_written(EXIT_DONE);
		case 'h':
			usage_print(stdout);
			return cmd_written(EXIT_DONE);
		default:
			if (commands.advice)
				commands.advice->no_option(NULL, argv[optind - 1]);
			fputs(USAGE_LINE, stderr);
			return EXIT_USAGE;
		}
	}
	if (optind == argc) {
		usage_print(stderr);
		return EXIT_USAGE;
	}
	return run(&env, path, argc - optind, argv + optind);
}
