/* gpurom: takes GPUs for virtual machines before any driver can, and keeps their ROMs. Two programs
 * have this main: gpurom (commands.c) and the initramfs's, gpurom-initramfs (initramfs-commands.c).
 */
#include "cmd/cmd.h"

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

static void list_commands(FILE *out, const struct cmd *const *c)
{
	for (; *c; c++)
		fprintf(out, "  %s %s\n        %s\n", (*c)->name, (*c)->args, (*c)->help);
}

static void help(FILE *out)
{
	fputs("usage: gpurom [--root DIR] [--initramfs] [--cmdline TEXT] COMMAND [ARG ...]\n"
	      "\nfor people:\n",
	      out);
	list_commands(out, commands.people);
	fputs("\nsteps of a boot (exit status 0, whatever they meet):\n", out);
	list_commands(out, commands.boot);
	fputs("\n  --root DIR      everything below DIR instead of /\n"
	      "  --initramfs     this is an initramfs: rd.gpurom.KEY= words count\n"
	      "  --cmdline TEXT  instead of /proc/cmdline\n"
	      "\nexit status: 0 done, 1 failed, 2 usage, 3 attention. Manual: man gpurom\n",
	      out);
}

static const struct cmd *find(const struct cmd *const *c, const char *name)
{
	while (*c && strcmp((*c)->name, name) != 0)
		c++;
	return *c;
}

static int run(struct cmd_env *env, const char *path, int argc, char **argv)
{
	const struct cmd *c = find(commands.people, argv[0]);
	struct options o;
	const char *why;
	int r;

	c = c ? c : find(commands.boot, argv[0]);
	if (!c) {
		fprintf(stderr, "gpurom: %s%s\n", argv[0], commands.unknown);
		return EXIT_USAGE;
	}
	r = root_open(path, &env->root);
	if (r < 0)
		return cmd_fail(path, strerror(-r));
	if (faccessat(env->root.fd, ROOT_INITRD_RELEASE, F_OK, 0) == 0)
		env->initramfs = true;
	log_kernel_only(env->initramfs);
	why = options_read(c, argc, argv, &o);
	r = why ? cmd_usage(c, why) : c->run(env, &o);
	root_close(&env->root);
	if (fflush(stdout) != 0 || ferror(stdout))
		return r == EXIT_DONE ? cmd_fail("standard output", strerror(errno)) : r;
	return r;
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
			return EXIT_DONE;
		case 'h':
			help(stdout);
			return EXIT_DONE;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind == argc) {
		help(stderr);
		return EXIT_USAGE;
	}
	return run(&env, path, argc - optind, argv + optind);
}
