// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/update.h"

#include "record/find.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Formats into a text of the record, cut to fit. */
#define PUT(text, ...) ((void)snprintf(text, sizeof(text), __VA_ARGS__))

static struct record_rom *rom_new(struct record *r, const struct record_rom *rom, const char *when,
				  const char *boot)
{
	struct record_rom *new = record_new(r, sizeof(*new));

	if (!new)
		return NULL;
	*new = *rom;
	new->next = NULL;
	new->json = NULL;
	new->imported.there = new->pinned.there = false;
	PUT(new->first_seen, "%s", when);
	PUT(new->first_boot, "%s", boot);
	return new;
}

/* A ROM that is new in this commit. */
static struct record_rom *rom_of_news(struct record *r, const struct record_rom *rom,
				      const struct record_news *news)
{
	const struct record_seen *now = &news->seen;
	struct record_rom *new = rom_new(r, rom, now->last_seen, now->last_boot);

	if (new && news->import && strcmp(rom->sha256, now->reading.sha256) == 0) {
		new->imported = *news->import;
		new->imported.there = true;
		PUT(new->imported.when, "%s", now->last_seen);
	}
	return new;
}

/* Sets the ROM that the links show from now on, and who decided that. */
static void put_rom(struct record *r, struct record_card *c, const struct record_news *news)
{
	struct record_rom *rom;

	if (!news->rom || (c->rom && strcmp(c->rom->sha256, news->rom->sha256) == 0))
		return;
	rom = record_rom(c, news->rom->sha256);
	if (!rom)
		rom = rom_of_news(r, news->rom, news);
	if (!rom)
		return;
	record_show(c, rom);
	rom->pinned = (struct record_pinned){.there = true};
	PUT(rom->pinned.when, "%s", news->seen.last_seen);
	PUT(rom->pinned.by, "%s", news->import ? RECORD_PERSON : RECORD_FIRST_READING);
}

static void put_beside(struct record *r, struct record_card *c, const struct record_news *news)
{
	struct record_rom *rom;

	if (!news->beside || record_rom(c, news->beside->sha256))
		return;
	rom = rom_of_news(r, news->beside, news);
	if (rom)
		record_keep(c, rom);
}

/* --- raw readings ----------------------------------------------------------------------------- */

static bool is_of_a_rom(const struct record_card *c, const char *raw)
{
	if (c->rom && strcmp(c->rom->raw_sha256, raw) == 0)
		return true;
	for (const struct record_rom *o = c->others; o; o = o->next)
		if (strcmp(o->raw_sha256, raw) == 0)
			return true;
	return false;
}

/* Puts first ("" none) before the others. Removes those that a ROM names now: that ROM could not be
 * stored at first, and a later commit stored it. */
static void put_raws(struct record_card *c, const char *first, char *ret_gone)
{
	char all[RECORD_RAWS_MAX + 1][SHA256_HEX] = {""};
	size_t n = 0;

	if (*first && !is_of_a_rom(c, first))
		PUT(all[n++], "%s", first);
	for (size_t i = 0; i < RECORD_RAWS_MAX && c->raws[i][0]; i++)
		if (strcmp(c->raws[i], first) != 0 && !is_of_a_rom(c, c->raws[i]))
			memcpy(all[n++], c->raws[i], SHA256_HEX);
	memcpy(c->raws, all, sizeof(c->raws));
	/* A card whose readings differ each time would fill the disk, boot by boot. */
	if (n > RECORD_RAWS_MAX)
		memcpy(ret_gone, all[RECORD_RAWS_MAX], SHA256_HEX);
}

/* --- earlier names ---------------------------------------------------------------------------- */

/* Removes from the list that name, and all behind the first `most`. */
static void drop_names(struct record_name **at, const char *name, size_t most)
{
	for (struct record_name *n = *at; n; n = *at) {
		if (strcmp(n->name, name) == 0 || !most) {
			*at = n->next;
		} else {
			at = &n->next;
			most--;
		}
	}
}

/* Makes name, which was c's until now, the first of the list. */
static void push_name(struct record *r, struct record_name **list, const char *name,
		      const struct record_card *c)
{
	struct record_name *n = record_new(r, sizeof(*n));

	if (!n)
		return;
	PUT(n->name, "%s", name);
	PUT(n->last_seen, "%s", c->seen.last_seen);
	PUT(n->last_boot, "%s", c->seen.last_boot);
	drop_names(list, name, RECORD_NAMES_MAX - 1);
	n->next = *list;
	*list = n;
}

void record_put_address(struct record *r, struct record_card *c, struct pci_addr now)
{
	char addr[PCI_ADDR_BUF];

	pci_addr_format(now, addr);
	if (c->address[0] && strcmp(c->address, addr) != 0) {
		push_name(r, &c->addresses, c->address, c);
		drop_names(&c->addresses, addr, RECORD_NAMES_MAX);
	}
	PUT(c->address, "%s", addr);
}

void record_put_path(struct record *r, struct record_card *c, const char *to)
{
	struct record_card *there = record_take(r, to);

	drop_names(&c->paths, to, RECORD_NAMES_MAX);
	push_name(r, &c->paths, c->path, c);
	if (there)
		record_push_previous(c, there);
	record_put(r, c, to);
}

/* --- a card ----------------------------------------------------------------------------------- */

/* A card gets its id at its first commit and keeps it. Boot and place make it unique, and a number
 * for cards that were in one place during one boot. The clock is used only if the boot is not
 * known: a commit that died and is repeated must give the same id. */
static void put_id(const struct record *r, struct record_card *c, const struct record_news *news)
{
	const struct record_seen *now = &news->seen;
	char text[PCI_PATH_MAX + RECORD_BOOT_MAX + 16], sha256[SHA256_HEX];
	const struct record_card *there;
	unsigned n = 0;

	if (c->id[0])
		return;
	do {
		PUT(text, "%s %s %u", now->last_boot[0] ? now->last_boot : now->last_seen,
		    news->path, n++);
		digest_sha256((struct bytes){(const uint8_t *)text, strlen(text)}, sha256);
		sha256[CARD_ID_MAX - 1] = '\0';
	} while (record_by_id(r, sha256, &there));
	memcpy(c->id, sha256, sizeof(c->id));
}

static void put_verdict(struct record_card *c, const struct record_news *news)
{
	c->identity = news->identity;
	PUT(c->identity_text, "%s", news->identity_text);
	memset(c->maybe, 0, sizeof(c->maybe));
	for (size_t i = 0; i < news->n_maybe; i++)
		PUT(c->maybe[i], "%s", news->maybe[i]);
}

static void put_seen(struct record_card *c, const struct record_news *news)
{
	const struct record_seen was = c->seen;

	c->seen = news->seen;
	/* The serial number of a card that sleeps cannot be read; the card still has it. */
	if (!c->seen.serial)
		c->seen.serial = was.serial;
	if (news->import)
		c->seen.reading = was.reading;
	if (!c->first_seen[0])
		PUT(c->first_seen, "%s", news->seen.last_seen);
	/* Once a boot: a second commit of the same boot changes nothing. */
	if (was.last_seen[0] && strcmp(was.last_boot, news->seen.last_boot) == 0)
		memcpy(c->seen.last_seen, was.last_seen, sizeof(was.last_seen));
}

/* The card recorded at that path; a new one if there is none, or if another card was there. */
static struct record_card *card_at(struct record *r, const struct record_news *news)
{
	struct record_card *old = record_find(r, news->path), *new;

	if (old && !news->replaced)
		return old;
	new = record_new(r, sizeof(*new));
	if (!new)
		return NULL;
	old = record_take(r, news->path);
	if (old)
		record_push_previous(new, old);
	record_put(r, new, news->path);
	return new;
}

int record_update(struct record *r, const struct record_news *news)
{
	struct record_card *c = card_at(r, news);

	if (!c)
		return -ENOMEM;
	put_id(r, c, news);
	record_put_address(r, c, news->addr);
	c->ids = news->ids;
	put_verdict(c, news);
	put_rom(r, c, news);
	put_beside(r, c, news);
	put_raws(c, news->raw ? news->raw : "", news->ret_raw_gone);
	if (*news->by_id)
		PUT(c->by_id, "%s", news->by_id);
	put_seen(c, news);
	return r->failed ? -ENOMEM : 0;
}

void record_missing(struct record_card *c)
{
	c->identity = IDENTITY_MISSING;
	c->identity_text[0] = '\0';
}

int record_add_rom(struct record *r, const char *path, const struct record_rom *rom,
		   const char *when, const char *boot)
{
	struct record_card *c = record_find(r, path);
	struct record_rom *new = NULL;

	if (!c)
		return -ENOENT;
	if (!record_rom(c, rom->sha256))
		new = rom_new(r, rom, when, boot);
	if (new)
		record_keep(c, new);
	put_raws(c, "", NULL);
	return r->failed ? -ENOMEM : 0;
}
