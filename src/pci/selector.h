/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Selectors: the words of the configuration that choose PCI functions. Numbers and '*' are those of
 * lspci -s and -d (pciutils lib/filter.c); the form of the word decides which of the two it is:
 *
 *   a dot, or no colon           address       01:00.0   00.*   .0   1f
 *   three colons                 ids           10de:2204:0300:00
 *   two, third of four digits    ids, class    10de:*:03xx    ('x' any digit)
 *   four digits before or after
 *   the first colon, no shorter
 *   number beside them           ids           10de:2204   10de:   *:2204
 *   other                        address       01:00   0000:01:00   *:0
 *
 * A word that could be either ("10de:*:*") or that names nothing (":") is refused. */
#ifndef GPUROM_PCI_SELECTOR_H
#define GPUROM_PCI_SELECTOR_H

#include "pci/card.h"

#define SELECTOR_TEXT_MAX PCI_PATH_MAX /* with NUL */

enum selector_kind {
	SELECT_NVIDIA,	 /* "nvidia": vendor 10de, class 03xx */
	SELECT_BOOT_VGA, /* "boot-vga" */
	SELECT_ADDR,	 /* [[domain:]bus:]dev[.fn], parts may be '*' or left out */
	SELECT_IDS,	 /* vendor:device[:class[:prog-if]], parts may be '*' or left out */
	SELECT_PATH,	 /* "path:NAME", a card's topological name, or its uid_path */
	SELECT_SLOT,	 /* "slot:NAME", every card in that physical slot or below it */
	SELECT_SERIAL,	 /* "serial:XX-XX-XX-XX-XX-XX-XX-XX", a usable one (pci/serial.h) */
};

/* Filled by selector_parse; kept in struct config. */

struct selector {
	enum selector_kind kind;
	int64_t domain, bus, dev, fn;		/* SELECT_ADDR; -1 any */
	int64_t vendor, device, class, prog_if; /* SELECT_IDS; -1 any; class: upper 16 bits */
	uint32_t class_mask;
	uint64_t serial;	      /* SELECT_SERIAL */
	char text[SELECTOR_TEXT_MAX]; /* as written */
};

/* Returns NULL and sets *ret, or the reason for people (static text), *ret untouched. */
const char *selector_parse(const char *text, struct selector *ret);

/* f: of the scan, or a copy. */
bool selector_matches(const struct selector *s, const struct pci_scan *scan,
		      const struct pci_fn *f);

/* True if it can match one card only: a bus and a device by number, a path, or a serial number. Not
 * a slot: if firmware gives two slots the same name, the kernel numbers them in the order in which
 * it finds them. */
bool selector_names_one(const struct selector *s);

#define SELECTOR_WHY_MAX 200

/* Finds the one card with a display function that text names: an address, a path name, a serial
 * number (as a selector, or the bare text), or another selector that matches one card only. Returns
 * 0 and sets *ret; or -EINVAL, -ENOENT or -ENOTUNIQ, with the reason for people in why and *ret
 * undefined. */
int selector_find_card(const struct pci_scan *s, const char *text, struct pci_card *ret,
		       char why[SELECTOR_WHY_MAX]);

#endif
