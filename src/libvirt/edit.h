/* Changes of a text, byte for byte: what no edit names stays as it is. */
#ifndef GPUROM_LIBVIRT_EDIT_H
#define GPUROM_LIBVIRT_EDIT_H

#include "libvirt/xml.h"

#include <stdio.h>

#define DOMEDIT_TEXT_MAX 700			   /* with NUL */
#define DOMEDIT_MAX (VM_DEVS_MAX * (VM_PARTS + 1)) /* each part and the romfile */

/* n bytes at `at` become text. */
struct domedit {
	size_t at, n;
	char text[DOMEDIT_TEXT_MAX];
};

/* In the order of the text, none within another. */
struct domedits {
	struct domedit e[DOMEDIT_MAX];
	size_t n;
};

/* The host device's address becomes this one, but for its function; what is right stays as it is
 * written, an attribute that is not there is added where it is not to be 0. */
void domedit_address(struct domedits *s, const struct vm_dev *d, struct pci_addr to);

/* Its romfile, whose name is folder bytes and then another, becomes the same folder's name. Both
 * have characters [A-Za-z0-9._/-] alone. */
void domedit_file(struct domedits *s, struct bytes xml, const struct vm_dev *d, size_t folder,
		  const char *name);

/* The text with its edits. */
void domedit_write(FILE *out, struct bytes xml, const struct domedits *s);

/* The same as a unified diff without lines around; nothing where there is no edit. name: what the
 * diff calls the file. -errno where there is no memory. */
int domedit_diff(FILE *out, struct bytes xml, const struct domedits *s, const char *name);

#endif
