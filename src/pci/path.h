/* Topological names: where a card sits, told without bus numbers, so that it stays true when
 * they are dealt anew. Host bridge by domain and ACPI _UID, then device.function of each bridge,
 * then the card's device. Example: "pci0000-uid0-01.0-00". Characters [a-z0-9._-] alone.
 *
 * A _UID of letters A-Z and digits is written in lower case ("PC00": "uidpc00"). Any other text
 * loses something on the way, so ".xxxxxxxx", a hash (FNV-1a, 32 bits) of the text, follows.
 * A host bridge within the chain (VMD: 10000:e0 below 0000:00:0e.0) is "pci" alone: its domain is
 * dealt out in the order of probing, and its place is told by the chain before it.
 *
 * _UID tells host bridges of one _HID apart (ACPI spec 6.1.12), and firmware errs: two cards of a
 * scan may come out with one name. pcipath_is_unique tells. */
#ifndef GPUROM_PCI_PATH_H
#define GPUROM_PCI_PATH_H

#include "pci/card.h"

/* sysfs: the function's real path below /sys ("devices/pci0000:00/0000:00:01.0/0000:01:00.0");
 * what stands between "devices/" and the first host bridge is passed over. uid: that host bridge's
 * ACPI _UID text, blanks at its end ignored, or NULL: then its root bus number stands in
 * ("bus00"). -EINVAL for a path of another shape, -ENAMETOOLONG; buf "" then. */
int pcipath_make(const char *sysfs, const char *uid, char buf[PCI_PATH_MAX]);

/* Bytes of that path up to the end of its first host bridge, whose firmware_node/uid is the uid
 * above; 0 where there is none. */
size_t pcipath_root(const char *sysfs);

/* False where a function of another card has the same path as s->fn[i]. True where it has none. */
bool pcipath_is_unique(const struct pci_scan *s, size_t i);

#endif
