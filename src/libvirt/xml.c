// SPDX-License-Identifier: GPL-2.0-or-later
#include "libvirt/xml.h"

#include <errno.h>
#include <expat.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t\r\n"

/* Which element of a domain the parser is in. */
enum place {
	ELSEWHERE,
	ROOT,
	DOMAIN,
	NAME,
	UUID,
	DEVICES,
	HOSTDEV,
	SOURCE,
};

struct parser {
	XML_Parser xml;
	struct bytes text;
	struct vm *ret;
	char *why;
	int err;
	enum place place[DOMXML_DEPTH_MAX + 1]; /* [0]: the document */
	size_t depth;
	bool saw_source, saw_rom, saw_alias; /* the first one counts, as in libvirt */
	char name[VM_NAME_MAX], uuid[VM_UUID_MAX];
	size_t n_name, n_uuid; /* bytes of their text, kept or not */
};

static __attribute__((format(printf, 3, 4))) void refuse(struct parser *p, int err, const char *fmt,
							 ...)
{
	size_t n;
	va_list ap;

	if (p->err)
		return;
	p->err = err;
	n = (size_t)snprintf(p->why, DOMXML_WHY_MAX,
			     "line %lu: ", (unsigned long)XML_GetCurrentLineNumber(p->xml));
	va_start(ap, fmt);
	vsnprintf(p->why + n, DOMXML_WHY_MAX - n, fmt, ap);
	va_end(ap);
	XML_StopParser(p->xml, XML_FALSE);
}

bool domxml_number(const char *text, uint32_t max, uint32_t *ret)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t v = 0;
	unsigned base = 10;
	const char *at;

	text += strspn(text, BLANKS);
	text += *text == '+';
	if (text[0] == '0' && (text[1] | 0x20) == 'x') {
		base = 16;
		text += 2;
	} else if (text[0] == '0') {
		base = 8;
	}
	if (!*text)
		return false;
	for (; *text; text++) {
		char c = (char)(*text >= 'A' && *text <= 'F' ? *text | 0x20 : *text);

		at = strchr(digits, c);
		if (!at || (unsigned)(at - digits) >= base)
			return false;
		v = v * base + (unsigned)(at - digits);
		if (v > max)
			return false;
	}
	*ret = (uint32_t)v;
	return true;
}

/* --- where a value is in the text ------------------------------------------------------------- */

/* The whole text up to the end of the start tag that expat is at; *ret_at is where the tag begins,
 * 0 unknown. */
static struct bytes current_tag(const struct parser *p, size_t *ret_at)
{
	XML_Index at = XML_GetCurrentByteIndex(p->xml);
	int n = XML_GetCurrentByteCount(p->xml);

	*ret_at = 0;
	if (at < 0 || n <= 0 || !bytes_has(p->text, (size_t)at, (size_t)n))
		return (struct bytes){NULL, 0};
	*ret_at = (size_t)at;
	return (struct bytes){p->text.p, (size_t)at + (size_t)n};
}

static struct vm_range find_attribute(const struct parser *p, const char *element, const char *name)
{
	size_t at;
	struct bytes b = current_tag(p, &at);
	struct domattr a;

	for (at += 1 + strlen(element); domattr_next(b, &at, &a);)
		if (bytes_is(a.name, 0, name, strlen(name)) && a.name.n == strlen(name))
			return (struct vm_range){a.at, a.n};
	return (struct vm_range){0, 0};
}

/* --- elements --------------------------------------------------------------------------------- */

static const char *attribute_value(const char *const *atts, const char *name)
{
	for (; *atts; atts += 2)
		if (strcmp(atts[0], name) == 0)
			return atts[1];
	return NULL;
}

static bool equals(const char *value, const char *word)
{
	return value && strcmp(value, word) == 0;
}

static enum place begin_hostdev(struct parser *p, const char *const *atts)
{
	const char *mode = attribute_value(atts, "mode");
	struct vm_dev *d;

	if (!equals(attribute_value(atts, "type"), "pci") ||
	    (mode && strcmp(mode, "subsystem") != 0))
		return ELSEWHERE;
	if (p->ret->n == VM_DEVS_MAX) {
		refuse(p, -EFBIG, "more than %d PCI host devices", VM_DEVS_MAX);
		return ELSEWHERE;
	}
	d = &p->ret->dev[p->ret->n++];
	*d = (struct vm_dev){.managed = equals(attribute_value(atts, "managed"), "yes")};
	d->line = (size_t)XML_GetCurrentLineNumber(p->xml);
	p->saw_source = p->saw_rom = p->saw_alias = false;
	return HOSTDEV;
}

static uint32_t parse_number(struct parser *p, const char *const *atts, const char *name,
			     uint32_t max)
{
	const char *text = attribute_value(atts, name);
	uint32_t v = 0;

	if (text && !domxml_number(text, max, &v))
		refuse(p, -EBADMSG, "%s='%.20s' is not valid in a PCI address", name, text);
	return v;
}

/* libvirt's own order. */
static void take_address(struct parser *p, struct vm_dev *d, const char *const *atts)
{
	static const char *const names[VM_PARTS] = {"domain", "bus", "slot"};
	size_t at;

	if (d->has_addr)
		return;
	d->has_addr = true;
	d->addr.domain = parse_number(p, atts, "domain", UINT32_MAX);
	d->addr.bus = (uint8_t)parse_number(p, atts, "bus", UINT8_MAX);
	d->addr.dev = (uint8_t)parse_number(p, atts, "slot", PCI_DEV_MAX);
	d->addr.fn = (uint8_t)parse_number(p, atts, "function", PCI_FN_MAX);
	(void)current_tag(p, &at);
	d->behind_address = at + strlen("<address");
	for (size_t i = 0; i < VM_PARTS; i++) {
		d->part[i] = find_attribute(p, "address", names[i]);
		if (!at || !d->part[i].at != !attribute_value(atts, names[i]))
			refuse(p, -EBADMSG, "the address cannot be found in the text");
	}
}

static void take_rom(struct parser *p, struct vm_dev *d, const char *const *atts)
{
	const char *file = attribute_value(atts, "file");

	if (p->saw_rom)
		return;
	p->saw_rom = true;
	d->rom_off = equals(attribute_value(atts, "enabled"), "no");
	if (!file || strlen(file) >= sizeof(d->file))
		return;
	strcpy(d->file, file);
	d->in_file = find_attribute(p, "rom", "file");
	if (!d->in_file.at)
		refuse(p, -EBADMSG, "the romfile cannot be found in the text");
}

static void take_alias(struct parser *p, struct vm_dev *d, const char *const *atts)
{
	const char *name = attribute_value(atts, "name");

	if (!p->saw_alias && name && strlen(name) < sizeof(d->alias))
		strcpy(d->alias, name);
	p->saw_alias = true;
}

static enum place in_hostdev(struct parser *p, const char *name, const char *const *atts)
{
	struct vm_dev *d = &p->ret->dev[p->ret->n - 1];

	if (equals(name, "source") && !p->saw_source) {
		p->saw_source = true;
		return SOURCE;
	}
	if (equals(name, "rom"))
		take_rom(p, d, atts);
	else if (equals(name, "alias"))
		take_alias(p, d, atts);
	return ELSEWHERE;
}

static enum place place_of(struct parser *p, enum place parent, const char *name,
			   const char *const *atts)
{
	switch (parent) {
	case ROOT:
		if (equals(name, "domain"))
			return DOMAIN;
		refuse(p, -EBADMSG, "<%.40s> instead of <domain>", name);
		return ELSEWHERE;
	case DOMAIN:
		return equals(name, "devices")		    ? DEVICES
		       : equals(name, "name") && !p->n_name ? NAME
		       : equals(name, "uuid") && !p->n_uuid ? UUID
							    : ELSEWHERE;
	case DEVICES:
		return equals(name, "hostdev") ? begin_hostdev(p, atts) : ELSEWHERE;
	case HOSTDEV:
		return in_hostdev(p, name, atts);
	case SOURCE:
		if (equals(name, "address"))
			take_address(p, &p->ret->dev[p->ret->n - 1], atts);
		return ELSEWHERE;
	default:
		return ELSEWHERE;
	}
}

/* --- expat's calls ---------------------------------------------------------------------------- */

static void on_start(void *ctx, const char *name, const char **atts)
{
	struct parser *p = ctx;
	enum place at;

	if (p->err)
		return;
	if (p->depth == DOMXML_DEPTH_MAX) {
		refuse(p, -EFBIG, "elements more than %d deep", DOMXML_DEPTH_MAX);
		return;
	}
	at = place_of(p, p->place[p->depth], name, (const char *const *)atts);
	p->place[++p->depth] = at;
}

static void on_end(void *ctx, const char *name)
{
	struct parser *p = ctx;

	(void)name;
	if (p->err || !p->depth)
		return;
	if (p->place[p->depth] == HOSTDEV && !p->ret->dev[p->ret->n - 1].has_addr)
		refuse(p, -EBADMSG, "a PCI host device without an address");
	p->depth--;
}

static void add_text(char *to, size_t size, size_t *n, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++, ++*n)
		if (*n + 1 < size)
			to[*n] = s[i];
}

static void on_text(void *ctx, const char *s, int n)
{
	struct parser *p = ctx;

	if (p->err || n <= 0)
		return;
	if (p->place[p->depth] == NAME)
		add_text(p->name, sizeof(p->name), &p->n_name, s, (size_t)n);
	else if (p->place[p->depth] == UUID)
		add_text(p->uuid, sizeof(p->uuid), &p->n_uuid, s, (size_t)n);
}

static void on_doctype(void *ctx, const char *name, const char *system, const char *public,
		       int internal)
{
	(void)name;
	(void)system;
	(void)public;
	(void)internal;
	refuse(ctx, -EBADMSG, "a document type, which no domain has");
}

static void on_declaration(void *ctx, const char *version, const char *encoding, int standalone)
{
	(void)version;
	(void)standalone;
	if (encoding && strcasecmp(encoding, "utf-8") != 0)
		refuse(ctx, -EBADMSG, "encoding '%.20s': only UTF-8 is read", encoding);
}

/* --- all of it -------------------------------------------------------------------------------- */

static const struct vm_words words = {
	.form = "--libvirt",
	.definition = "the new hostdev elements",
	.one_card = "the elements of one card",
	.take_out = "take its hostdev elements out",
	.tag = "whose alias says which",
	.another = "another hostdev element",
	.no_rom = "take the rom element out",
	.managed_no = "with managed='no'",
	.managed = "with managed='yes' libvirt binds it",
	.cure = {"'virsh dumpxml --inactive ",
		 " | gpurom-domain fix | virsh define /dev/stdin' corrects it"},
};

static void put_names(struct parser *p)
{
	struct vm *d = p->ret;

	strcpy(d->name, p->name);
	d->name_exact = p->n_name < sizeof(p->name);
	for (char *c = d->name; *c; c++)
		if (*c < ' ' || *c > '~') {
			*c = '?';
			d->name_exact = false;
		}
	if (p->n_uuid == VM_UUID_MAX - 1 &&
	    strspn(p->uuid, "0123456789abcdefABCDEF-") == VM_UUID_MAX - 1)
		strcpy(d->uuid, p->uuid);
}

static int parse(struct parser *p)
{
	/* expat's first error; refuse() has set why for ours. */
	if (XML_Parse(p->xml, (const char *)p->text.p, (int)p->text.n, 1) == XML_STATUS_ERROR &&
	    !p->err) {
		enum XML_Error e = XML_GetErrorCode(p->xml);

		if (e == XML_ERROR_NO_MEMORY) {
			snprintf(p->why, DOMXML_WHY_MAX, "%s", strerror(ENOMEM));
			return -ENOMEM;
		}
		refuse(p, -EBADMSG, "not well-formed XML: %s", XML_ErrorString(e));
	}
	if (!p->err)
		put_names(p);
	return p->err;
}

int domxml_parse(struct bytes xml, struct vm *ret, char why[DOMXML_WHY_MAX])
{
	struct parser p = {.text = xml, .ret = ret, .why = why, .place[0] = ROOT};
	int err;

	memset(ret, 0, sizeof(*ret));
	ret->words = &words;
	if (xml.n > DOMXML_SIZE_MAX) {
		snprintf(why, DOMXML_WHY_MAX, "more than %u bytes", DOMXML_SIZE_MAX);
		return -EFBIG;
	}
	/* No XML has one, and UTF-16 has them everywhere. */
	if (xml.n && memchr(xml.p, '\0', xml.n)) {
		snprintf(why, DOMXML_WHY_MAX, "a NUL byte: this is not XML in UTF-8");
		return -EBADMSG;
	}
	p.xml = XML_ParserCreate("UTF-8");
	if (!p.xml) {
		snprintf(why, DOMXML_WHY_MAX, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	XML_SetUserData(p.xml, &p);
	XML_SetElementHandler(p.xml, on_start, on_end);
	XML_SetCharacterDataHandler(p.xml, on_text);
	XML_SetStartDoctypeDeclHandler(p.xml, on_doctype);
	XML_SetXmlDeclHandler(p.xml, on_declaration);
	err = parse(&p);
	XML_ParserFree(p.xml);
	return err;
}

static bool is_one_of(uint8_t c, const char *set)
{
	return c && strchr(set, c);
}

static size_t skip_any(struct bytes b, size_t at, const char *set)
{
	while (at < b.n && is_one_of(b.p[at], set))
		at++;
	return at;
}

static size_t find_any(struct bytes b, size_t at, const char *set)
{
	while (at < b.n && !is_one_of(b.p[at], set))
		at++;
	return at;
}

bool domattr_next(struct bytes b, size_t *at, struct domattr *ret)
{
	size_t from = skip_any(b, *at, " \t\r\n"), i = find_any(b, from, " \t\r\n=/>");
	char quote[2] = "";

	ret->name = bytes_sub(b, from, i - from);
	i = skip_any(b, i, " \t\r\n=");
	if (!ret->name.n || i >= b.n || !is_one_of(b.p[i], "'\""))
		return false;
	quote[0] = (char)b.p[i];
	ret->at = i + 1;
	i = find_any(b, ret->at, quote);
	ret->n = i - ret->at;
	*at = i + 1;
	return i < b.n;
}
