/* Is what a definition gives to the VM fit for it? Each finds the faults of one card that is here;
 * libvirt/check.c has those of where it is. */
#ifndef GPUROM_GUARD_GUARD_H
#define GPUROM_GUARD_GUARD_H

#include "guard/faults.h"
#include "guard/meaning.h"

/* All of its functions passed or driverless, and the passed ones on VFIO. */
void judge_functions(const struct host *h, const struct vm_card *c, const struct meaning *m,
		     struct faults *f);

/* The romfiles that lie in a store: whole, of this card, pinned, and readable by QEMU's user. */
void judge_romfiles(const struct host *h, const struct vm_card *c, const struct meaning *m,
		    struct faults *f);

#endif
