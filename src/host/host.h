/* What a command or a VM's definition is compared with: the configuration, the buses, the record.
 */
#ifndef GPUROM_HOST_HOST_H
#define GPUROM_HOST_HOST_H

#include "plan/config.h"
#include "store/record-file.h"
#include "store/store.h"
#include "sys/root.h"

struct host {
	const struct root *root;
	struct config config;
	struct pci_scan scan;
	struct record rec;
	int unknown; /* 0, or why there is no record: -errno as of host_load_record */
};

/* The configuration alone. cmdline NULL: /proc/cmdline. */
void host_configure(const struct root *root, const char *cmdline, struct host *ret);
/* The rest: 0, or -errno where the buses cannot be read. A record that cannot be had is no failure.
 */
int host_load(struct host *h);
/* Of one that is all zeros, too. */
void host_free(struct host *h);

/* For those who only look: the record of the configured store, else that of the volatile one;
 * -ENOENT where there is neither, -EBADMSG, -ENOTSUP as record_load of the former. record_free in
 * case of success. */
int host_load_record(const struct root *root, const char *store, struct record *ret);

#endif
