// SPDX-License-Identifier: GPL-2.0-or-later
#include "snippet/notes.h"

#include <string.h>

/* An argument of QEMU's that is being written: "type,key=value,…" or, with json, "{…}" in the
 * quotes of a shell. In JSON a property must have its own type: QEMU refuses a number or a flag in
 * quotes (tried with QEMU 11.1). */
struct argument {
	FILE *out;
	bool json;
};

static const struct snippet_style style = {"# ", "\n"};

/* --- quoting --------------------------------------------------------------------------------- */

/* Writes a character within the single quotes of a shell. */
static void put_quoted(FILE *out, char c)
{
	if (c == '\'')
		fputs("'\\''", out);
	else
		fputc(c, out);
}

/* QEMU wants commas in a value doubled; the shell wants quotes around characters that it acts on.
 */
static void put_value(FILE *out, const char *s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789/._-+:@%,";
	bool quote = s[strspn(s, plain)];

	if (quote)
		fputc('\'', out);
	for (; *s; s++) {
		if (*s == ',')
			fputc(',', out);
		put_quoted(out, *s);
	}
	if (quote)
		fputc('\'', out);
}

/* Writes the inside of a JSON string (RFC 8259, 7). */
static void put_string(FILE *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			fputc('\\', out);
		if ((unsigned char)*s < ' ')
			fprintf(out, "\\u%04x", (unsigned)*s);
		else
			put_quoted(out, *s);
	}
}

/* --- arguments ------------------------------------------------------------------------------- */

/* key: the JSON name of the type. */
static void begin_argument(const struct argument *a, const char *option, const char *key,
			   const char *type)
{
	fprintf(a->out, a->json ? "%s '{\"%s\":\"%s\"" : "%s %.0s%s", option, key, type);
}

static void put_text(const struct argument *a, const char *key, const char *value)
{
	fprintf(a->out, a->json ? ",\"%s\":\"" : ",%s=", key);
	if (!a->json) {
		put_value(a->out, value);
		return;
	}
	put_string(a->out, value);
	fputc('"', a->out);
}

static void put_number(const struct argument *a, const char *key, unsigned value)
{
	fprintf(a->out, a->json ? ",\"%s\":%u" : ",%s=%u", key, value);
}

static void put_on(const struct argument *a, const char *key)
{
	fprintf(a->out, a->json ? ",\"%s\":true" : ",%s=on", key);
}

static void end_argument(const struct argument *a)
{
	if (a->json)
		fputs("}'", a->out);
}

/* --- the card -------------------------------------------------------------------------------- */

#define ID_MAX (PCI_ADDR_BUF + 24)

/* A letter first, then letters, digits, "-", "." and "_" (util/id.c, id_wellformed). */
static const char *format_id(const char *what, const struct snippet_card *c, char buf[ID_MAX])
{
	struct pci_addr a = c->fn[0].addr;

	snprintf(buf, ID_MAX, "%s-%04x-%02x-%02x", what, a.domain, a.bus, a.dev);
	return buf;
}

static void put_host(const struct argument *a, struct pci_addr addr)
{
	char buf[PCI_ADDR_BUF], path[sizeof("/sys/bus/pci/devices/") + PCI_ADDR_BUF];

	pci_addr_format(addr, buf);
	if (addr.domain <= SNIPPET_HOST_DOMAIN_MAX) {
		put_text(a, "host", buf);
		return;
	}
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", buf);
	put_text(a, "sysfsdev", path);
}

static void put_device(const struct argument *a, const struct snippet_card *c, size_t i,
		       unsigned flags)
{
	char id[ID_MAX], addr[8];

	fputs(" \\\n", a->out);
	begin_argument(a, "-device", "driver", "vfio-pci");
	put_host(a, c->fn[i].addr);
	put_text(a, "bus", format_id("gpurom", c, id));
	snprintf(addr, sizeof(addr), "0x0.%u", snippet_guest_fn(c, i));
	put_text(a, "addr", addr);
	if (i == 0 && c->n > 1)
		put_on(a, "multifunction");
	if (snippet_carries_rom(c, i))
		put_text(a, "romfile", c->romfile);
	if (flags & SNIPPET_IOMMUFD)
		put_text(a, "iommufd", format_id("gpurom-iommufd", c, id));
	end_argument(a);
}

static void put_iommufd(const struct argument *a, const struct snippet_card *c)
{
	char id[ID_MAX];

	begin_argument(a, "-object", "qom-type", "iommufd");
	put_text(a, "id", format_id("gpurom-iommufd", c, id));
	end_argument(a);
	fputs(" \\\n", a->out);
}

static void put_port(const struct argument *a, const struct snippet_card *c)
{
	char id[ID_MAX];

	begin_argument(a, "-device", "driver", "pcie-root-port");
	put_text(a, "id", format_id("gpurom", c, id));
	put_number(a, "chassis", snippet_guest_bus(c));
	end_argument(a);
}

static void put_notes(FILE *out, const struct snippet_card *c, unsigned flags)
{
	snippet_notes(out, &style, c);
	if (flags & SNIPPET_HIDE_KVM)
		snippet_note(out, &style, "kvm=off: " SNIPPET_WHEN_HIDE);
	if (flags & SNIPPET_JSON)
		snippet_note(out, &style, "JSON: for QEMU 6.2 or later");
	if (flags & SNIPPET_IOMMUFD)
		snippet_note(out, &style,
			     "iommufd: for QEMU 9.0 or later, and a kernel that has it");
	snippet_note(out, &style,
		     "for machine q35; no other root port may have this chassis number");
}

void snippet_qemu(FILE *out, const struct snippet_card *c, unsigned flags)
{
	const struct argument a = {.out = out, .json = flags & SNIPPET_JSON};

	if (c->n == 0)
		return;
	put_notes(out, c, flags);
	if (flags & SNIPPET_HIDE_KVM)
		fputs("-cpu host,kvm=off \\\n", out);
	if (flags & SNIPPET_IOMMUFD)
		put_iommufd(&a, c);
	put_port(&a, c);
	for (size_t i = 0; i < c->n; i++)
		put_device(&a, c, i, flags);
	fputc('\n', out);
}
