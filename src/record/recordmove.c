#include "record/recordmove.h"

#include "record/recordpast.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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
