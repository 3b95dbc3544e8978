#include "record/find.h"

#include "pci/serial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A name, taken apart once. */
struct wanted {
	const char *path; /* as written, without its word */
	const char *slot; /* NULL: it is none */
	uint64_t serial;  /* 0: it is none */
	bool is_addr;
	struct pci_addr addr;
};

/* What stands behind the word, NULL where the name does not begin with it. */
static const char *behind(const char *name, const char *word)
{
	size_t n = strlen(word);

	return strncmp(name, word, n) == 0 ? name + n : NULL;
}

static struct wanted understand(const char *name)
{
	const char *path = behind(name, "path:"), *serial = behind(name, "serial:");
	struct wanted w = {.path = path ? path : name, .slot = behind(name, "slot:")};
	char whole[PCI_ADDR_BUF + 2];

	snprintf(whole, sizeof(whole), "%s.0", name);
	w.is_addr = pci_addr_parse(name, &w.addr) == 0 ||
		    (strlen(name) < PCI_ADDR_BUF && pci_addr_parse(whole, &w.addr) == 0);
	if (pci_serial_parse(serial ? serial : name, &w.serial) < 0)
		w.serial = 0;
	return w;
}

static bool is_addr(const struct wanted *w, const char *text)
{
	struct pci_addr a;

	return w->is_addr && pci_addr_parse(text, &a) == 0 && pci_addr_same_card(a, w->addr);
}

/* The latest of the card's meanings of the name. */
static void consider(struct record_named *found, enum record_name_kind how, const char *until)
{
	if (found->until && strcmp(found->until, until) >= 0)
		return;
	found->how = how;
	found->until = until;
}

/* until NULL: it never had that name. */
static struct record_named named(const struct wanted *w, const struct record_card *c)
{
	const struct record_seen *seen = &c->seen;
	struct record_named found = {.card = c, .until = NULL};

	if (is_addr(w, c->address) || (w->serial && seen->serial == w->serial) ||
	    (w->slot && *w->slot && strcmp(seen->slot, w->slot) == 0))
		consider(&found, RECORD_NAME_LAST, seen->last_seen);
	for (const struct record_name *n = c->paths; n; n = n->next)
		if (*w->path && strcmp(n->name, w->path) == 0)
			consider(&found, RECORD_NAME_OLD_PATH, n->last_seen);
	for (const struct record_name *n = c->addresses; n; n = n->next)
		if (is_addr(w, n->name))
			consider(&found, RECORD_NAME_OLD_ADDRESS, n->last_seen);
	return found;
}

int record_named(const struct record *r, const char *name, const struct record_card *except,
		 struct record_named *ret)
{
	const struct wanted w = understand(name);
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
		one = named(&w, c);
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

static const struct record_card *with_id(const struct record_card *c, const char *id)
{
	while (c && strcmp(c->id, id) != 0)
		c = c->next;
	return c;
}

const struct record_card *record_by_id(const struct record *r, const char *id,
				       const struct record_card **ret_there)
{
	const struct record_card *found = *id ? with_id(r->cards, id) : NULL;

	*ret_there = NULL;
	for (const struct record_card *c = r->cards; c && !found && *id; c = c->next) {
		found = with_id(c->previous, id);
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
			/* As record/identity.c takes a serial number for proof. */
			if (old->seen.serial == serial && old->ids.vendor == ids->vendor &&
			    old->ids.device == ids->device)
				rom = record_rom(old, sha256);
	return rom;
}
