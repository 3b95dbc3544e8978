#include "cmd/cmd.h"

#include <stdio.h>

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
