#include "store/forget.h"

#include "record/find.h"
#include "record/remap.h"
#include "store/gc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BY_ID_TRIES PLAN_CARDS_MAX /* as custody gives them */

struct forgetting {
	const struct romstore *s;
	struct digestset own, others; /* digests that the card's object names, and the rest */
};

static int add(struct digestset *set, const cJSON *o)
{
	char *text = cJSON_PrintUnformatted(o);
	int err = text ? digestset_add(set, text, strlen(text)) : -ENOMEM;

	free(text);
	return err;
}

static int gather(struct forgetting *f, const struct record *r, const cJSON *card)
{
	const cJSON *o;
	int err = add(&f->own, card);

	cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(r->o, "cards"))
	{
		if (!err && o != card)
			err = add(&f->others, o);
	}
	return err;
}

/* A card that stays sat there before, and had that ROM. */
static bool is_kept_for(const struct record *r, const cJSON *gone, const char *path,
			const char *sha256)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(r->o, "cards"))
	{
		if (o != gone && record_had_path(r, o->string, path) &&
		    record_knows_rom(r, o->string, sha256))
			return true;
	}
	return false;
}

/* Where it shows a ROM of this card's; alone: and of no other's. */
static int drop(struct forgetting *f, enum romstore_links where, const char *name, bool alone)
{
	char sha256[SHA256_HEX];
	int err = romstore_linked(f->s, where, name, sha256);

	if (err)
		return err == -ENOENT || err == -EEXIST || err == -EINVAL ? 0 : err;
	if (!digestset_has(&f->own, sha256) || (alone && digestset_has(&f->others, sha256)))
		return 0;
	return romstore_unlink(f->s, where, name);
}

static int drop_by_id(struct forgetting *f, const struct pci_ids *i)
{
	char name[RECORD_BY_ID_MAX];
	int err = 0;

	for (unsigned n = 1; n <= BY_ID_TRIES && !err; n++) {
		int head = snprintf(name, sizeof(name), "%04x-%04x-%04x-%04x", i->vendor, i->device,
				    i->subvendor, i->subdevice);

		if (n > 1)
			snprintf(name + head, sizeof(name) - (size_t)head, "-%u", n);
		err = drop(f, STORE_BY_ID, name, true);
	}
	return err;
}

static int drop_all(struct forgetting *f, const struct record *r, const char *path)
{
	const cJSON *o, *card = record_object(r, path);
	struct record_card known = {.by_id = ""};
	char link[SHA256_HEX];
	int err = romstore_unlink(f->s, STORE_BY_PATH, path);

	if (err == -EEXIST)
		err = 0;
	cJSON_ArrayForEach(o, cJSON_GetObjectItemCaseSensitive(card, "paths"))
	{
		const char *old = json_text(o, "path");

		if (!err && !record_object(r, old) &&
		    romstore_linked(f->s, STORE_BY_PATH, old, link) == 0 &&
		    !is_kept_for(r, card, old, link))
			err = drop(f, STORE_BY_PATH, old, false);
	}
	if (!err)
		err = record_find(r, path, &known);
	return err ? err : drop_by_id(f, &known.ids);
}

int record_forget_links(const struct romstore *s, const struct record *r, const char *path)
{
	const cJSON *card = record_object(r, path);
	struct forgetting f = {.s = s};
	int err = card ? gather(&f, r, card) : -ENOENT;

	if (!err)
		err = drop_all(&f, r, path);
	digestset_free(&f.own);
	digestset_free(&f.others);
	return err;
}

int record_forget(struct record *r, const char *path)
{
	if (!record_object(r, path))
		return -ENOENT;
	cJSON_DeleteItemFromObjectCaseSensitive(cJSON_GetObjectItemCaseSensitive(r->o, "cards"),
						path);
	return record_ruled_out(r, path);
}
