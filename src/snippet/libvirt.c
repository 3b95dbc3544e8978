#include "snippet/notes.h"

#include "record/id.h"

static const struct emit_style style = {"<!-- ", " -->\n"};

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

static void put_source(FILE *out, struct pci_addr a)
{
	fputs("  <source>\n", out);
	fprintf(out, "    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n",
		a.domain, a.bus, a.dev, a.fn);
	fputs("  </source>\n", out);
}

static void put_hostdev(FILE *out, const struct emit_card *c, size_t i)
{
	char tag[CARDTAG_MAX];

	fputs("<hostdev mode='subsystem' type='pci' managed='no'>\n", out);
	put_source(out, c->fn[i].addr);
	if (emit_carries_rom(c, i)) {
		fputs("  <rom file='", out);
		put_xml(out, c->romfile);
		fputs("'/>\n", out);
	}
	if (c->id && cardtag_is_id(c->id))
		fprintf(out, "  <alias name='%s'/>\n", cardtag_make(c->id, c->fn[i].addr.fn, tag));
	if (c->n > 1)
		fprintf(out,
			"  <address type='pci' domain='0x0000' bus='0x%02x' slot='0x00' "
			"function='0x%x'%s/>\n",
			emit_guest_bus(c), emit_guest_fn(c, i),
			i == 0 ? " multifunction='on'" : "");
	fputs("</hostdev>\n", out);
}

void emit_libvirt(FILE *out, const struct emit_card *c, unsigned flags)
{
	if (c->n == 0)
		return;
	emit_notes(out, &style, c);
	emit_note_domain(out, &style, c);
	if (flags & EMIT_HIDE_KVM) {
		emit_note(out, &style, "into <domain>; " EMIT_WHEN_HIDE);
		fputs("<features><kvm><hidden state='on'/></kvm></features>\n", out);
	}
	if (c->n > 1)
		emit_note(
			out, &style,
			"into <devices>, for machine q35; one slot for all its functions, on guest "
			"bus 0x%02x: take another number where that one is in use",
			emit_guest_bus(c));
	else
		emit_note(out, &style, "into <devices>");
	for (size_t i = 0; i < c->n; i++)
		put_hostdev(out, c, i);
}
