/* What a definition is held against: the configuration, the buses, the record. */
#ifndef GPUROM_HOST_H
#define GPUROM_HOST_H

#include "config.h"
#include "record.h"
#include "root.h"

struct host {
	const struct root *root;
	struct config config;
	struct pci_scan scan;
	struct record rec;
	int unknown; /* 0, or why there is no record: -errno as of known_load */
};

/* 0, or -errno where the buses cannot be read. A record that cannot be had is no failure.
 * host_free in both cases. */
int host_look(const struct root *root, const char *cmdline, struct host *ret);
void host_free(struct host *h);

#endif
