/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A libvirt domain's XML (formatdomain): its PCI host devices, and where in the text their values
 * are. Only UTF-8, and no document type, so no entities but XML's own five. Everything else of a
 * domain is skipped. */
#ifndef GPUROM_LIBVIRT_XML_H
#define GPUROM_LIBVIRT_XML_H

#include "guard/vm.h"
#include "util/bytes.h"

#define DOMXML_SIZE_MAX (1u << 20) /* bytes */
#define DOMXML_DEPTH_MAX 64	   /* elements within each other */
#define DOMXML_WHY_MAX 160

/* hostdev elements of mode='subsystem' (or none) and type='pci' in /domain/devices, in the order of
 * the text. Returns 0 and sets *ret, or -EFBIG past a limit above, -EBADMSG or -ENOMEM, with the
 * reason in why; *ret is then undefined. */
int domxml_parse(struct bytes xml, struct vm *ret, char why[DOMXML_WHY_MAX]);

/* Reads a number as libvirt does: 0x and hexadecimal, 0 and octal, else decimal; blanks and '+'
 * before it. False where it is anything else, or above max. */
bool domxml_number(const char *text, uint32_t max, uint32_t *ret);

/* An attribute of a start tag, as written. */
struct domattr {
	struct bytes name;
	size_t at, n; /* of the value, between its quotes: offset and bytes */
};

/* Finds the next attribute (name, '=', quoted value) at or after *at, and moves *at behind it. b
 * ends with the tag, which a parser has found well formed. False at the end, or where there is
 * none. */
bool domattr_next(struct bytes b, size_t *at, struct domattr *ret);

#endif
