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

/* "0000:01:00.0" or "01:00.0" (domain 0), whole text; leading zeros may be left out, up to 8, 2,
 * 2 and 1 digits count. -EINVAL where it is anything else. */
int pci_addr_parse(const char *text, struct pci_addr *ret);

/* Always with domain, at least four digits of it; returns buf. */
const char *pci_addr_format(struct pci_addr a, char buf[PCI_ADDR_BUF]);

/* The same without ".function": the name of a card, "0000:01:00". */
const char *pci_addr_format_card(struct pci_addr a, char buf[PCI_ADDR_BUF]);

/* Order by domain, bus, device, function: <0, 0, >0. */
int pci_addr_cmp(struct pci_addr a, struct pci_addr b);

/* Same domain, bus and device: functions of one card. */
bool pci_addr_same_card(struct pci_addr a, struct pci_addr b);

/* Reads 1..digits hexadecimal digits at *at and steps over them: false, and nothing touched,
 * where there is none, where more follow, or where the number passes max. digits at most 8. */
bool pci_hex(const char **at, size_t digits, uint32_t max, uint32_t *ret);

#endif
