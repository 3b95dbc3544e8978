// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/find.h"

#include "pci/serial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What a name may be, parsed once. */
struct wanted {
	const char *path; /* as written, without "path:" */
	const char *slot; /* NULL: it is not a slot */
	uint64_t serial;  /* 0: it is not a serial number */
	bool is_addr;
	struct pci_addr addr;
};

/* The name without the word at its start, NULL if it does not begin with it. */
static const char *skip_word(const char *name, const char *word)
{
	size_t n = strlen(word);

	return strncmp(name, word, n) == 0 ? name + n : NULL;
}

static struct wanted parse_name(const char *name)
{
	const char *path = skip_word(name, "path:"), *serial = skip_word(name, "serial:");
	struct wanted w = {.path = path ? path : name, .slot = skip_word(name, "slot:")};
	char whole[PCI_ADDR_BUF + 2];

	snprintf(whole, sizeof(whole), "%s.0", name);
	w.is_addr = pci_addr_parse(name, &w.addr) == 0 ||
		    (strlen(name) < PCI_ADDR_BUF && pci_addr_parse(whole, &w.addr) == 0);
	if (pci_serial_parse(serial ? serial : name, &w.serial) < 0)
		w.serial = 0;
	return w;
}

static bool matches_address(const struct wanted *w, const char *text)
{
	struct pci_addr a;

	return w->is_addr && pci_addr_parse(text, &a) == 0 && pci_addr_same_card(a, w->addr);
}

/* Keeps the latest match of the card. */
static void keep_latest(struct record_named *found, enum record_name_kind how, const char *until)
{
	if (found->until && strcmp(found->until, until) >= 0)
		return;
	found->how = how;
	found->until = until;
}

/* Result with until NULL: the card never had that name. */
static struct record_named match_card(const struct wanted *w, const struct record_card *c)
{
	const struct record_seen *seen = &c->seen;
	struct record_named found = {.card = c, .until = NULL};

	if (matches_address(w, c->address) || (w->serial && seen->serial == w->serial) ||
	    (w->slot && *w->slot && strcmp(seen->slot, w->slot) == 0))
		keep_latest(&found, RECORD_NAME_LAST, seen->last_seen);
	for (const struct record_name *n = c->paths; n; n = n->next)
		if (*w->path && strcmp(n->name, w->path) == 0)
			keep_latest(&found, RECORD_NAME_OLD_PATH, n->last_seen);
	for (const struct record_name *n = c->addresses; n; n = n->next)
		if (matches_address(w, n->name))
			keep_latest(&found, RECORD_NAME_OLD_ADDRESS, n->last_seen);
	return found;
}

int record_named(const struct record *r, const char *name, const struct record_card *except,
		 struct record_named *ret)
{
	const struct wanted w = parse_name(name);
	struct record_named best = {.until = NULL}, one;
	const struct record_card *c = record_find(r, w.path);
	size_t n = 0;

	if (c && c != except) {
		*ret = (struct record_named){.card = c, .until = c->seen.last_seen};
		return 0;
	}
	for (c = r->cards; c; c = c->next) {
		if (c == except)
			continue;
		one = match_card(&w, c);
		n += one.until != NULL;
		if (one.until && (!best.until || strcmp(one.until, best.until) > 0))
			best = one;
	}
	if (!best.until)
		return -ENOENT;
	*ret = best;
	ret->others = n - 1;
	return 0;
}

static const struct record_card *find_id(const struct record_card *c, const char *id)
{
	while (c && strcmp(c->id, id) != 0)
		c = c->next;
	return c;
}

const struct record_card *record_by_id(const struct record *r, const char *id,
				       const struct record_card **ret_there)
{
	const struct record_card *found = *id ? find_id(r->cards, id) : NULL;

	*ret_there = NULL;
	for (const struct record_card *c = r->cards; c && !found && *id; c = c->next) {
		found = find_id(c->previous, id);
		*ret_there = found ? c : NULL;
	}
	return found;
}

const struct record_rom *record_rom_of(const struct record *r, const struct record_card *c,
				       const struct pci_ids *ids, uint64_t serial,
				       const char *sha256)
{
	const struct record_rom *rom = record_rom(c, sha256);

	for (c = r->cards; c && serial; c = c->next)
		for (const struct record_card *old = c->previous; old && !rom; old = old->next)
			/* The same proof by serial number as in record/identity.c. */
			if (old->seen.serial == serial && old->ids.vendor == ids->vendor &&
			    old->ids.device == ids->device)
				rom = record_rom(old, sha256);
	return rom;
}
