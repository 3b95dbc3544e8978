/* The firmware's framebuffers among the address ranges of the machine: lines of /proc/iomem
 * (kernel/resource.c r_show: indented "START-END : NAME", hexadecimal, both ends included). The
 * names are those that drivers/video/fbdev/{efifb,vesafb,simplefb}.c, drivers/firmware/
 * sysfb_simplefb.c ("BOOTFB") and drivers/gpu/drm/sysfb give their ranges. */
#ifndef GPUROM_PCI_IOMEM_H
#define GPUROM_PCI_IOMEM_H

#include "util/bytes.h"

struct iomem_framebuffer {
	unsigned long long start, end;
	const char *name;   /* "efifb", "simpledrm", ... */
	const char *device; /* its platform device, "efi-framebuffer.0", ... */
};

/* The next framebuffer of the text from *at on, which moves behind it; false at the end. Ranges
 * whose addresses are hidden (all zero, for a reader without CAP_SYS_ADMIN) are none. */
bool iomem_next_framebuffer(struct bytes text, size_t *at, struct iomem_framebuffer *ret);

#endif
