// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/host.h"

#include "boot/report.h"
#include "sys/config-files.h"

#include <stdlib.h>

static int load_record(const struct root *root, const char *store, struct record *ret)
{
	struct romstore s;
	int err = romstore_open(root, store, false, &s);

	if (err)
		return err;
	err = record_load(s.fd, ret);
	romstore_close(&s);
	return err;
}

void host_load_record(struct host *h, const char *store)
{
	record_free(&h->rec);
	h->unknown = load_record(h->root, store, &h->rec);
	if (h->unknown && load_record(h->root, STORE_VOLATILE, &h->rec) == 0)
		h->unknown = 0;
}

static struct report *load_report(const struct root *root)
{
	struct report *r = malloc(sizeof(*r));

	if (r && report_load(root, r) == 0)
		return r;
	free(r);
	return NULL;
}

int host_add(struct host *h, unsigned parts)
{
	int err = parts & (HOST_SCAN | HOST_SCAN_ALL)
			  ? pciscan(h->root, parts & HOST_SCAN_ALL ? PCISCAN_ALL : PCISCAN_CARDS,
				    &h->scan, &h->trouble)
			  : 0;

	if (err)
		return err;
	if (parts & HOST_RECORD)
		host_load_record(h, h->config.store);
	if (parts & HOST_REPORT)
		h->report = load_report(h->root);
	return 0;
}

int host_load(const struct root *root, const char *cmdline, unsigned parts, struct host *ret)
{
	*ret = (struct host){.root = root};
	config_files_load(root, cmdline, parts & HOST_RD_WORDS, &ret->config, &ret->complaints);
	return host_add(ret, parts);
}

void host_free(struct host *h)
{
	if (h->report)
		report_free(h->report);
	free(h->report);
	h->report = NULL;
	record_free(&h->rec);
	free(h->scan.fn);
	h->scan = (struct pci_scan){.n = 0};
}

const struct boot_card *host_boot_card(const struct host *h, struct pci_addr a)
{
	return h->report ? report_find(h->report, a) : NULL;
}

bool host_released_by_hand(const struct host *h, struct pci_addr a)
{
	const struct boot_card *b = host_boot_card(h, a);

	return b && b->by_hand && b->state == CARD_RELEASED;
}
