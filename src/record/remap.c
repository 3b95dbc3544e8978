#include "record/remap.h"

#include "record/find.h"
#include "record/update.h"
#include "sys/json-fields.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* What the last commit saw at a place. `always`: also known of a card that no commit has seen
 * there. */
static const struct {
	const char *key;
	bool always;
} seen_keys[] = {{"state", true},      {"class", true},	       {"functions", true},
		 {"serial", true},     {"reading", true},      {"slot", false},
		 {"acpi_path", false}, {"smbios_slot", false}, {"last_seen", false},
		 {"last_boot", false}};

static bool is_model(const cJSON *card, const struct pci_ids *ids)
{
	struct json_reader r = {.o = card};
	struct pci_ids is = {0};

	if (!cJSON_IsObject(card))
		return false;
	json_get_ids(&r, "ids", &is.vendor, &is.device);
	json_get_ids(&r, "subsystem", &is.subvendor, &is.subdevice);
	return !r.err && identity_same_model(&is, ids);
}

/* --- what was seen of a place ----------------------------------------------------------------- */

/* there NULL: no commit was at that place; it is here, and that is all. */
static cJSON *seen_of(const cJSON *there, const cJSON *card, const char *when)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	for (size_t i = 0; i < COUNT(seen_keys); i++) {
		const cJSON *v = json_at(there ? there : card, seen_keys[i].key);

		if (v && (there || seen_keys[i].always))
			json_put(&w, seen_keys[i].key, cJSON_Duplicate(v, true));
	}
	if (!there)
		json_put_text(&w, "last_seen", when);
	return json_done(&w);
}

/* seen NULL: no memory. A serial number that was not to be had was not lost. */
static void put_seen(struct json_writer *card, const cJSON *seen)
{
	card->failed |= !seen;
	for (size_t i = 0; i < COUNT(seen_keys); i++) {
		const char *key = seen_keys[i].key;
		const cJSON *v = json_at(seen, key);

		if (v)
			json_put(card, key, cJSON_Duplicate(v, true));
		else if (strcmp(key, "serial") != 0)
			cJSON_DeleteItemFromObjectCaseSensitive(card->o, key);
	}
}

/* --- doubts ----------------------------------------------------------------------------------- */

static void put_verdict(struct json_writer *card, enum identity is, const char *text)
{
	json_put_text(card, "identity", identity_word(is));
	json_put_text(card, "identity_text", text);
	cJSON_DeleteItemFromObjectCaseSensitive(card->o, "maybe");
}

/* from NULL: it is where it was. */
static void put_certain(struct json_writer *card, const char *from)
{
	char text[PCI_PATH_MAX + 32] = "";

	if (from)
		snprintf(text, sizeof(text), "remapped from %s", from);
	put_verdict(card, IDENTITY_SAME, text);
}

/* What is left of a card's doubt. */
static void put_left(struct json_writer *card, const cJSON *maybe)
{
	const char *path = card->o->string;
	const bool one = cJSON_GetArraySize(maybe) == 1 && cJSON_IsString(maybe->child);
	char text[IDENTITY_TEXT_MAX];
	size_t n = 0;
	const cJSON *v;

	n = (size_t)snprintf(text, sizeof(text), "may be the card of");
	cJSON_ArrayForEach(v, maybe)
	{
		if (n < sizeof(text) && cJSON_IsString(v))
			n += (size_t)snprintf(text + n, sizeof(text) - n, "%s %s",
					      v == maybe->child ? "" : ",", v->valuestring);
	}
	if (n < sizeof(text))
		snprintf(text + n, sizeof(text) - n, ": 'gpurom remap %s %s' settles it",
			 one ? maybe->child->valuestring : "OLD", path);
	json_put_text(card, "identity_text", text);
}

static void rule_out(struct json_writer *card, const char *path)
{
	cJSON *maybe = json_at(card->o, "maybe"), *v, *next;
	size_t gone = 0;

	for (v = cJSON_IsArray(maybe) ? maybe->child : NULL; v; v = next) {
		next = v->next;
		if (!cJSON_IsString(v) || strcmp(v->valuestring, path) != 0)
			continue;
		cJSON_Delete(cJSON_DetachItemViaPointer(maybe, v));
		gone++;
	}
	if (!gone)
		return;
	v = maybe->child;
	if (!v)
		put_verdict(card, IDENTITY_NEW, "");
	else if (!v->next && cJSON_IsString(v) && strcmp(v->valuestring, card->o->string) == 0)
		put_verdict(card, IDENTITY_SAME, "");
	else
		put_left(card, maybe);
}

int record_ruled_out(struct record *r, const char *path)
{
	struct json_writer w = {.o = NULL};

	cJSON_ArrayForEach(w.o, json_at(r->o, "cards"))
	{
		if (strcmp(w.o->string, path) != 0)
			rule_out(&w, path);
	}
	return w.failed ? -ENOMEM : 0;
}

/* --- a record that began with the last commit ------------------------------------------------- */

static bool is_newcomer(const struct record *r, const char *path)
{
	const char *identity = json_text(record_object(r, path), "identity");
	const char *maybe[IDENTITY_MAYBE_MAX];

	if (record_maybe(r, path, maybe))
		return !record_may_be(r, path, path);
	return strcmp(identity, identity_word(IDENTITY_NEW)) == 0 ||
	       strcmp(identity, identity_word(IDENTITY_REPLACED)) == 0;
}

static void keep_rom(struct json_writer *card, const cJSON *rom)
{
	const char *sha256 = json_text(rom, "sha256");
	cJSON *mine;

	if (!*sha256 || record_rom_object(card->o, sha256))
		return;
	mine = cJSON_Duplicate(rom, true);
	if (!cJSON_IsObject(json_at(card->o, "rom"))) {
		json_put(card, "rom", mine);
		return;
	}
	cJSON_DeleteItemFromObjectCaseSensitive(mine, "pinned");
	json_push(card, json_array(card, "other_roms"), mine);
}

static void absorb(struct json_writer *card, const cJSON *newcomer)
{
	const cJSON *o;

	keep_rom(card, json_at(newcomer, "rom"));
	cJSON_ArrayForEach(o, json_at(newcomer, "other_roms"))
	{
		keep_rom(card, o);
	}
	cJSON_ArrayForEach(o, json_at(newcomer, "raws"))
	{
		if (cJSON_GetArraySize(json_array(card, "raws")) < RECORD_RAWS_MAX)
			json_push(card, json_array(card, "raws"), cJSON_Duplicate(o, true));
	}
	cJSON_ArrayForEach(o, json_at(newcomer, "previous"))
	{
		json_push(card, json_array(card, "previous"), cJSON_Duplicate(o, true));
	}
	if (!json_text(card->o, "by_id")[0] && json_text(newcomer, "by_id")[0])
		json_put_text(card, "by_id", json_text(newcomer, "by_id"));
}

/* --- remap -------------------------------------------------------------------------------------
 */

/* The card that m means, in the place of what displaced it, which is taken out: *ret_displacing. */
static int bring_back(struct record *r, const struct record_remap *m, cJSON **ret_displacing)
{
	cJSON *cards = json_at(r->o, "cards"), *there = record_object(r, m->from), *o;

	*ret_displacing = NULL;
	if (is_model(there, &m->ids))
		return 0;
	cJSON_ArrayForEach(o, json_at(there, "previous"))
	{
		if (is_model(o, &m->ids))
			break;
	}
	if (!o)
		return -ENOENT;
	*ret_displacing = cJSON_DetachItemViaPointer(cards, there);
	o = cJSON_DetachItemViaPointer(json_at(there, "previous"), o);
	return cJSON_AddItemToObject(cards, m->from, o) ? 0 : -ENOMEM;
}

static int move(struct record *r, const struct record_remap *m, bool exchange)
{
	const struct record_move both[] = {{m->from, m->to}, {m->to, m->from}};
	struct json_writer w = {.o = record_object(r, m->from)};
	cJSON *newcomer = NULL;
	int err;

	if (!exchange && is_newcomer(r, m->to)) {
		newcomer =
			cJSON_DetachItemViaPointer(json_at(r->o, "cards"), record_object(r, m->to));
		absorb(&w, newcomer);
		cJSON_Delete(newcomer);
	}
	err = w.failed ? -ENOMEM : record_move(r, both, exchange ? 2 : 1);
	return err;
}

static int seat(struct record *r, const char *path, const char *from, const cJSON *seen,
		struct pci_addr addr)
{
	struct json_writer w = {.o = record_object(r, path)};

	recordpast_address(&w, addr);
	put_seen(&w, seen);
	put_certain(&w, from);
	return w.failed ? -ENOMEM : 0;
}

static int remap(struct record *r, const struct record_remap *m, bool exchange)
{
	const cJSON *from = record_object(r, m->from);
	cJSON *at_to = seen_of(record_object(r, m->to), from, m->when);
	cJSON *at_from = seen_of(from, from, m->when);
	int err = move(r, m, exchange);

	if (!err)
		err = seat(r, m->to, m->from, at_to, m->addr);
	if (!err && exchange)
		err = seat(r, m->from, m->to, at_from, m->from_addr);
	cJSON_Delete(at_to);
	cJSON_Delete(at_from);
	return err;
}

int record_remap(struct record *r, const struct record_remap *m, enum record_remapped *ret)
{
	struct json_writer w = {.o = record_object(r, m->from)};
	bool itself = strcmp(m->from, m->to) == 0;
	bool exchange = m->from_here && !itself && is_model(w.o, &m->ids) &&
			is_model(record_object(r, m->to), &m->ids);
	cJSON *displacing = NULL;
	int err;

	if (itself && !is_model(w.o, &m->ids))
		return -ENOENT;
	*ret = itself ? RECORD_ITSELF : exchange ? RECORD_EXCHANGED : RECORD_MOVED;
	if (itself) {
		put_certain(&w, NULL);
		return w.failed ? -ENOMEM : record_ruled_out(r, m->from);
	}
	err = bring_back(r, m, &displacing);
	if (!err)
		err = remap(r, m, exchange);
	if (displacing && !cJSON_AddItemToObject(json_at(r->o, "cards"), m->from, displacing))
		err = -ENOMEM;
	if (!err)
		err = record_ruled_out(r, m->from);
	return err || !exchange ? err : record_ruled_out(r, m->to);
}

static int put_at(cJSON *cards, cJSON *card, const struct record_move *m)
{
	cJSON *there = cJSON_DetachItemFromObjectCaseSensitive(cards, m->to);
	struct json_writer all = {.o = cards}, w = {.o = card};
	struct json_writer past = {.o = cJSON_CreateObject()};

	json_put_text(&past, "path", m->from);
	json_put_text(&past, "last_seen", json_text(card, "last_seen"));
	recordpast_drop(&w, "paths", "path", m->to);
	recordpast_push(&w, "paths", "path", json_done(&past));
	if (there)
		recordpast_bury(&w, there);
	json_put(&all, m->to, card);
	return w.failed || all.failed ? -ENOMEM : 0;
}

static int check(const cJSON *cards, const struct record_move *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!cJSON_GetObjectItemCaseSensitive(cards, m[i].from))
			return -ENOENT;
		for (size_t k = 0; k < i; k++)
			if (strcmp(m[i].to, m[k].to) == 0 || strcmp(m[i].from, m[k].from) == 0)
				return -EINVAL;
	}
	return 0;
}

int record_move(struct record *r, const struct record_move *m, size_t n)
{
	cJSON *cards = cJSON_GetObjectItemCaseSensitive(r->o, "cards"), **card;
	int err = check(cards, m, n);

	if (err)
		return err;
	card = calloc(n + 1, sizeof(cJSON *));
	if (!card)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		card[i] = cJSON_DetachItemFromObjectCaseSensitive(cards, m[i].from);
	for (size_t i = 0; i < n; i++)
		if (put_at(cards, card[i], &m[i]) < 0)
			err = -ENOMEM;
	free(card);
	return err;
}
