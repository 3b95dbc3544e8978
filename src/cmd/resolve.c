// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom resolve: the present address of a card, by any of its names, earlier ones too. */
#include "cmd/cmd.h"

#include "cmd/named-card.h"
#include "cmd/options.h"

#include <stdio.h>

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct named_card c;
	int r = named_card_find(env, o->args[0], 0, &c);

	if (r == EXIT_DONE)
		puts(c.addr);
	host_free(&c.host);
	return r;
}

const struct cmd cmd_resolve = {"resolve", "NAME",
				"the address that a card has now, by any of its names", .run = run,
				.arguments = {1, 1, "one name is needed"}};
