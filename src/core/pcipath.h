/* Topological names: where a card sits, told without bus numbers, so that it stays true when
 * they are dealt anew. Host bridge by domain and ACPI _UID, then device.function of each bridge,
 * then the card's device. Example: "pci0000-uid0-01.0-00". Characters [a-z0-9._-] alone. */
#ifndef GPUROM_PCIPATH_H
#define GPUROM_PCIPATH_H

#include "pcidev.h"

/* sysfs: the function's real path below /sys ("devices/pci0000:00/0000:00:01.0/0000:01:00.0").
 * uid: the host bridge's ACPI _UID text, or NULL: then its root bus number stands in ("bus00").
 * -EINVAL for a path of another shape, -ENAMETOOLONG; buf "" then. */
int pcipath_make(const char *sysfs, const char *uid, char buf[PCI_PATH_MAX]);

#endif
