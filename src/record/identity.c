#include "record/identity.h"

#include <string.h>

/* Both sides, and what is known so far. */
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

static bool other_rom(const struct identity_card *a, const struct identity_card *b)
{
	return *a->rom && *b->rom && strcmp(a->rom, b->rom) != 0;
}

static bool other_serial(const struct identity_card *a, const struct identity_card *b)
{
	return a->serial && b->serial && a->serial != b->serial;
}

static size_t at_path(const struct identity_card *c, size_t n, const char *path)
{
	for (size_t i = 0; i < n && *path; i++)
		if (strcmp(c[i].path, path) == 0)
			return i;
	return IDENTITY_NONE;
}

/* The only card of that serial number. */
static size_t with_serial(const struct identity_card *c, size_t n, uint64_t serial)
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

static void is(struct table *t, size_t p, size_t r)
{
	t->match[p].was = r;
	t->holder[r] = p;
}

/* A serial number that another model has, too, is no serial number. */
static void by_serial(struct table *t)
{
	for (size_t p = 0; p < t->n; p++) {
		const struct identity_card *c = &t->present[p];
		size_t r;

		if (!c->serial || with_serial(t->present, t->n, c->serial) == IDENTITY_NONE)
			continue;
		r = with_serial(t->recorded, t->n_recorded, c->serial);
		if (r != IDENTITY_NONE && c->ids.vendor == t->recorded[r].ids.vendor &&
		    c->ids.device == t->recorded[r].ids.device) {
			is(t, p, r);
			t->match[p].by_serial = true;
		}
	}
}

/* A card of r's model stands in r's place and has r's ROM. */
static bool at_home(const struct table *t, size_t r)
{
	const struct identity_card *c = &t->recorded[r];
	size_t p = at_path(t->present, t->n, c->path);

	return p != IDENTITY_NONE && identity_same_model(&t->present[p].ids, &c->ids) &&
	       same_rom(&t->present[p], c);
}

/* The ROM of p, in the place of r, is new there, and that of twins which are not at home: p may be
 * one of them. A twin that is at home shows that p was flashed to be like it. */
static void twins_of(struct table *t, size_t p, size_t r)
{
	const struct identity_card *c = &t->present[p], *own = &t->recorded[r];
	struct identity_match *m = &t->match[p];

	if (c->rom_known || !other_rom(c, own))
		return;
	for (size_t i = 0; i < t->n_recorded && m->n_maybe < IDENTITY_MAYBE_MAX - 1; i++)
		if (i != r && t->holder[i] == IDENTITY_NONE &&
		    identity_same_model(&t->recorded[i].ids, &c->ids) &&
		    !other_serial(&t->recorded[i], c) && same_rom(&t->recorded[i], c) &&
		    !at_home(t, i))
			m->maybe[m->n_maybe++] = i;
	if (m->n_maybe)
		m->maybe[m->n_maybe++] = r;
}

static bool fits_place(const struct table *t, size_t p, size_t r)
{
	return t->match[p].was == IDENTITY_NONE && r != IDENTITY_NONE &&
	       t->holder[r] == IDENTITY_NONE &&
	       identity_same_model(&t->present[p].ids, &t->recorded[r].ids) &&
	       !other_serial(&t->present[p], &t->recorded[r]);
}

/* Twins are looked for before any place is taken: of two that were swapped, each is the other's. */
static void by_path(struct table *t)
{
	for (size_t p = 0; p < t->n; p++) {
		size_t r = at_path(t->recorded, t->n_recorded, t->present[p].path);

		if (fits_place(t, p, r))
			twins_of(t, p, r);
	}
	for (size_t p = 0; p < t->n; p++) {
		size_t r = at_path(t->recorded, t->n_recorded, t->present[p].path);

		if (fits_place(t, p, r))
			is(t, p, r);
	}
}

static void candidates(struct table *t, size_t p)
{
	const struct identity_card *c = &t->present[p];
	struct identity_match *m = &t->match[p];

	for (size_t r = 0; r < t->n_recorded && m->n_maybe < IDENTITY_MAYBE_MAX; r++)
		if (t->holder[r] == IDENTITY_NONE &&
		    identity_same_model(&t->recorded[r].ids, &c->ids) &&
		    !other_serial(&t->recorded[r], c) && !other_rom(&t->recorded[r], c))
			m->maybe[m->n_maybe++] = r;
}

static bool may_be(const struct identity_match *m, size_t r)
{
	for (size_t i = 0; i < m->n_maybe; i++)
		if (m->maybe[i] == r)
			return true;
	return false;
}

/* No other recorded card could be p, no other present one could be r, and no ROM is carried over
 * but the one that p has. */
static bool only_one(const struct table *t, size_t p)
{
	const struct identity_match *m = &t->match[p];
	size_t r = m->maybe[0], could = 0;

	if (m->was != IDENTITY_NONE || m->n_maybe != 1)
		return false;
	for (size_t q = 0; q < t->n; q++)
		could += may_be(&t->match[q], r);
	return could == 1 && (!*t->recorded[r].rom || same_rom(&t->recorded[r], &t->present[p]));
}

static bool all_left(const struct table *t)
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

static void by_model(struct table *t)
{
	bool left;

	for (size_t p = 0; p < t->n; p++)
		if (t->match[p].was == IDENTITY_NONE)
			candidates(t, p);
	left = all_left(t);
	for (size_t p = 0; p < t->n; p++) {
		t->match[p].all_left = left && t->match[p].n_maybe;
		if (!left && only_one(t, p)) {
			is(t, p, t->match[p].maybe[0]);
			t->match[p].n_maybe = 0;
		}
	}
}

static enum identity verdict(const struct table *t, size_t p)
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
	by_serial(&t);
	by_path(&t);
	by_model(&t);
	for (size_t p = 0; p < n; p++) {
		size_t r = at_path(recorded, n_recorded, present[p].path);

		ret[p].displaces =
			r != IDENTITY_NONE && r != ret[p].was && ret_holder[r] == IDENTITY_NONE;
		ret[p].verdict = verdict(&t, p);
	}
}
