/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pieces that Proxmox VE's files are made of: lines, property strings ("a,b=c"), lists of PCI
 * addresses. Everything is a range of the file, so that a value can be replaced in its place. */
#ifndef GPUROM_PROXMOX_TEXT_H
#define GPUROM_PROXMOX_TEXT_H

#include "pci/addr.h"
#include "util/bytes.h"

#define PVE_FILE_MAX (1u << 20) /* bytes of a file that is read */
#define PVE_IDS_MAX 16		/* addresses in one list */
#define PVE_NAME_MAX 128	/* of a mapping, a node, a VM; with NUL */

/* Offset and bytes in the file. */
struct pve_range {
	size_t at, n;
};

/* A PCI address as a list has it: "0000:01:00.0", "01:00". */
struct pve_id {
	struct pci_addr addr; /* fn 0 where whole */
	bool whole;	      /* no function is written: all that the slot has */
	bool has_domain;
	struct pve_range in;
};

/* One part of a property string. */
struct pve_property {
	struct pve_range key; /* n 0: the value stands alone, for the default key */
	struct pve_range value;
};

static inline struct bytes pve_bytes(struct bytes file, struct pve_range r)
{
	return bytes_sub(file, r.at, r.n);
}

/* Whether the range has just this text. */
bool pve_is(struct bytes file, struct pve_range r, const char *text);

/* Copies the range as a string. False, and nothing touched, if it has size bytes or more, or a NUL.
 */
bool pve_copy(struct bytes file, struct pve_range r, char *ret, size_t size);

/* Reads 1 to 9 decimal digits, which are all of the range. */
bool pve_number(struct bytes file, struct pve_range r, unsigned *ret);

/* Finds the next line, without its end and the blanks before that, and moves *at behind its end.
 * False at the end of the file. */
bool pve_line_next(struct bytes file, size_t *at, struct pve_range *ret);

/* "key: value" of a VM's configuration: letters, digits and '_', as qemu-server reads it
 * (QemuServer.pm, parse_vm_config). False for any other line. */
bool pve_line_value(struct bytes file, struct pve_range line, struct pve_range *ret_key,
		    struct pve_range *ret_value);

/* Finds the next part at or after *at and before the end of `all`, and moves *at behind it. Parts
 * of blanks alone are skipped (pve-common, JSONSchema.pm, parse_property_string). */
bool pve_property_next(struct bytes file, struct pve_range all, size_t *at,
		       struct pve_property *ret);

/* Reads addresses with ';' between them, as Proxmox accepts them: lower-case hexadecimal digits, 4
 * or more for a domain, 2 for bus and device (qemu-server, PCI.pm). Returns 0 and sets both,
 * -EBADMSG where one is none, -EFBIG where there are more than PVE_IDS_MAX. */
int pve_ids_parse(struct bytes file, struct pve_range list, struct pve_id ret[PVE_IDS_MAX],
		  size_t *ret_n);

#endif
