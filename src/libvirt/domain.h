/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gpurom-domain does with a VM's definition. Only these and main print. */
#ifndef GPUROM_LIBVIRT_DOMAIN_H
#define GPUROM_LIBVIRT_DOMAIN_H

#include "guard/faults.h"
#include "host/host.h"
#include "libvirt/xml.h"

/* Adds each fault to f, of which f->n counts. */
void domain_check(const struct host *h, const struct vm *d, struct faults *f);

/* Prints the text with its cards' addresses and romfiles corrected, or a unified diff, on standard
 * output, and returns 0, also where nothing was wrong. Where it cannot be corrected it prints the
 * faults on standard error and returns their number. -errno where something failed. */
int domain_fix(const struct host *h, const struct vm *d, struct bytes text, bool diff);

#endif
