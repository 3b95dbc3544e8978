#include "store/links.h"

#include "record/find.h"
#include "store/record-file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool recordlinks_explained(const struct record *r, const char *path, const char *sha256)
{
	const cJSON *card = record_object(r, path);

	if (card)
		return strcmp(json_text(json_at(card, "rom"), "sha256"), sha256) == 0;
	cJSON_ArrayForEach(card, json_at(r->o, "cards"))
	{
		if (record_had_path(r, card->string, path) &&
		    record_knows_rom(r, card->string, sha256))
			return true;
	}
	return false;
}

struct showing {
	const struct romstore *s;
	int err;
};

static int show(const struct romstore *s, const char *path, const char *sha256)
{
	char link[SHA256_HEX];
	uint8_t *data;
	size_t n;
	int err = romstore_linked(s, STORE_BY_PATH, path, link);

	if (err == -EEXIST || err == -EINVAL || (!err && strcmp(link, sha256) == 0))
		return 0;
	if (err && err != -ENOENT)
		return err;
	err = romstore_get_rom(s, sha256, &data, &n);
	if (err)
		return err == -ENOENT || err == -EBADMSG ? 0 : err;
	free(data);
	return romstore_link(s, STORE_BY_PATH, path, sha256);
}

static void show_card(void *ctx, const char *path, const struct record_card *card)
{
	struct showing *w = ctx;

	if (!w->err && card->rom.sha256[0])
		w->err = show(w->s, path, card->rom.sha256);
}

int recordlinks_show(const struct romstore *s, const struct record *r)
{
	struct showing w = {.s = s};

	record_cards(r, show_card, &w);
	return w.err;
}

struct dropping {
	const struct romstore *s;
	const struct record *r;
	void (*told)(void *ctx, const char *path, const char *sha256);
	void *ctx;
};

static int drop(void *ctx, const char *path, const char *sha256)
{
	const struct dropping *w = ctx;
	int err = 0;

	if (recordlinks_explained(w->r, path, sha256))
		return 0;
	err = romstore_unlink(w->s, STORE_BY_PATH, path);
	if (!err && w->told)
		w->told(w->ctx, path, sha256);
	return err;
}

int recordlinks_drop(const struct romstore *s, const struct record *r,
		     void (*told)(void *ctx, const char *path, const char *sha256), void *ctx)
{
	struct dropping w = {.s = s, .r = r, .told = told, .ctx = ctx};
	char aside[RECORD_ASIDE_MAX];
	int err = record_aside(s->fd, aside);

	return err || aside[0] ? err : romstore_each_link(s, STORE_BY_PATH, drop, &w);
}
