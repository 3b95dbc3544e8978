// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/meaning.h"

#include "guard/romfile.h"
#include "pci/serial.h"
#include "record/find.h"
#include "store/record-file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SNIPPET "'gpurom snippet %s %s' prints %s"
/* Of SNIPPET: the card's name, and what the manager calls the rest. */
#define NAMED(m, name) name, (m)->words->form, (m)->words->definition
#define DOUBT "it is not certain which card this VM is to get: "
#define LIST "'gpurom list' lists the cards, 'gpurom snippet CARD %s' prints %s"

static __attribute__((format(printf, 2, 3))) void set_wrong(struct meaning *m, const char *fmt, ...)
{
	va_list ap;

	m->kind = MEANING_WRONG;
	va_start(ap, fmt);
	vsnprintf(m->text, sizeof(m->text), fmt, ap);
	va_end(ap);
}

/* --- by what the record has ------------------------------------------------------------------- */

/* Only their serial numbers, where they have any, distinguish two cards of one model in one place;
 * the record may be of the boot before. */
static bool has_other_serial(const struct record_card *was, const struct pci_card *c)
{
	uint64_t now = pci_card_display(c)->serial;

	return was->seen.serial && now && now != was->seen.serial;
}

static void find_recorded(const struct host *h, const struct record_card *was, struct meaning *m)
{
	static struct resolved r; /* kilobytes */
	int err = resolve_recorded(&h->scan, &h->rec, was, &r);

	strcpy(m->path, was->path);
	m->recorded = was;
	m->card = r.card;
	m->kind = MEANING_PRESENT;
	if (err)
		set_wrong(m, "%s; put the card back, or %s", r.text, m->words->take_out);
	else if (r.text[0])
		set_wrong(m, "%s", r.text);
	else if (was->identity == IDENTITY_AMBIGUOUS)
		set_wrong(m, "it is not certain which card this is: %s", was->identity_text);
	else if (has_other_serial(was, &r.card))
		set_wrong(m,
			  "the card at %s has another serial number than the recorded "
			  "one: it is another card of this model; 'gpurom commit' records "
			  "it, then check again",
			  was->path);
}

static void find_by_tag(const struct host *h, const char *id, struct meaning *m)
{
	const struct record_card *now, *was = record_by_id(&h->rec, id, &now);

	if (!was)
		set_wrong(m,
			  "the record has no card with the tag %s: it was forgotten, or "
			  "the definition comes from another host; " LIST,
			  id, m->words->form, m->words->definition);
	else if (!now)
		find_recorded(h, was, m);
	else
		set_wrong(m,
			  "its card, %04x:%04x, was replaced after %s: another one, "
			  "%04x:%04x, is in its place, %s; " SNIPPET,
			  was->ids.vendor, was->ids.device, record_time_text(was->seen.last_seen),
			  now->ids.vendor, now->ids.device, now->path, NAMED(m, now->path));
}

/* The name is that of the card `now`. Returns true, with *m set, where it may have been another's
 * when the definition was written. */
static bool find_doubt(const struct host *h, const char *name, const struct record_card *now,
		       struct meaning *m)
{
	const struct record_card *before = now->previous;
	struct record_named was;

	if (record_named(&h->rec, name, now, &was) == 0)
		set_wrong(m,
			  DOUBT "until %s, %s belonged to the card that is recorded at %s; " SNIPPET
				", %s",
			  record_time_text(was.until), name, was.card->path, NAMED(m, now->path),
			  m->words->tag);
	else if (before)
		set_wrong(m, DOUBT "until %s, another one, %04x:%04x, was at %s; " SNIPPET ", %s",
			  record_time_text(before->seen.last_seen), before->ids.vendor,
			  before->ids.device, now->path, NAMED(m, now->path), m->words->tag);
	else
		return false;
	return true;
}

/* --- by the place that the romfile names ------------------------------------------------------ */

static bool find_at_place(const struct host *h, const char *path, struct pci_card *ret)
{
	char why[SELECTOR_WHY_MAX];

	return selector_find_card(&h->scan, path, ret, why) == 0 && strcmp(ret->path, path) == 0;
}

static void find_by_old_place(const struct host *h, const char *path,
			      const struct record_named *was, struct meaning *m)
{
	struct pci_card c;

	if (was->others || find_at_place(h, path, &c))
		set_wrong(m,
			  DOUBT "until %s, %s belonged to the card that is recorded at %s, but "
				"another one was or is there too; " SNIPPET " of the recorded one",
			  record_time_text(was->until), path, was->card->path,
			  NAMED(m, was->card->path));
	else
		find_recorded(h, was->card, m);
}

static void find_by_place(const struct host *h, const char *path, struct meaning *m)
{
	const struct record_card *now = record_find(&h->rec, path);
	struct record_named was;

	if (now) {
		if (!find_doubt(h, path, now, m))
			find_recorded(h, now, m);
	} else if (record_named(&h->rec, path, NULL, &was) == 0) {
		find_by_old_place(h, path, &was, m);
	} else if (find_at_place(h, path, &m->card)) {
		snprintf(m->path, sizeof(m->path), "%s", path);
		m->kind = MEANING_PRESENT;
	} else {
		set_wrong(m,
			  "its romfile is named after the place %s, and no card is or was "
			  "recorded there; " LIST,
			  path, m->words->form, m->words->definition);
	}
}

/* --- by the address alone --------------------------------------------------------------------- */

static bool is_occupied(const struct pci_scan *s, struct pci_addr a)
{
	for (size_t i = 0; i < s->n; i++)
		if (pci_addr_same_card(s->fn[i].addr, a))
			return true;
	return false;
}

static bool find_at_address(const struct pci_scan *s, struct pci_addr a, struct pci_card *ret)
{
	size_t at = 0;

	while (pci_card_next_display(s, &at, ret))
		if (pci_addr_same_card(ret->fn[0].addr, a))
			return true;
	return false;
}

static void set_gone(const struct host *h, const char *addr, bool has_rom, struct meaning *m)
{
	struct record_named was;

	if (record_named(&h->rec, addr, NULL, &was) == 0)
		set_wrong(m,
			  "nothing is at this address; until %s it belonged to the card "
			  "that is recorded at %s; " SNIPPET ", if the VM is to get that one",
			  record_time_text(was.until), was.card->path, NAMED(m, was.card->path));
	else if (has_rom)
		set_wrong(m, "nothing is at this address; " LIST, m->words->form,
			  m->words->definition);
}

static void find_by_address(const struct host *h, const struct vm_card *c, bool has_rom,
			    struct meaning *m)
{
	char addr[PCI_ADDR_BUF], file[STORE_FILE_MAX];
	const struct record_card *now;
	struct pci_card there;
	const char *path;

	m->by_address = true;
	pci_addr_format_card(c->addr, addr);
	if (!find_at_address(&h->scan, c->addr, &there)) {
		if (!is_occupied(&h->scan, c->addr))
			set_gone(h, addr, has_rom, m);
		return;
	}
	path = pci_card_display(&there)->path;
	now = record_find(&h->rec, path);
	if (*path && now) {
		if (!find_doubt(h, addr, now, m))
			find_recorded(h, now, m);
	} else if (has_rom || (*path && romstore_find(h->root, h->config.store, path, file) == 0)) {
		snprintf(m->path, sizeof(m->path), "%s", path);
		m->card = there;
		m->kind = MEANING_PRESENT;
	}
}

static void set_name(struct meaning *m)
{
	if (m->path[0])
		memcpy(m->name, m->path, sizeof(m->path));
	else
		pci_addr_format(pci_card_display(&m->card)->addr, m->name);
}

/* --- all of it -------------------------------------------------------------------------------- */

/* A romfile named after a place is the strongest hint, then any other of the store's. */
static enum romname_kind strongest_romname(const struct host *h, const struct vm_card *c,
					   struct romname *ret)
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
			  : h->unknown == -ENOTSUP ? "a newer gpurom wrote it"
						   : strerror(-h->unknown);

	snprintf(buf, CONFIG_STORE_MAX + 80, "%s/" RECORD_FILE ": %s", h->config.store, why);
	return buf;
}

void meaning_find(const struct host *h, const struct vm_card *c, struct meaning *ret)
{
	char id[CARD_ID_MAX], other[CARD_ID_MAX], why[CONFIG_STORE_MAX + 80];
	enum vm_card_tag tag = vm_card_tag(c, id, other);
	struct romname rom;
	enum romname_kind kind = strongest_romname(h, c, &rom);

	*ret = (struct meaning){.kind = MEANING_FOREIGN, .words = c->words};
	if (tag == VM_CARD_UNTAGGED && kind == ROMNAME_FOREIGN && h->unknown)
		return;
	if (h->unknown)
		set_wrong(ret,
			  "the device cannot be checked without the record (%s); 'gpurom "
			  "verify' checks the store, 'gpurom commit' writes the record",
			  why_unknown(h, why));
	else if (tag == VM_CARD_TWO_TAGS)
		set_wrong(ret,
			  "its functions have the tags of two cards, %s and %s; 'gpurom "
			  "snippet CARD %s' prints %s",
			  id, other, c->words->form, c->words->one_card);
	else if (tag == VM_CARD_TAGGED)
		find_by_tag(h, id, ret);
	else if (kind == ROMNAME_PATH)
		find_by_place(h, rom.name, ret);
	else
		find_by_address(h, c, kind != ROMNAME_FOREIGN, ret);
	if (ret->kind == MEANING_PRESENT)
		set_name(ret);
}
