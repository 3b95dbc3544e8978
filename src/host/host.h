/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command, or the check of a VM's definition, begins with: the configuration, and as much of
 * the scan, the record and this boot's report as it needs. */
#ifndef GPUROM_HOST_HOST_H
#define GPUROM_HOST_HOST_H

#include "plan/config.h"
#include "store/record-file.h"
#include "store/store.h"
#include "sys/root.h"
#include "sys/scan.h"

struct report;

/* What to load besides the configuration: a set. */
enum host_parts {
	HOST_SCAN = 1,	    /* touches the hardware: the cards (PCISCAN_CARDS) */
	HOST_SCAN_ALL = 16, /* the same, and everything of every other function */
	HOST_RECORD = 2,
	HOST_REPORT = 4,
	HOST_RD_WORDS = 8, /* rd.gpurom.KEY= words count in the configuration: the next boot's */
};

/* host_load and host_add fill it in; commands, guard/ and libvirt/ read it. */
struct host {
	const struct root *root; /* borrowed */
	struct config config;
	struct complaints complaints; /* about the configuration: `gpurom plan` prints them */
	struct pci_scan scan;
	struct pciscan_trouble trouble; /* functions that do not answer or cannot be read */
	struct record rec;
	int unknown;	       /* 0, or why there is no record: -errno as of host_load_record */
	struct report *report; /* NULL: this boot has none that can be read */
};

/* cmdline NULL: /proc/cmdline. host_free in any case. Returns 0, or -errno of a scan of which
 * nothing can be read: neither record nor report is loaded then. A missing record or report is no
 * failure. */
int host_load(const struct root *root, const char *cmdline, unsigned parts, struct host *ret);
/* Loads more parts of a host that host_load has filled in. Returns as host_load. */
int host_add(struct host *h, unsigned parts);
/* Also of one that is all zeros. */
void host_free(struct host *h);

/* Replaces the record by that of this store, else that of the volatile one. Sets h->unknown:
 * -ENOENT where there is neither, -EBADMSG or -ENOTSUP as record_load of the former. */
void host_load_record(struct host *h, const char *store);

/* What this boot did with the card at this address. NULL: nothing. */
const struct boot_card *host_boot_card(const struct host *h, struct pci_addr a);
/* Whether `gpurom release` was the last to decide on the card there, in this boot. */
bool host_released_by_hand(const struct host *h, struct pci_addr a);

#endif
