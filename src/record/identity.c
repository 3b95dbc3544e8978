// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/identity.h"

#include <string.h>

/* Both sides, and the matches so far. */
struct table {
	const struct identity_card *recorded, *present;
	size_t n_recorded, n;
	struct identity_match *match;
	size_t *holder;
};

const char *const identity_words[] = {
	[IDENTITY_UNKNOWN] = "",	[IDENTITY_NEW] = "new",
	[IDENTITY_SAME] = "same",	[IDENTITY_RENUMBERED] = "renumbered",
	[IDENTITY_MOVED] = "moved",	[IDENTITY_REPLACED] = "replaced",
	[IDENTITY_MISSING] = "missing", [IDENTITY_AMBIGUOUS] = "ambiguous",
};

const char *identity_word(enum identity i)
{
	return identity_words[i];
}

bool identity_same_model(const struct pci_ids *a, const struct pci_ids *b)
{
	return a->vendor == b->vendor && a->device == b->device && a->subvendor == b->subvendor &&
	       a->subdevice == b->subdevice;
}

static bool same_rom(const struct identity_card *a, const struct identity_card *b)
{
	return *a->rom && strcmp(a->rom, b->rom) == 0;
}

static bool differs_in_rom(const struct identity_card *a, const struct identity_card *b)
{
	return *a->rom && *b->rom && strcmp(a->rom, b->rom) != 0;
}

static bool differs_in_serial(const struct identity_card *a, const struct identity_card *b)
{
	return a->serial && b->serial && a->serial != b->serial;
}

static size_t find_path(const struct identity_card *c, size_t n, const char *path)
{
	for (size_t i = 0; i < n && *path; i++)
		if (strcmp(c[i].path, path) == 0)
			return i;
	return IDENTITY_NONE;
}

/* The only card of that serial number. */
static size_t find_serial(const struct identity_card *c, size_t n, uint64_t serial)
{
	size_t found = IDENTITY_NONE;

	for (size_t i = 0; i < n; i++) {
		if (c[i].serial != serial)
			continue;
		if (found != IDENTITY_NONE)
			return IDENTITY_NONE;
		found = i;
	}
	return found;
}

static void set_match(struct table *t, size_t p, size_t r)
{
	t->match[p].was = r;
	t->holder[r] = p;
}

/* A serial number that a card of another model has proves nothing. */
static void match_by_serial(struct table *t)
{
	for (size_t p = 0; p < t->n; p++) {
		const struct identity_card *c = &t->present[p];
		size_t r;

		if (!c->serial || find_serial(t->present, t->n, c->serial) == IDENTITY_NONE)
			continue;
		r = find_serial(t->recorded, t->n_recorded, c->serial);
		if (r != IDENTITY_NONE && c->ids.vendor == t->recorded[r].ids.vendor &&
		    c->ids.device == t->recorded[r].ids.device) {
			set_match(t, p, r);
			t->match[p].by_serial = true;
		}
	}
}

/* True if a card of r's model is in r's place and has r's ROM. */
static bool is_in_place(const struct table *t, size_t r)
{
	const struct identity_card *c = &t->recorded[r];
	size_t p = find_path(t->present, t->n, c->path);

	return p != IDENTITY_NONE && identity_same_model(&t->present[p].ids, &c->ids) &&
	       same_rom(&t->present[p], c);
}

/* If the ROM of p is new in the place of r, p may be a twin that has this ROM and is not in its own
 * place. A twin that is still in its place shows that p was flashed with its ROM. */
static void find_twins(struct table *t, size_t p, size_t r)
{
	const struct identity_card *c = &t->present[p], *own = &t->recorded[r];
	struct identity_match *m = &t->match[p];

	if (c->rom_known || !differs_in_rom(c, own))
		return;
	for (size_t i = 0; i < t->n_recorded && m->n_maybe < IDENTITY_MAYBE_MAX - 1; i++)
		if (i != r && t->holder[i] == IDENTITY_NONE &&
		    identity_same_model(&t->recorded[i].ids, &c->ids) &&
		    !differs_in_serial(&t->recorded[i], c) && same_rom(&t->recorded[i], c) &&
		    !is_in_place(t, i))
			m->maybe[m->n_maybe++] = i;
	if (m->n_maybe)
		m->maybe[m->n_maybe++] = r;
}

static bool fits_place(const struct table *t, size_t p, size_t r)
{
	return t->match[p].was == IDENTITY_NONE && r != IDENTITY_NONE &&
	       t->holder[r] == IDENTITY_NONE &&
	       identity_same_model(&t->present[p].ids, &t->recorded[r].ids) &&
	       !differs_in_serial(&t->present[p], &t->recorded[r]);
}

/* Looks for twins before it assigns any place: two cards that were swapped are each other's twins.
 */
static void match_by_path(struct table *t)
{
	for (size_t p = 0; p < t->n; p++) {
		size_t r = find_path(t->recorded, t->n_recorded, t->present[p].path);

		if (fits_place(t, p, r))
			find_twins(t, p, r);
	}
	for (size_t p = 0; p < t->n; p++) {
		size_t r = find_path(t->recorded, t->n_recorded, t->present[p].path);

		if (fits_place(t, p, r))
			set_match(t, p, r);
	}
}

static void find_candidates(struct table *t, size_t p)
{
	const struct identity_card *c = &t->present[p];
	struct identity_match *m = &t->match[p];

	for (size_t r = 0; r < t->n_recorded && m->n_maybe < IDENTITY_MAYBE_MAX; r++)
		if (t->holder[r] == IDENTITY_NONE &&
		    identity_same_model(&t->recorded[r].ids, &c->ids) &&
		    !differs_in_serial(&t->recorded[r], c) && !differs_in_rom(&t->recorded[r], c))
			m->maybe[m->n_maybe++] = r;
}

static bool may_be(const struct identity_match *m, size_t r)
{
	for (size_t i = 0; i < m->n_maybe; i++)
		if (m->maybe[i] == r)
			return true;
	return false;
}

/* True if no other recorded card could be p, no other present card could be r, and r has the ROM of
 * p, or none. */
static bool is_only_candidate(const struct table *t, size_t p)
{
	const struct identity_match *m = &t->match[p];
	size_t r = m->maybe[0], n_candidates = 0;

	if (m->was != IDENTITY_NONE || m->n_maybe != 1)
		return false;
	for (size_t q = 0; q < t->n; q++)
		n_candidates += may_be(&t->match[q], r);
	return n_candidates == 1 &&
	       (!*t->recorded[r].rom || same_rom(&t->recorded[r], &t->present[p]));
}

static bool have_all_left(const struct table *t)
{
	size_t left = 0, would_move = 0;

	for (size_t r = 0; r < t->n_recorded; r++) {
		if (t->holder[r] != IDENTITY_NONE)
			return false;
		left += !t->recorded[r].was_missing;
	}
	for (size_t p = 0; p < t->n; p++)
		would_move += t->match[p].n_maybe > 0;
	return left >= 2 && would_move >= 2;
}

static void match_by_model(struct table *t)
{
	bool left;

	for (size_t p = 0; p < t->n; p++)
		if (t->match[p].was == IDENTITY_NONE)
			find_candidates(t, p);
	left = have_all_left(t);
	for (size_t p = 0; p < t->n; p++) {
		t->match[p].all_left = left && t->match[p].n_maybe;
		if (!left && is_only_candidate(t, p)) {
			set_match(t, p, t->match[p].maybe[0]);
			t->match[p].n_maybe = 0;
		}
	}
}

static enum identity decide(const struct table *t, size_t p)
{
	const struct identity_match *m = &t->match[p];
	const struct identity_card *c = &t->present[p], *r;

	if (m->n_maybe)
		return IDENTITY_AMBIGUOUS;
	if (m->was == IDENTITY_NONE)
		return m->displaces ? IDENTITY_REPLACED : IDENTITY_NEW;
	r = &t->recorded[m->was];
	if (strcmp(r->path, c->path) != 0)
		return IDENTITY_MOVED;
	return pci_addr_same_card(r->addr, c->addr) ? IDENTITY_SAME : IDENTITY_RENUMBERED;
}

void identity_match(const struct identity_card *recorded, size_t n_recorded,
		    const struct identity_card *present, size_t n, struct identity_match *ret,
		    size_t *ret_holder)
{
	struct table t = {recorded, present, n_recorded, n, ret, ret_holder};

	for (size_t p = 0; p < n; p++)
		ret[p] = (struct identity_match){.was = IDENTITY_NONE};
	for (size_t r = 0; r < n_recorded; r++)
		ret_holder[r] = IDENTITY_NONE;
	match_by_serial(&t);
	match_by_path(&t);
	match_by_model(&t);
	for (size_t p = 0; p < n; p++) {
		size_t r = find_path(recorded, n_recorded, present[p].path);

		ret[p].displaces =
			r != IDENTITY_NONE && r != ret[p].was && ret_holder[r] == IDENTITY_NONE;
		ret[p].verdict = decide(&t, p);
	}
}
