#include "host.h"

#include "conf.h"
#include "known.h"
#include "pciscan.h"

#include <stdlib.h>

int host_look(const struct root *root, const char *cmdline, struct host *ret)
{
	static struct complaints ignored; /* `gpurom plan` tells them */
	struct pciscan_trouble trouble = {0};

	*ret = (struct host){.root = root};
	conf_load(root, cmdline, false, &ret->config, &ignored);
	ret->unknown = known_load(root, ret->config.store, &ret->rec);
	return pciscan(root, &ret->scan, &trouble);
}

void host_free(struct host *h)
{
	if (h->rec.o)
		record_free(&h->rec);
	free(h->scan.fn);
	h->scan = (struct pci_scan){NULL, 0};
}
