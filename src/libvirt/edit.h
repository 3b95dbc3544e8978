/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Edits of a text, byte for byte: what no edit covers stays as it is. */
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

/* In the order of the text, none within another. Filled by domedit_address and domedit_file. */
struct domedits {
	struct domedit e[DOMEDIT_MAX];
	size_t n;
};

/* Changes the host device's address, but for its function. A part that is right stays as it is
 * written; a missing attribute is added unless it is to be 0. */
void domedit_address(struct domedits *s, const struct vm_dev *d, struct pci_addr to);

/* Changes the part of its romfile's path behind the first `folder` bytes to name. Both have
 * characters [A-Za-z0-9._/-] alone. */
void domedit_file(struct domedits *s, struct bytes xml, const struct vm_dev *d, size_t folder,
		  const char *name);

/* Writes the text with its edits. */
void domedit_write(FILE *out, struct bytes xml, const struct domedits *s);

/* Writes a unified diff without context lines; nothing where there is no edit. name: of the file,
 * for the diff. Returns 0, or -errno where there is no memory. */
int domedit_diff(FILE *out, struct bytes xml, const struct domedits *s, const char *name);

#endif
