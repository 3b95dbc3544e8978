/* What is wrong with a definition, a line each: "gpurom-domain: VM: 0000:01:00.0: what; cure". */
#ifndef GPUROM_GUARD_FAULTS_H
#define GPUROM_GUARD_FAULTS_H

#include "guard/vm.h"
#include "sys/root.h"

struct faults {
	const struct root *log; /* NULL: to standard error; else to the kernel log below it */
	const struct vm *domain;
	size_t n;
};

void faults_add(struct faults *f, struct pci_addr a, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The VM as virsh takes it in a shell: its name where that is plain, else its uuid. */
const char *faults_vm(const struct vm *d);

#endif
