/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Judges what a definition gives to the VM. Each finds the faults of one card, m->card, which is
 * present, or of one virtual function; libvirt/check.c finds those of its address. */
#ifndef GPUROM_GUARD_GUARD_H
#define GPUROM_GUARD_GUARD_H

#include "guard/faults.h"
#include "guard/meaning.h"

/* The functions that are passed must be on VFIO, and those that share a group with them must not be
 * on a driver of the host. One that is left out and has a group of its own is a warning. */
void judge_functions(const struct host *h, const struct vm_card *c, const struct meaning *m,
		     struct faults *f);

/* No device that shares an IOMMU group with one of the card's functions that are passed may be on a
 * driver of the host, unless the VM gets it too. */
void judge_groups(const struct host *h, const struct vm_card *c, const struct meaning *m,
		  struct faults *f);

/* A virtual function by itself: on VFIO, its group free, no romfile. */
void judge_virtual(const struct host *h, const struct vm_dev *d, struct faults *f);

/* The romfiles that are in a store must be whole, of this card, pinned, and readable by QEMU's
 * user. */
void judge_romfiles(const struct host *h, const struct vm_card *c, const struct meaning *m,
		    struct faults *f);

#endif
