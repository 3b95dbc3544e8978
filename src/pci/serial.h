/* The PCI Express Device Serial Number: the 64 bits of an EUI-64 (PCIe Base Specification 4.0,
 * 7.9.3, extended capability 0003). Of NVIDIA's the three bytes of the OUI 48-b0-2d stand low and
 * reversed (H20: nvtrust issue 128), of others' high. GB10 has the OUI and nothing else: a number
 * that every such card has is none. */
#ifndef GPUROM_PCI_SERIAL_H
#define GPUROM_PCI_SERIAL_H

#include <stdbool.h>
#include <stdint.h>

#define PCI_SERIAL_BUF 24 /* "48-b0-2d-ff-fe-01-02-03", with NUL */

/* False where nothing but all zeros or all ones is left once three bytes are taken off either end.
 */
bool pci_serial_usable(uint64_t serial);

/* As lspci prints it: the high byte first, lower case. Returns buf. */
const char *pci_serial_format(uint64_t serial, char buf[PCI_SERIAL_BUF]);

/* The same back: eight pairs of hexadecimal digits of either case and a dash between, whole text,
 * whether usable or not. -EINVAL where it is anything else, *ret untouched then. */
int pci_serial_parse(const char *text, uint64_t *ret);

#endif
