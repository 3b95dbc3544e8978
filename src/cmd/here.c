#include "cmd/here.h"

#include "host/host.h"
#include "record/resolve.h"
#include "sys/config-files.h"
#include "sys/scan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int here_look(const struct cmd_env *env, struct here *ret)
{
	static struct complaints ignored; /* `plan` tells them */
	struct pciscan_trouble trouble = {0};
	int r;

	*ret = (struct here){.scan = {NULL, 0}};
	config_files_load(&env->root, env->cmdline, false, &ret->config, &ignored);
	r = pciscan(&env->root, &ret->scan, &trouble);
	ret->unread = trouble.skipped;
	if (r < 0)
		return cmd_fail("the PCI buses cannot be read", strerror(-r));
	return EXIT_DONE;
}

int here_find(const struct cmd_env *env, const char *text, struct here *ret)
{
	static struct resolved found; /* kilobytes */
	struct record rec = {.cards = NULL};
	int r = here_look(env, ret);

	if (r != EXIT_DONE)
		return r;
	/* One that cannot be had is no reason to fail: names of now need none. */
	(void)host_load_record(&env->root, ret->config.store, &rec);
	r = resolve(&ret->scan, &rec, text, &found);
	record_free(&rec);
	if (r < 0)
		return cmd_fail(text, found.text);
	if (found.text[0])
		fprintf(stderr, "gpurom: %s: warning: %s\n", text, found.text);
	ret->card = found.card;
	pci_addr_format(here_display(ret)->addr, ret->addr);
	return EXIT_DONE;
}

void here_free(struct here *h)
{
	free(h->scan.fn);
	h->scan = (struct pci_scan){NULL, 0};
}
