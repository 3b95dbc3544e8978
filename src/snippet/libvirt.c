// SPDX-License-Identifier: GPL-2.0-or-later
#include "snippet/notes.h"

#include "record/id.h"

static const struct snippet_style style = {"<!-- ", " -->\n"};

/* Writes an attribute's value, for quotes of either kind (XML 1.0, 2.3 and 3.3.3). */
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
			/* XML 1.0 cannot have other control characters */
			fputc((unsigned char)*s < ' ' ? '?' : *s, out);
		}
	}
}

static void put_source(FILE *out, struct pci_addr a)
{
	fputs("  <source>\n", out);
	fprintf(out, "    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n",
		a.domain, a.bus, a.dev, a.fn);
	fputs("  </source>\n", out);
}

static void put_hostdev(FILE *out, const struct snippet_card *c, size_t i)
{
	char tag[CARD_ALIAS_MAX];

	fputs("<hostdev mode='subsystem' type='pci' managed='no'>\n", out);
	put_source(out, c->fn[i].addr);
	if (snippet_carries_rom(c, i)) {
		fputs("  <rom file='", out);
		put_xml(out, c->romfile);
		fputs("'/>\n", out);
	}
	if (c->id && card_id_is_valid(c->id))
		fprintf(out, "  <alias name='%s'/>\n",
			card_alias_make(c->id, c->fn[i].addr.fn, tag));
	if (c->n > 1)
		fprintf(out,
			"  <address type='pci' domain='0x0000' bus='0x%02x' slot='0x00' "
			"function='0x%x'%s/>\n",
			snippet_guest_bus(c), snippet_guest_fn(c, i),
			i == 0 ? " multifunction='on'" : "");
	fputs("</hostdev>\n", out);
}

void snippet_libvirt(FILE *out, const struct snippet_card *c, unsigned flags)
{
	if (c->n == 0)
		return;
	snippet_notes(out, &style, c);
	snippet_note_domain(out, &style, c);
	if (flags & SNIPPET_HIDE_KVM) {
		snippet_note(out, &style, "into <domain>; " SNIPPET_WHEN_HIDE);
		fputs("<features><kvm><hidden state='on'/></kvm></features>\n", out);
	}
	if (c->n > 1)
		snippet_note(
			out, &style,
			"into <devices>, for machine q35; one slot for all its functions, on guest "
			"bus 0x%02x: take another number if that one is in use",
			snippet_guest_bus(c));
	else
		snippet_note(out, &style, "into <devices>");
	for (size_t i = 0; i < c->n; i++)
		put_hostdev(out, c, i);
}
