// SPDX-License-Identifier: GPL-2.0-or-later
#include "proxmox/text.h"

#include <errno.h>

static bool is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool pve_is(struct bytes file, struct pve_range r, const char *text)
{
	return strlen(text) == r.n && bytes_is(file, r.at, text, r.n);
}

bool pve_copy(struct bytes file, struct pve_range r, char *ret, size_t size)
{
	struct bytes b = pve_bytes(file, r);

	if (b.n >= size || (b.n && memchr(b.p, '\0', b.n)))
		return false;
	if (b.n)
		memcpy(ret, b.p, b.n);
	ret[b.n] = '\0';
	return true;
}

bool pve_number(struct bytes file, struct pve_range r, unsigned *ret)
{
	unsigned v = 0;
	uint8_t c = 0;

	if (r.n == 0 || r.n > 9)
		return false;
	for (size_t i = 0; i < r.n; i++) {
		if (!bytes_u8(file, r.at + i, &c) || c < '0' || c > '9')
			return false;
		v = v * 10 + (unsigned)(c - '0');
	}
	*ret = v;
	return true;
}

static struct pve_range without_blanks(struct bytes file, struct pve_range r)
{
	uint8_t c;

	while (r.n && bytes_u8(file, r.at, &c) && is_blank(c)) {
		r.at++;
		r.n--;
	}
	while (r.n && bytes_u8(file, r.at + r.n - 1, &c) && is_blank(c))
		r.n--;
	return r;
}

/* Bytes from `at` on before the next c, or before end. */
static size_t length_to(struct bytes file, size_t at, size_t end, char c)
{
	struct bytes b = bytes_sub(file, at, end - at);
	const uint8_t *p = b.n ? memchr(b.p, c, b.n) : NULL;

	return p ? (size_t)(p - b.p) : b.n;
}

bool pve_line_next(struct bytes file, size_t *at, struct pve_range *ret)
{
	size_t from = *at, n;
	struct pve_range kept;

	if (from >= file.n)
		return false;
	n = length_to(file, from, file.n, '\n');
	*at = from + n + 1;
	kept = without_blanks(file, (struct pve_range){from, n});
	/* Blanks before the text stay. */
	*ret = (struct pve_range){from, kept.n ? kept.at + kept.n - from : 0};
	return true;
}

static size_t key_length(struct bytes b)
{
	size_t n = 0;

	while (n < b.n && ((b.p[n] >= 'a' && b.p[n] <= 'z') || (n && b.p[n] == '_')))
		n++;
	while (n && n < b.n && b.p[n] >= '0' && b.p[n] <= '9')
		n++;
	return n;
}

bool pve_line_value(struct bytes file, struct pve_range line, struct pve_range *ret_key,
		    struct pve_range *ret_value)
{
	size_t n = key_length(pve_bytes(file, line));
	struct pve_range value;

	if (!n || n >= line.n || !bytes_is(file, line.at + n, ":", 1))
		return false;
	value = without_blanks(file, (struct pve_range){line.at + n + 1, line.n - n - 1});
	if (!value.n)
		return false;
	*ret_key = (struct pve_range){line.at, n};
	*ret_value = value;
	return true;
}

bool pve_property_next(struct bytes file, struct pve_range all, size_t *at,
		       struct pve_property *ret)
{
	size_t end = all.at + all.n, from, n, key;

	do {
		from = *at;
		if (from >= end)
			return false;
		n = length_to(file, from, end, ',');
		*at = from + n + 1;
	} while (!without_blanks(file, (struct pve_range){from, n}).n);
	key = length_to(file, from, from + n, '=');
	if (key == n)
		*ret = (struct pve_property){{from, 0}, {from, n}};
	else
		*ret = (struct pve_property){{from, key}, {from + key + 1, n - key - 1}};
	return true;
}

/* --- addresses -------------------------------------------------------------------------------- */

static bool read_hex(struct bytes file, struct pve_range r, size_t digits, uint32_t *ret)
{
	uint32_t v = 0;
	uint8_t c = 0;

	if (r.n < digits || r.n > 8)
		return false;
	for (size_t i = 0; i < r.n; i++) {
		if (!bytes_u8(file, r.at + i, &c))
			return false;
		if (c >= '0' && c <= '9')
			v = v << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (uint32_t)(c - 'a' + 10);
		else
			return false;
	}
	*ret = v;
	return true;
}

/* "BB:DD" or "BB:DD.F" */
static bool parse_slot(struct bytes file, struct pve_range r, struct pve_id *ret)
{
	uint32_t bus, dev, fn = 0;

	if ((r.n != 5 && r.n != 7) || !bytes_is(file, r.at + 2, ":", 1) ||
	    !read_hex(file, (struct pve_range){r.at, 2}, 2, &bus) ||
	    !read_hex(file, (struct pve_range){r.at + 3, 2}, 2, &dev) || dev > PCI_DEV_MAX)
		return false;
	if (r.n == 7 && (!bytes_is(file, r.at + 5, ".", 1) ||
			 !read_hex(file, (struct pve_range){r.at + 6, 1}, 1, &fn)))
		return false;
	if (fn > PCI_FN_MAX)
		return false;
	ret->whole = r.n == 5;
	ret->addr.bus = (uint8_t)bus;
	ret->addr.dev = (uint8_t)dev;
	ret->addr.fn = (uint8_t)fn;
	return true;
}

static bool parse_id(struct bytes file, struct pve_range r, struct pve_id *ret)
{
	size_t domain = length_to(file, r.at, r.at + r.n, ':');
	struct pve_id id = {.in = r, .has_domain = domain > 2 && domain < r.n};

	if (id.has_domain) {
		if (!read_hex(file, (struct pve_range){r.at, domain}, 4, &id.addr.domain))
			return false;
		r = (struct pve_range){r.at + domain + 1, r.n - domain - 1};
	}
	if (!parse_slot(file, r, &id))
		return false;
	*ret = id;
	return true;
}

int pve_ids_parse(struct bytes file, struct pve_range list, struct pve_id ret[PVE_IDS_MAX],
		  size_t *ret_n)
{
	size_t end = list.at + list.n, n = 0;

	for (size_t at = list.at, len; at <= end; at += len + 1) {
		len = length_to(file, at, end, ';');
		if (n == PVE_IDS_MAX)
			return -EFBIG;
		if (!parse_id(file, (struct pve_range){at, len}, &ret[n]))
			return -EBADMSG;
		n++;
	}
	*ret_n = n;
	return 0;
}
