// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/record-file.h"

#include "sys/file.h"
#include "sys/json-fields.h"
#include "sys/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD_MODE 0644
#define RECORD_CORRUPT_TRIES 1000
#define LARGE ((size_t)64 << 10)
#define MEMORY_PER_BYTE 6 /* of a text: most that a record of cards with ROMs becomes */
#define ASIDE RECORD_FILE ".corrupt-"

/* --- the fields, in the order of a new object ------------------------------------------------ */

#define AT(member) JSON_AT(struct record_pinned, member)
static const struct json_field pinned_fields[] = {
	{"when", JSON_TEXT, AT(when)},
	{"by", JSON_TEXT, AT(by)},
};
static const struct json_table pinned = JSON_TABLE(struct record_pinned, pinned_fields);
#undef AT

#define AT(member) JSON_AT(struct record_import, member)
static const struct json_field import_fields[] = {
	{"file", JSON_TEXT, AT(file)},
	{"when", JSON_TEXT, AT(when)},
	{"mismatch", JSON_TEXTS, AT(mismatch), .more = RECORD_WORD_MAX},
};
static const struct json_table import = JSON_TABLE(struct record_import, import_fields);
#undef AT

#define AT(member) JSON_AT(struct record_rom, member)
#define VERDICT .more = VERDICT_COMPLETE + 1, .of = verdict_words
static const struct json_field rom_fields[] = {
	{"sha256", JSON_HEX, AT(sha256)},
	{"size", JSON_SIZE, AT(size), .more = ROM_FILE_MAX},
	{"raw_sha256", JSON_HEX, AT(raw_sha256)},
	{"verdict", JSON_WORD, AT(verdict), VERDICT},
	{"source", JSON_TEXT, AT(source)},
	{"version", JSON_TEXT, AT(version)},
	{"has_efi", JSON_BOOL, AT(has_efi)},
	{"first_seen", JSON_TEXT, AT(first_seen)},
	{"first_boot", JSON_TEXT, AT(first_boot), .flags = JSON_ANY},
	{"imported", JSON_OBJECT, AT(imported), .flags = JSON_OPTIONAL | JSON_ANY, .of = &import},
	{"pinned", JSON_OBJECT, AT(pinned), .flags = JSON_OPTIONAL | JSON_ANY, .of = &pinned},
};
static const struct json_table rom = JSON_TABLE(struct record_rom, rom_fields);
#undef AT

#define AT(member) JSON_AT(struct record_name, member)
static const struct json_field address_fields[] = {
	{"address", JSON_TEXT, AT(name)},
	{"last_seen", JSON_TEXT, AT(last_seen)},
	{"last_boot", JSON_TEXT, AT(last_boot)},
};
static const struct json_table address = JSON_TABLE(struct record_name, address_fields);

static const struct json_field path_fields[] = {
	{"path", JSON_TEXT, AT(name)},
	{"last_seen", JSON_TEXT, AT(last_seen)},
};
static const struct json_table path = JSON_TABLE(struct record_name, path_fields);
#undef AT

#define AT(member) JSON_AT(struct record_function, member)
static const struct json_field function_fields[] = {
	{"function", JSON_UNSIGNED, AT(number)},
	{"ids", JSON_IDS, AT(ids)},
	{"class", JSON_CLASS, AT(class)},
};
static const struct json_table function = JSON_TABLE(struct record_function, function_fields);
#undef AT

#define AT(member) JSON_AT(struct record_reading, member)
static const struct json_field reading_fields[] = {
	{"tried", JSON_BOOL, AT(tried)},     {"source", JSON_TEXT, AT(source)},
	{"outcome", JSON_TEXT, AT(outcome)}, {"verdict", JSON_WORD, AT(verdict), VERDICT},
	{"sha256", JSON_HEX, AT(sha256)},    {"raw_sha256", JSON_HEX, AT(raw_sha256)},
};
static const struct json_table reading = JSON_TABLE(struct record_reading, reading_fields);
#undef AT

#define AT(member) JSON_AT(struct record_card, member)
#define LIST JSON_OPTIONAL | JSON_LAX
static const struct json_table card;
static const struct json_field card_fields[] = {
	{"paths", JSON_LIST, AT(paths), .flags = LIST, .of = &path},
	{"previous", JSON_LIST, AT(previous), .flags = LIST, .of = &card},
	{"id", JSON_HEX, AT(id), .flags = JSON_OPTIONAL | JSON_LAX},
	{"addresses", JSON_LIST, AT(addresses), .flags = LIST, .of = &address},
	{"address", JSON_TEXT, AT(address)},
	{"state", JSON_TEXT, AT(seen.state), .flags = JSON_ANY},
	{"ids", JSON_IDS, AT(ids.vendor), .flags = JSON_NEEDED},
	{"subsystem", JSON_IDS, AT(ids.subvendor), .flags = JSON_NEEDED},
	{"class", JSON_CLASS, AT(seen.class), .flags = JSON_ANY},
	{"functions", JSON_ARRAY, AT(seen.function), .flags = JSON_ANY,
	 .more = offsetof(struct record_card, seen.n_functions), .of = &function},
	{"identity", JSON_WORD, AT(identity), .flags = JSON_LAX, .more = IDENTITY_AMBIGUOUS + 1,
	 .of = identity_words},
	{"identity_text", JSON_TEXT, AT(identity_text), .flags = JSON_KEEP | JSON_WITH},
	{"maybe", JSON_TEXTS, AT(maybe), .flags = JSON_OPTIONAL, .more = PCI_PATH_MAX},
	{"serial", JSON_SERIAL, AT(seen.serial), .flags = JSON_OPTIONAL | JSON_LAX},
	{"slot", JSON_TEXT, AT(seen.slot), .flags = JSON_OPTIONAL | JSON_ANY},
	{"acpi_path", JSON_TEXT, AT(seen.acpi_path), .flags = JSON_OPTIONAL | JSON_ANY},
	{"smbios_slot", JSON_TEXT, AT(seen.smbios_slot), .flags = JSON_OPTIONAL | JSON_ANY},
	{"rom", JSON_NODE, AT(rom), .of = &rom},
	{"other_roms", JSON_LIST, AT(others), .flags = LIST | JSON_KEEP | JSON_WITH, .of = &rom},
	{"raws", JSON_TEXTS, AT(raws), .flags = JSON_OPTIONAL | JSON_ANY, .more = SHA256_HEX},
	{"by_id", JSON_TEXT, AT(by_id), .flags = JSON_OPTIONAL},
	{"reading", JSON_OBJECT, AT(seen.reading), .flags = JSON_OPTIONAL | JSON_LAX,
	 .of = &reading},
	{"first_seen", JSON_TEXT, AT(first_seen)},
	{"last_seen", JSON_TEXT, AT(seen.last_seen)},
	{"last_boot", JSON_TEXT, AT(seen.last_boot)},
};
static const struct json_table card = JSON_TABLE(struct record_card, card_fields);

/* --- from text -------------------------------------------------------------------------------- */

static void *memory_of(void *record, size_t n)
{
	return record_memory(record, n);
}

static int read_cards(const cJSON *cards, struct record *r)
{
	const struct json_memory memory = {.alloc = memory_of, .ctx = r};
	struct record_card **last = &r->cards;
	const cJSON *o;
	int err = 0;

	cJSON_ArrayForEach(o, cards)
	{
		*last = record_new(r, sizeof(**last));
		err = *last ? json_fields_read(&card, o, &memory, *last) : -ENOMEM;
		if (err)
			break;
		snprintf((*last)->path, sizeof((*last)->path), "%s", o->string);
		last = &(*last)->next;
	}
	return err;
}

/* Reads the version, and the cards. Version 2 adds fields, and every one of them may be missing. */
static int read_record(struct record *r)
{
	struct json_reader in = {.o = r->json};
	unsigned version = 0;
	const cJSON *cards;

	json_get_unsigned(&in, "version", &version);
	if (!in.err && version > RECORD_VERSION)
		return -ENOTSUP;
	cards = json_get_object(&in, "cards");
	if (in.err || !version || !cards)
		return -EBADMSG;
	r->older = version < RECORD_VERSION;
	return read_cards(cards, r);
}

/* What a large text becomes: at once, since every further block is some waste. */
static void add_memory(struct record *r)
{
	const size_t n = r->n * MEMORY_PER_BYTE;
	void *memory = r->n >= LARGE ? memory_new(n) : NULL;

	if (memory)
		record_add_memory(r, memory, n);
}

int record_parse(uint8_t *text, size_t n, struct record *ret)
{
	struct record r = {.text = text, .n = n};
	const struct json_memory memory = {.alloc = memory_of, .ctx = &r};
	int err;

	add_memory(&r);
	err = json_parse(text, n, &memory, &r.json);

	if (!err)
		err = read_record(&r);
	if (err)
		record_free(&r);
	else
		*ret = r;
	return err;
}

int record_load(int store, struct record *ret)
{
	uint8_t *text;
	size_t n;
	int err = file_read_plain(store, RECORD_FILE, RECORD_FILE_MAX, &text, &n);

	if (err == -ENOENT) {
		*ret = (struct record){.cards = NULL};
		return 0;
	}
	if (err)
		return err == -ELOOP || err == -EINVAL || err == -EFBIG ? -EBADMSG : err;
	return record_parse(text, n, ret);
}

/* --- and back --------------------------------------------------------------------------------- */

cJSON *record_card_json(const struct record_card *c)
{
	return json_fields_write(&card, c);
}

/* The key of the file, where it is too long for the struct. */
static const char *key_of(const struct record_card *c)
{
	const char *was = c->json ? c->json->string : NULL;

	return was && strncmp(was, c->path, sizeof(c->path) - 1) == 0 ? was : c->path;
}

static void put_cards(struct json_writer *w, const struct record *r)
{
	cJSON *cards = cJSON_CreateObject();

	for (const struct record_card *c = r->cards; c; c = c->next) {
		cJSON *o = record_card_json(c);

		if (!o || !cJSON_AddItemToObject(cards, key_of(c), o)) {
			cJSON_Delete(o);
			w->failed = true;
		}
	}
	json_put(w, "cards", cards);
}

/* Most records have the size that they had. */
static char *print(cJSON *o, size_t size_before)
{
	const size_t room = size_before + size_before / 4;
	char *text = size_before >= LARGE ? memory_new(room) : NULL;

	if (text && cJSON_PrintPreallocated(o, text, (int)room, true))
		return text;
	free(text);
	return cJSON_Print(o);
}

char *record_text(const struct record *r)
{
	struct json_writer w = {.o = cJSON_CreateObject(), .failed = r->failed};
	char *text = NULL;
	const cJSON *o;

	cJSON_ArrayForEach(o, r->json)
	{
		json_put(&w, o->string,
			 strcmp(o->string, "cards") ? cJSON_Duplicate(o, true)
						    : cJSON_CreateNull());
	}
	json_put_int(&w, "version", RECORD_VERSION);
	put_cards(&w, r);
	if (!w.failed)
		text = print(w.o, r->n);
	cJSON_Delete(w.o);
	return text;
}

/* The first one stays: a later upgrade is of what an older gpurom wrote after it. */
static int keep_older(int store, const struct record *r)
{
	int err = r->older ? file_publish_new(store, RECORD_OLDER_FILE, r->text, r->n, RECORD_MODE)
			   : 0;

	return err == -EEXIST ? 0 : err;
}

int record_save(int store, const struct record *r)
{
	char *text = record_text(r);
	size_t n;
	int err;

	if (!text)
		return -ENOMEM;
	n = strlen(text);
	text[n++] = '\n'; /* over the NUL: the bytes are counted from here */
	if (r->text && r->n == n && memcmp(r->text, text, n) == 0) {
		err = dir_sync(store);
	} else {
		err = keep_older(store, r);
		if (!err)
			err = file_publish(store, RECORD_FILE, text, n, RECORD_MODE);
	}
	free(text);
	return err;
}

/* --- put aside -------------------------------------------------------------------------------- */

/* The first name that is free; the caller holds the store's lock. */
int record_set_aside(int store, char ret_name[RECORD_ASIDE_MAX], struct record *ret)
{
	struct stat st;

	for (unsigned i = 1; i <= RECORD_CORRUPT_TRIES; i++) {
		snprintf(ret_name, RECORD_ASIDE_MAX, ASIDE "%u", i);
		if (fstatat(store, ret_name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			continue;
		if (errno != ENOENT || renameat(store, RECORD_FILE, store, ret_name) < 0)
			return -errno;
		*ret = (struct record){.cards = NULL};
		return 0;
	}
	return -EEXIST;
}

int record_find_aside(int store, char ret_name[RECORD_ASIDE_MAX])
{
	DIR *d = dir_open(store, ".", 0);
	const struct dirent *e;
	int err;

	*ret_name = '\0';
	if (!d)
		return -errno;
	while (!*ret_name && (errno = 0, e = readdir(d)))
		if (strncmp(e->d_name, ASIDE, strlen(ASIDE)) == 0)
			snprintf(ret_name, RECORD_ASIDE_MAX, "%.*s", RECORD_ASIDE_MAX - 1,
				 e->d_name);
	err = *ret_name ? 0 : -errno;
	closedir(d);
	return err;
}
