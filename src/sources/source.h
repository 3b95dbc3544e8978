/* Reading a card's ROM. A source sets up what it needs and puts it back on every path out. */
#ifndef GPUROM_SOURCES_SOURCE_H
#define GPUROM_SOURCES_SOURCE_H

#include "rom/reading.h"
#include "rom/source.h"
#include "sys/root.h"
#include "sys/sysfs.h"

#include <signal.h>

/* What a reading changes and puts back, so that another process can where a reader was killed. */
struct romread_before {
	int count;			    /* of `enable`, -1 unknown */
	bool power_auto;		    /* `power/control` */
	uint32_t prom_register, prom_value; /* offset in BAR 0, what it held; offset 0: untouched */
};

struct romread_job {
	const struct root *root;
	const struct attr_ops *k;
	struct pci_addr addr;
	struct pci_ids ids;
	bool bound; /* a driver has it: power and decode are that driver's affair */
	unsigned long long until_us; /* CLOCK_BOOTTIME: nothing is begun after it (-ETIMEDOUT) */
	/* Set by a signal's handler: nothing is begun after it either (-EINTR); NULL: never. */
	const volatile sig_atomic_t *stop;
	/* Told before the first write to the card that a killed reader could leave behind; NULL: a
	 * reader that is not killed. < 0: not noted down, nothing is written. */
	int (*remember)(void *ctx, const struct romread_before *before);
	/* Told now and then: bytes read, of how many (0: not known); NULL: nobody asks. */
	void (*progress)(void *ctx, size_t done, size_t whole);
	void *ctx;
};

struct romread {
	uint8_t *bytes; /* the caller frees; NULL where nothing was read */
	size_t n;
	char outcome[ROM_OUTCOME_MAX]; /* "read", or what was met and what cures it */
};

/* 0, or -errno with outcome telling. -EBUSY: a driver is bound (job.bound was not set), or a VM
 * has the card. -ENODEV: this source cannot be had here.
 *   sysfs   D0, decode on (`enable`), "1\n", page by page to the end, "0\n", all put back
 *   shadow  the same file, which is RAM then
 *   efi     touches no hardware
 *   prom    D0, decode on, resource0 mapped: refused under lockdown and while a driver has it
 *   vfio    a vfio driver is bound and nobody has its group open; works under lockdown */
int romread(enum rom_source s, const struct romread_job *j, struct romread *ret);

struct romread_before romread_look(const struct attr_ops *k, struct pci_addr a);

/* After a reader was killed: the ROM disabled, the rest as it was. */
void romread_put_right(const struct root *root, const struct attr_ops *k, struct pci_addr a,
		       const struct romread_before *before);

#endif
