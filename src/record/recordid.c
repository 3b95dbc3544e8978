#include "record/recordid.h"

#include "pci/serial.h"
#include "sys/json-fields.h"

#include <errno.h>
#include <string.h>

static void describe(const cJSON *o, const char *path, bool previous, struct record_bearer *ret)
{
	struct json_reader r = {.o = o};
	struct pci_ids ids = {0};

	json_get_ids(&r, "ids", &ids.vendor, &ids.device);
	json_get_ids(&r, "subsystem", &ids.subvendor, &ids.subdevice);
	*ret = (struct record_bearer){
		.path = path, .previous = previous, .last_seen = json_text(o, "last_seen")};
	if (!r.err)
		ret->ids = ids;
}

static bool bears(const cJSON *o, const char *id)
{
	return strcmp(json_text(o, "id"), id) == 0;
}

static bool in_past(const cJSON *card, const char *id, struct record_bearer *ret)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, json_at(card, "previous"))
	{
		if (bears(o, id)) {
			describe(o, card->string, true, ret);
			return true;
		}
	}
	return false;
}

int record_by_id(const struct record *r, const char *id, struct record_bearer *ret)
{
	const cJSON *cards = json_at(r->o, "cards"), *card;

	if (!*id)
		return -ENOENT;
	cJSON_ArrayForEach(card, cards)
	{
		if (bears(card, id)) {
			describe(card, card->string, false, ret);
			return 0;
		}
	}
	cJSON_ArrayForEach(card, cards)
	{
		if (in_past(card, id, ret))
			return 0;
	}
	return -ENOENT;
}

int record_before(const struct record *r, const char *path, struct record_bearer *ret)
{
	const cJSON *card = record_object(r, path), *previous = json_at(card, "previous");

	if (!cJSON_IsArray(previous) || !cJSON_IsObject(previous->child))
		return -ENOENT;
	describe(previous->child, card->string, true, ret);
	return 0;
}

/* As record/identity.c takes a serial number for proof. */
static bool is_card(const cJSON *o, const struct pci_ids *ids, uint64_t serial)
{
	struct json_reader r = {.o = o};
	struct pci_ids is = {0};
	uint64_t its;

	json_get_ids(&r, "ids", &is.vendor, &is.device);
	return !r.err && is.vendor == ids->vendor && is.device == ids->device &&
	       pci_serial_parse(json_text(o, "serial"), &its) == 0 && its == serial;
}

int record_rom_of(const struct record *r, const char *path, const struct pci_ids *ids,
		  uint64_t serial, const char *sha256, struct record_rom *ret)
{
	const cJSON *card, *o, *rom = record_rom_object(record_object(r, path), sha256);

	cJSON_ArrayForEach(card, json_at(r->o, "cards"))
	{
		cJSON_ArrayForEach(o, json_at(card, "previous"))
		{
			if (!rom && serial && is_card(o, ids, serial))
				rom = record_rom_object(o, sha256);
		}
	}
	return rom ? record_read_rom(rom, ret) : -ENOENT;
}

const char *record_came_from(const struct record *r, const char *path)
{
	const cJSON *paths = json_at(record_object(r, path), "paths");

	return cJSON_IsArray(paths) ? json_text(paths->child, "path") : "";
}

bool record_had_path(const struct record *r, const char *path, const char *old)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, json_at(record_object(r, path), "paths"))
	{
		if (strcmp(json_text(o, "path"), old) == 0)
			return true;
	}
	return false;
}
