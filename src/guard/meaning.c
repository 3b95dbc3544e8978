#include "guard/meaning.h"

#include "guard/romfile.h"
#include "pci/serial.h"
#include "record/find.h"
#include "store/record-file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SNIPPET "'gpurom snippet %s --libvirt' has what to put in its place"

static __attribute__((format(printf, 2, 3))) void wrong(struct meaning *m, const char *fmt, ...)
{
	va_list ap;

	m->is = MEANING_WRONG;
	va_start(ap, fmt);
	vsnprintf(m->text, sizeof(m->text), fmt, ap);
	va_end(ap);
}

static const char *when(const char *time)
{
	return *time ? time : "an earlier boot";
}

/* --- by what the record has ------------------------------------------------------------------- */

/* Two cards of one model in one place are told apart by their serial numbers, where they have any:
 * the record may be of the boot before. */
static bool other_serial(const struct record_card *was, const struct pci_card *c)
{
	uint64_t now = pci_card_display(c)->serial;

	return was->seen.serial && now && now != was->seen.serial;
}

static void recorded(const struct host *h, const struct record_card *was, struct meaning *m)
{
	static struct resolved r; /* kilobytes */
	int err = resolve_recorded(&h->scan, &h->rec, was, &r);

	strcpy(m->path, was->path);
	m->recorded = was;
	m->card = r.card;
	m->is = MEANING_HERE;
	if (err)
		wrong(m, "%s; put the card back, or take its hostdev elements out", r.text);
	else if (r.text[0])
		wrong(m, "%s", r.text);
	else if (was->identity == IDENTITY_AMBIGUOUS)
		wrong(m, "which card this is is not certain: %s", was->identity_text);
	else if (other_serial(was, &r.card))
		wrong(m,
		      "another card of this model stands at %s than the one that the record has, "
		      "by its serial number; 'gpurom commit' takes it up, then check again",
		      was->path);
}

static void by_tag(const struct host *h, const char *id, struct meaning *m)
{
	const struct record_card *now, *was = record_by_id(&h->rec, id, &now);

	if (!was)
		wrong(m,
		      "no card of the tag %s is known here: it was forgotten, or the definition is "
		      "another host's; 'gpurom list' has the cards, and 'gpurom snippet CARD "
		      "--libvirt' what to put in its place",
		      id);
	else if (!now)
		recorded(h, was, m);
	else
		wrong(m,
		      "the card that is meant, %04x:%04x, was replaced after %s: another one, "
		      "%04x:%04x, is in its place, %s; " SNIPPET,
		      was->ids.vendor, was->ids.device, when(was->seen.last_seen), now->ids.vendor,
		      now->ids.device, now->path, now->path);
}

/* What the name, true of this recorded card now, may have meant when it was written. */
static bool doubtful(const struct host *h, const char *name, const struct record_card *now,
		     struct meaning *m)
{
	const struct record_card *before = now->previous;
	struct record_named was;

	if (record_named(&h->rec, name, now, &was) == 0)
		wrong(m,
		      "it is not certain which card is meant: until %s, %s was of the card that is "
		      "recorded at %s; " SNIPPET ", its alias tells which",
		      when(was.until), name, was.card->path, now->path);
	else if (before)
		wrong(m,
		      "it is not certain which card is meant: until %s, another one, %04x:%04x, was "
		      "at %s; " SNIPPET ", its alias tells which",
		      when(before->seen.last_seen), before->ids.vendor, before->ids.device,
		      now->path, now->path);
	else
		return false;
	return true;
}

/* --- by the place that the romfile names ------------------------------------------------------ */

static bool stands_at(const struct host *h, const char *path, struct pci_card *ret)
{
	char why[SELECTOR_WHY_MAX];

	return selector_find_card(&h->scan, path, ret, why) == 0 && strcmp(ret->path, path) == 0;
}

static void by_old_place(const struct host *h, const char *path, const struct record_named *was,
			 struct meaning *m)
{
	struct pci_card c;

	if (was->others || stands_at(h, path, &c))
		wrong(m,
		      "it is not certain which card is meant: until %s, %s was of the card that is "
		      "recorded at %s, and it is not the only one; " SNIPPET " for that one",
		      when(was->until), path, was->card->path, was->card->path);
	else
		recorded(h, was->card, m);
}

static void by_place(const struct host *h, const char *path, struct meaning *m)
{
	const struct record_card *now = record_find(&h->rec, path);
	struct record_named was;

	if (now) {
		if (!doubtful(h, path, now, m))
			recorded(h, now, m);
	} else if (record_named(&h->rec, path, NULL, &was) == 0) {
		by_old_place(h, path, &was, m);
	} else if (stands_at(h, path, &m->card)) {
		snprintf(m->path, sizeof(m->path), "%s", path);
		m->is = MEANING_HERE;
	} else {
		wrong(m,
		      "its romfile is of the place %s, where no card is known; 'gpurom list' has "
		      "the cards, and 'gpurom snippet CARD --libvirt' what to put in its place",
		      path);
	}
}

/* --- by the address alone --------------------------------------------------------------------- */

static bool is_there(const struct pci_scan *s, struct pci_addr a)
{
	for (size_t i = 0; i < s->n; i++)
		if (pci_addr_same_card(s->fn[i].addr, a))
			return true;
	return false;
}

static bool card_at(const struct pci_scan *s, struct pci_addr a, struct pci_card *ret)
{
	size_t at = 0;

	while (pci_card_next_display(s, &at, ret))
		if (pci_addr_same_card(ret->fn[0].addr, a))
			return true;
	return false;
}

static void gone_from(const struct host *h, const char *addr, bool has_rom, struct meaning *m)
{
	struct record_named was;

	if (record_named(&h->rec, addr, NULL, &was) == 0)
		wrong(m,
		      "nothing is at this address; until %s it was of the card that is recorded at "
		      "%s; " SNIPPET " if that one is meant",
		      when(was.until), was.card->path, was.card->path);
	else if (has_rom)
		wrong(m, "nothing is at this address; 'gpurom list' has the cards, and 'gpurom "
			 "snippet CARD --libvirt' what to put in its place");
}

static void by_address(const struct host *h, const struct vm_card *c, bool has_rom,
		       struct meaning *m)
{
	char addr[PCI_ADDR_BUF], file[STORE_FILE_MAX];
	const struct record_card *now;
	struct pci_card there;
	const char *path;

	m->by_address = true;
	pci_addr_format_card(c->addr, addr);
	if (!card_at(&h->scan, c->addr, &there)) {
		if (!is_there(&h->scan, c->addr))
			gone_from(h, addr, has_rom, m);
		return;
	}
	path = pci_card_display(&there)->path;
	now = record_find(&h->rec, path);
	if (*path && now) {
		if (!doubtful(h, addr, now, m))
			recorded(h, now, m);
	} else if (has_rom || (*path && romstore_find(h->root, h->config.store, path, file) == 0)) {
		snprintf(m->path, sizeof(m->path), "%s", path);
		m->card = there;
		m->is = MEANING_HERE;
	}
}

static void put_name(struct meaning *m)
{
	if (m->path[0])
		memcpy(m->name, m->path, sizeof(m->path));
	else
		pci_addr_format(pci_card_display(&m->card)->addr, m->name);
}

/* --- all of it -------------------------------------------------------------------------------- */

/* The strongest of what the romfiles' names say. */
static enum romname_kind named(const struct host *h, const struct vm_card *c, struct romname *ret)
{
	struct romname one;

	ret->kind = ROMNAME_FOREIGN;
	for (size_t i = 0; i < c->n && ret->kind != ROMNAME_PATH; i++) {
		romname_parse(h->config.store, c->dev[i]->file, &one);
		if (!c->dev[i]->rom_off && one.kind != ROMNAME_FOREIGN)
			*ret = one;
	}
	return ret->kind;
}

static const char *why_unknown(const struct host *h, char buf[CONFIG_STORE_MAX + 80])
{
	const char *why = h->unknown == -ENOENT	   ? "there is none"
			  : h->unknown == -EBADMSG ? "it is corrupt"
			  : h->unknown == -ENOTSUP ? "it is of a newer gpurom"
						   : strerror(-h->unknown);

	snprintf(buf, CONFIG_STORE_MAX + 80, "%s/" RECORD_FILE ": %s", h->config.store, why);
	return buf;
}

void meaning_find(const struct host *h, const struct vm_card *c, struct meaning *ret)
{
	char id[CARD_ID_MAX], other[CARD_ID_MAX], why[CONFIG_STORE_MAX + 80];
	enum vm_card_tag tag = vm_card_tag(c, id, other);
	struct romname rom;
	enum romname_kind kind = named(h, c, &rom);

	*ret = (struct meaning){.is = MEANING_FOREIGN};
	if (tag == VM_CARD_UNTAGGED && kind == ROMNAME_FOREIGN && h->unknown)
		return;
	if (h->unknown)
		wrong(ret,
		      "it cannot be checked, without the record (%s); 'gpurom verify' looks at the "
		      "store, 'gpurom commit' writes the record",
		      why_unknown(h, why));
	else if (tag == VM_CARD_TWO_TAGS)
		wrong(ret,
		      "its functions have the tags of two cards, %s and %s; 'gpurom snippet CARD "
		      "--libvirt' has what to put in the place of both",
		      id, other);
	else if (tag == VM_CARD_TAGGED)
		by_tag(h, id, ret);
	else if (kind == ROMNAME_PATH)
		by_place(h, rom.name, ret);
	else
		by_address(h, c, kind != ROMNAME_FOREIGN, ret);
	if (ret->is == MEANING_HERE)
		put_name(ret);
}
