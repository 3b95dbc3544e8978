#include "plan/vfio-ids.h"

#include <string.h>

#define ANY 0xffffffffu /* PCI_ANY_ID, in a field as well */

enum { VENDOR, DEVICE, SUBVENDOR, SUBDEVICE, CLASS, CLASS_MASK, FIELDS };

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A number as scanf's %x takes it, cut to 32 bits; NULL where there is none. */
static const char *number(const char *p, const char *end, uint32_t *ret)
{
	const char *from = p;
	uint32_t v = 0;

	if (end - p > 2 && p[0] == '0' && (p[1] | 0x20) == 'x' && digit(p[2]) >= 0)
		from = p += 2;
	for (; p < end && digit(*p) >= 0; p++)
		v = v << 4 | (uint32_t)digit(*p);
	*ret = v;
	return p == from ? NULL : p;
}

/* How many fields could be read; the others keep what they had. */
static size_t fields(const char *p, const char *end, uint32_t ret[FIELDS])
{
	uint32_t v;

	for (size_t n = 0; n < FIELDS; n++) {
		p = number(p, end, &v);
		if (!p)
			return n;
		ret[n] = v;
		if (p == end || *p++ != ':')
			return n + 1;
	}
	return FIELDS;
}

static bool is(uint32_t wanted, uint32_t found)
{
	return wanted == ANY || wanted == found;
}

static bool one_matches(const char *p, const char *end, const struct pci_fn *f)
{
	uint32_t w[FIELDS] = {[SUBVENDOR] = ANY, [SUBDEVICE] = ANY};

	return fields(p, end, w) >= 2 && is(w[VENDOR], f->ids.vendor) &&
	       is(w[DEVICE], f->ids.device) && is(w[SUBVENDOR], f->ids.subvendor) &&
	       is(w[SUBDEVICE], f->ids.subdevice) && !((w[CLASS] ^ f->class) & w[CLASS_MASK]);
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
