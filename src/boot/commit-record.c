// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/commit-record.h"

#include "record/update.h"
#include "sys/firmware-names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void fill_reading(const struct rom_reading *from, struct record_reading *ret)
{
	ret->there = true;
	ret->tried = from->tried;
	strcpy(ret->source, from->source);
	strcpy(ret->outcome, from->outcome);
	ret->verdict = from->verdict;
	strcpy(ret->sha256, from->sha256);
	strcpy(ret->raw_sha256, from->raw_sha256);
}

static void fill_seen(const struct commit_record *r, const struct boot_card *c,
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
	fill_reading(&c->rom, &ret->reading);
	strcpy(ret->slot, c->card.slot);
	strcpy(ret->last_seen, r->when);
	strcpy(ret->last_boot, r->boot);
}

int commit_record_card(const struct commit_record *r, size_t i, struct rom_choice *k)
{
	const struct commit_identity *id = &r->identities->card[i];
	const struct pci_card *card = &k->card->card;
	struct record_news news = {.path = card->path,
				   .addr = card->addr,
				   .ids = card->fn[card->display].ids,
				   .seen = {.serial = id->serial},
				   .replaced = k->replaced,
				   .identity = id->verdict,
				   .identity_text = id->text,
				   .maybe = id->maybe,
				   .n_maybe = id->n_maybe,
				   .rom = k->shown.sha256[0] ? &k->shown : NULL,
				   .beside = k->beside.sha256[0] ? &k->beside : NULL,
				   .by_id = k->by_id,
				   .raw = k->raw,
				   .ret_raw_gone = k->raw_gone,
				   .import = r->import};

	const struct record_card *recorded;
	int err;

	fill_seen(r, k->card, &news.seen);
	err = record_update(r->record, &news);
	recorded = err ? NULL : record_find(r->record, card->path);
	if (recorded)
		strcpy(k->id, recorded->id);
	return err;
}

struct rebuild_job {
	const struct commit_record *r;
	int err;
};

static bool is_recorded(const struct record *r, const char *sha256)
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

static int add_to_card(const struct commit_record *r, const char *sha256,
		       const struct pci_card *card)
{
	struct record_rom rom;
	int err = stored_rom_judge(r->store, sha256, &card->fn[card->display].ids, &rom);

	if (err || !rom.sha256[0])
		return err;
	err = record_add_rom(r->record, card->path, &rom, r->when, r->boot);
	return err == -ENOENT ? 0 : err; /* a card that was left */
}

static void add_to_cards(void *ctx, const char *sha256)
{
	struct rebuild_job *job = ctx;
	const struct commit_record *r = job->r;
	const bool recorded = is_recorded(r->record, sha256);

	for (size_t i = 0; i < r->n && !recorded && !job->err; i++)
		job->err = add_to_card(r, sha256, &r->card[i].card);
}

int commit_record_rebuild(const struct commit_record *r)
{
	struct rebuild_job job = {.r = r};
	int err = romstore_each_rom(r->store, add_to_cards, &job);

	return err ? err : job.err;
}
