#include "emit.h"

#include <string.h>

/* NVIDIA's support article of March 2021, "GeForce GPU Passthrough for Windows Virtual Machine":
 * driver R465 and later, Kepler and later. Linux drivers and the professional boards never
 * minded. */
#define WHEN_HIDE "only GeForce drivers before R465 (March 2021) in a Windows guest still need this"
#define WHEN_ROM                                                                                   \
	"no romfile is known; most VMs need none: it is for a card that the host booted on, or "   \
	"that stays dark until the guest's driver loads"

/* --- quoting --------------------------------------------------------------------------------- */

/* An attribute's value, for quotes of either kind (XML 1.0, 2.3 and 3.3.3). */
static void put_xml(FILE *out, const char *s)
{
	for (; *s; s++) {
		switch (*s) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '\'':
			fputs("&apos;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\t':
		case '\n':
		case '\r':
			fprintf(out, "&#%d;", *s);
			break;
		default:
			/* the other control characters have no form in XML 1.0 */
			fputc((unsigned char)*s < ' ' ? '?' : *s, out);
		}
	}
}

/* QEMU doubles commas within a value; the shell wants quotes around what it would act on. */
static void put_qemu(FILE *out, const char *s)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789/._-+:@%,";
	bool quote = s[strspn(s, plain)];

	if (quote)
		fputc('\'', out);
	for (; *s; s++) {
		if (*s == '\'')
			fputs("'\\''", out);
		else if (*s == ',')
			fputs(",,", out);
		else
			fputc(*s, out);
	}
	if (quote)
		fputc('\'', out);
}

/* Which card a comment is about: neither a line's end nor an XML comment's can come of it. */
static void put_card(FILE *out, const struct emit_card *c)
{
	char buf[PCI_ADDR_BUF];
	const char *name = c->name ? c->name : "";

	fprintf(out, "card %s", pci_addr_format_card(c->fn[0].addr, buf));
	if (!*name)
		return;
	fputs(" (", out);
	for (; *name; name++)
		fputc(*name <= ' ' || *name > '~' || (*name == '-' && name[1] == '-') ? '?' : *name,
		      out);
	fputc(')', out);
}

/* --- both forms ------------------------------------------------------------------------------ */

static unsigned guest_bus(const struct emit_card *c)
{
	return c->guest_bus ? c->guest_bus : EMIT_GUEST_BUS;
}

/* A guest looks at no function of a slot that has no function 0. */
static unsigned guest_fn(const struct emit_card *c, size_t i)
{
	return i == 0 ? 0 : c->fn[i].addr.fn;
}

static bool carries_rom(const struct emit_card *c, size_t i)
{
	return c->romfile && i == c->display;
}

/* --- libvirt --------------------------------------------------------------------------------- */

static void libvirt_hostdev(FILE *out, const struct emit_card *c, size_t i)
{
	struct pci_addr a = c->fn[i].addr;

	fputs("<hostdev mode='subsystem' type='pci' managed='no'>\n  <source>\n", out);
	fprintf(out, "    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n",
		a.domain, a.bus, a.dev, a.fn);
	fputs("  </source>\n", out);
	if (carries_rom(c, i)) {
		fputs("  <rom file='", out);
		put_xml(out, c->romfile);
		fputs("'/>\n", out);
	}
	if (c->n > 1)
		fprintf(out,
			"  <address type='pci' domain='0x0000' bus='0x%02x' slot='0x00' "
			"function='0x%x'%s/>\n",
			guest_bus(c), guest_fn(c, i), i == 0 ? " multifunction='on'" : "");
	fputs("</hostdev>\n", out);
}

void emit_libvirt(FILE *out, const struct emit_card *c, unsigned flags)
{
	if (c->n == 0)
		return;
	if (flags & EMIT_HIDE_KVM)
		fputs("<!-- into <domain>; " WHEN_HIDE " -->\n"
		      "<features><kvm><hidden state='on'/></kvm></features>\n",
		      out);
	fputs("<!-- ", out);
	put_card(out, c);
	fputs(": into <devices>", out);
	if (c->n > 1)
		fprintf(out,
			"; one slot for all its functions, on guest bus 0x%02x: take another "
			"number where that one is in use",
			guest_bus(c));
	fputs(" -->\n", out);
	if (!c->romfile)
		fputs("<!-- " WHEN_ROM " -->\n", out);
	for (size_t i = 0; i < c->n; i++)
		libvirt_hostdev(out, c, i);
}

/* --- QEMU ------------------------------------------------------------------------------------ */

static void qemu_port_id(FILE *out, const struct emit_card *c)
{
	struct pci_addr a = c->fn[0].addr;

	fprintf(out, "gpurom-%04x-%02x-%02x", a.domain, a.bus, a.dev);
}

static void qemu_device(FILE *out, const struct emit_card *c, size_t i)
{
	char buf[PCI_ADDR_BUF];

	fprintf(out, " \\\n-device vfio-pci,host=%s,bus=", pci_addr_format(c->fn[i].addr, buf));
	qemu_port_id(out, c);
	fprintf(out, ",addr=0x0.%u", guest_fn(c, i));
	if (i == 0 && c->n > 1)
		fputs(",multifunction=on", out);
	if (carries_rom(c, i)) {
		fputs(",romfile=", out);
		put_qemu(out, c->romfile);
	}
}

void emit_qemu(FILE *out, const struct emit_card *c, unsigned flags)
{
	if (c->n == 0)
		return;
	if (flags & EMIT_HIDE_KVM)
		fputs("# kvm=off: " WHEN_HIDE "\n", out);
	fputs("# ", out);
	put_card(out, c);
	fputs(": for machine q35; no other root port may have this chassis number\n", out);
	if (!c->romfile)
		fputs("# " WHEN_ROM "\n", out);
	if (flags & EMIT_HIDE_KVM)
		fputs("-cpu host,kvm=off \\\n", out);
	fputs("-device pcie-root-port,id=", out);
	qemu_port_id(out, c);
	fprintf(out, ",chassis=%u", guest_bus(c));
	for (size_t i = 0; i < c->n; i++)
		qemu_device(out, c, i);
	fputc('\n', out);
}
