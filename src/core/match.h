/* Selectors: which functions a word of the configuration means. Syntax of lspci -s and -d. */
#ifndef GPUROM_MATCH_H
#define GPUROM_MATCH_H

#include "pcidev.h"

#define SELECTOR_TEXT_MAX PCI_PATH_MAX

enum selector_kind {
	SELECT_NVIDIA,	 /* "nvidia": vendor 10de, class 03xx */
	SELECT_BOOT_VGA, /* "boot-vga" */
	SELECT_ADDR,	 /* [[domain:]bus:]dev[.fn], parts may be '*' or left out */
	SELECT_IDS,	 /* vendor:device[:class], parts may be '*' */
	SELECT_PATH,	 /* "path:NAME", a card's topological name */
};

struct selector {
	enum selector_kind kind;
	int64_t domain, bus, dev, fn;	/* SELECT_ADDR; -1 any */
	int64_t vendor, device, class;	/* SELECT_IDS; -1 any */
	uint32_t class_mask;
	char text[SELECTOR_TEXT_MAX]; /* as written */
};

/* NULL on success, else why not, for people (static text). *ret untouched on failure.
 * "01:00" is bus:dev; "10de:2204" ids: four hex digits on both sides of one colon mean ids. */
const char *selector_parse(const char *text, struct selector *ret);

bool selector_matches(const struct selector *s, const struct pci_fn *f);

#endif
