/* The cards of a scan: functions of one domain:bus:device with a display controller among them. */
#ifndef GPUROM_PCI_CARDS_H
#define GPUROM_PCI_CARDS_H

#include "pci/selector.h"

#define CARDS_WHY_MAX 200

struct card {
	const struct pci_fn *fn; /* borrowed from the scan */
	size_t n;
	size_t display; /* index in fn */
	size_t nth;	/* how many cards stand before it, by cards_find */
};

static inline const struct pci_fn *card_display(const struct card *c)
{
	return &c->fn[c->display];
}

/* The next card at or after *at (an index in the scan), which is moved behind it; false at the
 * end. */
bool cards_next(const struct pci_scan *s, size_t *at, struct card *ret);

/* The one card that text means: an address, a path name, a serial number (pci/selector.h: as a
 * selector, or the bare text), or another selector that only one card fits. -EINVAL, -ENOENT or
 * -ENOTUNIQ, and why, for people. */
int cards_find(const struct pci_scan *s, const char *text, struct card *ret,
	       char why[CARDS_WHY_MAX]);

#endif
