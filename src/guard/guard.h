/* Judges what a definition gives to the VM. Each finds the faults of one card, m->card, which is
 * present; libvirt/check.c finds those of its address. */
#ifndef GPUROM_GUARD_GUARD_H
#define GPUROM_GUARD_GUARD_H

#include "guard/faults.h"
#include "guard/meaning.h"

/* All functions must be passed to the VM or have no driver, and those passed must be on VFIO. */
void judge_functions(const struct host *h, const struct vm_card *c, const struct meaning *m,
		     struct faults *f);

/* The romfiles that are in a store must be whole, of this card, pinned, and readable by QEMU's
 * user. */
void judge_romfiles(const struct host *h, const struct vm_card *c, const struct meaning *m,
		    struct faults *f);

#endif
