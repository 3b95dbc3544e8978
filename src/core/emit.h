/* What VM definitions need: libvirt elements and QEMU arguments for one card. In the guest all its
 * functions share one slot behind a root port of their own, numbered as on the host, as drivers
 * that look for a card's other functions expect. Write errors are left in out (ferror). */
#ifndef GPUROM_EMIT_H
#define GPUROM_EMIT_H

#include "pcidev.h"
#include <stdio.h>

#define EMIT_HIDE_KVM 1u

/* Guest bus for a card of several functions: virt-manager's q35 machines have root ports 1 to 14
 * and use the first ones; libvirt adds the ports that are missing below. */
#define EMIT_GUEST_BUS 0x0a

struct emit_card {
	const struct pci_fn *fn; /* its functions, address order; borrowed */
	size_t n;
	size_t display;	     /* index in fn of the function that carries the ROM */
	const char *romfile; /* absolute path, or NULL: no romfile is known */
	const char *name;    /* the card's path name, for the comment line; NULL or "": unknown */
	uint8_t guest_bus;   /* 0: EMIT_GUEST_BUS. Two cards in one guest need two */
};

/* Complete elements, one hostdev a function, managed='no', <rom file=…/> on the display
 * function only; with EMIT_HIDE_KVM the features element before them. A card of one function has
 * no guest address: libvirt finds it a free slot. */
void emit_libvirt(FILE *out, const struct emit_card *c, unsigned flags);

/* "-device vfio-pci,…" lines, joined by backslashes, behind one root port (machine q35). */
void emit_qemu(FILE *out, const struct emit_card *c, unsigned flags);

#endif
