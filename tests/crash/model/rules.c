// SPDX-License-Identifier: GPL-2.0-or-later
#include "rules.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RAWS_PER_CARD 3

/* A card of the record, by its id. */
struct tracked {
	char id[CARD_ID_MAX];
	size_t card;	    /* the true one that it began with */
	struct romset roms; /* read or imported where it was recorded then */
};

static struct tracked *all;
static size_t n_all;
static bool current; /* the last boot's commit came to its end */

static char *wrong;
static size_t wrong_cap;

static __attribute__((format(printf, 1, 2))) void say(const char *fmt, ...)
{
	va_list ap;

	if (*wrong)
		return;
	va_start(ap, fmt);
	vsnprintf(wrong, wrong_cap, fmt, ap);
	va_end(ap);
}

static bool is_boot(const struct done *d)
{
	return d->op == OP_BOOT || d->op == OP_AGAIN;
}

static struct tracked *find(const char *id)
{
	for (size_t i = 0; i < n_all; i++)
		if (strcmp(all[i].id, id) == 0)
			return &all[i];
	return NULL;
}

static struct tracked *make(const char *id, size_t card)
{
	all = realloc(all, (n_all + 1) * sizeof(*all));
	if (!all)
		err(125, NULL);
	all[n_all] = (struct tracked){.card = card};
	snprintf(all[n_all].id, sizeof(all[n_all].id), "%s", id);
	return &all[n_all++];
}

size_t rules_card_of(const char *id)
{
	const struct tracked *k = find(id);

	return k ? k->card : NOBODY;
}

void rules_begin(void)
{
	n_all = 0;
	current = false;
}

void rules_end(void)
{
	for (size_t i = 0; i < n_all; i++)
		free(all[i].roms.v);
	free(all);
	all = NULL;
	n_all = 0;
}

/* --- nothing is lost ---------------------------------------------------------------------------
 */

static void same_roms(const cJSON *was, const cJSON *is)
{
	const cJSON *o;

	if (*snap_shown(was) && !snap_has_rom(is, snap_shown(was)))
		say("card %s lost its ROM %.12s", snap_text(was, "id"), snap_shown(was));
	cJSON_ArrayForEach(o, snap_at(was, "other_roms"))
	{
		if (!snap_has_rom(is, snap_text(o, "sha256")))
			say("card %s lost its ROM %.12s", snap_text(was, "id"),
			    snap_text(o, "sha256"));
	}
}

/* The operation was about the card of that place: as the record had it before, or as it has it now,
 * since an import may be the first to learn that a card has moved. */
static bool is_meant(const struct done *d, const char *path)
{
	return (d->op == OP_PIN || d->op == OP_IMPORT || d->op == OP_REMAP) &&
	       (strcmp(d->path, path) == 0 || strcmp(d->to, path) == 0);
}

static void check_stays(const struct done *d, const struct snap *now, const cJSON *was, bool past)
{
	const char *path = was->string ? was->string : "", *pinned = snap_shown(was);
	bool past_now;
	const cJSON *is = snap_by_id(now, snap_text(was, "id"), &past_now);

	if (!is) {
		if (d->op != OP_FORGET && d->op != OP_REMAP)
			say("card %s (%s) is recorded no more", snap_text(was, "id"), path);
		return;
	}
	same_roms(was, is);
	if (!past && !past_now && *pinned && strcmp(snap_shown(is), pinned) != 0 &&
	    !is_meant(d, path) && !is_meant(d, is->string ? is->string : ""))
		say("card %s (%s) shows %.12s in the place of %.12s", snap_text(was, "id"), path,
		    snap_shown(is), pinned);
}

static void check_lost(const struct done *d, const struct snap *before, const struct snap *now)
{
	const cJSON *card, *old;

	cJSON_ArrayForEach(card, snap_at(before->record, "cards"))
	{
		check_stays(d, now, card, false);
		cJSON_ArrayForEach(old, snap_at(card, "previous"))
		{
			check_stays(d, now, old, true);
		}
	}
}

/* --- links -------------------------------------------------------------------------------------
 */

static bool is_left_by(const cJSON *card, const struct snap_link *l)
{
	return snap_had_path(card, l->path) && snap_has_rom(card, l->sha256);
}

static void check_explained(const struct snap *now)
{
	for (size_t i = 0; i < now->n; i++) {
		const struct snap_link *l = &now->link[i];
		const cJSON *card = snap_card(now, l->path), *o;
		bool is = card && strcmp(snap_shown(card), l->sha256) == 0;

		cJSON_ArrayForEach(o, snap_at(now->record, "cards"))
		{
			is |= !card && is_left_by(o, l);
		}
		if (!is)
			say("nothing explains by-path/%s.rom, which shows ROM %zu", l->path,
			    world_rom(l->sha256));
	}
}

/* Also of those that are not here. */
static void check_recorded(const struct snap *now)
{
	const struct snap_link *l;
	const cJSON *card;

	cJSON_ArrayForEach(card, snap_at(now->record, "cards"))
	{
		l = snap_link(now, card->string);
		if (strcmp(l ? l->sha256 : "", snap_shown(card)) != 0)
			say("%s shows \"%.12s\", the record says \"%.12s\"", card->string,
			    l ? l->sha256 : "", snap_shown(card));
	}
}

/* A virtual machine's definition may name the place that a card left. */
static void check_left(const struct snap *before, const struct snap *now)
{
	const cJSON *card, *is;
	bool past;

	for (size_t i = 0; i < before->n; i++) {
		const struct snap_link *l = &before->link[i];

		if (snap_link(now, l->path) || snap_card(before, l->path) ||
		    snap_card(now, l->path))
			continue;
		cJSON_ArrayForEach(card, snap_at(before->record, "cards"))
		{
			is = snap_by_id(now, snap_text(card, "id"), &past);
			if (is_left_by(card, l) && is && !past && is_left_by(is, l))
				say("by-path/%s.rom is gone, which card %s left and which shows "
				    "its ROM",
				    l->path, snap_text(card, "id"));
		}
	}
}

/* --- raw readings ------------------------------------------------------------------------------
 */

/* What operations that died left is gc's, and what forget and remap took out of the record. */
static void check_raws(const struct done *d, const struct snap *before, const struct snap *now)
{
	const cJSON *card;

	cJSON_ArrayForEach(card, snap_at(now->record, "cards"))
	{
		if (cJSON_GetArraySize(snap_at(card, "raws")) > RAWS_PER_CARD)
			say("%s has more than %d raw readings", card->string, RAWS_PER_CARD);
	}
	if (d->op != OP_FORGET && d->op != OP_REMAP && now->loose > before->loose)
		say("%zu raw readings that nothing names, %zu before", now->loose, before->loose);
}

/* --- who is shown what --------------------------------------------------------------------------
 */

/* What was read of a card, or imported for it, is its record's. */
static void learn(const struct snap *before, const struct snap *now, const char *path, size_t card,
		  size_t rom)
{
	const char *id = snap_text(snap_card(now, path), "id");
	const struct snap_link *l = before->record ? NULL : snap_link(before, path);
	struct tracked *k = find(id);

	if (!*id)
		return;
	if (!k)
		k = make(id, card);
	romset_add(&k->roms, rom);
	if (!l)
		return;
	romset_add(&k->roms, world_rom(l->sha256));
	romset_add(&world.card[card].seen_roms, world_rom(l->sha256));
}

static void learn_boot(const struct snap *before, const struct snap *now)
{
	for (size_t i = 0; i < world.report.n; i++) {
		const char *path = world.boot[i].card.path;

		if (world.boot[i].state != CARD_LEFT &&
		    strcmp(snap_text(snap_card(now, path), "last_boot"), world.boot_id) == 0)
			learn(before, now, path, world.who[i], world.read[i]);
	}
}

/* A person says that the two are one. */
static void learn_remap(const struct done *d, const struct snap *before, const struct snap *now)
{
	const char *id = snap_text(snap_card(before, d->to), "id");
	struct tracked *is = find(snap_text(snap_card(now, d->to), "id")), *was = find(id);
	bool past;

	if (!is || !was || is == was || snap_by_id(now, id, &past))
		return;
	for (size_t i = 0; i < was->roms.n; i++)
		romset_add(&is->roms, was->roms.v[i]);
}

static void learn_import(const struct done *d, const struct snap *before, const struct snap *now)
{
	const char *sha256 = world.rom[d->rom].sha256;

	if (snap_has_rom(snap_card(now, d->path), sha256))
		learn(before, now, d->path, d->card, d->rom);
}

/* What tells that the card recorded with that object before may be the one that reads rom. */
static bool may_read(const cJSON *was, size_t rom)
{
	const cJSON *reading = snap_at(was, "reading");
	const char *flash = strcmp(snap_text(reading, "verdict"), "rejected") == 0
				    ? ""
				    : snap_text(reading, "sha256");

	if (!*flash)
		flash = snap_shown(was);
	return !*flash || (rom != NO_ROM && strcmp(flash, world.rom[rom].sha256) == 0);
}

static void check_who(const struct snap *before, const char *path, size_t card, size_t rom,
		      const struct tracked *k)
{
	const struct world_card *is = &world.card[card], *began = &world.card[k->card];
	bool past;
	const cJSON *was = snap_by_id(before, k->id, &past);

	if (k->card == card)
		return;
	if (is->serial || began->serial || is->model != began->model)
		say("%s: card %zu is taken for card %zu", path, card, k->card);
	else if (was && past)
		say("%s: card %zu is taken for one that is gone, %s", path, card, k->id);
	else if (was && strcmp(was->string, path) != 0 && !may_read(was, rom))
		say("%s: card %zu is taken for %s, without a reason", path, card, k->id);
}

static void check_shown(const char *path, size_t card, const struct snap *now)
{
	const cJSON *o = snap_card(now, path);
	const struct snap_link *l = snap_link(now, path);
	const struct tracked *k = find(snap_text(o, "id"));
	const size_t rom = l ? world_rom(l->sha256) : NO_ROM;

	if (!o || !k)
		say("%s: card %zu is not recorded", path, card);
	else if (!l)
		return;
	else if (world.card[card].serial && !romset_has(&world.card[card].seen_roms, rom))
		say("%s shows ROM %zu, which was never card %zu's", path, rom, card);
	else if (!world.card[card].serial && !romset_has(&k->roms, rom))
		say("%s shows ROM %zu, which was never read where %s was recorded", path, rom,
		    k->id);
}

static void check_cards(const struct done *d, const struct snap *before, const struct snap *now)
{
	for (size_t i = 0; i < world.report.n; i++) {
		const char *path = world.boot[i].card.path;
		const struct tracked *k = find(snap_text(snap_card(now, path), "id"));

		if (world.boot[i].state == CARD_LEFT)
			continue;
		if (is_boot(d) && k)
			check_who(before, path, world.who[i], world.read[i], k);
		check_shown(path, world.who[i], now);
	}
}

void rules_check(const struct done *d, const struct snap *before, const struct snap *now,
		 char *text, size_t cap)
{
	wrong = text;
	wrong_cap = cap;
	*wrong = '\0';
	if (now->wrong[0])
		say("%s", now->wrong);
	check_lost(d, before, now);
	if (is_boot(d))
		learn_boot(before, now);
	else if (d->op == OP_REMAP)
		learn_remap(d, before, now);
	else if (d->op == OP_IMPORT)
		learn_import(d, before, now);
	if (is_boot(d) || d->died) /* what an edit that died left is repaired by the next commit */
		current = !d->died;
	if (d->died)
		return;
	check_raws(d, before, now);
	if (current)
		check_explained(now);
	if (current && is_boot(d))
		check_recorded(now);
	check_left(before, now);
	if (current)
		check_cards(d, before, now);
}
