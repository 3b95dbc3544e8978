/* Reading a card's ROM. A source sets up what it needs and puts it back on every path out. */
#ifndef GPUROM_SOURCES_SOURCE_H
#define GPUROM_SOURCES_SOURCE_H

#include "rom/source.h"
#include "sources/job.h"

/* 0, or -errno with outcome telling. -EBUSY: a driver is bound (job.bound was not set), or a VM
 * has the card. -ENODEV: this source cannot be had here.
 *   sysfs   D0, decode on (`enable`), "1\n", page by page to the end, "0\n", all put back
 *   shadow  the same file, which is RAM then
 *   efi     touches no hardware
 *   prom    D0, decode on, resource0 mapped: refused under lockdown and while a driver has it
 *   vfio    a vfio driver is bound and nobody has its group open; works under lockdown */
int romread(enum rom_source s, const struct romread_job *j, struct romread *ret);

/* After a reader was killed: the ROM disabled, the rest as it was. */
void romread_put_right(const struct root *root, const struct attr_ops *k, struct pci_addr a,
		       const struct romread_before *before);

#endif
