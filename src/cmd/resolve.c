/* gpurom resolve: the address that a card has now, by any name that it has or had. */
#include "cmd/cmd.h"

#include "cmd/here.h"

#include <getopt.h>
#include <stdio.h>

static int run(const struct cmd_env *env, int argc, char **argv)
{
	static const struct option none[] = {{NULL, 0, NULL, 0}};
	static struct here h;
	int r;

	if (getopt_long(argc, argv, "", none, NULL) != -1)
		return cmd_usage(&cmd_resolve, "takes no options");
	if (optind + 1 != argc)
		return cmd_usage(&cmd_resolve, "one name is needed");
	r = here_find(env, argv[optind], &h);
	if (r == EXIT_DONE)
		puts(h.addr);
	here_free(&h);
	return r;
}

const struct cmd cmd_resolve = {"resolve", "NAME",
				"the address that a card has now, by any of its names", run};
