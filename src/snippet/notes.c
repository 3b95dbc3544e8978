// SPDX-License-Identifier: GPL-2.0-or-later
#include "snippet/notes.h"

#include "rom/rom.h"

#include <stdarg.h>
#include <string.h>

#define IMPORT "'gpurom import' stores a file that was saved elsewhere"

static bool is_set(const char *text)
{
	return text && *text;
}

void snippet_note(FILE *out, const struct snippet_style *s, const char *format, ...)
{
	char text[SNIPPET_NOTE_MAX];
	const char *at = text;
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fputs(s->open, out);
	for (; *at; at++)
		fputc(*at < ' ' || *at > '~' || (*at == '-' && at[1] == '-') ? '?' : *at, out);
	fputs(s->close, out);
}

/* --- which card ------------------------------------------------------------------------------ */

/* The line's words on the ROM. */
static void rom_text(const struct snippet_card *c, char buf[ROM_TEXT_MAX + 40])
{
	size_t size = ROM_TEXT_MAX + 40;

	if (!c->romfile)
		snprintf(buf, size, "no ROM kept");
	else if (!c->facts)
		snprintf(buf, size, "ROM kept");
	else
		snprintf(buf, size, "ROM %s, GOP %s",
			 is_set(c->version) ? c->version : "of unknown version",
			 c->has_efi ? "yes" : "no");
}

static void note_card(FILE *out, const struct snippet_style *s, const struct snippet_card *c)
{
	const struct pci_fn *f = &c->fn[c->display];
	char addr[PCI_ADDR_BUF], rom[ROM_TEXT_MAX + 40], subsystem[24] = "";
	const bool named = is_set(c->name), slot = f->slot[0];

	if (f->ids.subvendor)
		snprintf(subsystem, sizeof(subsystem), " of %04x:%04x", f->ids.subvendor,
			 f->ids.subdevice);
	rom_text(c, rom);
	snippet_note(out, s, "card %s%s%s%s: %04x:%04x%s%s%s, %s",
		     pci_addr_format_card(c->fn[0].addr, addr), named ? " (" : "",
		     named ? c->name : "", named ? ")" : "", f->ids.vendor, f->ids.device,
		     subsystem, slot ? ", slot " : "", f->slot, rom);
}

/* --- its ROM --------------------------------------------------------------------------------- */

static const char *none_text(enum snippet_none none)
{
	switch (none) {
	case SNIPPET_NONE_NO_BAR:
		return "the card has no ROM BAR, as is normal on data-centre boards; a laptop's VBIOS "
		       "is in its system firmware: 'gpurom import' stores a copy from there";
	case SNIPPET_NONE_SHADOW:
		return "the host booted on this card, and what its ROM BAR shows is a shadow in "
		       "memory, which is not published; ";
	case SNIPPET_NONE_REJECTED:
		return "what was read was rejected; 'gpurom report' has more, " IMPORT;
	case SNIPPET_NONE_UNREAD:
		return "nothing could be read; 'gpurom report' has more, " IMPORT;
	case SNIPPET_NONE_STAGED:
		return "what this boot read is not stored yet: 'gpurom commit', then this again";
	case SNIPPET_NONE_OTHERS:
		return "the kept one is of the card that was here before: 'gpurom commit' after a "
		       "boot that took this one, or " IMPORT;
	case SNIPPET_NONE_UNKNOWN:
		break;
	}
	return "nothing was read from this card; 'gpurom plan' shows whether the next boot takes "
	       "it, 'gpurom dump' reads it now, " IMPORT;
}

static bool was_tried(const struct snippet_card *c, const char *source)
{
	for (size_t i = 0; i < c->n_attempts; i++)
		if (strcmp(c->attempt[i].source, source) == 0)
			return true;
	return false;
}

/* What to do about a shadow, before IMPORT. Of the sources that read the ROM itself it names those
 * that this boot has not tried. */
static void shadow_advice(const struct snippet_card *c, char ret[64])
{
	static const char *const names[] = {"efi,prom", "prom", "efi"};
	size_t tried = (was_tried(c, "efi") ? 1u : 0) + (was_tried(c, "prom") ? 2u : 0);

	ret[0] = '\0';
	if (c->n_attempts == 0)
		snprintf(ret, 64, "'gpurom dump' reads it now, ");
	else if (tried < 3)
		snprintf(ret, 64, "add %s to sources= in gpurom.conf, or ", names[tried]);
}

/* Each source's answer in this boot. */
static void note_attempts(FILE *out, const struct snippet_style *s, const struct snippet_card *c)
{
	for (size_t i = 0; i < c->n_attempts; i++) {
		const struct rom_attempt *a = &c->attempt[i];

		snippet_note(out, s, "source %s: %s%s%s", a->source, a->outcome,
			     a->size ? ", " : "", a->size ? verdict_text(a->verdict) : "");
	}
}

static void note_none(FILE *out, const struct snippet_style *s, const struct snippet_card *c)
{
	const bool why = is_set(c->none_why), shadow = c->none == SNIPPET_NONE_SHADOW;
	char advice[64] = "";

	if (shadow)
		shadow_advice(c, advice);
	snippet_note(out, s, "no romfile is known: %s%s%s%s%s%s", none_text(c->none), advice,
		     shadow ? IMPORT : "", why ? " (" : "", why ? c->none_why : "", why ? ")" : "");
	note_attempts(out, s, c);
	snippet_note(out, s,
		     "most VMs need no romfile: it is for a card that the host booted on, or that "
		     "stays dark until the guest's driver loads");
}

static void note_rom(FILE *out, const struct snippet_style *s, const struct snippet_card *c)
{
	if (c->is_volatile)
		snippet_note(
			out, s,
			"the romfile is in memory, and is lost at the end of this boot: the store "
			"could not be written; once it can, 'gpurom commit', and this again");
	if (!c->facts)
		return;
	if (c->shadow)
		snippet_note(out, s,
			     "the romfile is a copy of the boot screen's shadow in memory, which "
			     "firmware may have changed; " IMPORT);
	if (!c->has_efi)
		snippet_note(
			out, s,
			"the ROM has no EFI image: a UEFI guest shows nothing on this card's own "
			"output until its driver loads");
	if (c->changed)
		snippet_note(out, s,
			     "ROM changed: the card's flash has another than this file; 'gpurom "
			     "history' shows both, 'gpurom pin' settles it");
}

/* --- which recorded card it is, and its drivers ---------------------------------------------- */

static const char *identity_advice(enum identity i)
{
	switch (i) {
	case IDENTITY_RENUMBERED:
		return "; a definition with the old address needs this one";
	case IDENTITY_MOVED:
		return "; an older definition needs this address and this romfile";
	case IDENTITY_REPLACED:
		return "; a definition for the card before does not fit this one";
	case IDENTITY_AMBIGUOUS: /* its text says what settles it */
		return "";
	case IDENTITY_UNKNOWN:
	case IDENTITY_NEW:
	case IDENTITY_SAME:
	case IDENTITY_MISSING:
		break;
	}
	return NULL;
}

static void note_identity(FILE *out, const struct snippet_style *s, const struct snippet_card *c)
{
	const char *advice = identity_advice(c->identity);
	const bool text = is_set(c->identity_text);

	if (advice)
		snippet_note(out, s, "%s%s%s%s", identity_word(c->identity), text ? ": " : "",
			     text ? c->identity_text : "", advice);
}

static void note_drivers(FILE *out, const struct snippet_style *s, const struct snippet_card *c)
{
	char addr[PCI_ADDR_BUF];

	for (size_t i = 0; i < c->n; i++) {
		const char *driver = c->fn[i].driver;

		if (pci_driver_is_vfio(driver))
			continue;
		snippet_note(
			out, s,
			"%s %s%s now, and a VM needs it on vfio-pci: 'gpurom plan' shows what the "
			"next boot does",
			pci_addr_format(c->fn[i].addr, addr), *driver ? "is on " : "has no driver",
			driver);
	}
}

static void note_group(FILE *out, const struct snippet_style *s, const struct snippet_card *c)
{
	char text[GROUP_TEXT_MAX];

	for (size_t i = 0; i < c->n_group && c->group[i].role != GROUP_HARMLESS; i++)
		snippet_note(out, s, "%s", group_text(&c->group[i], text));
}

void snippet_notes(FILE *out, const struct snippet_style *s, const struct snippet_card *c)
{
	note_card(out, s, c);
	if (c->romfile)
		note_rom(out, s, c);
	else
		note_none(out, s, c);
	note_identity(out, s, c);
	note_drivers(out, s, c);
	note_group(out, s, c);
}

void snippet_note_domain(FILE *out, const struct snippet_style *s, const struct snippet_card *c)
{
	if (c->fn[0].addr.domain > SNIPPET_HOST_DOMAIN_MAX)
		snippet_note(
			out, s,
			"the PCI domain is above ffff, and QEMU accepts no such address this way: "
			"the arguments of 'gpurom snippet' for QEMU itself name the card in a way "
			"that works");
}
