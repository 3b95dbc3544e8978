/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PCI Express Device Serial Number: the 64 bits of an EUI-64 (PCIe Base Specification 4.0,
 * 7.9.3, extended capability 0003). NVIDIA puts its OUI 48-b0-2d into the three low bytes, reversed
 * (H20: nvtrust issue 128); others use the high bytes. GB10 has the OUI and zeros: every such card
 * has that number, so it identifies none. */
#ifndef GPUROM_PCI_SERIAL_H
#define GPUROM_PCI_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#define PCI_SERIAL_BUF 24 /* "48-b0-2d-ff-fe-01-02-03", with NUL */

/* False if the number without its three low bytes, or without its three high bytes, is all zeros or
 * all ones. */
bool pci_serial_usable(uint64_t serial);

/* Writes it as lspci does, the high byte first, in lower case. Returns buf. */
const char *pci_serial_format(uint64_t serial, char buf[PCI_SERIAL_BUF]);

/* Parses the whole text: eight pairs of hexadecimal digits of either case, a dash between each two.
 * Returns 0 and sets *ret, usable or not; or -EINVAL, *ret untouched. */
int pci_serial_parse(const char *text, uint64_t *ret);

#endif
