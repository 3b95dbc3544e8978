/* What VM definitions need: libvirt elements and QEMU arguments for one card. */
#ifndef GPUROM_EMIT_H
#define GPUROM_EMIT_H

#include "pcidev.h"
#include <stdio.h>

#define EMIT_HIDE_KVM 1u

struct emit_card {
	const struct pci_fn *fn; /* its functions, address order; borrowed */
	size_t n;
	size_t display;	      /* index in fn of the function that carries the ROM */
	const char *romfile;  /* absolute path, or NULL: no romfile is known */
	const char *name;     /* the card's path name, for the comment line */
};

/* Complete elements, one hostdev a function, managed='no', <rom file=…/> on the display
 * function only; with EMIT_HIDE_KVM the features element before them. */
void emit_libvirt(FILE *out, const struct emit_card *c, unsigned flags);

/* "-device vfio-pci,…" lines, joined by backslashes, behind one root port. */
void emit_qemu(FILE *out, const struct emit_card *c, unsigned flags);

#endif
