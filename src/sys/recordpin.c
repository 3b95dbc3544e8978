#include "recordpin.h"

#include "recordedit.h"
#include "recordnames.h"

#include <errno.h>
#include <string.h>

static cJSON *get(const cJSON *o, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(o, key);
}

static bool has_digest(const cJSON *rom, const char *sha256)
{
	return strcmp(json_text(rom, "sha256"), sha256) == 0;
}

/* The object of one of the card's ROMs; NULL where it is none. */
static cJSON *rom_object(const cJSON *card, const char *sha256)
{
	cJSON *o = get(card, "rom");

	if (cJSON_IsObject(o) && has_digest(o, sha256))
		return o;
	cJSON_ArrayForEach(o, get(card, "other_roms"))
	{
		if (has_digest(o, sha256))
			return o;
	}
	return NULL;
}

struct choosing {
	const char *path, *head;
	struct record_choice found;
	bool several;
};

static void consider(void *ctx, const char *path, enum record_use use, const struct record_rom *rom)
{
	struct choosing *c = ctx;

	if (use == RECORD_PREVIOUS || strcmp(path, c->path) != 0 || !rom->sha256[0] ||
	    strncmp(rom->sha256, c->head, strlen(c->head)) != 0 ||
	    strcmp(rom->sha256, c->found.rom.sha256) == 0)
		return;
	c->several |= c->found.rom.sha256[0] != '\0';
	c->found.rom = *rom;
	c->found.shown = use == RECORD_SHOWN;
}

int record_choose(const struct record *r, const char *path, const char *head,
		  struct record_choice *ret)
{
	struct choosing c = {.path = path, .head = head};
	const cJSON *o;

	record_roms(r, consider, &c);
	if (c.several)
		return -ENOTUNIQ;
	if (!c.found.rom.sha256[0])
		return -ENOENT;
	*ret = c.found;
	o = rom_object(record_object(r, path), ret->rom.sha256);
	ret->by_person = strcmp(json_text(get(o, "pinned"), "by"), RECORD_PERSON) == 0;
	ret->misfit = cJSON_GetArraySize(get(get(o, "imported"), "mismatch")) > 0;
	return 0;
}

const char *record_last_read(const struct record *r, const char *path)
{
	return json_text(get(record_object(r, path), "reading"), "sha256");
}

static void put_pinned(struct json_writer *card, cJSON *rom, const char *when)
{
	struct json_writer w = {.o = rom}, pinned = {.o = cJSON_CreateObject()};

	json_put_text(&pinned, "when", when);
	json_put_text(&pinned, "by", RECORD_PERSON);
	json_put(&w, "pinned", json_done(&pinned));
	card->failed |= w.failed;
}

/* What the links showed goes to the others, `next` comes from there. */
static void change(struct json_writer *w, cJSON *next)
{
	cJSON *others = json_array(w, "other_roms"), *was = get(w->o, "rom");

	cJSON_DetachItemViaPointer(others, next);
	if (cJSON_IsObject(was)) {
		was = cJSON_DetachItemViaPointer(w->o, was);
		cJSON_DeleteItemFromObjectCaseSensitive(was, "pinned");
		json_push(w, others, was);
	}
	json_put(w, "rom", next);
}

int record_pin(struct record *r, const char *path, const char *sha256, const char *by_id,
	       const char *when)
{
	struct json_writer w = {.o = record_object(r, path)};
	cJSON *next = rom_object(w.o, sha256);

	if (!next)
		return -ENOENT;
	if (next != get(w.o, "rom"))
		change(&w, next);
	put_pinned(&w, next, when);
	if (*by_id)
		json_put_text(&w, "by_id", by_id);
	return w.failed ? -ENOMEM : 0;
}

bool record_settled(const struct record *r, const char *path, const char *sha256)
{
	const cJSON *card = record_object(r, path), *o = rom_object(card, sha256);
	const cJSON *pinned = get(get(card, "rom"), "pinned");

	return o && strcmp(json_text(pinned, "by"), RECORD_PERSON) == 0 &&
	       strcmp(json_text(o, "first_seen"), json_text(pinned, "when")) <= 0;
}
