#include "host/host.h"

#include "store/record-file.h"
#include "sys/config-files.h"
#include "sys/scan.h"

#include <errno.h>
#include <stdlib.h>

void host_configure(const struct root *root, const char *cmdline, struct host *ret)
{
	static struct complaints ignored; /* `gpurom plan` tells them */

	*ret = (struct host){.root = root};
	config_files_load(root, cmdline, false, &ret->config, &ignored);
}

int host_load(struct host *h)
{
	struct pciscan_trouble trouble = {0};

	h->unknown = host_load_record(h->root, h->config.store, &h->rec);
	return pciscan(h->root, &h->scan, &trouble);
}

void host_free(struct host *h)
{
	record_free(&h->rec);
	free(h->scan.fn);
	h->scan = (struct pci_scan){NULL, 0};
}

static int load(const struct root *root, const char *store, struct record *ret)
{
	struct romstore s;
	int err = romstore_open(root, store, false, &s);

	if (err)
		return err;
	err = record_load(s.fd, ret);
	romstore_close(&s);
	return err;
}

int host_load_record(const struct root *root, const char *store, struct record *ret)
{
	int err = load(root, store, ret);

	if (err && load(root, STORE_VOLATILE, ret) == 0)
		return 0;
	return err;
}
