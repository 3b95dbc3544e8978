#include "snippet/notes.h"

#include <string.h>

/* An argument of QEMU's, being written: "type,key=value,…", or, with json, "{…}" in the quotes of
 * a shell. A property takes any value as a string, but of JSON the type that is its own: a number
 * or a flag is none in quotes (tried with QEMU 11.1). */
struct argument {
	FILE *out;
	bool json;
};

static const struct snippet_style style = {"# ", "\n"};

/* --- quoting --------------------------------------------------------------------------------- */

/* Within the single quotes of a shell. */
static void put_quoted(FILE *out, char c)
{
	if (c == '\'')
		fputs("'\\''", out);
	else
		fputc(c, out);
}

/* QEMU doubles commas within a value; the shell wants quotes around what it would act on. */
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

/* A JSON string's inside (RFC 8259, 7). */
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

/* key: what JSON calls the type. */
static void begin(const struct argument *a, const char *option, const char *key, const char *type)
{
	fprintf(a->out, a->json ? "%s '{\"%s\":\"%s\"" : "%s %.0s%s", option, key, type);
}

static void text(const struct argument *a, const char *key, const char *value)
{
	fprintf(a->out, a->json ? ",\"%s\":\"" : ",%s=", key);
	if (!a->json) {
		put_value(a->out, value);
		return;
	}
	put_string(a->out, value);
	fputc('"', a->out);
}

static void number(const struct argument *a, const char *key, unsigned value)
{
	fprintf(a->out, a->json ? ",\"%s\":%u" : ",%s=%u", key, value);
}

static void on(const struct argument *a, const char *key)
{
	fprintf(a->out, a->json ? ",\"%s\":true" : ",%s=on", key);
}

static void end(const struct argument *a)
{
	if (a->json)
		fputs("}'", a->out);
}

/* --- the card -------------------------------------------------------------------------------- */

#define ID_MAX (PCI_ADDR_BUF + 24)

/* A letter first, then letters, digits, "-", "." and "_" (util/id.c, id_wellformed). */
static const char *id_of(const char *what, const struct snippet_card *c, char buf[ID_MAX])
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
		text(a, "host", buf);
		return;
	}
	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s", buf);
	text(a, "sysfsdev", path);
}

static void put_device(const struct argument *a, const struct snippet_card *c, size_t i,
		       unsigned flags)
{
	char id[ID_MAX], addr[8];

	fputs(" \\\n", a->out);
	begin(a, "-device", "driver", "vfio-pci");
	put_host(a, c->fn[i].addr);
	text(a, "bus", id_of("gpurom", c, id));
	snprintf(addr, sizeof(addr), "0x0.%u", snippet_guest_fn(c, i));
	text(a, "addr", addr);
	if (i == 0 && c->n > 1)
		on(a, "multifunction");
	if (snippet_carries_rom(c, i))
		text(a, "romfile", c->romfile);
	if (flags & SNIPPET_IOMMUFD)
		text(a, "iommufd", id_of("gpurom-iommufd", c, id));
	end(a);
}

static void put_iommufd(const struct argument *a, const struct snippet_card *c)
{
	char id[ID_MAX];

	begin(a, "-object", "qom-type", "iommufd");
	text(a, "id", id_of("gpurom-iommufd", c, id));
	end(a);
	fputs(" \\\n", a->out);
}

static void put_port(const struct argument *a, const struct snippet_card *c)
{
	char id[ID_MAX];

	begin(a, "-device", "driver", "pcie-root-port");
	text(a, "id", id_of("gpurom", c, id));
	number(a, "chassis", snippet_guest_bus(c));
	end(a);
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
			     "iommufd: for QEMU 9.0 or later, and a Linux that has it");
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
