/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Topological names: where a card is plugged in, without bus numbers, which may change at any boot.
 * The host bridge by domain and ACPI _UID, then device.function of each bridge, then the card's
 * device. Example: "pci0000-uid0-01.0-00". Only characters [a-z0-9._-].
 *
 * A _UID of letters A-Z and digits is written in lower case ("PC00": "uidpc00"). Any other text
 * cannot be written without loss, so ".xxxxxxxx", a hash (FNV-1a, 32 bits) of it, follows. A host
 * bridge within the chain (VMD: 10000:e0 below 0000:00:0e.0) is written as "pci" alone: its domain
 * depends on the order of probing, and the chain before it says where it is.
 *
 * _UID distinguishes host bridges of one _HID only (ACPI spec 6.1.12), and firmware has bugs. Where
 * two host bridges of a domain have one _UID, sys/scan.c names both by their root bus numbers,
 * whatever is plugged in below them: what a card is called must not depend on other cards. Two
 * cards may have one name all the same; pcipath_is_unique finds out. */
#ifndef GPUROM_PCI_PATH_H
#define GPUROM_PCI_PATH_H

#include "pci/card.h"

/* sysfs: the function's real path below /sys ("devices/pci0000:00/0000:00:01.0/0000:01:00.0");
 * anything between "devices/" and the first host bridge is skipped. uid: the text of that host
 * bridge's ACPI _UID, blanks at its end ignored; NULL or empty: its root bus number is used instead
 * ("bus00"). Returns 0, or -EINVAL for a path of another form, or -ENAMETOOLONG; buf is "" then. */
int pcipath_make(const char *sysfs, const char *uid, char buf[PCI_PATH_MAX]);

/* Length of that path up to the end of its first host bridge, in whose folder firmware_node/uid is
 * the uid above. 0 if it has no host bridge. */
size_t pcipath_root(const char *sysfs);

/* Sets the numbers of the host bridge whose folder the first n bytes of sysfs lead to
 * ("devices/pci0000:00"). False if they lead to none. */
bool pcipath_bridge(const char *sysfs, size_t n, uint32_t *ret_domain, uint32_t *ret_bus);

/* False if a function of another card has the same path as s->fn[i]. True if s->fn[i] has no path.
 */
bool pcipath_is_unique(const struct pci_scan *s, size_t i);

#endif
