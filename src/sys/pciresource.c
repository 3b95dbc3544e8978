#include "sys/pciresource.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* linux/ioport.h; of a ROM's flags bit 1 is IORESOURCE_ROM_SHADOW. */
#define FLAG_MEMORY 0x200ull
#define FLAG_UNSET 0x20000000ull
#define FLAG_SHADOW 0x2ull
#define SHADOW_AT 0xc0000ull /* arch/x86/pci/fixup.c pci_fixup_video */

int pci_resource(const struct attr_ops *k, struct pci_addr a, int line, struct pci_resource *ret)
{
	char path[SYSFS_PATH_MAX], text[1024];
	ssize_t n = k->read(k->ctx, sysfs_path(a, "resource", path), text, sizeof(text) - 1, 0);
	const char *at = text;

	if (n < 0)
		return (int)n;
	text[n] = '\0';
	for (int i = 0; i < line && at; i++)
		at = (at = strchr(at, '\n')) ? at + 1 : NULL;
	if (!at || sscanf(at, "%llx %llx %llx", &ret->start, &ret->end, &ret->flags) != 3)
		return -EBADMSG;
	return 0;
}

bool pci_resource_is_memory(const struct pci_resource *r, unsigned long long bytes)
{
	return (r->flags & FLAG_MEMORY) && !(r->flags & FLAG_UNSET) && r->start &&
	       r->end > r->start && r->end - r->start >= bytes - 1;
}

bool pci_resource_is_shadow(const struct pci_resource *rom)
{
	return rom->start == SHADOW_AT && (rom->flags & FLAG_SHADOW);
}
