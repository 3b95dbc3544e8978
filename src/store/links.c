// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/links.h"

#include "store/gc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *recordlinks_id(const struct pci_ids *i, unsigned n, char buf[RECORD_BY_ID_MAX])
{
	int head = snprintf(buf, RECORD_BY_ID_MAX, "%04x-%04x-%04x-%04x", i->vendor, i->device,
			    i->subvendor, i->subdevice);

	if (n > 1)
		snprintf(buf + head, RECORD_BY_ID_MAX - (size_t)head, "-%u", n);
	return buf;
}

/* True where a recorded card other than `except` was there before, and has that ROM. */
static bool was_left_there(const struct record *r, const struct record_card *except,
			   const char *path, const char *sha256)
{
	for (const struct record_card *c = r->cards; c; c = c->next)
		if (c != except && record_was_at(c, path) && record_rom(c, sha256))
			return true;
	return false;
}

/* c: the card that is recorded at path, or NULL. */
static bool is_explained(const struct record *r, const struct record_card *c, const char *path,
			 const char *sha256)
{
	return c ? strcmp(record_shown(c), sha256) == 0 : was_left_there(r, NULL, path, sha256);
}

bool recordlinks_explained(const struct record *r, const char *path, const char *sha256)
{
	return is_explained(r, record_find(r, path), path, sha256);
}

static int show_rom(const struct romstore *s, int links, const char *path, const char *sha256)
{
	char link[SHA256_HEX];
	uint8_t *data;
	size_t n;
	int err = romstore_linked_in(links, path, link);

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

int recordlinks_show(const struct romstore *s, const struct record *r)
{
	int err = 0, links = -1;

	for (const struct record_card *c = r->cards; c && !err; c = c->next) {
		if (!*record_shown(c))
			continue;
		if (links < 0)
			links = romstore_open_links(s, STORE_BY_PATH);
		err = links < 0 ? links : show_rom(s, links, c->path, record_shown(c));
	}
	if (links >= 0)
		close(links);
	return err;
}

struct drop_job {
	const struct romstore *s;
	const struct record *r;
	const struct record_card **card; /* by path */
	size_t n;
	bool twins; /* the file has longer paths, of which two are cut to the same */
	void (*removed)(void *ctx, const char *path, const char *sha256);
	void *ctx;
};

static int compare_paths(const void *a, const void *b)
{
	return strcmp((*(const struct record_card *const *)a)->path,
		      (*(const struct record_card *const *)b)->path);
}

static int compare_path(const void *path, const void *card)
{
	return strcmp(path, (*(const struct record_card *const *)card)->path);
}

/* As record_find: a thousand links would look at half a million cards. */
static const struct record_card *find_card(const struct drop_job *w, const char *path)
{
	const struct record_card **c;

	if (w->twins || !w->n)
		return record_find(w->r, path);
	c = bsearch(path, w->card, w->n, sizeof(*w->card), compare_path);
	return c ? *c : NULL;
}

static int sort_cards(struct drop_job *w)
{
	const struct record_card *c;
	size_t n = 0;

	for (c = w->r->cards; c; c = c->next)
		n++;
	w->card = n ? calloc(n, sizeof(*w->card)) : NULL;
	if (!w->card)
		return n ? -ENOMEM : 0;
	for (c = w->r->cards; c; c = c->next)
		w->card[w->n++] = c;
	qsort(w->card, n, sizeof(*w->card), compare_paths);
	for (size_t i = 1; i < n; i++)
		w->twins |= strcmp(w->card[i - 1]->path, w->card[i]->path) == 0;
	return 0;
}

static int drop_unexplained(void *ctx, const char *path, const char *sha256)
{
	const struct drop_job *w = ctx;
	int err = 0;

	if (is_explained(w->r, find_card(w, path), path, sha256))
		return 0;
	err = romstore_unlink(w->s, STORE_BY_PATH, path);
	if (!err && w->removed)
		w->removed(w->ctx, path, sha256);
	return err;
}

int recordlinks_drop(const struct romstore *s, const struct record *r,
		     void (*removed)(void *ctx, const char *path, const char *sha256), void *ctx)
{
	struct drop_job w = {.s = s, .r = r, .removed = removed, .ctx = ctx};
	char aside[RECORD_ASIDE_MAX];
	int err = record_find_aside(s->fd, aside);

	if (err || aside[0])
		return err;
	err = sort_cards(&w);
	if (!err)
		err = romstore_each_link(s, STORE_BY_PATH, drop_unexplained, &w);
	free(w.card);
	return err;
}

/* --- of a card that is forgotten -------------------------------------------------------------- */

struct forget_job {
	const struct romstore *s;
	struct digestset own, others; /* digests that the card's record names, and the rest */
};

static int add_digests(struct digestset *set, const struct record_card *c)
{
	cJSON *o = record_card_json(c);
	char *text = o ? cJSON_PrintUnformatted(o) : NULL;
	int err = text ? digestset_add(set, text, strlen(text)) : -ENOMEM;

	free(text);
	cJSON_Delete(o);
	return err;
}

/* Where it leads to a ROM of this card; alone: and of no other. */
static int drop_own(struct forget_job *f, enum romstore_links where, const char *name, bool alone)
{
	char sha256[SHA256_HEX];
	int err = romstore_linked(f->s, where, name, sha256);

	if (err)
		return err == -ENOENT || err == -EEXIST || err == -EINVAL ? 0 : err;
	if (!digestset_has(&f->own, sha256) || (alone && digestset_has(&f->others, sha256)))
		return 0;
	return romstore_unlink(f->s, where, name);
}

static int drop_by_id(struct forget_job *f, const struct pci_ids *ids)
{
	char name[RECORD_BY_ID_MAX];
	int err = 0;

	for (unsigned n = 1; n <= RECORDLINKS_BY_ID && !err; n++)
		err = drop_own(f, STORE_BY_ID, recordlinks_id(ids, n, name), true);
	return err;
}

static int drop_links(struct forget_job *f, const struct record *r, const struct record_card *card)
{
	char link[SHA256_HEX];
	int err = romstore_unlink(f->s, STORE_BY_PATH, card->path);

	if (err == -EEXIST)
		err = 0;
	for (const struct record_name *old = card->paths; old && !err; old = old->next)
		if (!record_find(r, old->name) &&
		    romstore_linked(f->s, STORE_BY_PATH, old->name, link) == 0 &&
		    !was_left_there(r, card, old->name, link))
			err = drop_own(f, STORE_BY_PATH, old->name, false);
	return err ? err : drop_by_id(f, &card->ids);
}

int recordlinks_forget(const struct romstore *s, const struct record *r,
		       const struct record_card *card)
{
	struct forget_job f = {.s = s};
	int err = 0;

	for (const struct record_card *c = r->cards; c && !err; c = c->next)
		err = add_digests(c == card ? &f.own : &f.others, c);
	if (!err)
		err = drop_links(&f, r, card);
	digestset_free(&f.own);
	digestset_free(&f.others);
	return err;
}
