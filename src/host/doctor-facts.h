/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathers what `gpurom doctor` judges (doctor/facts.h). Reads only. A device's attributes are read
 * in children with deadlines; below another root than "/" no process is started or looked at. */
#ifndef GPUROM_HOST_DOCTOR_FACTS_H
#define GPUROM_HOST_DOCTOR_FACTS_H

#include "doctor/facts.h"
#include "host/host.h"
#include "plan/plan.h"

#define DOCTOR_ATTRS_MS 300	 /* for the attributes of a function */
#define DOCTOR_ATTRS_ALL_MS 5000 /* for those of all functions */
#define DOCTOR_VM_MS 5000	 /* for the check of one definition */
#define DOCTOR_VMS_ALL_MS 30000	 /* for the check of all of them */

/* h: of HOST_SCAN | HOST_RECORD | HOST_REPORT; scan_error: what host_load returned. only: the one
 * card to look at, by the address of any function, with its path or ""; NULL: all. Sets *ret, which
 * borrows nothing; who cannot read something gets "unknown" for it. */
struct doctor_only {
	struct pci_addr addr;
	const char *path;
};
void doctor_gather(const struct host *h, int scan_error, const struct doctor_only *only,
		   struct doctor_facts *ret);

/* Parts of it. host/doctor-host.c: what holds for the whole host, and its kernels; vfio-pci's ids=
 * and so on of modprobe.d. host/doctor-cards.c: the cards. host/doctor-vms.c: libvirt's
 * definitions. */
void doctor_gather_host(const struct host *h, struct doctor_facts *ret);
void doctor_gather_kernels(const struct host *h, struct doctor_facts *ret);
void doctor_gather_cards(const struct host *h, const struct doctor_only *only,
			 struct doctor_facts *ret);
/* Proxmox VE's mappings for this node: host/doctor-mappings.c. Not asked where doctor_gather_vms
 * has found that /etc/pve is silent. */
void doctor_gather_mappings(const struct host *h, struct doctor_facts *ret);
/* program: gpurom-domain's path, "" where it is not there. */
void doctor_gather_vms(const struct root *root, const char *program, struct doctor_facts *ret);

/* host/doctor-modprobe.c. Calls fn for each line of /etc, /run and /usr/lib/modprobe.d/NAME.conf
 * that has three words or two, each NUL-terminated and the third with whatever follows it; "" none.
 * file: "/etc/modprobe.d/vfio.conf". fn returns false to end it. */
typedef bool modprobe_line(void *ctx, const char *file, const char *command, const char *module,
			   char *rest);
void modprobe_each(const struct root *root, modprobe_line *fn, void *ctx);

#endif
