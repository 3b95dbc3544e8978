/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCI functions, and the cards that they belong to: plain data, no handles. sys/scan.c fills struct
 * pci_scan; plan/, boot/, host/, guard/ and cmd/ read it. */
#ifndef GPUROM_PCI_CARD_H
#define GPUROM_PCI_CARD_H

#include "pci/addr.h"

#include <stddef.h>

#define PCI_DRIVER_MAX 40 /* longest driver name kept, with its NUL */
#define PCI_PATH_MAX 160  /* longest topological name kept, with its NUL */
#define PCI_ACPI_MAX 128  /* longest ACPI path kept, with its NUL */
#define PCI_SLOT_MAX 40	  /* longest name of a physical slot kept, with its NUL */
#define PCI_CARD_FUNCTIONS_MAX 8

/* The characters of a slot's name; sys/scan.c replaces others by '_'. */
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
	bool framebuffer;	       /* the kernel draws on the firmware's framebuffer in it */
	bool silent;		       /* a read of its configuration space did not return, or
					* all of it reads FF: the device is off or gone */
	bool rom_bar;		       /* the `rom` attribute exists */
	bool rom_shadow;	       /* ... and is RAM at 0xC0000 (IORESOURCE_ROM_SHADOW) */
	char driver[PCI_DRIVER_MAX];   /* bound driver, "" for none */
	char override[PCI_DRIVER_MAX]; /* driver_override, "" for none */
	char path[PCI_PATH_MAX];       /* the card's topological name (pci/path.h), "" unknown */
	char uid_path[PCI_PATH_MAX];   /* its other name, where its host bridge shares a _UID
					* (pci/path.h); "" none */
	uint64_t serial;	 /* pci/serial.h, of display controllers; 0: none, or not usable */
	char slot[PCI_SLOT_MAX]; /* the innermost physical slot that it is in or below, by ACPI _SUN
				  * or number; "" none */
	struct pci_addr parent;	 /* the bridge that it is below */
	bool has_parent;	 /* false on a root bus */
	bool is_vf;		 /* an SR-IOV virtual function, of physfn */
	struct pci_addr physfn;
};

/* A scan, in address order, so that the functions of one card follow each other. A virtual function
 * is never a card nor part of one: these are kept apart. */
struct pci_scan {
	struct pci_fn *fn; /* physical functions */
	size_t n;
	struct pci_fn *vf; /* virtual ones, in the same allocation, behind fn */
	size_t n_vf;
};

/* The physical functions of one domain:bus:device. path, serial and slot are those of its first
 * display function, or of its first function if it has no display function. */
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

/* The card must have a display function. */
static inline const struct pci_fn *pci_card_display(const struct pci_card *c)
{
	return &c->fn[c->display];
}

/* Sets *ret to the card whose functions begin at s->fn[*at], and moves *at behind them. False at
 * the end of the scan. */
bool pci_card_next(const struct pci_scan *s, size_t *at, struct pci_card *ret);

/* The same, for the next card that has a display function. */
bool pci_card_next_display(const struct pci_scan *s, size_t *at, struct pci_card *ret);

/* The function at this address; physical ones first. NULL: none. */
const struct pci_fn *pci_scan_find(const struct pci_scan *s, struct pci_addr a);

/* The bridge that the function is below; NULL where it is on a root bus. */
const struct pci_fn *pci_card_parent(const struct pci_scan *s, const struct pci_fn *f);

/* Virtual functions of a card: enabled ones, and how many of them have a VFIO driver. */
struct pci_vfs {
	size_t n, in_use;
};
struct pci_vfs pci_card_vfs(const struct pci_scan *s, const struct pci_card *c);

/* vfio-pci, and its variants for some devices: nvgrace-gpu-vfio-pci, mlx5_vfio_pci. */
bool pci_driver_is_vfio(const char *driver);

/* An NVSwitch, by its ids: class 0680 has other devices too, of NVIDIA also. */
bool pci_fn_is_nvswitch(const struct pci_fn *f);

#endif
