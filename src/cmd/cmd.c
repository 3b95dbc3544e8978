// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/cmd.h"

#include "rom/notrom.h"
#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int cmd_load(const struct cmd_env *env, unsigned parts, struct host *ret)
{
	int err = host_load(&env->root, env->cmdline, parts, ret);

	return err ? cmd_fail("the PCI buses cannot be read", strerror(-err)) : EXIT_DONE;
}

int cmd_fail(const char *what, const char *why)
{
	fprintf(stderr, "gpurom: %s: %s\n", what, why);
	return EXIT_FAILED;
}

int cmd_written(int r)
{
	struct pollfd p = {.fd = STDOUT_FILENO, .events = POLLOUT};
	int err;

	if (fflush(stdout) == 0 && !ferror(stdout))
		return r;
	err = errno;
	if (r != EXIT_DONE)
		return r;
	return poll(&p, 1, 0) == 1 && p.revents & POLLERR
		       ? EXIT_NO_READER
		       : cmd_fail("standard output", strerror(err));
}

void cmd_usage_line(FILE *to, const struct cmd *c)
{
	fprintf(to, "usage: gpurom %s%s%s\n", c->name, *c->args ? " " : "", c->args);
}

int cmd_usage(const struct cmd *c, const char *why)
{
	fprintf(stderr, "gpurom: %s: %s\n", c->name, why);
	cmd_usage_line(stderr, c);
	return EXIT_USAGE;
}

int cmd_read_rom(const char *path, uint8_t **ret, size_t *ret_n)
{
	int err = file_read(AT_FDCWD, path, ROM_FILE_MAX, ret, ret_n);

	if (err == -EFBIG)
		return cmd_fail(path, NOTROM_TOO_LARGE);
	return err < 0 ? cmd_fail(path, strerror(-err)) : EXIT_DONE;
}
