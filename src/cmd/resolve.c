/* gpurom resolve: the address that a card has now, by any name that it has or had. */
#include "cmd/cmd.h"

#include "cmd/here.h"
#include "cmd/options.h"

#include <stdio.h>

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct here h;
	int r = here_find(env, o->args[0], &h);

	if (r == EXIT_DONE)
		puts(h.addr);
	here_free(&h);
	return r;
}

const struct cmd cmd_resolve = {"resolve", "NAME",
				"the address that a card has now, by any of its names", .run = run,
				.arguments = {1, 1, "one name is needed"}};
