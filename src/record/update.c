#include "record/update.h"

#include "record/find.h"
#include "sys/json-fields.h"
#include "util/sha256.h"

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

static cJSON *rom_make(const struct record_rom *rom, const char *when, const char *boot)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_text(&w, "sha256", rom->sha256);
	json_put_u64(&w, "size", rom->size);
	json_put_text(&w, "raw_sha256", rom->raw_sha256);
	json_put_text(&w, "verdict", verdict_text(rom->verdict));
	json_put_text(&w, "source", rom->source);
	json_put_text(&w, "version", rom->version);
	json_put_bool(&w, "has_efi", rom->has_efi);
	json_put_text(&w, "first_seen", when);
	json_put_text(&w, "first_boot", boot);
	return json_done(&w);
}

/* One that this commit brings. */
static cJSON *rom_news(const struct record_rom *rom, const struct record_news *news)
{
	struct json_writer w = {.o = rom_make(rom, news->when, news->boot)};

	if (w.o && news->import && strcmp(rom->sha256, news->card->rom.sha256) == 0)
		json_put(&w, "imported", import_make(news->import, news->when));
	return json_done(&w);
}

/* What the links show from now on, and who said so. */
static void put_pinned(struct json_writer *rom, const struct record_news *news)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_text(&w, "when", news->when);
	json_put_text(&w, "by", news->import ? RECORD_PERSON : RECORD_FIRST_READING);
	rom->failed |= w.failed;
	json_put(rom, "pinned", w.o);
}

static bool has_digest(const cJSON *rom, const char *sha256)
{
	return strcmp(json_text(rom, "sha256"), sha256) == 0;
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
	cJSON *now = cJSON_GetObjectItemCaseSensitive(w->o, "rom"), *others, *next, *was;
	struct json_writer rom = {.o = NULL};

	if (!now)
		json_put(w, "rom", cJSON_CreateNull());
	if (!news->rom || has_digest(now, news->rom->sha256))
		return;
	others = json_array(w, "other_roms");
	next = take(others, news->rom->sha256);
	if (cJSON_IsObject(now)) {
		was = cJSON_Duplicate(now, true);
		cJSON_DeleteItemFromObjectCaseSensitive(was, "pinned");
		json_push(w, others, was);
	}
	rom.o = next ? next : rom_news(news->rom, news);
	put_pinned(&rom, news);
	w->failed |= rom.failed;
	json_put(w, "rom", rom.o);
}

static void put_beside(struct json_writer *w, const struct record_news *news, bool known)
{
	if (news->beside && !known)
		json_push(w, json_array(w, "other_roms"), rom_news(news->beside, news));
}

static void put_reading(struct json_writer *card, const struct rom_reading *rom)
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

static bool is_of_a_rom(const cJSON *card, const char *raw)
{
	const cJSON *o;

	if (strcmp(json_text(json_at(card, "rom"), "raw_sha256"), raw) == 0)
		return true;
	cJSON_ArrayForEach(o, json_at(card, "other_roms"))
	{
		if (strcmp(json_text(o, "raw_sha256"), raw) == 0)
			return true;
	}
	return false;
}

/* Of a reading whose ROM could not be stored at first, and is by a later commit. */
static void drop_raws_of_roms(struct json_writer *card)
{
	cJSON *all = cJSON_GetObjectItemCaseSensitive(card->o, "raws"), *o, *next;

	for (o = all ? all->child : NULL; o; o = next) {
		next = o->next;
		if (cJSON_IsString(o) && is_of_a_rom(card->o, o->valuestring))
			cJSON_Delete(cJSON_DetachItemViaPointer(all, o));
	}
	if (all && !all->child)
		cJSON_DeleteItemFromObjectCaseSensitive(card->o, "raws");
}

/* A card whose readings differ each time would fill the disk, boot by boot. */
static void put_raw(struct json_writer *card, const struct record_news *news)
{
	cJSON *all, *o, *next;

	drop_raws_of_roms(card);
	if (!news->raw || !*news->raw || is_of_a_rom(card->o, news->raw))
		return;
	all = json_array(card, "raws");
	for (o = all ? all->child : NULL; o; o = next) {
		next = o->next;
		if (cJSON_IsString(o) && strcmp(o->valuestring, news->raw) == 0)
			cJSON_Delete(cJSON_DetachItemViaPointer(all, o));
	}
	json_push_first(card, all, cJSON_CreateString(news->raw));
	for (int n = cJSON_GetArraySize(all); n > RECORD_RAWS_MAX; n--) {
		o = cJSON_DetachItemFromArray(all, n - 1);
		if (cJSON_IsString(o))
			snprintf(news->ret_raw_gone, SHA256_HEX, "%s", o->valuestring);
		cJSON_Delete(o);
	}
}

static void put_functions(struct json_writer *card, const struct boot_card *c)
{
	cJSON *all = cJSON_CreateArray();

	for (size_t i = 0; i < c->n; i++) {
		const struct boot_fn *f = &c->fn[i];
		struct json_writer w = {.o = cJSON_CreateObject()};

		json_put_u64(&w, "function", f->addr.fn);
		json_put_ids(&w, "ids", f->ids.vendor, f->ids.device);
		json_put_class(&w, f->class);
		card->failed |= w.failed;
		json_push(card, all, w.o);
	}
	json_put(card, "functions", all);
}

static void put_verdict(struct json_writer *w, const struct record_news *news)
{
	cJSON *maybe;

	json_put_text(w, "identity", identity_word(news->identity));
	json_put_text(w, "identity_text", news->identity_text ? news->identity_text : "");
	if (!news->n_maybe) {
		cJSON_DeleteItemFromObjectCaseSensitive(w->o, "maybe");
		return;
	}
	maybe = cJSON_CreateArray();
	for (size_t i = 0; i < news->n_maybe; i++)
		json_push_text(w, maybe, news->maybe[i]);
	json_put(w, "maybe", maybe);
}

/* What the machine does not tell any more is not there. */
static void put_known(struct json_writer *w, const char *key, const char *text)
{
	if (*text)
		json_put_text(w, key, text);
	else
		cJSON_DeleteItemFromObjectCaseSensitive(w->o, key);
}

static void put_facts(struct json_writer *w, const struct record_news *news)
{
	/* A card that sleeps too deeply to tell its number has not lost it. */
	json_put_serial(w, news->serial);
	put_known(w, "slot", news->card->slot);
	if (news->facts) {
		put_known(w, "acpi_path", news->facts->acpi_path);
		put_known(w, "smbios_slot", news->facts->smbios_slot);
	}
}

static void put_card(struct json_writer *w, const struct boot_card *c)
{
	const struct boot_fn *display = &c->fn[c->display];

	recordpast_address(w, c->addr);
	json_put_text(w, "state", card_state_text(c->state));
	json_put_ids(w, "ids", display->ids.vendor, display->ids.device);
	json_put_ids(w, "subsystem", display->ids.subvendor, display->ids.subdevice);
	json_put_class(w, display->class);
	put_functions(w, c);
}

/* It is the card's from its first commit on, and goes where the card's object goes. Boot and place
 * tell cards apart, and a number those that stood in one place during one boot; the clock only
 * where the boot is not known: a commit that died and is made again is to come out the same. */
static void put_id(const struct record *r, struct json_writer *w, const struct record_news *news)
{
	const char *boot = news->boot[0] ? news->boot : news->when;
	char text[PCI_PATH_MAX + RECORD_BOOT_MAX + 16], sha256[SHA256_HEX];
	struct record_bearer other;
	unsigned n = 0;

	if (cardtag_is_id(json_text(w->o, "id")))
		return;
	do {
		snprintf(text, sizeof(text), "%s %s %u", boot, news->card->path, n++);
		digest_sha256((struct bytes){(const uint8_t *)text, strlen(text)}, sha256);
		sha256[CARDTAG_ID_MAX - 1] = '\0';
	} while (record_by_id(r, sha256, &other) == 0);
	json_put_text(w, "id", sha256);
}

/* Once a boot: a second commit of the same boot changes nothing. */
static void put_seen(struct json_writer *w, const struct record_news *news)
{
	if (!json_text(w->o, "first_seen")[0])
		json_put_text(w, "first_seen", news->when);
	if (json_text(w->o, "last_seen")[0] &&
	    strcmp(json_text(w->o, "last_boot"), news->boot) == 0)
		return;
	json_put_text(w, "last_seen", news->when);
	json_put_text(w, "last_boot", news->boot);
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
			recordpast_bury(&w, old);
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
	put_id(r, &w, news);
	put_card(&w, news->card);
	put_verdict(&w, news);
	put_facts(&w, news);
	put_rom(&w, news);
	put_beside(&w, news,
		   news->beside && record_knows_rom(r, news->card->path, news->beside->sha256));
	put_raw(&w, news);
	if (*news->by_id)
		json_put_text(&w, "by_id", news->by_id);
	if (!news->import)
		put_reading(&w, &news->card->rom);
	put_seen(&w, news);
	return w.failed ? -ENOMEM : 0;
}

int record_missing(struct record *r, const char *path, const char *text)
{
	struct json_writer w = {.o = record_object(r, path)};

	if (!w.o)
		return -ENOENT;
	json_put_text(&w, "identity", identity_word(IDENTITY_MISSING));
	json_put_text(&w, "identity_text", text);
	return w.failed ? -ENOMEM : 0;
}

int record_add_rom(struct record *r, const char *path, const struct record_rom *rom,
		   const char *when, const char *boot)
{
	struct json_writer w = {.o = record_object(r, path)};

	if (!w.o)
		return -ENOENT;
	if (!record_knows_rom(r, path, rom->sha256))
		json_push(&w, json_array(&w, "other_roms"), rom_make(rom, when, boot));
	drop_raws_of_roms(&w);
	return w.failed ? -ENOMEM : 0;
}

void recordpast_drop(struct json_writer *card, const char *list, const char *key, const char *name)
{
	cJSON *all = json_array(card, list), *o, *next;

	for (o = all ? all->child : NULL; o; o = next) {
		next = o->next;
		if (strcmp(json_text(o, key), name) == 0)
			cJSON_Delete(cJSON_DetachItemViaPointer(all, o));
	}
}

void recordpast_push(struct json_writer *card, const char *list, const char *key, cJSON *item)
{
	cJSON *all;

	recordpast_drop(card, list, key, json_text(item, key));
	all = json_array(card, list);
	json_push_first(card, all, item);
	while (cJSON_GetArraySize(all) > RECORDPAST_MAX)
		cJSON_DeleteItemFromArray(all, RECORDPAST_MAX);
}

void recordpast_address(struct json_writer *card, struct pci_addr now)
{
	const char *was = json_text(card->o, "address");
	struct json_writer past = {.o = NULL};
	char addr[PCI_ADDR_BUF];

	if (*was && strcmp(was, pci_addr_format(now, addr)) != 0) {
		past.o = cJSON_CreateObject();
		json_put_text(&past, "address", was);
		json_put_text(&past, "last_seen", json_text(card->o, "last_seen"));
		json_put_text(&past, "last_boot", json_text(card->o, "last_boot"));
		recordpast_push(card, "addresses", "address", json_done(&past));
		recordpast_drop(card, "addresses", "address", addr);
	}
	json_put_addr(card, now);
}

void recordpast_bury(struct json_writer *card, cJSON *old)
{
	cJSON *before = cJSON_DetachItemFromObjectCaseSensitive(old, "previous");
	cJSON *previous = json_array(card, "previous");

	for (int i = cJSON_GetArraySize(before); i > 0; i--)
		json_push_first(card, previous, cJSON_DetachItemFromArray(before, i - 1));
	cJSON_Delete(before);
	json_push_first(card, previous, old);
}
