/* Reading a card's ROM. A source sets up what it needs and puts it back on every path out. */
#ifndef GPUROM_ROMREAD_H
#define GPUROM_ROMREAD_H

#include "sysfs.h"
#include "bootcard.h"

struct romread {
	uint8_t *bytes; /* the caller frees; NULL where nothing was read */
	size_t n;
	char outcome[BOOT_WHY_MAX]; /* "read", or what was met and what cures it */
};

/* The `rom` attribute: D0, memory decode on (`enable`), "1\n", page by page to the end, "0\n",
 * `enable` balanced, `power/control` as it was. No driver may be bound. until_us: CLOCK_BOOTTIME
 * after which it stops between two pages with -ETIMEDOUT. 0, or -errno with outcome telling. */
int romread_sysfs(const struct attr_ops *k, struct pci_addr a, unsigned long long until_us,
		  struct romread *ret);

/* What a reading changes and puts back. count: of `enable`, -1 unknown. */
struct romread_before {
	int count;
	bool power_auto; /* `power/control` */
};

struct romread_before romread_look(const struct attr_ops *k, struct pci_addr a);

/* After a reader was killed: the ROM disabled, the rest as it was. */
void romread_put_right(const struct attr_ops *k, struct pci_addr a, struct romread_before before);

#endif
