/* What a scan learns of PCI functions, and of the cards that they are: plain data, no handles.
 * Filled by sys/scan.c. */
#ifndef GPUROM_PCI_CARD_H
#define GPUROM_PCI_CARD_H

#include "pci/addr.h"

#include <stddef.h>

#define PCI_DRIVER_MAX 40 /* longest driver name kept, with its NUL */
#define PCI_PATH_MAX 160  /* longest topological name kept, with its NUL */
#define PCI_SLOT_MAX 40	  /* longest name of a physical slot kept, with its NUL */
#define PCI_CARD_FUNCTIONS_MAX 8

/* What a slot's name is kept in: another character of the kernel's stands as '_'. */
#define PCI_SLOT_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:+-"

#define PCI_VENDOR_NVIDIA 0x10de
#define PCI_BASE_DISPLAY 0x03 /* PCI Code and ID Assignment: base class of display controllers */

struct pci_ids {
	uint16_t vendor;
	uint16_t device;
	uint16_t subvendor; /* 0 where the function has none */
	uint16_t subdevice;
};

struct pci_fn {
	struct pci_addr addr;
	struct pci_ids ids;
	uint32_t class;	     /* 24 bits: base, sub, prog-if */
	uint8_t header_type; /* 0 endpoint, 1 bridge of any kind */
	int iommu_group;     /* -1 where there is none */
	bool boot_vga;
	bool framebuffer;	       /* the kernel draws on it, by what the firmware set up */
	bool silent;		       /* a read of its configuration space did not return */
	bool rom_bar;		       /* the `rom` attribute exists */
	bool rom_shadow;	       /* ... and is RAM at 0xC0000 (IORESOURCE_ROM_SHADOW) */
	char driver[PCI_DRIVER_MAX];   /* bound driver, "" for none */
	char override[PCI_DRIVER_MAX]; /* driver_override, "" for none */
	char path[PCI_PATH_MAX];       /* the card's topological name (pci/path.h), "" unknown */
	uint64_t serial;	 /* pci/serial.h, of display controllers; 0: none, or not usable */
	char slot[PCI_SLOT_MAX]; /* physical slot, by ACPI _SUN or number; "" none */
};

/* A scan, in address order; the functions of one card stand together. */
struct pci_scan {
	struct pci_fn *fn;
	size_t n;
};

/* The functions of one domain:bus:device. What stands there beside fn is its display function's. */
struct pci_card {
	struct pci_addr addr;	 /* function 0's, whether or not it exists */
	char path[PCI_PATH_MAX]; /* "" unknown */
	uint64_t serial;	 /* 0 none */
	char slot[PCI_SLOT_MAX]; /* "" none */
	size_t n, display;	 /* display: index in fn of its first, SIZE_MAX: none */
	struct pci_fn fn[PCI_CARD_FUNCTIONS_MAX];
};

static inline bool pci_fn_is_display(const struct pci_fn *f)
{
	return f->class >> 16 == PCI_BASE_DISPLAY;
}

/* Not of a card without one. */
static inline const struct pci_fn *pci_card_display(const struct pci_card *c)
{
	return &c->fn[c->display];
}

/* The functions of one device from fn[*at] on, which is moved behind them; false at the end. */
bool pci_card_next(const struct pci_scan *s, size_t *at, struct pci_card *ret);

/* The same, of devices that have a display function. */
bool pci_card_next_display(const struct pci_scan *s, size_t *at, struct pci_card *ret);

#endif
