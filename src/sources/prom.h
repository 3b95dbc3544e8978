/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NVIDIA's flash window: 1 MiB at BAR 0 + 0x300000, behind a register that decides whether it shows
 * the flash or a copy in RAM. The caller gives access to BAR 0: a mapping, a vfio region, a fake.
 * Facts: nouveau (bios/shadowrom.c, pci/base.c, pci/nv40.c, pci/gh100.c, device/base.c) and
 * envytools (hwdocs/bus/pmc.rst, hwdocs/io/prom.rst). */
#ifndef GPUROM_SOURCES_PROM_H
#define GPUROM_SOURCES_PROM_H

#include "sources/job.h"

#define PROM_AT 0x300000u
#define PROM_SIZE 0x100000u
#define PROM_BAR_MIN (PROM_AT + PROM_SIZE) /* bytes that BAR 0 must have */

/* 32 bits at an offset that is a multiple of 4 and below PROM_BAR_MIN. Each returns 0 or -errno. */
struct prom_bar {
	int (*read)(void *ctx, uint32_t at, uint32_t *ret);
	int (*write)(void *ctx, uint32_t at, uint32_t value);
	void *ctx;
};

/* Reads the whole window into ret, and returns as a source_reader does. Before the first write it
 * calls j->remember with `before` and the register; before NULL: not. Restores the register on
 * every path out. */
int prom_read(const struct prom_bar *bar, const struct source_job *j,
	      const struct source_before *before, struct source_bytes *ret);

/* After a reader was killed: sets the register back to before's value. Nothing is written where
 * before has none, or one that is not such a register. */
void prom_put_right(const struct prom_bar *bar, const struct source_before *before);

/* The same through resource0; nothing is written while a driver has the card. */
void prom_put_right_mapped(const struct root *root, struct pci_addr a,
			   const struct source_before *before);

#endif
