#include "record/pin.h"

#include "record/update.h"

#include <errno.h>
#include <string.h>

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
	o = record_rom_object(record_object(r, path), ret->rom.sha256);
	ret->by_person = strcmp(json_text(json_at(o, "pinned"), "by"), RECORD_PERSON) == 0;
	ret->misfit = cJSON_GetArraySize(json_at(json_at(o, "imported"), "mismatch")) > 0;
	return 0;
}

const char *record_last_read(const struct record *r, const char *path)
{
	return json_text(json_at(record_object(r, path), "reading"), "sha256");
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
	cJSON *others = json_array(w, "other_roms"), *was = json_at(w->o, "rom");

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
	cJSON *next = record_rom_object(w.o, sha256);

	if (!next)
		return -ENOENT;
	if (next != json_at(w.o, "rom"))
		change(&w, next);
	put_pinned(&w, next, when);
	if (*by_id)
		json_put_text(&w, "by_id", by_id);
	return w.failed ? -ENOMEM : 0;
}

bool record_settled(const struct record *r, const char *path, const char *sha256)
{
	const cJSON *card = record_object(r, path), *o = record_rom_object(card, sha256);
	const cJSON *pinned = json_at(json_at(card, "rom"), "pinned");

	return o && strcmp(json_text(pinned, "by"), RECORD_PERSON) == 0 &&
	       strcmp(json_text(o, "first_seen"), json_text(pinned, "when")) <= 0;
}
