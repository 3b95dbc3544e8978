#include "recordedit.h"

#include "cardjson.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static cJSON *import_make(const struct record_import *i, const char *when)
{
	struct json_writer w = {.o = cJSON_CreateObject()};
	cJSON *mismatch = cJSON_CreateArray();

	json_put_text(&w, "file", i->file);
	json_put_text(&w, "when", when);
	for (size_t k = 0; k < i->n; k++)
		json_push_text(&w, mismatch, i->mismatch[k]);
	json_put(&w, "mismatch", mismatch);
	return json_done(&w);
}

static cJSON *rom_make(const struct record_rom *rom, const struct record_news *news)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_text(&w, "sha256", rom->sha256);
	json_put_u64(&w, "size", rom->size);
	json_put_text(&w, "raw_sha256", rom->raw_sha256);
	json_put_text(&w, "verdict", verdict_text(rom->verdict));
	json_put_text(&w, "source", rom->source);
	json_put_text(&w, "version", rom->version);
	json_put_bool(&w, "has_efi", rom->has_efi);
	json_put_text(&w, "first_seen", news->when);
	json_put_text(&w, "first_boot", news->boot);
	if (news->import && strcmp(rom->sha256, news->card->rom.sha256) == 0)
		json_put(&w, "imported", import_make(news->import, news->when));
	return json_done(&w);
}

static bool has_digest(const cJSON *rom, const char *sha256)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(rom, "sha256");

	return cJSON_IsString(v) && strcmp(v->valuestring, sha256) == 0;
}

/* The card's array of that name, made where it is missing. */
static cJSON *array_of(struct json_writer *w, const char *key)
{
	if (!cJSON_IsArray(cJSON_GetObjectItemCaseSensitive(w->o, key)))
		json_put(w, key, cJSON_CreateArray());
	return cJSON_GetObjectItemCaseSensitive(w->o, key);
}

/* The other ROM of that digest, taken out of the array; NULL where there is none. */
static cJSON *take(cJSON *others, const char *sha256)
{
	cJSON *o;

	cJSON_ArrayForEach(o, others)
	{
		if (has_digest(o, sha256))
			return cJSON_DetachItemViaPointer(others, o);
	}
	return NULL;
}

static void put_rom(struct json_writer *w, const struct record_news *news)
{
	cJSON *now = cJSON_GetObjectItemCaseSensitive(w->o, "rom"), *others, *next;

	if (!now)
		json_put(w, "rom", cJSON_CreateNull());
	if (!news->rom || has_digest(now, news->rom->sha256))
		return;
	others = array_of(w, "other_roms");
	next = take(others, news->rom->sha256);
	if (cJSON_IsObject(now))
		json_push(w, others, cJSON_Duplicate(now, true));
	json_put(w, "rom", next ? next : rom_make(news->rom, news));
}

static void put_beside(struct json_writer *w, const struct record_news *news)
{
	cJSON *others, *o;

	if (!news->beside ||
	    has_digest(cJSON_GetObjectItemCaseSensitive(w->o, "rom"), news->beside->sha256))
		return;
	others = array_of(w, "other_roms");
	cJSON_ArrayForEach(o, others)
	{
		if (has_digest(o, news->beside->sha256))
			return;
	}
	json_push(w, others, rom_make(news->beside, news));
}

static void put_reading(struct json_writer *card, const struct boot_rom *rom)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_bool(&w, "tried", rom->tried);
	json_put_text(&w, "source", rom->source);
	json_put_text(&w, "outcome", rom->outcome);
	json_put_text(&w, "verdict", verdict_text(rom->verdict));
	json_put_text(&w, "sha256", rom->sha256);
	json_put_text(&w, "raw_sha256", rom->raw_sha256);
	card->failed |= w.failed;
	json_put(card, "reading", w.o);
}

static void put_functions(struct json_writer *card, const struct boot_card *c)
{
	cJSON *all = cJSON_CreateArray();

	for (size_t i = 0; i < c->n; i++) {
		const struct boot_fn *f = &c->fn[i];
		struct json_writer w = {.o = cJSON_CreateObject()};

		json_put_u64(&w, "function", f->addr.fn);
		cardjson_put_ids(&w, "ids", f->ids.vendor, f->ids.device);
		cardjson_put_class(&w, f->class);
		card->failed |= w.failed;
		json_push(card, all, w.o);
	}
	json_put(card, "functions", all);
}

static void put_identity(struct json_writer *w, const struct boot_card *c)
{
	const struct boot_fn *display = &c->fn[c->display];

	cardjson_put_addr(w, c->addr);
	json_put_text(w, "state", card_state_text(c->state));
	cardjson_put_ids(w, "ids", display->ids.vendor, display->ids.device);
	cardjson_put_ids(w, "subsystem", display->ids.subvendor, display->ids.subdevice);
	cardjson_put_class(w, display->class);
	put_functions(w, c);
}

/* Once a boot: a second commit of the same boot changes nothing. */
static void put_seen(struct json_writer *w, const struct record_news *news)
{
	const cJSON *boot = cJSON_GetObjectItemCaseSensitive(w->o, "last_boot");

	if (!cJSON_HasObjectItem(w->o, "first_seen"))
		json_put_text(w, "first_seen", news->when);
	if (cJSON_IsString(boot) && strcmp(boot->valuestring, news->boot) == 0)
		return;
	json_put_text(w, "last_seen", news->when);
	json_put_text(w, "last_boot", news->boot);
}

/* The card that stood here becomes the first of the new one's `previous`; its own follow. */
static void put_previous(struct json_writer *w, cJSON *old)
{
	cJSON *before = cJSON_DetachItemFromObjectCaseSensitive(old, "previous");
	cJSON *previous = cJSON_IsArray(before) ? before : cJSON_CreateArray();

	if (before != previous)
		cJSON_Delete(before);
	if (!previous || !cJSON_InsertItemInArray(previous, 0, old)) {
		cJSON_Delete(old);
		w->failed = true;
	}
	json_put(w, "previous", previous);
}

/* The card's object in cards, a new one where there is none or another card stood there. */
static cJSON *card_object(cJSON *cards, const struct record_news *news)
{
	const char *path = news->card->path;
	cJSON *old = cJSON_GetObjectItemCaseSensitive(cards, path);
	struct json_writer w = {.o = old};

	if (!old || news->replaced) {
		if (old)
			cJSON_DetachItemViaPointer(cards, old);
		w.o = cJSON_AddObjectToObject(cards, path);
		if (old && w.o)
			put_previous(&w, old);
		else
			cJSON_Delete(old);
	}
	return w.failed ? NULL : w.o;
}

int record_update(struct record *r, const struct record_news *news)
{
	cJSON *cards = cJSON_GetObjectItemCaseSensitive(r->o, "cards");
	struct json_writer w = {.o = card_object(cards, news)};

	if (!w.o)
		return -ENOMEM;
	put_identity(&w, news->card);
	put_rom(&w, news);
	put_beside(&w, news);
	if (*news->by_id)
		json_put_text(&w, "by_id", news->by_id);
	if (!news->import)
		put_reading(&w, &news->card->rom);
	put_seen(&w, news);
	return w.failed ? -ENOMEM : 0;
}
