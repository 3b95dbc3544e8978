/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a VM's definition, one line a fault: "gpurom-domain: VM: 0000:01:00.0: what;
 * what to do". */
#ifndef GPUROM_GUARD_FAULTS_H
#define GPUROM_GUARD_FAULTS_H

#include "guard/vm.h"
#include "sys/json.h"
#include "sys/root.h"

/* Filled by libvirt/; faults_add counts. */
struct faults {
	const struct root *log;	    /* NULL: to standard error; else to the kernel log below it */
	const struct root *journal; /* where the journal gets each fault, too; NULL: nowhere */
	const struct vm *domain;
	struct json_writer *json; /* not NULL: nothing is printed, list gets an object for each */
	cJSON *list;
	size_t n;
};

/* Prints or logs a fault of the device at this address. fmt: as printf. */
void faults_add(struct faults *f, struct pci_addr a, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for what does not keep the VM from starting: it is not counted. */
void faults_warn(struct faults *f, struct pci_addr a, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The VM's name for virsh in a shell: its name where that needs no quotes, else its uuid. */
const char *faults_vm(const struct vm *d);

#endif
