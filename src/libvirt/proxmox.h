/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VM of Proxmox VE as gpurom-domain checks it: its configuration and the mappings that it names,
 * as a struct vm that guard/ judges. */
#ifndef GPUROM_LIBVIRT_PROXMOX_H
#define GPUROM_LIBVIRT_PROXMOX_H

#include "guard/faults.h"
#include "host/host.h"
#include "host/pve-file.h"
#include "proxmox/conf.h"

#define PVEVM_WHY_MAX 320

/* Filled by pvevm_load. */
struct pvevm {
	struct pvefile conf, mappings; /* the latter zeroed if no hostpci line names one */
	struct pve_conf parsed;
	char host[PVE_HOST_MAX];
};

/* which: a VM's number, for its file below the root, or the path of a file. Fills both; pvevm_free
 * frees *ret in any case. Returns 0, or -errno and the reason in why. Reads with deadlines. */
int pvevm_load(const struct root *root, const char *which, struct pvevm *ret, struct vm *ret_vm,
	       char why[PVEVM_WHY_MAX]);
void pvevm_free(struct pvevm *p);

/* Adds the faults of mappings: Proxmox does not start a VM whose mapping has no line for this node,
 * or one that does not fit. */
void pvevm_check(const struct host *h, const struct pvevm *p, struct faults *f);

#endif
