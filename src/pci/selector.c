// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci/selector.h"

#include "pci/serial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PATH_PREFIX "path:"
#define SLOT_PREFIX "slot:"
#define SERIAL_PREFIX "serial:"
#define FIELDS_MAX 4 /* vendor:device:class:prog-if */

static const char why_unknown[] =
	"not a selector: nvidia, boot-vga, path:NAME, slot:NAME, serial:..., "
	"an address as lspci prints it (0000:01:00.0) or ids (10de:2204)";
static const char why_addr[] = "not an address [[domain:]bus:]device[.function], hexadecimal, nor "
			       "ids of four digits each (10de:2204)";
static const char why_ids[] = "not ids vendor:device[:class[:prog-if]], hexadecimal, classes of "
			      "four digits (0300, 03xx)";
static const char why_both[] = "could be an address or ids: write 0000:*:*.* or 10de:*";
static const char why_nothing[] = "names nothing: write * for everything";
static const char why_path[] = "not a card's path name: path: wants a-z 0-9 . _ - as gpurom list "
			       "prints it";
static const char why_slot[] = "not a slot's name: slot: wants letters, digits and . _ : + - as "
			       "gpurom list --json prints it";
static const char why_serial[] = "not a serial number: serial: wants eight pairs of hexadecimal "
				 "digits, as in 48-b0-2d-ff-fe-01-02-03";
static const char why_common[] = "a serial number that every card of this kind has: it names none";
static const char why_long[] = "longer than any selector";

struct field {
	const char *p;
	size_t n;
};

/* Left out or '*': matches anything. */
static bool is_any(struct field f)
{
	return f.n == 0 || (f.n == 1 && f.p[0] == '*');
}

static int hex_digit(char c)
{
	static const char hex[] = "0123456789abcdef";
	const char *at = c ? strchr(hex, c >= 'A' && c <= 'F' ? c | 0x20 : c) : NULL;

	return at ? (int)(at - hex) : -1;
}

static bool is_four_digits(struct field f, bool x_too)
{
	if (f.n != 4)
		return false;
	for (size_t i = 0; i < f.n; i++)
		if (hex_digit(f.p[i]) < 0 && !(x_too && (f.p[i] == 'x' || f.p[i] == 'X')))
			return false;
	return true;
}

/* Reads a number up to max; *ret is untouched if the field matches anything. With ret_mask, 'x'
 * matches any digit. */
static bool read_field(struct field f, uint32_t max, int64_t *ret, uint32_t *ret_mask)
{
	uint64_t value = 0, highest = 0, mask = ~0ull;

	if (is_any(f))
		return true;
	for (size_t i = 0; i < f.n; i++) {
		bool x = ret_mask && (f.p[i] == 'x' || f.p[i] == 'X');
		int d = x ? 0 : hex_digit(f.p[i]);

		if (d < 0)
			return false;
		value = value << 4 | (unsigned)d;
		highest = highest << 4 | (x ? 1u : (unsigned)d);
		mask = mask << 4 | (x ? 0u : 0xfu);
		if (highest > max)
			return false;
	}
	*ret = (int64_t)value;
	if (ret_mask)
		*ret_mask = (uint32_t)mask;
	return true;
}

/* Cuts at sep. Returns the number of fields, FIELDS_MAX + 1 if there are more than FIELDS_MAX. */
static size_t split_fields(const char *p, size_t n, char sep, struct field ret[FIELDS_MAX])
{
	size_t fields = 0;

	for (;;) {
		const char *end = memchr(p, sep, n);
		size_t len = end ? (size_t)(end - p) : n;

		if (fields == FIELDS_MAX)
			return FIELDS_MAX + 1;
		ret[fields++] = (struct field){p, len};
		if (!end)
			return fields;
		p = end + 1;
		n -= len + 1;
	}
}

static const char *parse_addr(const struct field *f, size_t n, struct selector *s)
{
	struct field part[FIELDS_MAX];
	size_t i = 0, parts;

	if (n > 3)
		return why_addr;
	if (n > 2 && !read_field(f[i++], INT32_MAX, &s->domain, NULL))
		return why_addr;
	if (n > 1 && !read_field(f[i++], UINT8_MAX, &s->bus, NULL))
		return why_addr;
	parts = split_fields(f[i].p, f[i].n, '.', part);
	if (parts > 2 || !read_field(part[0], PCI_DEV_MAX, &s->dev, NULL))
		return why_addr;
	if (parts == 2 && !read_field(part[1], PCI_FN_MAX, &s->fn, NULL))
		return why_addr;
	s->kind = SELECT_ADDR;
	return NULL;
}

static const char *parse_ids(const struct field *f, size_t n, struct selector *s)
{
	if (!read_field(f[0], UINT16_MAX, &s->vendor, NULL) ||
	    !read_field(f[1], UINT16_MAX, &s->device, NULL))
		return why_ids;
	if (n > 2 && !read_field(f[2], UINT16_MAX, &s->class, &s->class_mask))
		return why_ids;
	if (n > 3 && !read_field(f[3], UINT8_MAX, &s->prog_if, NULL))
		return why_ids;
	s->kind = SELECT_IDS;
	return NULL;
}

/* Decides what a word with colons is, by the table in the header. */
static bool is_ids(const struct field *f, size_t n)
{
	bool four0 = is_four_digits(f[0], false), four1 = n > 1 && is_four_digits(f[1], false);

	if (n == 4 || (n == 3 && is_four_digits(f[2], true)))
		return true;
	if (n == 3 && !is_any(f[2]))
		return false;
	return n > 1 && ((four0 && (four1 || is_any(f[1]))) || (is_any(f[0]) && four1));
}

static const char *parse_numbers(const char *text, size_t len, struct selector *s)
{
	struct field f[FIELDS_MAX];
	size_t n = split_fields(text, len, ':', f);

	if (text[strspn(text, "0123456789abcdefABCDEFxX*:.")])
		return why_unknown;
	if (!text[strspn(text, ":.")])
		return why_nothing;
	if (n > FIELDS_MAX)
		return why_ids;
	if (strchr(text, '.'))
		return parse_addr(f, n, s);
	if (n == 3 && is_four_digits(f[0], false) && is_any(f[1]) && is_any(f[2]))
		return why_both;
	return is_ids(f, n) ? parse_ids(f, n, s) : parse_addr(f, n, s);
}

static const char *parse_path(const char *name)
{
	if (!*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-")])
		return why_path;
	return NULL;
}

/* The length is not checked: a name longer than any slot's matches nothing. */
static const char *parse_slot(const char *name)
{
	return !*name || name[strspn(name, PCI_SLOT_CHARS)] ? why_slot : NULL;
}

static const char *parse_serial(const char *text, struct selector *s)
{
	if (pci_serial_parse(text, &s->serial) < 0)
		return why_serial;
	return pci_serial_usable(s->serial) ? NULL : why_common;
}

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

const char *selector_parse(const char *text, struct selector *ret)
{
	size_t len = strlen(text);
	const char *why = NULL;
	struct selector s = {.domain = -1,
			     .bus = -1,
			     .dev = -1,
			     .fn = -1,
			     .vendor = -1,
			     .device = -1,
			     .class = -1,
			     .prog_if = -1,
			     .class_mask = UINT16_MAX};

	if (len >= sizeof(s.text))
		return why_long;
	memcpy(s.text, text, len + 1);
	if (strcmp(text, "nvidia") == 0) {
		s.kind = SELECT_NVIDIA;
	} else if (strcmp(text, "boot-vga") == 0) {
		s.kind = SELECT_BOOT_VGA;
	} else if (begins_with(text, PATH_PREFIX)) {
		s.kind = SELECT_PATH;
		why = parse_path(text + strlen(PATH_PREFIX));
	} else if (begins_with(text, SLOT_PREFIX)) {
		s.kind = SELECT_SLOT;
		why = parse_slot(text + strlen(SLOT_PREFIX));
	} else if (begins_with(text, SERIAL_PREFIX)) {
		s.kind = SELECT_SERIAL;
		why = parse_serial(text + strlen(SERIAL_PREFIX), &s);
	} else {
		why = parse_numbers(text, len, &s);
	}
	if (!why)
		*ret = s;
	return why;
}

static bool number_matches(int64_t wanted, uint32_t actual)
{
	return wanted < 0 || wanted == (int64_t)actual;
}

static bool ids_match(const struct selector *s, const struct pci_fn *f)
{
	return number_matches(s->vendor, f->ids.vendor) &&
	       number_matches(s->device, f->ids.device) &&
	       number_matches(s->prog_if, f->class & 0xff) &&
	       (s->class < 0 || (((uint32_t)s->class ^ f->class >> 8) & s->class_mask) == 0);
}

/* The slot is often that of a bridge: of a board with a switch of its own, of a riser. */
static bool slot_matches(const char *name, const struct pci_scan *scan, const struct pci_fn *f)
{
	for (; f; f = pci_card_parent(scan, f))
		if (strcmp(name, f->slot) == 0)
			return true;
	return false;
}

bool selector_matches(const struct selector *s, const struct pci_scan *scan, const struct pci_fn *f)
{
	const char *path = s->text + strlen(PATH_PREFIX);

	switch (s->kind) {
	case SELECT_NVIDIA:
		return f->ids.vendor == PCI_VENDOR_NVIDIA && pci_fn_is_display(f);
	case SELECT_BOOT_VGA:
		return f->boot_vga;
	case SELECT_ADDR:
		return number_matches(s->domain, f->addr.domain) &&
		       number_matches(s->bus, f->addr.bus) && number_matches(s->dev, f->addr.dev) &&
		       number_matches(s->fn, f->addr.fn);
	case SELECT_IDS:
		return ids_match(s, f);
	case SELECT_PATH:
		return strcmp(path, f->path) == 0 || strcmp(path, f->uid_path) == 0;
	case SELECT_SLOT:
		return slot_matches(s->text + strlen(SLOT_PREFIX), scan, f);
	case SELECT_SERIAL:
		return s->serial == f->serial;
	}
	return false;
}

bool selector_names_one(const struct selector *s)
{
	return s->kind == SELECT_PATH || s->kind == SELECT_SERIAL ||
	       (s->kind == SELECT_ADDR && s->bus >= 0 && s->dev >= 0);
}

static bool card_matches(const struct selector *sel, const char *text, const struct pci_scan *s,
			 const struct pci_card *c)
{
	if (strcmp(c->path, text) == 0 || (*text && strcmp(c->fn[c->display].uid_path, text) == 0))
		return true;
	for (size_t i = 0; sel && i < c->n; i++)
		if (selector_matches(sel, s, &c->fn[i]))
			return true;
	return false;
}

/* The virtual function that the text names, where it names one. */
static const struct pci_fn *find_virtual(const struct pci_scan *s, const struct selector *sel)
{
	for (size_t i = 0; sel && sel->kind == SELECT_ADDR && i < s->n_vf; i++)
		if (selector_matches(sel, s, &s->vf[i]))
			return &s->vf[i];
	return NULL;
}

static void explain_none(const struct pci_scan *s, const struct selector *sel, const char *bad,
			 char why[SELECTOR_WHY_MAX])
{
	const struct pci_fn *vf = find_virtual(s, sel);
	char addr[PCI_ADDR_BUF], pf[PCI_ADDR_BUF];

	if (vf)
		snprintf(why, SELECTOR_WHY_MAX,
			 "%s is a virtual function of %s, and no card: gpurom takes and reads "
			 "physical functions only",
			 pci_addr_format(vf->addr, addr), pci_addr_format(vf->physfn, pf));
	else
		snprintf(why, SELECTOR_WHY_MAX, "%s",
			 bad ? bad : "no such card; 'gpurom list' shows them");
}

/* Accepts a serial number also without "serial:". */
static const char *parse_card_name(const char *text, struct selector *ret)
{
	char word[sizeof("serial:") + PCI_SERIAL_BUF];
	uint64_t serial;

	if (pci_serial_parse(text, &serial) < 0)
		return selector_parse(text, ret);
	snprintf(word, sizeof(word), "serial:%s", text);
	return selector_parse(word, ret);
}

int selector_find_card(const struct pci_scan *s, const char *text, struct pci_card *ret,
		       char why[SELECTOR_WHY_MAX])
{
	struct selector sel;
	const char *bad = parse_card_name(text, &sel);
	struct pci_card c;
	size_t at = 0, count = 0;

	while (pci_card_next_display(s, &at, &c))
		if (card_matches(bad ? NULL : &sel, text, s, &c) && count++ == 0)
			*ret = c;
	if (count == 1)
		return 0;
	if (count > 1)
		snprintf(why, SELECTOR_WHY_MAX,
			 "it names %zu cards: take an address or a path name "
			 "of 'gpurom list'",
			 count);
	else
		explain_none(s, bad ? NULL : &sel, bad, why);
	return count > 1 ? -ENOTUNIQ : bad ? -EINVAL : -ENOENT;
}
