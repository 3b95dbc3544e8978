#include "record.h"

#include "cardjson.h"
#include "fileio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD_MODE 0644
#define RECORD_CORRUPT_TRIES 1000

static cJSON *cards_of(const struct record *r)
{
	return cJSON_GetObjectItemCaseSensitive(r->o, "cards");
}

static int empty(struct record *ret)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_int(&w, "version", RECORD_VERSION);
	json_put(&w, "cards", cJSON_CreateObject());
	if (w.failed) {
		cJSON_Delete(w.o);
		return -ENOMEM;
	}
	*ret = (struct record){.o = w.o};
	return 0;
}

static int read_rom(const cJSON *o, struct record_rom *rom)
{
	struct json_reader r = {.o = o};
	uint64_t size = 0;

	cardjson_get_sha256(&r, "sha256", rom->sha256);
	cardjson_get_sha256(&r, "raw_sha256", rom->raw_sha256);
	json_get_u64(&r, "size", ROM_FILE_MAX, &size);
	rom->size = (size_t)size;
	cardjson_get_verdict(&r, &rom->verdict);
	json_get_text(&r, "source", rom->source, sizeof(rom->source));
	json_get_text(&r, "version", rom->version, sizeof(rom->version));
	json_get_bool(&r, "has_efi", &rom->has_efi);
	json_get_text(&r, "first_seen", rom->first_seen, sizeof(rom->first_seen));
	return r.err;
}

static int read_card(const cJSON *o, struct record_card *c)
{
	struct json_reader r = {.o = o};
	const cJSON *rom;
	int err;

	if (!cJSON_IsObject(o))
		return -EBADMSG;
	cardjson_get_ids(&r, "ids", &c->ids.vendor, &c->ids.device);
	cardjson_get_ids(&r, "subsystem", &c->ids.subvendor, &c->ids.subdevice);
	json_get_text(&r, "by_id", c->by_id, sizeof(c->by_id));
	json_get_array(&r, "other_roms", SIZE_MAX);
	json_get_array(&r, "previous", SIZE_MAX);
	rom = json_get_object(&r, "rom");
	err = rom ? read_rom(rom, &c->rom) : 0;
	return err ? err : r.err;
}

/* Version and the fields this program lives by; what it does not know is not its business. */
static int check(const cJSON *o)
{
	struct json_reader r = {.o = o};
	const cJSON *cards, *card;
	unsigned version = 0;

	json_get_unsigned(&r, "version", &version);
	if (!r.err && version > RECORD_VERSION)
		return -ENOTSUP;
	cards = json_get_object(&r, "cards");
	if (r.err || !version || !cards)
		return -EBADMSG;
	cJSON_ArrayForEach(card, cards)
	{
		struct record_card ignored = {0};

		if (read_card(card, &ignored) < 0)
			return -EBADMSG;
	}
	return 0;
}

int record_parse(uint8_t *text, size_t n, struct record *ret)
{
	struct record r = {.text = text, .n = n};
	int err = json_parse(text, n, &r.o);

	if (!err)
		err = check(r.o);
	if (err) {
		record_free(&r);
		return err;
	}
	*ret = r;
	return 0;
}

int record_load(int store, struct record *ret)
{
	uint8_t *text;
	size_t n;
	int err = file_read_plain(store, RECORD_FILE, RECORD_FILE_MAX, &text, &n);

	if (err == -ENOENT)
		return empty(ret);
	if (err)
		return err == -ELOOP || err == -EINVAL || err == -EFBIG ? -EBADMSG : err;
	return record_parse(text, n, ret);
}

/* The first name that is free; the caller holds the store's lock. */
int record_set_aside(int store, char ret_name[RECORD_ASIDE_MAX], struct record *ret)
{
	struct stat st;

	for (unsigned i = 1; i <= RECORD_CORRUPT_TRIES; i++) {
		snprintf(ret_name, RECORD_ASIDE_MAX, RECORD_FILE ".corrupt-%u", i);
		if (fstatat(store, ret_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (errno != ENOENT || renameat(store, RECORD_FILE, store, ret_name) < 0)
			return -errno;
		return empty(ret);
	}
	return -EEXIST;
}

int record_save(int store, const struct record *r)
{
	char *text = cJSON_Print(r->o);
	size_t n;
	int err;

	if (!text)
		return -ENOMEM;
	n = strlen(text);
	text[n++] = '\n'; /* over the NUL: the bytes are counted from here */
	if (r->text && r->n == n && memcmp(r->text, text, n) == 0)
		err = dir_sync(store);
	else
		err = file_publish(store, RECORD_FILE, text, n, RECORD_MODE);
	free(text);
	return err;
}

void record_free(struct record *r)
{
	cJSON_Delete(r->o);
	free(r->text);
	*r = (struct record){0};
}

int record_find(const struct record *r, const char *path, struct record_card *ret)
{
	const cJSON *o = cJSON_GetObjectItemCaseSensitive(cards_of(r), path);
	struct record_card c = {0};
	int err = o ? read_card(o, &c) : -ENOENT;

	if (!err)
		*ret = c;
	return err;
}

struct walk {
	void (*fn)(void *ctx, const char *path, enum record_use use, const struct record_rom *rom);
	void *ctx;
	const char *path;
};

/* One that cannot be understood names no file. */
static void walk_rom(const struct walk *w, enum record_use use, const cJSON *o)
{
	struct record_rom rom = {.size = 0};

	if (cJSON_IsObject(o) && read_rom(o, &rom) < 0)
		rom = (struct record_rom){.size = 0};
	if (rom.sha256[0] || use == RECORD_SHOWN)
		w->fn(w->ctx, w->path, use, &rom);
}

static void walk_others(const struct walk *w, enum record_use use, const cJSON *card)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(card, "other_roms"))
	{
		walk_rom(w, use, o);
	}
}

void record_roms(const struct record *r,
		 void (*fn)(void *ctx, const char *path, enum record_use use,
			    const struct record_rom *rom),
		 void *ctx)
{
	struct walk w = {.fn = fn, .ctx = ctx};
	const cJSON *card, *old;

	cJSON_ArrayForEach(card, cards_of(r))
	{
		w.path = card->string;
		walk_rom(&w, RECORD_SHOWN, cJSON_GetObjectItemCaseSensitive(card, "rom"));
		walk_others(&w, RECORD_BESIDE, card);
		cJSON_ArrayForEach(old, cJSON_GetObjectItemCaseSensitive(card, "previous"))
		{
			walk_rom(&w, RECORD_PREVIOUS, cJSON_GetObjectItemCaseSensitive(old, "rom"));
			walk_others(&w, RECORD_PREVIOUS, old);
		}
	}
}
