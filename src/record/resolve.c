// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/resolve.h"

#include "record/identity.h"
#include "record/nearest.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static __attribute__((format(printf, 2, 3))) void add_text(struct resolved *r, const char *fmt, ...)
{
	size_t n = strlen(r->text);
	va_list ap;

	if (n && n + 2 < sizeof(r->text)) {
		strcpy(r->text + n, "; ");
		n += 2;
	}
	va_start(ap, fmt);
	vsnprintf(r->text + n, sizeof(r->text) - n, fmt, ap);
	va_end(ap);
}

const char *record_time_text(const char *time)
{
	return *time ? time : "an earlier boot";
}

static bool same_model(const struct record_card *was, const struct pci_card *c)
{
	return was && identity_same_model(&was->ids, &c->fn[c->display].ids);
}

/* True, and *ret set, if a card of the recorded model is in the recorded card's place now. */
static bool is_in_place(const struct pci_scan *s, const struct record_card *was,
			struct pci_card *ret)
{
	char why[SELECTOR_WHY_MAX];

	return was && selector_find_card(s, was->path, ret, why) == 0 &&
	       strcmp(ret->fn[ret->display].path, was->path) == 0 && same_model(was, ret);
}

/* "at 0000:01:00.0 now" or "not here now". */
static const char *format_place(const struct pci_scan *s, const struct record_card *was,
				char buf[PCI_ADDR_BUF + 16])
{
	char addr[PCI_ADDR_BUF];
	struct pci_card c;

	if (is_in_place(s, was, &c))
		snprintf(buf, PCI_ADDR_BUF + 16, "at %s now",
			 pci_addr_format(c.fn[c.display].addr, addr));
	else
		strcpy(buf, "not here now");
	return buf;
}

static void warn_ambiguous(struct resolved *r)
{
	const struct record_card *c = r->recorded;

	if (c && c->maybe[0][0])
		add_text(r, "which card this is is not certain");
	for (size_t i = 0; c && i < IDENTITY_MAYBE_MAX && c->maybe[i][0]; i++) {
		const char *maybe = c->maybe[i];

		if (strcmp(maybe, r->path) == 0)
			add_text(r, "'gpurom remap %s %s' if it is itself", r->path, r->path);
		else
			add_text(r, "'gpurom remap %s %s' if it is the card of %s", maybe, r->path,
				 maybe);
	}
}

/* Warns if the name was that of a card elsewhere, or of another one in the same place. */
static void warn_other(const struct pci_scan *s, const struct record *rec, const char *name,
		       struct resolved *r)
{
	const struct record_card *recorded = r->recorded;
	char now[PCI_ADDR_BUF + 16];
	struct record_named was;

	if (record_named(rec, name, recorded, &was) == 0)
		add_text(r, "until %s this named the card of %s, %s", record_time_text(was.until),
			 was.card->path, format_place(s, was.card, now));
	if (recorded && !same_model(recorded, &r->card))
		add_text(r, "another model, %04x:%04x, was here until %s", recorded->ids.vendor,
			 recorded->ids.device, record_time_text(recorded->seen.last_seen));
}

/* Says that the card is missing, and names each present card that may be it. */
static int report_missing(const struct record *rec, const struct record_card *was,
			  struct resolved *r)
{
	r->text[0] = '\0';
	add_text(r, "the card of %s is not here; it was last seen on %s at %s", was->path,
		 record_time_text(was->seen.last_seen), was->address);
	for (const struct record_card *c = rec->cards; c; c = c->next)
		if (c != was && record_may_be(c, was->path))
			add_text(r, "'gpurom remap %s %s' if it is the card that is at %s now",
				 was->path, c->path, c->path);
	return -ENOENT;
}

static void set_recorded(struct resolved *r, const struct record_card *was)
{
	r->recorded = was;
	snprintf(r->path, sizeof(r->path), "%s", was->path);
}

int resolve_recorded(const struct pci_scan *s, const struct record *rec,
		     const struct record_card *was, struct resolved *ret)
{
	struct pci_card c;

	*ret = (struct resolved){.path = ""};
	set_recorded(ret, was);
	if (!is_in_place(s, was, &c))
		return report_missing(rec, was, ret);
	ret->card = c;
	warn_ambiguous(ret);
	return 0;
}

static int resolve_from_record(const struct pci_scan *s, const struct record *rec, const char *name,
			       struct resolved *r)
{
	char now[PCI_ADDR_BUF + 16];
	struct record_named was;
	struct pci_card c;

	if (record_named(rec, name, NULL, &was) < 0)
		return -ENOENT;
	set_recorded(r, was.card);
	if (!is_in_place(s, was.card, &c))
		return report_missing(rec, was.card, r);
	r->card = c;
	r->text[0] = '\0';
	add_text(r, "an old %s, true until %s: it is %s, %s",
		 was.how == RECORD_NAME_OLD_PATH ? "path name" : "address",
		 record_time_text(was.until), r->path, format_place(s, was.card, now));
	if (was.others)
		add_text(r, "%zu more card%s had it before", was.others,
			 was.others == 1 ? "" : "s");
	warn_ambiguous(r);
	return 0;
}

int resolve(const struct pci_scan *s, const struct record *rec, const char *name,
	    struct resolved *ret)
{
	char why[SELECTOR_WHY_MAX] = "", near[PCI_PATH_MAX];
	int old, err;

	*ret = (struct resolved){.path = ""};
	err = selector_find_card(s, name, &ret->card, why);
	if (err) {
		strcpy(ret->text, why);
		old = err != -ENOTUNIQ ? resolve_from_record(s, rec, name, ret) : err;
		if (old == 0 || ret->recorded)
			return old;
		if (err != -ENOTUNIQ && record_nearest(s, rec, name, near))
			add_text(ret, "did you mean %s?", near);
		return err;
	}
	strcpy(ret->path, ret->card.fn[ret->card.display].path);
	if (ret->path[0]) {
		ret->recorded = record_find(rec, ret->path);
		warn_other(s, rec, name, ret);
		warn_ambiguous(ret);
	}
	return 0;
}

const struct pci_fn *record_present(const struct pci_scan *s, const struct record_card *card)
{
	for (const struct pci_fn *f = s->fn; f < s->fn + s->n; f++)
		if (pci_fn_is_display(f) && strcmp(f->path, card->path) == 0 &&
		    identity_same_model(&f->ids, &card->ids))
			return f;
	return NULL;
}
