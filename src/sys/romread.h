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

/* After a reader was killed: the ROM disabled, `enable` brought back to count. */
void romread_put_right(const struct attr_ops *k, struct pci_addr a, int count);

/* The count in `enable`, or -errno. */
int romread_enable_count(const struct attr_ops *k, struct pci_addr a);

#endif
