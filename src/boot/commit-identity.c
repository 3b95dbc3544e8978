// SPDX-License-Identifier: GPL-2.0-or-later
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

#define NOT_TAKEN SIZE_MAX /* a present card that is none of the caller's, or was left */

struct table {
	struct record *rec;
	const struct boot_card *card; /* the caller's, n_cards of them */
	size_t n_cards;
	const char *boot;
	bool is_import;
	bool scanned; /* all cards were seen */
	struct identity_card *recorded, *present;
	struct record_card **record; /* of each recorded */
	size_t *index;		     /* of each present: its index in card, or NOT_TAKEN */
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
	t->record[t->n_recorded++] = c;
}

static bool is_taken(const struct table *t, const struct boot_card *c)
{
	return c->card.path[0] && (c->state != CARD_LEFT || t->is_import);
}

static bool is_present(const struct table *t, const char *path)
{
	for (size_t p = 0; p < t->n; p++)
		if (strcmp(t->present[p].path, path) == 0)
			return true;
	return false;
}

static void add_present(struct table *t, size_t index, struct identity_card c)
{
	if (!*c.path || is_present(t, c.path) || t->n == t->room)
		return;
	t->index[t->n] = index;
	t->present[t->n++] = c;
}

static void add_own(struct table *t, size_t i)
{
	const struct boot_card *c = &t->card[i];
	const bool taken = is_taken(t, c), read = taken && !t->is_import;
	const char *rom = read && c->rom.verdict != VERDICT_REJECTED ? c->rom.sha256 : "";

	add_present(t, taken ? i : NOT_TAKEN,
		    (struct identity_card){
			    .path = c->card.path,
			    .addr = c->card.addr,
			    .ids = c->card.fn[c->card.display].ids,
			    .serial = c->card.serial,
			    .rom = rom,
			    .rom_known = record_rom(record_find(t->rec, c->card.path), rom)});
}

/* Cards that stay with the host are present, too. */
static void add_others(struct table *t, const struct pci_scan *s)
{
	struct pci_card c;
	size_t at = 0;

	while (pci_card_next_display(s, &at, &c)) {
		/* Not c's, which the next card overwrites: the path is borrowed. */
		const struct pci_fn *f = &s->fn[at - c.n + c.display];

		add_present(t, NOT_TAKEN,
			    (struct identity_card){
				    .path = f->path,
				    .addr = {f->addr.domain, f->addr.bus, f->addr.dev, 0},
				    .ids = f->ids,
				    .serial = f->serial,
				    .rom = ""});
	}
}

/* --- one card -------------------------------------------------------------------------------- */

/* Recorded, and no present card is it. */
static bool is_unplaced(const struct table *t, const char *path)
{
	for (size_t r = 0; r < t->n_recorded; r++)
		if (strcmp(t->recorded[r].path, path) == 0)
			return t->holder[r] == IDENTITY_NONE;
	return false;
}

/* A doubt of an earlier boot stays until a person ends it, or the cards do: this one reads its
 * pinned ROM again, or each card that it may be is in its own place. */
static void keep_doubt(const struct table *t, size_t p, struct commit_identity *ret)
{
	const struct record_card *was = t->record[t->match[p].was];
	const struct identity_card *c = &t->present[p];
	const bool itself = record_may_be(was, c->path);

	if (itself && *c->rom && strcmp(c->rom, record_shown(was)) == 0)
		return;
	for (size_t i = 0; i < IDENTITY_MAYBE_MAX && was->maybe[i][0]; i++)
		if (itself || is_unplaced(t, was->maybe[i]))
			strcpy(ret->maybe[ret->n_maybe++], was->maybe[i]);
	if (!ret->n_maybe)
		return;
	ret->verdict = IDENTITY_AMBIGUOUS;
	identitytext_ambiguous(c->path, ret->maybe, ret->n_maybe, false, ret->text);
}

/* It is in its place. What an earlier commit of this boot found out stays. */
static void set_in_place(const struct table *t, size_t p, struct commit_identity *ret)
{
	const struct record_card *was = t->record[t->match[p].was];

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

static void set_ambiguous(const struct table *t, size_t p, struct commit_identity *ret)
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

/* Its record moves with it, if this commit writes that record. */
static bool record_moves(const struct table *t, size_t p)
{
	return t->match[p].verdict == IDENTITY_MOVED && t->index[p] != NOT_TAKEN;
}

/* Another card is recorded at its path, and that record does not move away. */
static bool replaces_recorded(const struct table *t, size_t p)
{
	size_t r = recorded_at(t, t->present[p].path);

	return r != IDENTITY_NONE && t->match[p].was == IDENTITY_NONE &&
	       (t->holder[r] == IDENTITY_NONE || !record_moves(t, t->holder[r]));
}

static void set_moved(const struct table *t, size_t p, struct commit_identity *ret)
{
	const struct identity_match *m = &t->match[p];

	identitytext_moved(t->recorded[m->was].path, t->record[m->was]->seen.last_seen,
			   m->by_serial, ret->text);
}

static void set_replaced(const struct table *t, size_t p, struct commit_identity *ret)
{
	const struct record_card *was = t->record[recorded_at(t, t->present[p].path)];

	identitytext_replaced(&was->ids, was->seen.last_seen, ret->text);
}

static uint64_t own_serial(const struct table *t, size_t p)
{
	for (size_t q = 0; q < t->n; q++)
		if (q != p && t->present[q].serial == t->present[p].serial)
			return 0;
	return t->present[p].serial;
}

static void set_identity(const struct table *t, size_t p)
{
	struct commit_identity *ret = &t->ret->card[t->index[p]];
	const struct identity_match *m = &t->match[p];

	ret->verdict = m->verdict;
	ret->serial = own_serial(t, p);
	ret->replaced = replaces_recorded(t, p);
	switch (m->verdict) {
	case IDENTITY_SAME:
	case IDENTITY_RENUMBERED:
		set_in_place(t, p, ret);
		break;
	case IDENTITY_MOVED:
		set_moved(t, p, ret);
		break;
	case IDENTITY_REPLACED:
		set_replaced(t, p, ret);
		break;
	case IDENTITY_AMBIGUOUS:
		set_ambiguous(t, p, ret);
		break;
	case IDENTITY_UNKNOWN:
	case IDENTITY_NEW:
	case IDENTITY_MISSING:
		break;
	}
}

/* --- cards that are not present -------------------------------------------------------------- */

static void add_missing(struct table *t, size_t r)
{
	const struct identity_card *card = &t->recorded[r];
	struct report_missing *m = &t->ret->missing[t->ret->n_missing];

	if (t->holder[r] != IDENTITY_NONE)
		return;
	/* It becomes a previous card of that path's record. */
	for (size_t p = 0; p < t->n; p++)
		if (t->index[p] != NOT_TAKEN && strcmp(t->present[p].path, card->path) == 0)
			return;
	if (t->ret->n_missing < REPORT_MISSING_MAX) {
		*m = (struct report_missing){.addr = card->addr, .ids = card->ids};
		snprintf(m->path, sizeof(m->path), "%s", card->path);
		snprintf(m->last_seen, sizeof(m->last_seen), "%s", t->record[r]->seen.last_seen);
		t->ret->n_missing++;
	}
	record_missing(t->record[r]);
}

static int move_records(const struct table *t)
{
	struct record_move *m = calloc(t->n + 1, sizeof(*m));
	size_t n = 0;
	int err;

	if (!m)
		return -ENOMEM;
	for (size_t p = 0; p < t->n; p++)
		if (record_moves(t, p))
			m[n++] = (struct record_move){t->recorded[t->match[p].was].path,
						      t->present[p].path};
	err = n ? record_move(t->rec, m, n) : 0;
	free(m);
	return err;
}

/* Not all cards were seen: the one that seems to have moved may be another. */
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

/* True if f alone has that uid_path, of the cards that are present. */
static bool has_uid_path_alone(const struct pci_scan *s, const struct pci_fn *f)
{
	for (size_t i = 0; i < s->n; i++)
		if (pci_fn_is_display(&s->fn[i]) && strcmp(s->fn[i].uid_path, f->uid_path) == 0 &&
		    !pci_addr_same_card(s->fn[i].addr, f->addr))
			return false;
	return true;
}

/* A card that is where it was may have another name now: an earlier gpurom took the name by the
 * _UID, or the firmware has given its host bridge's _UID to another one since. */
static int rename_records(struct table *t, const struct pci_scan *s)
{
	struct record_move *m = calloc(s->n + 1, sizeof(*m));
	struct pci_card c;
	size_t n = 0, at = 0;
	int err;

	while (m && pci_card_next_display(s, &at, &c)) {
		const struct pci_fn *f = &s->fn[at - c.n + c.display];
		const struct record_card *was = record_find(t->rec, f->uid_path);

		if (f->uid_path[0] && was && !record_find(t->rec, f->path) &&
		    identity_same_model(&was->ids, &f->ids) && has_uid_path_alone(s, f))
			m[n++] = (struct record_move){f->uid_path, f->path};
	}
	err = !m ? -ENOMEM : n ? record_move(t->rec, m, n) : 0;
	free(m);
	return err;
}

static int identify_cards(struct table *t, const struct pci_scan *s)
{
	int err = rename_records(t, s);

	if (err)
		return err;
	for (struct record_card *c = t->rec->cards; c; c = c->next)
		add_recorded(t, c);
	for (size_t i = 0; i < t->n_cards && i < PLAN_CARDS_MAX; i++)
		add_own(t, i);
	add_others(t, s);
	identity_match(t->recorded, t->n_recorded, t->present, t->n, t->match, t->holder);
	if (!t->scanned)
		doubt_moves(t);
	for (size_t p = 0; p < t->n; p++)
		if (t->index[p] != NOT_TAKEN)
			set_identity(t, p);
	for (size_t r = 0; r < t->n_recorded && t->scanned; r++)
		add_missing(t, r);
	return move_records(t);
}

static int identify(struct table *t, const struct pci_scan *s)
{
	size_t n = 0;
	int err = -ENOMEM;

	for (const struct record_card *c = t->rec->cards; c; c = c->next)
		n++;
	t->room = PLAN_CARDS_MAX + s->n;
	t->recorded = calloc(n + 1, sizeof(*t->recorded));
	t->record = calloc(n + 1, sizeof(*t->record));
	t->holder = calloc(n + 1, sizeof(*t->holder));
	t->present = calloc(t->room, sizeof(*t->present));
	t->index = calloc(t->room, sizeof(*t->index));
	t->match = calloc(t->room, sizeof(*t->match));
	if (t->recorded && t->record && t->holder && t->present && t->index && t->match)
		err = identify_cards(t, s);
	free(t->recorded);
	free(t->record);
	free(t->holder);
	free(t->present);
	free(t->index);
	free(t->match);
	return err;
}

/* False where not every card was seen: one that does not answer has no serial number now, and one
 * whose ids cannot be read may be any card. The ROMs of the others must be stored all the same.
 * The caller frees ret->fn. */
static bool scan_all(const struct root *root, struct pci_scan *ret)
{
	struct pciscan_trouble trouble;

	return pciscan(root, PCISCAN_CARDS, ret, &trouble) == 0 && trouble.n_silent == 0 &&
	       trouble.skipped == 0;
}

int commit_identify(const struct root *root, struct record *rec, const struct boot_card *card,
		    size_t n, const char *boot, bool is_import, struct commit_identities *ret)
{
	struct table t = {.rec = rec,
			  .card = card,
			  .n_cards = n,
			  .boot = boot,
			  .is_import = is_import,
			  .ret = ret};
	struct pci_scan s;
	int err;

	memset(ret, 0, sizeof(*ret));
	t.scanned = scan_all(root, &s);
	err = identify(&t, &s);
	free(s.fn);
	return err;
}
