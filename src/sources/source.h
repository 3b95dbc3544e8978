/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sources of a card's ROM, and reading from one. A source sets up what it needs and restores it
 * on every path out. A new one is a file with its reader, a word in rom/source.[ch], and a row of
 * the table in source.c. */
#ifndef GPUROM_SOURCES_SOURCE_H
#define GPUROM_SOURCES_SOURCE_H

#include "rom/source.h"
#include "sources/job.h"

/* A row of the table in source.c: how a source is read. */
struct source {
	source_reader *read; /* NULL: no card is read from it */
	bool is_memory;	     /* a copy in RAM: reads the same each time, whatever driver is bound */
	bool needs_rom_bar;  /* reads the `rom` attribute */
	bool is_shadow;	     /* ... of a card whose `rom` shows RAM at 0xC0000, and of no other */
	bool kernel_walked;  /* it ends where the kernel's own walk of the images ended */
	bool needs_vfio;     /* a vfio driver must have the card: read after the hand-over */
};

/* The row of s. */
const struct source *source_of(enum rom_source s);

/* Returns 0 and sets ret->bytes and ret->n (the caller frees), or -errno with the reason in
 * ret->outcome. -EBUSY: a driver is bound (job.bound was not set), or a VM has the card. -ENODEV:
 * the card or this host does not have this source. -ENXIO: the card has left the bus. -ETIMEDOUT,
 * -EINTR: the job's deadline or a signal came first. Others are the kernel's.
 *   sysfs   D0, decode on (`enable`), "1\n", page by page to the end, "0\n", all put back
 *   shadow  the same file, which is RAM then
 *   efi     touches no hardware
 *   prom    D0, decode on, resource0 mapped: refused under lockdown and while a driver has it
 *   vfio    a vfio driver is bound and nobody has its group open; works under lockdown */
int source_read(enum rom_source s, const struct source_job *j, struct source_bytes *ret);

/* Called by settle after it has killed a reader: disables the ROM and restores the rest. */
void source_put_right(const struct root *root, const struct attr_ops *k, struct pci_addr a,
		      const struct source_before *before);

#endif
