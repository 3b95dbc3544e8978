// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci/modalias.h"

#include <stdio.h>

#define HEX_DIGITS "0123456789ABCDEF"
#define TEXT_MAX 80 /* of the seven fields: "v000010DEd00002342sv…" */

bool modalias_same_name(const char *a, const char *b)
{
	while (*a && (*a == *b || (strchr("-_", *a) && *b && strchr("-_", *b))))
		a++, b++;
	return *a == *b;
}

bool modalias_line(struct bytes text, size_t *at, struct bytes *ret)
{
	const uint8_t *end;

	*ret = bytes_sub(text, *at, text.n);
	if (ret->n == 0)
		return false;
	end = memchr(ret->p, '\n', ret->n);
	if (end)
		ret->n = (size_t)(end - ret->p);
	*at += ret->n + 1;
	return true;
}

/* Tags are in small letters and digits in capital ones, so that a "*" ends where a tag begins. One
 * more may stand behind the last field (add_wildcard in file2alias.c). Sets *at to where the
 * module's name begins, *open to the number of fields that are left open. */
static bool line_fits(struct bytes line, const char *text, size_t *at, unsigned *open)
{
	uint8_t c;

	*open = 0;
	*at = strlen(MODALIAS_VFIO);
	if (!bytes_is(line, 0, MODALIAS_VFIO, *at))
		return false;
	while (bytes_u8(line, (*at)++, &c) && c != ' ') {
		size_t digits = c == '*' ? strspn(text, HEX_DIGITS) : 0;

		*open += digits > 0;
		text += digits;
		if (c != '*' && (!*text || c != *text++))
			return false;
	}
	return !*text;
}

static bool read_name(struct bytes line, size_t at, char ret[PCI_DRIVER_MAX])
{
	const struct bytes name = bytes_sub(line, at, line.n);
	char text[PCI_DRIVER_MAX] = "";

	if (name.n == 0 || name.n >= sizeof(text) || name.p[0] == '-')
		return false;
	memcpy(text, name.p, name.n);
	if (strspn(text, PCI_SLOT_CHARS) != name.n)
		return false;
	memcpy(ret, text, sizeof(text));
	return true;
}

bool modalias_best(struct bytes lines, const struct pci_fn *f, char ret[PCI_DRIVER_MAX])
{
	unsigned best = ~0u, open;
	char text[TEXT_MAX];
	struct bytes line;
	size_t at = 0, name;

	snprintf(text, sizeof(text), "v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", f->ids.vendor,
		 f->ids.device, f->ids.subvendor, f->ids.subdevice, f->class >> 16 & 0xff,
		 f->class >> 8 & 0xff, f->class & 0xff);
	while (modalias_line(lines, &at, &line))
		if (line_fits(line, text, &name, &open) && open < best &&
		    read_name(line, name, ret))
			best = open;
	return best != ~0u;
}

const char *modalias_format(const struct pci_fn *f, char buf[MODALIAS_MAX])
{
	snprintf(buf, MODALIAS_MAX, "pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X", f->ids.vendor,
		 f->ids.device, f->ids.subvendor, f->ids.subdevice, f->class >> 16 & 0xff,
		 f->class >> 8 & 0xff, f->class & 0xff);
	return buf;
}
