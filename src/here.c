#include "here.h"

#include "conf.h"
#include "pciscan.h"

#include <stdlib.h>
#include <string.h>

int here_find(const struct cmd_env *env, const char *text, struct here *ret)
{
	static struct complaints ignored; /* `plan` tells them */
	struct pciscan_trouble trouble = {0};
	char why[CARDS_WHY_MAX];
	int r;

	*ret = (struct here){.scan = {NULL, 0}};
	conf_load(&env->root, env->cmdline, false, &ret->config, &ignored);
	r = pciscan(&env->root, &ret->scan, &trouble);
	if (r < 0)
		return cmd_fail("the PCI buses cannot be read",
				trouble.first[0] ? trouble.first : strerror(-r));
	if (cards_find(&ret->scan, text, &ret->card, why) < 0)
		return cmd_fail(text, why);
	pci_addr_format(here_display(ret)->addr, ret->addr);
	return EXIT_DONE;
}

void here_free(struct here *h)
{
	free(h->scan.fn);
	h->scan = (struct pci_scan){NULL, 0};
}
