#include "boot/commit-record.h"

#include "boot/commit-rom.h"
#include "record/update.h"

#include <errno.h>
#include <string.h>

int recording_card(const struct recording *r, size_t i, struct custody *k)
{
	const struct identified *who = &r->who->card[i];
	const char *maybe[IDENTITY_MAYBE_MAX];
	struct card_facts facts;
	struct record_news news = {.card = k->card,
				   .replaced = k->replaced,
				   .identity = who->verdict,
				   .identity_text = who->text,
				   .maybe = maybe,
				   .n_maybe = who->n_maybe,
				   .facts = &facts,
				   .serial = who->serial,
				   .rom = k->shown.sha256[0] ? &k->shown : NULL,
				   .beside = k->beside.sha256[0] ? &k->beside : NULL,
				   .by_id = k->by_id,
				   .raw = k->raw,
				   .ret_raw_gone = k->raw_gone,
				   .when = r->when,
				   .boot = r->boot,
				   .import = r->import};

	cardfacts_read(r->root, k->card->fn[k->card->display].addr, &facts);
	for (size_t m = 0; m < who->n_maybe; m++)
		maybe[m] = who->maybe[m];
	return record_update(r->record, &news);
}

struct work {
	const struct romstore *store;
	struct record *rec;
	const struct report *report;
	const char *when, *boot;
	int err;
};

struct search {
	const char *sha256;
	bool found;
};

static void is_it(void *ctx, const char *path, enum record_use use, const struct record_rom *rom)
{
	struct search *s = ctx;

	(void)path;
	(void)use;
	s->found |= strcmp(rom->sha256, s->sha256) == 0;
}

static int offer(const struct work *w, const char *sha256, const struct boot_card *card)
{
	struct record_rom rom;
	int err = adopt(w->store, sha256, &card->fn[card->display].ids, &rom);

	if (err || !rom.sha256[0])
		return err;
	err = record_add_rom(w->rec, card->path, &rom, w->when, w->boot);
	return err == -ENOENT ? 0 : err; /* it was left */
}

static void take_up(void *ctx, const char *sha256)
{
	struct work *w = ctx;
	struct search s = {.sha256 = sha256};

	record_roms(w->rec, is_it, &s);
	for (size_t i = 0; i < w->report->n && !s.found && !w->err; i++)
		w->err = offer(w, sha256, &w->report->card[i]);
}

int rebuild(const struct romstore *s, struct record *rec, const struct report *r, const char *when,
	    const char *boot)
{
	struct work w = {.store = s, .rec = rec, .report = r, .when = when, .boot = boot};
	int err = romstore_each_rom(s, take_up, &w);

	return err ? err : w.err;
}
