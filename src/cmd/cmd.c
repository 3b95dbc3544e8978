#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

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

int cmd_usage(const struct cmd *c, const char *why)
{
	fprintf(stderr, "gpurom: %s: %s\nusage: gpurom %s %s\n", c->name, why, c->name, c->args);
	return EXIT_USAGE;
}
