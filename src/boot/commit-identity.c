#include "boot/commit-identity.h"

#include "pci/selector.h"
#include "record/identity-text.h"
#include "record/remap.h"
#include "record/update.h"
#include "sys/scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOT_OURS SIZE_MAX /* a present card that the report does not have as taken */

struct table {
	struct record *rec;
	const struct report *report;
	const char *boot;
	bool is_file;
	bool scanned;
	struct identity_card *recorded, *present;
	struct record_card **known; /* of each recorded */
	size_t *of_report;	    /* of each present: its index there, or NOT_OURS */
	struct identity_match *match;
	size_t *holder;
	size_t n_recorded, n, room;
	struct commit_identities *ret;
};

/* --- both sides ------------------------------------------------------------------------------ */

static void add_recorded(struct table *t, struct record_card *c)
{
	struct identity_card *one = &t->recorded[t->n_recorded];
	const char *flash = record_flash(c);

	*one = (struct identity_card){.path = c->path,
				      .ids = c->ids,
				      .serial = c->seen.serial,
				      .rom = *flash ? flash : record_shown(c),
				      .was_missing = c->identity == IDENTITY_MISSING};
	(void)pci_addr_parse(c->address, &one->addr);
	t->known[t->n_recorded++] = c;
}

static bool is_ours(const struct table *t, const struct boot_card *c)
{
	return c->card.path[0] && (c->state != CARD_LEFT || t->is_file);
}

static bool has(const struct table *t, const char *path)
{
	for (size_t p = 0; p < t->n; p++)
		if (strcmp(t->present[p].path, path) == 0)
			return true;
	return false;
}

static void add(struct table *t, size_t of_report, struct identity_card c)
{
	if (!*c.path || has(t, c.path) || t->n == t->room)
		return;
	t->of_report[t->n] = of_report;
	t->present[t->n++] = c;
}

static void add_reported(struct table *t, size_t i)
{
	const struct boot_card *c = &t->report->card[i];
	const bool ours = is_ours(t, c), read = ours && !t->is_file;
	const char *rom = read && c->rom.verdict != VERDICT_REJECTED ? c->rom.sha256 : "";

	add(t, ours ? i : NOT_OURS,
	    (struct identity_card){.path = c->card.path,
				   .addr = c->card.addr,
				   .ids = c->card.fn[c->card.display].ids,
				   .serial = c->card.serial,
				   .rom = rom,
				   .rom_known =
					   record_rom(record_find(t->rec, c->card.path), rom)});
}

/* Cards that stay with the host are here, too. */
static void add_others(struct table *t, const struct pci_scan *s)
{
	struct pci_card c;
	size_t at = 0;

	while (pci_card_next_display(s, &at, &c)) {
		const struct pci_fn *f = &c.fn[c.display];

		add(t, NOT_OURS,
		    (struct identity_card){.path = f->path,
					   .addr = {f->addr.domain, f->addr.bus, f->addr.dev, 0},
					   .ids = f->ids,
					   .serial = f->serial,
					   .rom = ""});
	}
}

/* --- one card -------------------------------------------------------------------------------- */

static bool is_open(const struct table *t, const char *path)
{
	for (size_t r = 0; r < t->n_recorded; r++)
		if (strcmp(t->recorded[r].path, path) == 0)
			return t->holder[r] == IDENTITY_NONE;
	return false;
}

/* A doubt of an earlier boot is one until a person ends it, or the cards do: it reads its pinned
 * ROM again, or each card that it might have been is in its own place. */
static void keep_doubt(const struct table *t, size_t p, struct commit_identity *ret)
{
	const struct record_card *was = t->known[t->match[p].was];
	const struct identity_card *c = &t->present[p];
	const bool itself = record_may_be(was, c->path);

	if (itself && *c->rom && strcmp(c->rom, record_shown(was)) == 0)
		return;
	for (size_t i = 0; i < IDENTITY_MAYBE_MAX && was->maybe[i][0]; i++)
		if (itself || is_open(t, was->maybe[i]))
			strcpy(ret->maybe[ret->n_maybe++], was->maybe[i]);
	if (!ret->n_maybe)
		return;
	ret->verdict = IDENTITY_AMBIGUOUS;
	identitytext_ambiguous(c->path, ret->maybe, ret->n_maybe, false, ret->text);
}

/* It is in its place. What this boot found out before stands. */
static void tell_at_home(const struct table *t, size_t p, struct commit_identity *ret)
{
	const struct record_card *was = t->known[t->match[p].was];

	if (strcmp(was->seen.last_boot, t->boot) == 0 && was->identity != IDENTITY_UNKNOWN &&
	    was->identity != IDENTITY_MISSING && was->identity != IDENTITY_AMBIGUOUS) {
		ret->verdict = was->identity;
		memcpy(ret->text, was->identity_text, sizeof(ret->text));
		return;
	}
	if (ret->verdict == IDENTITY_RENUMBERED)
		identitytext_renumbered(t->recorded[t->match[p].was].addr, was->seen.last_seen,
					ret->text);
	keep_doubt(t, p, ret);
}

static void tell_doubt(const struct table *t, size_t p, struct commit_identity *ret)
{
	const struct identity_match *m = &t->match[p];

	for (size_t i = 0; i < m->n_maybe; i++)
		snprintf(ret->maybe[ret->n_maybe++], PCI_PATH_MAX, "%s",
			 t->recorded[m->maybe[i]].path);
	identitytext_ambiguous(t->present[p].path, ret->maybe, ret->n_maybe, m->all_left,
			       ret->text);
}

static size_t recorded_at(const struct table *t, const char *path)
{
	for (size_t r = 0; r < t->n_recorded; r++)
		if (strcmp(t->recorded[r].path, path) == 0)
			return r;
	return IDENTITY_NONE;
}

/* Its record goes with it, if it is a card that this commit writes of. */
static bool moves(const struct table *t, size_t p)
{
	return t->match[p].verdict == IDENTITY_MOVED && t->of_report[p] != NOT_OURS;
}

/* What is recorded at its path is another card, and stays there when those that move have gone. */
static bool replaces(const struct table *t, size_t p)
{
	size_t r = recorded_at(t, t->present[p].path);

	return r != IDENTITY_NONE && t->match[p].was == IDENTITY_NONE &&
	       (t->holder[r] == IDENTITY_NONE || !moves(t, t->holder[r]));
}

static void tell_moved(const struct table *t, size_t p, struct commit_identity *ret)
{
	const struct identity_match *m = &t->match[p];

	identitytext_moved(t->recorded[m->was].path, t->known[m->was]->seen.last_seen, m->by_serial,
			   ret->text);
}

static void tell_replaced(const struct table *t, size_t p, struct commit_identity *ret)
{
	const struct record_card *was = t->known[recorded_at(t, t->present[p].path)];

	identitytext_replaced(&was->ids, was->seen.last_seen, ret->text);
}

static uint64_t own_serial(const struct table *t, size_t p)
{
	for (size_t q = 0; q < t->n; q++)
		if (q != p && t->present[q].serial == t->present[p].serial)
			return 0;
	return t->present[p].serial;
}

static void log_card(const struct table *t, size_t p)
{
	struct commit_identity *ret = &t->ret->card[t->of_report[p]];
	const struct identity_match *m = &t->match[p];

	ret->verdict = m->verdict;
	ret->serial = own_serial(t, p);
	ret->replaced = replaces(t, p);
	switch (m->verdict) {
	case IDENTITY_SAME:
	case IDENTITY_RENUMBERED:
		tell_at_home(t, p, ret);
		break;
	case IDENTITY_MOVED:
		tell_moved(t, p, ret);
		break;
	case IDENTITY_REPLACED:
		tell_replaced(t, p, ret);
		break;
	case IDENTITY_AMBIGUOUS:
		tell_doubt(t, p, ret);
		break;
	case IDENTITY_UNKNOWN:
	case IDENTITY_NEW:
	case IDENTITY_MISSING:
		break;
	}
}

/* --- those that are not here ----------------------------------------------------------------- */

/* In the record too, of which it says where it was. */
static void tell_missing(struct table *t, size_t r)
{
	const struct identity_card *known = &t->recorded[r];
	struct report_missing *m = &t->ret->missing[t->ret->n_missing];

	if (t->holder[r] != IDENTITY_NONE)
		return;
	/* It becomes the past of the card that stands there now. */
	for (size_t p = 0; p < t->n; p++)
		if (t->of_report[p] != NOT_OURS && strcmp(t->present[p].path, known->path) == 0)
			return;
	if (t->ret->n_missing < REPORT_MISSING_MAX) {
		*m = (struct report_missing){.addr = known->addr, .ids = known->ids};
		snprintf(m->path, sizeof(m->path), "%s", known->path);
		snprintf(m->last_seen, sizeof(m->last_seen), "%s", t->known[r]->seen.last_seen);
		t->ret->n_missing++;
	}
	record_missing(t->known[r]);
}

static int follow(const struct table *t)
{
	struct record_move *m = calloc(t->n + 1, sizeof(*m));
	size_t n = 0;
	int err;

	if (!m)
		return -ENOMEM;
	for (size_t p = 0; p < t->n; p++)
		if (moves(t, p))
			m[n++] = (struct record_move){t->recorded[t->match[p].was].path,
						      t->present[p].path};
	err = n ? record_move(t->rec, m, n) : 0;
	free(m);
	return err;
}

/* A card that could not be looked for is not gone: whoever seems to be it may be another. */
static void doubt_moves(struct table *t)
{
	for (size_t p = 0; p < t->n; p++) {
		struct identity_match *m = &t->match[p];

		if (m->verdict != IDENTITY_MOVED || m->by_serial)
			continue;
		m->verdict = IDENTITY_AMBIGUOUS;
		m->maybe[m->n_maybe++] = m->was;
		t->holder[m->was] = IDENTITY_NONE;
		m->was = IDENTITY_NONE;
	}
}

static int work(struct table *t, const struct pci_scan *s)
{
	for (struct record_card *c = t->rec->cards; c; c = c->next)
		add_recorded(t, c);
	for (size_t i = 0; i < t->report->n && i < PLAN_CARDS_MAX; i++)
		add_reported(t, i);
	add_others(t, s);
	identity_match(t->recorded, t->n_recorded, t->present, t->n, t->match, t->holder);
	if (!t->scanned)
		doubt_moves(t);
	for (size_t p = 0; p < t->n; p++)
		if (t->of_report[p] != NOT_OURS)
			log_card(t, p);
	for (size_t r = 0; r < t->n_recorded && t->scanned; r++)
		tell_missing(t, r);
	return follow(t);
}

static int with_room(struct table *t, const struct pci_scan *s)
{
	size_t n = 0;
	int err = -ENOMEM;

	for (const struct record_card *c = t->rec->cards; c; c = c->next)
		n++;
	t->room = PLAN_CARDS_MAX + s->n;
	t->recorded = calloc(n + 1, sizeof(*t->recorded));
	t->known = calloc(n + 1, sizeof(*t->known));
	t->holder = calloc(n + 1, sizeof(*t->holder));
	t->present = calloc(t->room, sizeof(*t->present));
	t->of_report = calloc(t->room, sizeof(*t->of_report));
	t->match = calloc(t->room, sizeof(*t->match));
	if (t->recorded && t->known && t->holder && t->present && t->of_report && t->match)
		err = work(t, s);
	free(t->recorded);
	free(t->known);
	free(t->holder);
	free(t->present);
	free(t->of_report);
	free(t->match);
	return err;
}

/* False where not every card could be read: one that does not answer has no serial number now, and
 * one whose ids are not known may be any. What was read of the others must be stored all the same.
 * *ret is to be freed. */
static bool scan(const struct root *root, struct pci_scan *ret)
{
	struct pciscan_trouble trouble;

	return pciscan(root, ret, &trouble) == 0 && trouble.n_silent == 0 && trouble.skipped == 0;
}

int commit_identify(const struct root *root, struct record *rec, const struct report *r,
		    const char *boot, bool is_file, struct commit_identities *ret)
{
	struct table t = {.rec = rec, .report = r, .boot = boot, .is_file = is_file, .ret = ret};
	struct pci_scan s;
	int err;

	memset(ret, 0, sizeof(*ret));
	t.scanned = scan(root, &s);
	err = with_room(&t, &s);
	free(s.fn);
	return err;
}
