/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A PCI address, domain:bus:device.function, as the kernel and libvirt write it. */
#ifndef GPUROM_PCI_ADDR_H
#define GPUROM_PCI_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PCI_ADDR_TEXT_MAX 16 /* "ffffffff:ff:1f.7"; domains pass ffff under VMD */
#define PCI_ADDR_BUF (PCI_ADDR_TEXT_MAX + 1)
#define PCI_DEV_MAX 0x1f
#define PCI_FN_MAX 7

struct pci_addr {
	uint32_t domain;
	uint8_t bus;
	uint8_t dev; /* 0..31 */
	uint8_t fn;  /* 0..7 */
};

/* Parses the whole text: "0000:01:00.0" or "01:00.0" (domain 0), at most 8, 2, 2 and 1 hexadecimal
 * digits; leading zeros may be left out. Returns 0 and sets *ret, or -EINVAL. */
int pci_addr_parse(const char *text, struct pci_addr *ret);

/* Always writes the domain, in four digits at least. Returns buf. */
const char *pci_addr_format(struct pci_addr a, char buf[PCI_ADDR_BUF]);

/* The same without ".function", for a whole card: "0000:01:00". */
const char *pci_addr_format_card(struct pci_addr a, char buf[PCI_ADDR_BUF]);

/* Order by domain, bus, device, function: <0, 0, >0. */
int pci_addr_cmp(struct pci_addr a, struct pci_addr b);

/* True if domain, bus and device are equal: two functions of one card. */
bool pci_addr_same_card(struct pci_addr a, struct pci_addr b);

/* Reads 1 to `digits` (at most 8) hexadecimal digits at *at and moves *at behind them. False, and
 * nothing touched, if there is no digit, if more follow, or if the number is above max. */
bool pci_hex(const char **at, size_t digits, uint32_t max, uint32_t *ret);

#define PCI_HEX_BUF 9

/* Writes v in hexadecimal, in `digits` (1 to 8) digits or as many as it needs, and a NUL; returns
 * where that is. Many times as fast as snprintf: a scan writes thousands. */
char *pci_hex_put(char *to, size_t digits, uint32_t v);

#endif
