#include "boot/commit-record.h"

#include "boot/commit-rom.h"
#include "record/update.h"
#include "sys/firmware-names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void reading_of(const struct rom_reading *from, struct record_reading *ret)
{
	ret->there = true;
	ret->tried = from->tried;
	strcpy(ret->source, from->source);
	strcpy(ret->outcome, from->outcome);
	ret->verdict = from->verdict;
	strcpy(ret->sha256, from->sha256);
	strcpy(ret->raw_sha256, from->raw_sha256);
}

static void seen_of(const struct commit_record *r, const struct boot_card *c,
		    struct record_seen *ret)
{
	struct firmware_names facts;

	firmware_names_read(r->root, c->card.fn[c->card.display].addr, &facts);
	strcpy(ret->acpi_path, facts.acpi_path);
	strcpy(ret->smbios_slot, facts.smbios_slot);
	strcpy(ret->state, card_state_text(c->state));
	ret->class = c->card.fn[c->card.display].class;
	ret->n_functions = c->card.n;
	for (size_t i = 0; i < c->card.n; i++)
		ret->function[i] = (struct record_function){.number = c->card.fn[i].addr.fn,
							    .ids = c->card.fn[i].ids,
							    .class = c->card.fn[i].class};
	reading_of(&c->rom, &ret->reading);
	strcpy(ret->slot, c->card.slot);
	strcpy(ret->last_seen, r->when);
	strcpy(ret->last_boot, r->boot);
}

int commit_record_card(const struct commit_record *r, size_t i, struct rom_choice *k)
{
	const struct commit_identity *who = &r->who->card[i];
	struct record_news news = {.path = k->card->card.path,
				   .addr = k->card->card.addr,
				   .ids = k->card->card.fn[k->card->card.display].ids,
				   .seen = {.serial = who->serial},
				   .replaced = k->replaced,
				   .identity = who->verdict,
				   .identity_text = who->text,
				   .maybe = who->maybe,
				   .n_maybe = who->n_maybe,
				   .rom = k->shown.sha256[0] ? &k->shown : NULL,
				   .beside = k->beside.sha256[0] ? &k->beside : NULL,
				   .by_id = k->by_id,
				   .raw = k->raw,
				   .ret_raw_gone = k->raw_gone,
				   .import = r->import};

	seen_of(r, k->card, &news.seen);
	return record_update(r->record, &news);
}

struct work {
	const struct romstore *store;
	struct record *rec;
	const struct report *report;
	const char *when, *boot;
	int err;
};

static bool is_named(const struct record *r, const char *sha256)
{
	for (const struct record_card *c = r->cards; c; c = c->next) {
		if (record_rom(c, sha256))
			return true;
		for (const struct record_card *old = c->previous; old; old = old->next)
			if (record_rom(old, sha256))
				return true;
	}
	return false;
}

static int offer(const struct work *w, const char *sha256, const struct boot_card *card)
{
	struct record_rom rom;
	int err = stored_rom_judge(w->store, sha256, &card->card.fn[card->card.display].ids, &rom);

	if (err || !rom.sha256[0])
		return err;
	err = record_add_rom(w->rec, card->card.path, &rom, w->when, w->boot);
	return err == -ENOENT ? 0 : err; /* it was left */
}

static void take_up(void *ctx, const char *sha256)
{
	struct work *w = ctx;
	const bool named = is_named(w->rec, sha256);

	for (size_t i = 0; i < w->report->n && !named && !w->err; i++)
		w->err = offer(w, sha256, &w->report->card[i]);
}

int commit_record_rebuild(const struct romstore *s, struct record *rec, const struct report *r,
			  const char *when, const char *boot)
{
	struct work w = {.store = s, .rec = rec, .report = r, .when = when, .boot = boot};
	int err = romstore_each_rom(s, take_up, &w);

	return err ? err : w.err;
}
