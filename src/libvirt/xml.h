/* A libvirt domain's XML (formatdomain): its PCI host devices, and where in the text their values
 * stand. Only UTF-8, and no document type, so no entities but XML's own five. Everything else of a
 * domain is passed over. */
#ifndef GPUROM_LIBVIRT_XML_H
#define GPUROM_LIBVIRT_XML_H

#include "guard/vm.h"
#include "util/bytes.h"

#define DOMXML_SIZE_MAX (1u << 20) /* bytes */
#define DOMXML_DEPTH_MAX 64	   /* elements within each other */
#define DOMXML_WHY_MAX 160

/* hostdev elements of mode='subsystem' (or none) and type='pci' in /domain/devices, in the order of
 * the text. 0, -EFBIG past a limit above, -EBADMSG or -ENOMEM, and why, for people; *ret is not
 * to be used then. */
int domxml_parse(struct bytes xml, struct vm *ret, char why[DOMXML_WHY_MAX]);

/* A number as libvirt reads it: 0x and hexadecimal, 0 and octal, else decimal; blanks and '+'
 * before it. False where it is anything else, or passes max. */
bool domxml_number(const char *text, uint32_t max, uint32_t *ret);

/* The attributes of a start tag as they are written. */
struct domattr {
	struct bytes name;
	size_t at, n; /* of the value, between its quotes: offset and bytes */
};

/* The next one at or after *at, which is moved behind it, in text up to the tag's end that a parser
 * has found well formed: name, '=', quoted value. False at the end, or where it is not. */
bool domattr_next(struct bytes b, size_t *at, struct domattr *ret);

#endif
