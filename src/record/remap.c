// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/remap.h"

#include "record/update.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_model(const struct record_card *c, const struct pci_ids *ids)
{
	return c && identity_same_model(&c->ids, ids);
}

/* --- what was seen of a place ----------------------------------------------------------------- */

/* there NULL: no commit has seen that place; all that is known was seen of the card elsewhere. */
static struct record_seen seen_at(const struct record_card *there, const struct record_card *card,
				  const char *when)
{
	struct record_seen seen = there ? there->seen : card->seen;

	if (there)
		return seen;
	seen.slot[0] = seen.acpi_path[0] = seen.smbios_slot[0] = seen.last_boot[0] = '\0';
	snprintf(seen.last_seen, sizeof(seen.last_seen), "%s", when);
	return seen;
}

/* A card whose serial number could not be read still has it. */
static void put_seen(struct record_card *c, const struct record_seen *seen)
{
	const uint64_t serial = seen->serial ? seen->serial : c->seen.serial;

	c->seen = *seen;
	c->seen.serial = serial;
}

/* --- doubts ----------------------------------------------------------------------------------- */

static void put_verdict(struct record_card *c, enum identity is, const char *text)
{
	c->identity = is;
	snprintf(c->identity_text, sizeof(c->identity_text), "%s", text);
	memset(c->maybe, 0, sizeof(c->maybe));
}

/* from: its path before; NULL if it did not move. */
static void put_certain(struct record_card *c, const char *from)
{
	char text[PCI_PATH_MAX + 32] = "";

	if (from)
		snprintf(text, sizeof(text), "remapped from %s", from);
	put_verdict(c, IDENTITY_SAME, text);
}

/* Writes the sentence about the cards that c still may be. */
static void put_remaining_doubt(struct record_card *c)
{
	const size_t cap = sizeof(c->identity_text);
	size_t n = (size_t)snprintf(c->identity_text, cap, "may be the card of");

	for (size_t i = 0; i < IDENTITY_MAYBE_MAX && c->maybe[i][0] && n < cap; i++)
		n += (size_t)snprintf(c->identity_text + n, cap - n, "%s %s", i ? "," : "",
				      c->maybe[i]);
	if (n < cap)
		snprintf(c->identity_text + n, cap - n, ": 'gpurom remap %s %s' settles it",
			 c->maybe[1][0] ? "OLD" : c->maybe[0], c->path);
}

static void rule_out(struct record_card *c, const char *path)
{
	char left[IDENTITY_MAYBE_MAX][PCI_PATH_MAX] = {""};
	size_t n = 0;

	if (!record_may_be(c, path))
		return;
	for (size_t i = 0; i < IDENTITY_MAYBE_MAX; i++)
		if (strcmp(c->maybe[i], path) != 0)
			memcpy(left[n++], c->maybe[i], PCI_PATH_MAX);
	memcpy(c->maybe, left, sizeof(left));
	if (!left[0][0])
		put_verdict(c, IDENTITY_NEW, "");
	else if (!left[1][0] && strcmp(left[0], c->path) == 0)
		put_verdict(c, IDENTITY_SAME, "");
	else
		put_remaining_doubt(c);
}

/* No card that is not certain may be the one of path any more. */
static void rule_out_everywhere(struct record *r, const char *path)
{
	for (struct record_card *c = r->cards; c; c = c->next)
		if (strcmp(c->path, path) != 0)
			rule_out(c, path);
}

int record_forget(struct record *r, const char *path)
{
	if (!record_take(r, path))
		return -ENOENT;
	rule_out_everywhere(r, path);
	return 0;
}

/* --- a record that began with the last commit ------------------------------------------------- */

static bool is_newcomer(const struct record_card *c)
{
	if (c && c->maybe[0][0])
		return !record_may_be(c, c->path);
	return c && (c->identity == IDENTITY_NEW || c->identity == IDENTITY_REPLACED);
}

/* Moves the list to the card, but for the ROMs that the card has already. */
static void keep_roms(struct record_card *c, struct record_rom *rom)
{
	for (struct record_rom *next; rom; rom = next) {
		next = rom->next;
		rom->next = NULL;
		if (!rom->sha256[0] || record_rom(c, rom->sha256))
			continue;
		if (!c->rom)
			c->rom = rom;
		else
			record_keep(c, rom);
	}
}

/* newcomer, of no list, is this very card: moves all that it has to the card. */
static void merge_newcomer(struct record_card *c, struct record_card *newcomer)
{
	struct record_card **last = &c->previous;
	size_t n = 0;

	keep_roms(c, newcomer->rom);
	keep_roms(c, newcomer->others);
	while (n < RECORD_RAWS_MAX && c->raws[n][0])
		n++;
	for (size_t i = 0; n < RECORD_RAWS_MAX; i++)
		memcpy(c->raws[n++], newcomer->raws[i], SHA256_HEX);
	while (*last)
		last = &(*last)->next;
	*last = newcomer->previous;
	if (!c->by_id[0])
		memcpy(c->by_id, newcomer->by_id, sizeof(c->by_id));
}

/* --- remap ------------------------------------------------------------------------------------ */

/* If the card of m is a previous one, records it again in its place, and takes the one that
 * displaced it out: *ret_displacing, else NULL. */
static int bring_back(struct record *r, const struct record_remap *m,
		      struct record_card **ret_displacing)
{
	struct record_card *there = record_find(r, m->from), **at, *c;

	*ret_displacing = NULL;
	if (is_model(there, &m->ids))
		return 0;
	for (at = there ? &there->previous : NULL; at && *at && !is_model(*at, &m->ids);)
		at = &(*at)->next;
	if (!at || !*at)
		return -ENOENT;
	c = *at;
	*at = c->next;
	c->next = NULL;
	*ret_displacing = record_take(r, m->from);
	record_put(r, c, m->from);
	return 0;
}

static void place_card(struct record *r, const char *path, const char *from,
		       const struct record_seen *seen, struct pci_addr addr)
{
	struct record_card *c = record_find(r, path);

	record_put_address(r, c, addr);
	put_seen(c, seen);
	put_certain(c, from);
}

static int remap(struct record *r, const struct record_remap *m, bool exchange)
{
	const struct record_move both[] = {{m->from, m->to}, {m->to, m->from}};
	struct record_card *from = record_find(r, m->from), *to = record_find(r, m->to);
	const struct record_seen at_to = seen_at(to, from, m->when), at_from = from->seen;
	int err;

	if (!exchange && is_newcomer(to))
		merge_newcomer(from, record_take(r, m->to));
	err = record_move(r, both, exchange ? 2 : 1);
	if (err)
		return err;
	place_card(r, m->to, m->from, &at_to, m->addr);
	if (exchange)
		place_card(r, m->from, m->to, &at_from, m->from_addr);
	return 0;
}

int record_remap(struct record *r, const struct record_remap *m, enum record_remapped *ret)
{
	struct record_card *from = record_find(r, m->from), *displacing;
	const bool itself = strcmp(m->from, m->to) == 0;
	const bool exchange = m->from_here && !itself && is_model(from, &m->ids) &&
			      is_model(record_find(r, m->to), &m->ids);
	int err;

	if (itself && !is_model(from, &m->ids))
		return -ENOENT;
	*ret = itself ? RECORD_ITSELF : exchange ? RECORD_EXCHANGED : RECORD_MOVED;
	if (itself) {
		put_certain(from, NULL);
		rule_out_everywhere(r, m->from);
		return 0;
	}
	err = bring_back(r, m, &displacing);
	if (err)
		return err;
	err = remap(r, m, exchange);
	if (displacing)
		record_put(r, displacing, m->from);
	rule_out_everywhere(r, m->from);
	if (exchange)
		rule_out_everywhere(r, m->to);
	return err;
}

static int check_moves(const struct record *r, const struct record_move *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!record_find(r, m[i].from))
			return -ENOENT;
		for (size_t k = 0; k < i; k++)
			if (strcmp(m[i].to, m[k].to) == 0 || strcmp(m[i].from, m[k].from) == 0)
				return -EINVAL;
	}
	return 0;
}

int record_move(struct record *r, const struct record_move *m, size_t n)
{
	struct record_card *moving = NULL, **last = &moving, *c;
	int err = check_moves(r, m, n);

	if (err)
		return err;
	for (size_t i = 0; i < n; i++) {
		*last = record_take(r, m[i].from);
		last = &(*last)->next;
	}
	for (size_t i = 0; i < n; i++) {
		c = moving;
		moving = c->next;
		c->next = NULL;
		record_put_path(r, c, m[i].to);
	}
	return r->failed ? -ENOMEM : 0;
}
