/* What gpurom-domain does with a domain's XML. Only these and main print. */
#ifndef GPUROM_LIBVIRT_DOMAIN_H
#define GPUROM_LIBVIRT_DOMAIN_H

#include "host/host.h"
#include "libvirt/xml.h"

/* The faults, a line each to standard error or to the kernel log; returns how many. */
size_t domain_check(const struct host *h, const struct vm *d, bool to_log);

/* The XML with the places of its cards corrected to standard output, or as a unified diff; 0 also
 * where nothing had to be. Where it cannot be corrected the faults go to standard error, and
 * their number is returned; -errno where something failed. */
int domain_fix(const struct host *h, const struct vm *d, struct bytes xml, bool diff);

#endif
