// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/vfio-ids.h"

#include <string.h>

#define ANY 0xffffffffu /* PCI_ANY_ID, in a field as well */

enum { VENDOR, DEVICE, SUBVENDOR, SUBDEVICE, CLASS, CLASS_MASK, FIELDS };

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads a number as scanf's %x does, cut to 32 bits. Returns its end, NULL if there is none. */
static const char *read_number(const char *p, const char *end, uint32_t *ret)
{
	const char *from = p;
	uint32_t v = 0;

	if (end - p > 2 && p[0] == '0' && (p[1] | 0x20) == 'x' && hex_digit(p[2]) >= 0)
		from = p += 2;
	for (; p < end && hex_digit(*p) >= 0; p++)
		v = v << 4 | (uint32_t)hex_digit(*p);
	*ret = v;
	return p == from ? NULL : p;
}

/* Returns how many fields could be read; the others keep their values. */
static size_t read_fields(const char *p, const char *end, uint32_t ret[FIELDS])
{
	uint32_t v;

	for (size_t n = 0; n < FIELDS; n++) {
		p = read_number(p, end, &v);
		if (!p)
			return n;
		ret[n] = v;
		if (p == end || *p++ != ':')
			return n + 1;
	}
	return FIELDS;
}

static bool id_matches(uint32_t wanted, uint32_t found)
{
	return wanted == ANY || wanted == found;
}

static bool one_matches(const char *p, const char *end, const struct pci_fn *f)
{
	uint32_t w[FIELDS] = {[SUBVENDOR] = ANY, [SUBDEVICE] = ANY};

	return read_fields(p, end, w) >= 2 && id_matches(w[VENDOR], f->ids.vendor) &&
	       id_matches(w[DEVICE], f->ids.device) && id_matches(w[SUBVENDOR], f->ids.subvendor) &&
	       id_matches(w[SUBDEVICE], f->ids.subdevice) &&
	       !((w[CLASS] ^ f->class) & w[CLASS_MASK]);
}

bool vfioids_match(const char *ids, const struct pci_fn *f)
{
	for (const char *p = ids, *end;; p = end + 1) {
		end = p + strcspn(p, ",");
		if (one_matches(p, end, f))
			return true;
		if (!*end)
			return false;
	}
}
