/* What gpurom-domain does with a domain's XML. Only these and main print. */
#ifndef GPUROM_LIBVIRT_DOMAIN_H
#define GPUROM_LIBVIRT_DOMAIN_H

#include "host/host.h"
#include "libvirt/xml.h"

/* Prints each fault as a line on standard error, or logs it to the kernel log. to_journal: what is
 * printed is an event of the journal, too (sys/journal.h). Returns how many faults. */
size_t domain_check(const struct host *h, const struct vm *d, bool to_log, bool to_journal);

/* Prints the XML with its cards' addresses and romfiles corrected, or a unified diff, on standard
 * output, and returns 0, also where nothing was wrong. Where it cannot be corrected it prints the
 * faults on standard error and returns their number. -errno where something failed. */
int domain_fix(const struct host *h, const struct vm *d, struct bytes xml, bool diff);

#endif
