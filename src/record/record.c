#include "record/record.h"

#include "pci/serial.h"
#include "sys/json-fields.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cJSON *cards_of(const struct record *r)
{
	return cJSON_GetObjectItemCaseSensitive(r->o, "cards");
}

int record_empty(struct record *ret)
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

int record_read_rom(const cJSON *o, struct record_rom *ret)
{
	struct json_reader r = {.o = o};
	struct record_rom rom = {.size = 0};
	uint64_t size = 0;

	json_get_sha256(&r, "sha256", rom.sha256);
	json_get_sha256(&r, "raw_sha256", rom.raw_sha256);
	json_get_u64(&r, "size", ROM_FILE_MAX, &size);
	rom.size = (size_t)size;
	json_get_verdict(&r, &rom.verdict);
	json_get_text(&r, "source", rom.source, sizeof(rom.source));
	json_get_text(&r, "version", rom.version, sizeof(rom.version));
	json_get_bool(&r, "has_efi", &rom.has_efi);
	json_get_text(&r, "first_seen", rom.first_seen, sizeof(rom.first_seen));
	if (!r.err)
		*ret = rom;
	return r.err;
}

/* A word of another version's is no verdict. */
static void read_identity(struct json_reader *r, struct record_card *c)
{
	char word[16] = "";

	json_get_text(r, "identity", word, sizeof(word));
	json_get_text(r, "identity_text", c->identity_text, sizeof(c->identity_text));
	for (unsigned i = 0; i <= IDENTITY_AMBIGUOUS; i++)
		if (strcmp(word, identity_word((enum identity)i)) == 0)
			c->identity = (enum identity)i;
}

/* Neither is of any use where it is not what it should be. */
static void read_place(struct json_reader *r, struct record_card *c)
{
	char addr[PCI_ADDR_BUF + 1] = "", serial[PCI_SERIAL_BUF + 1] = "";

	json_get_text(r, "address", addr, sizeof(addr));
	(void)pci_addr_parse(addr, &c->addr);
	json_get_text(r, "serial", serial, sizeof(serial));
	if (pci_serial_parse(serial, &c->serial) < 0 || !pci_serial_usable(c->serial))
		c->serial = 0;
}

static void read_id(struct json_reader *r, struct record_card *c)
{
	json_get_text(r, "id", c->id, sizeof(c->id));
	if (!cardtag_is_id(c->id))
		c->id[0] = '\0';
}

/* What cannot be understood says nothing of the card. */
static void read_flash(const cJSON *o, char ret[SHA256_HEX])
{
	struct json_reader r = {.o = o};
	enum verdict verdict = VERDICT_REJECTED;
	char sha256[SHA256_HEX] = "";

	json_get_verdict(&r, &verdict);
	json_get_sha256(&r, "sha256", sha256);
	if (!r.err && verdict != VERDICT_REJECTED)
		memcpy(ret, sha256, sizeof(sha256));
}

static int read_card(const cJSON *o, struct record_card *c)
{
	struct json_reader r = {.o = o};
	const cJSON *rom, *reading;
	int err;

	if (!cJSON_IsObject(o))
		return -EBADMSG;
	read_id(&r, c);
	read_identity(&r, c);
	read_place(&r, c);
	json_get_text(&r, "first_seen", c->first_seen, sizeof(c->first_seen));
	json_get_text(&r, "last_seen", c->last_seen, sizeof(c->last_seen));
	json_get_text(&r, "last_boot", c->last_boot, sizeof(c->last_boot));
	json_get_array(&r, "maybe", SIZE_MAX);
	json_get_array(&r, "addresses", SIZE_MAX);
	json_get_array(&r, "paths", SIZE_MAX);
	json_get_ids(&r, "ids", &c->ids.vendor, &c->ids.device);
	json_get_ids(&r, "subsystem", &c->ids.subvendor, &c->ids.subdevice);
	json_get_text(&r, "by_id", c->by_id, sizeof(c->by_id));
	json_get_array(&r, "other_roms", SIZE_MAX);
	json_get_array(&r, "previous", SIZE_MAX);
	rom = json_get_object(&r, "rom");
	err = rom ? record_read_rom(rom, &c->rom) : 0;
	reading = json_get_object(&r, "reading");
	if (reading)
		read_flash(reading, c->flash);
	return err ? err : r.err;
}

/* Version 2 adds fields, and every one of them may be missing. */
static int upgrade(struct record *r)
{
	struct json_writer w = {.o = r->o};

	json_put_int(&w, "version", RECORD_VERSION);
	r->older = true;
	return w.failed ? -ENOMEM : 0;
}

/* Version and the fields this program lives by; what it does not know is not its business. */
static int check(const cJSON *o, unsigned *ret_version)
{
	struct json_reader r = {.o = o};
	const cJSON *cards, *card;
	unsigned version = 0;

	json_get_unsigned(&r, "version", &version);
	*ret_version = version;
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
	unsigned version = RECORD_VERSION;
	int err = json_parse(text, n, &r.o);

	if (!err)
		err = check(r.o, &version);
	if (!err && version < RECORD_VERSION)
		err = upgrade(&r);
	if (err) {
		record_free(&r);
		return err;
	}
	*ret = r;
	return 0;
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

void record_cards(const struct record *r,
		  void (*fn)(void *ctx, const char *path, const struct record_card *card),
		  void *ctx)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, cards_of(r))
	{
		struct record_card c = {0};

		if (read_card(o, &c) == 0)
			fn(ctx, o->string, &c);
	}
}

static bool has_digest(const cJSON *rom, const char *sha256)
{
	return *sha256 && strcmp(json_text(rom, "sha256"), sha256) == 0;
}

cJSON *record_object(const struct record *r, const char *path)
{
	cJSON *card = json_at(cards_of(r), path);

	return cJSON_IsObject(card) ? card : NULL;
}

cJSON *record_rom_object(const cJSON *card, const char *sha256)
{
	cJSON *o = json_at(card, "rom");

	if (has_digest(o, sha256))
		return o;
	cJSON_ArrayForEach(o, json_at(card, "other_roms"))
	{
		if (has_digest(o, sha256))
			return o;
	}
	return NULL;
}

bool record_knows_rom(const struct record *r, const char *path, const char *sha256)
{
	return record_rom_object(record_object(r, path), sha256) != NULL;
}

size_t record_maybe(const struct record *r, const char *path, const char *ret[IDENTITY_MAYBE_MAX])
{
	const cJSON *card = cJSON_GetObjectItemCaseSensitive(cards_of(r), path), *o;
	size_t n = 0;

	cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(card, "maybe"))
	{
		if (cJSON_IsString(o) && n < IDENTITY_MAYBE_MAX)
			ret[n++] = o->valuestring;
	}
	return n;
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

	if (cJSON_IsObject(o))
		(void)record_read_rom(o, &rom);
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
