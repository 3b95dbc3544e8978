/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lines of a machine's texts a bundle keeps (cmd/bundle-copy.c), for bundle_lines: pure. */
#ifndef GPUROM_CMD_BUNDLE_LINES_H
#define GPUROM_CMD_BUNDLE_LINES_H

#include "pci/card.h"

#include <stdbool.h>
#include <stddef.h>

/* Of bundle_keep_names; what is below scan is its own, 0 before the first line. */
struct bundle_names {
	const struct pci_scan *scan;
	unsigned vendor; /* whose devices are on the lines that follow */
	bool device;	 /* the last device is one of this machine */
};

/* host: a struct host whose scan and configuration name drivers. */
bool bundle_keep_modprobe(void *host, const char *line);
bool bundle_keep_modules(void *host, const char *line);
bool bundle_keep_log(void *host, const char *line);
/* Of pci.ids: the names of what the scan has. names: a struct bundle_names with its scan. */
bool bundle_keep_names(void *names, const char *line);
bool bundle_keep_iomem(void *unused, const char *line);
/* Of kernel-install's install.conf, which may also have the machine's id. */
bool bundle_keep_layout(void *unused, const char *line);

/* Of /proc/modules: "vfio_pci 16384 0 - Live 0xffffffffc0a00000". */
void bundle_hide_addresses(char *text, size_t n);

#endif
