#include "record/find.h"

#include "pci/serial.h"
#include "sys/json-fields.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool record_may_be(const struct record *r, const char *path, const char *other)
{
	const char *maybe[IDENTITY_MAYBE_MAX];
	size_t n = record_maybe(r, path, maybe);

	for (size_t i = 0; i < n; i++)
		if (strcmp(maybe[i], other) == 0)
			return true;
	return false;
}

/* A name, taken apart once. */
struct wanted {
	const char *path; /* as written, without its word */
	const char *slot; /* NULL: it is none */
	uint64_t serial;  /* 0: it is none */
	bool is_addr;
	struct pci_addr addr;
};

/* What stands behind the word, NULL where the name does not begin with it. */
static const char *behind(const char *name, const char *word)
{
	size_t n = strlen(word);

	return strncmp(name, word, n) == 0 ? name + n : NULL;
}

static struct wanted understand(const char *name)
{
	const char *path = behind(name, "path:"), *serial = behind(name, "serial:");
	struct wanted w = {.path = path ? path : name, .slot = behind(name, "slot:")};
	char whole[PCI_ADDR_BUF + 2];

	snprintf(whole, sizeof(whole), "%s.0", name);
	w.is_addr = pci_addr_parse(name, &w.addr) == 0 ||
		    (strlen(name) < PCI_ADDR_BUF && pci_addr_parse(whole, &w.addr) == 0);
	if (pci_serial_parse(serial ? serial : name, &w.serial) < 0)
		w.serial = 0;
	return w;
}

static bool is_serial(const struct wanted *w, const char *text)
{
	uint64_t serial;

	return w->serial && pci_serial_parse(text, &serial) == 0 && serial == w->serial;
}

static bool is_addr(const struct wanted *w, const char *text)
{
	struct pci_addr a;

	return w->is_addr && pci_addr_parse(text, &a) == 0 && pci_addr_same_card(a, w->addr);
}

/* The latest of the card's meanings of the name. */
static void consider(struct record_named *found, enum record_name how, const char *until)
{
	if (found->until && strcmp(found->until, until) >= 0)
		return;
	found->how = how;
	found->until = until;
}

static void consider_old(const struct wanted *w, const cJSON *card, struct record_named *found)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, json_at(card, "paths"))
	{
		if (*w->path && strcmp(json_text(o, "path"), w->path) == 0)
			consider(found, RECORD_NAME_OLD_PATH, json_text(o, "last_seen"));
	}
	cJSON_ArrayForEach(o, json_at(card, "addresses"))
	{
		if (is_addr(w, json_text(o, "address")))
			consider(found, RECORD_NAME_OLD_ADDRESS, json_text(o, "last_seen"));
	}
}

/* until NULL: it never had that name. */
static struct record_named named(const struct wanted *w, const cJSON *card)
{
	struct record_named found = {.path = card->string, .until = NULL};

	if (is_addr(w, json_text(card, "address")) || is_serial(w, json_text(card, "serial")) ||
	    (w->slot && *w->slot && strcmp(json_text(card, "slot"), w->slot) == 0))
		consider(&found, RECORD_NAME_LAST, json_text(card, "last_seen"));
	consider_old(w, card, &found);
	return found;
}

int record_named(const struct record *r, const char *name, const char *except,
		 struct record_named *ret)
{
	const struct wanted w = understand(name);
	struct record_named best = {.until = NULL}, one;
	const cJSON *card = record_object(r, w.path);
	size_t n = 0;

	if (card && (!except || strcmp(card->string, except) != 0)) {
		*ret = (struct record_named){.path = card->string,
					     .until = json_text(card, "last_seen")};
		return 0;
	}
	cJSON_ArrayForEach(card, json_at(r->o, "cards"))
	{
		if (except && strcmp(card->string, except) == 0)
			continue;
		one = named(&w, card);
		n += one.until != NULL;
		if (one.until && (!best.until || strcmp(one.until, best.until) > 0))
			best = one;
	}
	if (!best.until)
		return -ENOENT;
	*ret = best;
	ret->others = n - 1;
	return 0;
}

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
