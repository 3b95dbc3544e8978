// SPDX-License-Identifier: GPL-2.0-or-later
#include "proxmox/conf.h"

#include "util/text.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define HOSTPCI "hostpci"
#define TAG "gpurom:" HOSTPCI
#define SHOWN_MAX 40	 /* bytes of a value in a message */
#define TEXT_LINE_MAX 64 /* of a description's line that may be a tag */

static __attribute__((format(printf, 4, 5))) int refuse(char why[PVECONF_WHY_MAX], size_t line,
							int err, const char *fmt, ...)
{
	size_t n = (size_t)snprintf(why, PVECONF_WHY_MAX, "line %zu: ", line);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why + n, PVECONF_WHY_MAX - n, fmt, ap);
	va_end(ap);
	text_clean(why, "");
	return err;
}

bool pveconf_is_vmid(const char *text)
{
	size_t n = strlen(text);

	return n >= 3 && n < PVECONF_VMID_MAX && *text != '0' && strspn(text, "0123456789") == n;
}

/* --- lines ------------------------------------------------------------------------------------ */

static bool is_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == ':';
}

/* "[PENDING]", "[special:cloudinit]", "[SNAPSHOT]". */
static bool begins_section(struct bytes file, struct pve_range line)
{
	struct bytes b = pve_bytes(file, line);

	if (b.n < 3 || b.p[0] != '[' || b.p[b.n - 1] != ']')
		return false;
	for (size_t i = 1; i < b.n - 1; i++)
		if (!is_name(b.p[i]))
			return false;
	return true;
}

/* The lines before the first section. */
static bool next_line(struct bytes file, size_t *at, struct pve_range *ret)
{
	return pve_line_next(file, at, ret) && !begins_section(file, *ret);
}

/* "hostpci0" to "hostpci15" */
static bool parse_number(struct bytes file, struct pve_range key, unsigned *ret)
{
	const size_t n = strlen(HOSTPCI);
	unsigned v;

	if (key.n <= n || key.n > n + 2 || !bytes_is(file, key.at, HOSTPCI, n) ||
	    !pve_number(file, (struct pve_range){key.at + n, key.n - n}, &v) ||
	    v >= PVECONF_HOSTPCI_MAX || (key.n == n + 2 && v < 10))
		return false;
	*ret = v;
	return true;
}

/* --- the description -------------------------------------------------------------------------- */

/* What a line adds to the description, still encoded. */
static bool find_description(struct bytes file, struct pve_range line, struct pve_range *ret)
{
	struct pve_range key, value;

	if (line.n && bytes_is(file, line.at, "#", 1))
		*ret = (struct pve_range){line.at + 1, line.n - 1};
	else if (pve_line_value(file, line, &key, &value) && pve_is(file, key, "description"))
		*ret = value;
	else
		return false;
	return true;
}

static int hex_digit(uint8_t c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
				      : -1;
}

/* Reads one character of the text, and moves *at behind it. False at its end. */
static bool next_char(struct bytes text, size_t *at, uint8_t *ret)
{
	uint8_t high, low;

	if (!bytes_u8(text, *at, ret))
		return false;
	if (*ret == '%' && bytes_u8(text, *at + 1, &high) && bytes_u8(text, *at + 2, &low) &&
	    hex_digit(high) >= 0 && hex_digit(low) >= 0) {
		*ret = (uint8_t)(hex_digit(high) << 4 | hex_digit(low));
		*at += 2;
	}
	++*at;
	return true;
}

/* Reads a line of the text, as far as it fits, and moves *at behind it. False at the end. */
static bool next_text(struct bytes text, size_t *at, char ret[TEXT_LINE_MAX])
{
	size_t n = 0;
	uint8_t c;

	if (*at >= text.n)
		return false;
	while (next_char(text, at, &c) && c != '\n')
		if (n < TEXT_LINE_MAX - 1)
			ret[n++] = (char)c;
	ret[n] = '\0';
	return true;
}

/* "gpurom:hostpci0=0123456789ab", also with '#' and blanks before it, as a person may write it. */
static bool parse_tag(const char *text, unsigned *ret_n, char ret_id[CARD_ID_MAX])
{
	size_t digits;
	struct bytes b;

	text += strspn(text, "# \t");
	if (strncmp(text, TAG, strlen(TAG)) != 0)
		return false;
	text += strlen(TAG);
	digits = strspn(text, "0123456789");
	b = (struct bytes){(const uint8_t *)text, digits};
	if (text[digits] != '=' || !pve_number(b, (struct pve_range){0, digits}, ret_n) ||
	    *ret_n >= PVECONF_HOSTPCI_MAX)
		return false;
	text += digits + 1;
	digits = strcspn(text, " \t\r");
	if (digits != CARD_ID_MAX - 1)
		return false;
	memcpy(ret_id, text, digits);
	ret_id[digits] = '\0';
	return card_id_is_valid(ret_id);
}

static void take_tags(struct bytes text, struct pve_conf *ret)
{
	char line[TEXT_LINE_MAX], id[CARD_ID_MAX];
	unsigned n;

	for (size_t at = 0; next_text(text, &at, line);)
		if (parse_tag(line, &n, id))
			memcpy(ret->hostpci[n].tag, id, sizeof(id));
}

static size_t write_text(FILE *out, struct bytes text, int n)
{
	char line[TEXT_LINE_MAX], id[CARD_ID_MAX];
	size_t lines = 0;
	unsigned of;
	uint8_t c;

	for (size_t at = 0, from = 0; next_text(text, &at, line); from = at) {
		if (parse_tag(line, &of, id) && (n < 0 || of == (unsigned)n))
			continue;
		while (from < at && next_char(text, &from, &c) && c != '\n') {
			if (c == '\'')
				fputs("'\\''", out);
			else if (c)
				fputc(c, out);
		}
		fputc('\n', out);
		lines++;
	}
	if (!text.n)
		fputc('\n', out);
	return lines + !text.n;
}

size_t pveconf_write_description(FILE *out, struct bytes file, int n)
{
	struct pve_range line, text;
	size_t lines = 0;

	for (size_t at = 0; next_line(file, &at, &line);)
		if (find_description(file, line, &text))
			lines += write_text(out, pve_bytes(file, text), n);
	return lines;
}

/* --- hostpci ---------------------------------------------------------------------------------- */

static int take_ids(struct bytes file, struct pve_range value, unsigned n, struct pve_hostpci *h,
		    char why[PVECONF_WHY_MAX])
{
	int err = pve_ids_parse(file, value, h->id, &h->n);

	if (err == -EFBIG)
		return refuse(why, h->line, err, HOSTPCI "%u: more than %d devices", n,
			      PVE_IDS_MAX);
	if (err)
		return refuse(why, h->line, err,
			      HOSTPCI "%u: '%.*s' is not a PCI address as Proxmox takes it", n,
			      value.n < SHOWN_MAX ? (int)value.n : SHOWN_MAX,
			      (const char *)file.p + value.at);
	return 0;
}

static int take_property(struct bytes file, const struct pve_property *p, unsigned n,
			 struct pve_hostpci *h, char why[PVECONF_WHY_MAX])
{
	if (!p->key.n || pve_is(file, p->key, "host")) {
		if (h->n)
			return refuse(why, h->line, -EBADMSG, HOSTPCI "%u: two lists of devices",
				      n);
		return take_ids(file, p->value, n, h, why);
	}
	if (pve_is(file, p->key, "mapping")) {
		if (!p->value.n || !pve_copy(file, p->value, h->mapping, sizeof(h->mapping)))
			return refuse(why, h->line, -EBADMSG,
				      HOSTPCI "%u: the mapping's name cannot be read", n);
	} else if (pve_is(file, p->key, "romfile")) {
		if (!pve_copy(file, p->value, h->romfile, sizeof(h->romfile)))
			return refuse(why, h->line, -EBADMSG,
				      HOSTPCI "%u: the romfile's name cannot be read", n);
		h->in_romfile = p->value;
	} else if (pve_is(file, p->key, "mdev")) {
		h->mdev = p->value.n > 0;
	}
	return 0;
}

static int take_hostpci(struct bytes file, struct pve_range value, unsigned n, size_t line,
			struct pve_hostpci *h, char why[PVECONF_WHY_MAX])
{
	struct pve_property p;
	int err = 0;

	/* The last of two lines counts. */
	*h = (struct pve_hostpci){.line = line, .all = value};
	for (size_t at = value.at; !err && pve_property_next(file, value, &at, &p);)
		err = take_property(file, &p, n, h, why);
	if (!err && !h->n && !h->mapping[0])
		err = refuse(why, line, -EBADMSG, HOSTPCI "%u has neither a device nor a mapping",
			     n);
	if (!err && h->n && h->mapping[0])
		err = refuse(why, line, -EBADMSG, HOSTPCI "%u has a device and a mapping", n);
	return err;
}

/* "q35", "pc-q35-9.0+pve1", with what follows a comma. */
static bool is_q35(struct bytes b)
{
	for (size_t i = 0; bytes_has(b, i, 3); i++)
		if (bytes_is(b, i, "q35", 3))
			return true;
	return false;
}

static int take_line(struct bytes file, struct pve_range line, size_t number, struct pve_conf *ret,
		     char why[PVECONF_WHY_MAX])
{
	struct pve_range key, value;
	unsigned n;

	if (!pve_line_value(file, line, &key, &value))
		return 0;
	if (parse_number(file, key, &n))
		return take_hostpci(file, value, n, number, &ret->hostpci[n], why);
	if (pve_is(file, key, "name"))
		(void)pve_copy(file, value, ret->name, sizeof(ret->name));
	else if (pve_is(file, key, "hookscript"))
		(void)pve_copy(file, value, ret->hookscript, sizeof(ret->hookscript));
	else if (pve_is(file, key, "machine"))
		ret->q35 = is_q35(pve_bytes(file, value));
	return 0;
}

int pveconf_parse(struct bytes file, struct pve_conf *ret, char why[PVECONF_WHY_MAX])
{
	struct pve_range line, text;
	size_t at, number = 1;
	int err = 0;

	memset(ret, 0, sizeof(*ret));
	if (file.n > PVE_FILE_MAX) {
		snprintf(why, PVECONF_WHY_MAX, "more than %u bytes", PVE_FILE_MAX);
		return -EFBIG;
	}
	for (at = 0; !err && next_line(file, &at, &line); number++)
		err = take_line(file, line, number, ret, why);
	/* After the lines: a tag may stand before or behind its line. */
	for (at = 0; !err && next_line(file, &at, &line);)
		if (find_description(file, line, &text))
			take_tags(pve_bytes(file, text), ret);
	return err;
}
