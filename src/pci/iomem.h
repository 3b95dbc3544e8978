/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds the firmware's framebuffers in /proc/iomem (kernel/resource.c r_show: lines "START-END :
 * NAME", indented, hexadecimal, both ends included). The names are those that
 * drivers/video/fbdev/{efifb,vesafb,simplefb}.c, drivers/firmware/sysfb_simplefb.c ("BOOTFB") and
 * drivers/gpu/drm/sysfb give their ranges. */
#ifndef GPUROM_PCI_IOMEM_H
#define GPUROM_PCI_IOMEM_H

#include "util/bytes.h"

struct iomem_range {
	unsigned long long start, end; /* addresses, both included */
	struct bytes name;	       /* borrowed from the text */
};

/* Sets *ret to the next range of the text from *at on, and moves *at behind its line. False at the
 * end. Skips ranges whose addresses are hidden (all zero, for a reader without CAP_SYS_ADMIN). */
bool iomem_next(struct bytes text, size_t *at, struct iomem_range *ret);

struct iomem_framebuffer {
	unsigned long long start, end; /* addresses, both included */
	const char *name;	       /* "efifb", "simpledrm", ...; static */
	const char *device;	       /* its platform device, "efi-framebuffer.0", ...; static */
};

/* The same, of the framebuffers alone. */
bool iomem_next_framebuffer(struct bytes text, size_t *at, struct iomem_framebuffer *ret);

#endif
