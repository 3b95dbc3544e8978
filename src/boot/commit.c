#include "boot/commit.h"

#include "boot/commit-record.h"
#include "store/gc.h"
#include "store/links.h"
#include "store/record-file.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BOOT_ID "proc/sys/kernel/random/boot_id"

struct commit {
	const struct root *root;
	const struct report *report;
	const struct rom_wish *wish; /* NULL: the report is a boot's */
	struct romstore store;
	struct record record;
	struct commit_identities *who;
	char when[RECORD_TIME_MAX];
	char boot[RECORD_BOOT_MAX];
};

static void now(struct commit *c)
{
	uint8_t *id;
	size_t n;

	clock_now(c->when);
	if (file_read(c->root->fd, BOOT_ID, sizeof(c->boot) - 1, &id, &n) < 0)
		return;
	snprintf(c->boot, sizeof(c->boot), "%.*s", (int)strcspn((char *)id, "\n"), (char *)id);
	free(id);
}

static bool twice(const struct report *r, const struct boot_card *c)
{
	size_t times = 0;

	for (size_t i = 0; i < r->n; i++)
		times += r->card[i].state != CARD_LEFT &&
			 strcmp(r->card[i].card.path, c->card.path) == 0;
	return times > 1;
}

/* A card that this commit has nothing to do with, or cannot name. */
static bool skip(const struct commit *c, const struct boot_card *card, struct rom_choice *ret)
{
	char ignored[SHA256_HEX];

	*ret = (struct rom_choice){.card = card, .outcome = ROM_SKIPPED};
	if (card->state == CARD_LEFT && !c->wish)
		return true;
	if (romstore_linked(&c->store, STORE_BY_PATH, card->card.path, ignored) == -EINVAL)
		snprintf(ret->trouble, sizeof(ret->trouble), "no path name: nothing is stored");
	else if (twice(c->report, card))
		snprintf(ret->trouble, sizeof(ret->trouble),
			 "another card has the same path name: nothing is stored");
	return ret->trouble[0];
}

static bool is_held(const struct commit_result *held, size_t i)
{
	return held && held->card[i].outcome == ROM_KEPT;
}

/* Of cards that the configured store knows, what it knows. */
static void name_card(const struct commit *c, const struct commit_result *held, size_t i,
		      struct rom_choice *k)
{
	const struct commit_identity *who = &c->who->card[i];

	k->replaced = who->replaced;
	k->serial = who->serial;
	k->identity = who->verdict;
	memcpy(k->identity_text, who->text, sizeof(k->identity_text));
	if (held && held->card[i].identity) {
		k->identity = held->card[i].identity;
		memcpy(k->identity_text, held->card[i].identity_text, sizeof(k->identity_text));
	}
}

static int take_all(struct commit *c, const struct commit_result *held, struct commit_result *ret)
{
	for (size_t i = 0; i < c->report->n && i < PLAN_CARDS_MAX; i++) {
		const struct boot_card *card = &c->report->card[i];
		struct rom_choice *k = &ret->card[i];
		int err = 0;

		ret->n = i + 1;
		if (skip(c, card, k))
			continue;
		name_card(c, held, i, k);
		if (is_held(held, i))
			*k = held->card[i];
		else
			err = rom_choice_make(c->root, &c->store, &c->record, c->wish, k);
		if (err)
			return err;
		if (held && held->card[i].trouble[0])
			strcpy(k->trouble, held->card[i].trouble);
	}
	return 0;
}

static int link_all(struct commit *c, const struct commit_result *held, struct commit_result *ret)
{
	for (size_t i = 0; i < ret->n; i++) {
		struct rom_choice *k = &ret->card[i];
		int err = k->outcome == ROM_SKIPPED || is_held(held, i)
				  ? 0
				  : rom_choice_link(&c->store, k);

		if (err)
			return err;
	}
	return 0;
}

static int record_all(struct commit *c, const struct commit_result *held, struct commit_result *ret)
{
	const struct commit_record to = {.root = c->root,
					 .record = &c->record,
					 .report = c->report,
					 .who = c->who,
					 .import = c->wish ? c->wish->import : NULL,
					 .when = c->when,
					 .boot = c->boot};
	int err = 0;

	for (size_t i = 0; i < ret->n && !err; i++)
		if (ret->card[i].outcome != ROM_SKIPPED && !is_held(held, i))
			err = commit_record_card(&to, i, &ret->card[i]);
	memcpy(ret->missing, c->who->missing, sizeof(ret->missing));
	ret->n_missing = c->who->n_missing;
	if (!err && ret->set_aside[0])
		err = commit_record_rebuild(&c->store, &c->record, c->report, c->when, c->boot);
	/* The volatile store has no links but those that the configured one lacks. */
	if (!err && !held)
		err = recordlinks_show(&c->store, &c->record);
	return err ? err : record_save(c->store.fd, &c->record);
}

static void tell_dropped(void *ctx, const char *path, const char *sha256)
{
	struct commit_result *ret = ctx;

	(void)sha256;
	if (ret->n_dropped < COMMIT_DROPPED_MAX)
		snprintf(ret->dropped[ret->n_dropped], PCI_PATH_MAX, "%s", path);
	ret->n_dropped++;
}

/* What the record needs no more, now that it is saved. What cannot be removed is no harm yet: the
 * next commit finds such a link again, gc such a reading. */
static void drop_all(const struct commit *c, struct commit_result *ret)
{
	(void)recordlinks_drop(&c->store, &c->record, tell_dropped, ret);
	for (size_t i = 0; i < ret->n; i++)
		if (ret->card[i].raw_gone[0] &&
		    !storegc_remove_raw(&c->store, &c->record, ret->card[i].raw_gone))
			ret->card[i].raw_gone[0] = '\0';
}

static int record_open(struct commit *c, struct commit_result *ret)
{
	int err = record_load(c->store.fd, &c->record);

	if (err == -EBADMSG)
		err = record_set_aside(c->store.fd, ret->set_aside, &c->record);
	return err;
}

/* All of it, in a store that is open and locked. */
static int publish(struct commit *c, const struct commit_result *held, struct commit_result *ret)
{
	int err = record_open(c, ret);

	if (err)
		return err;
	now(c);
	err = commit_identify(c->root, &c->record, c->report, c->boot, c->wish != NULL, c->who);
	if (!err)
		err = take_all(c, held, ret);
	if (!err)
		err = link_all(c, held, ret);
	if (!err)
		err = record_all(c, held, ret);
	if (!err && !held)
		drop_all(c, ret);
	record_free(&c->record);
	return err;
}

/* held: what the configured store shows already, NULL where this is it. */
static int commit_into(const struct root *root, const struct report *r, const char *store,
		       const struct rom_wish *wish, const struct commit_result *held,
		       struct commit_result *ret)
{
	struct commit c = {.root = root, .report = r, .wish = wish};
	int lock, err = romstore_open(root, store, true, &c.store);

	if (err)
		return err;
	c.who = calloc(1, sizeof(*c.who));
	lock = c.who ? romstore_lock(&c.store, COMMIT_LOCK_MS) : -ENOMEM;
	err = lock < 0 ? lock : publish(&c, held, ret);
	if (!err)
		strcpy(ret->store, c.store.path);
	if (lock >= 0)
		close(lock);
	free(c.who);
	romstore_close(&c.store);
	return err;
}

static void look_card(const struct romstore *s, const struct record *rec,
		      const struct boot_card *card, const struct commit_identity *who,
		      struct rom_choice *ret)
{
	char link[SHA256_HEX];

	ret->card = card;
	ret->identity = who->verdict;
	memcpy(ret->identity_text, who->text, sizeof(ret->identity_text));
	if (!who->replaced && rom_choice_is_stored(s, rec, card, &ret->shown))
		ret->outcome = ROM_KEPT;
	else if (romstore_linked(s, STORE_BY_PATH, card->card.path, link) == 0)
		snprintf(ret->trouble, sizeof(ret->trouble),
			 "the link in %s is not this card's, and cannot be changed now", s->path);
}

static int look_cards(struct commit *c, struct commit_result *ret)
{
	const struct report *r = c->report;
	int err;

	now(c);
	c->who = calloc(1, sizeof(*c->who));
	err = c->who ? commit_identify(c->root, &c->record, r, c->boot, c->wish != NULL, c->who)
		     : -ENOMEM;
	for (size_t i = 0; i < r->n && i < PLAN_CARDS_MAX && !err; i++)
		look_card(&c->store, &c->record, &r->card[i], &c->who->card[i], &ret->card[i]);
	free(c->who);
	return err;
}

/* Of a store that can be read but not written: the cards that it serves well as it is. */
static int look_held(const struct root *root, const struct report *r, const struct rom_wish *wish,
		     struct commit_result *ret)
{
	struct commit c = {.root = root, .report = r, .wish = wish};
	int err = 0;

	if (romstore_open(root, r->store, false, &c.store) < 0)
		return 0;
	if (record_load(c.store.fd, &c.record) == 0) {
		err = look_cards(&c, ret);
		record_free(&c.record);
	}
	romstore_close(&c.store);
	return err;
}

static int commit_volatile(const struct root *root, const struct report *r,
			   const struct rom_wish *wish, struct commit_result *ret)
{
	struct commit_result *held = calloc(1, sizeof(*held));
	int err = 0;

	if (!held)
		return -ENOMEM;
	if (!wish || !wish->replace)
		err = look_held(root, r, wish, held);
	if (!err)
		err = commit_into(root, r, STORE_VOLATILE, wish, held, ret);
	free(held);
	return err;
}

/* The volatile store is looked at first: what the configured one shows now must not stay there. */
static void volatile_clear(const struct root *root, const struct commit_result *done)
{
	struct romstore s;

	if (strcmp(done->store, STORE_VOLATILE) == 0 ||
	    romstore_open(root, STORE_VOLATILE, false, &s) < 0)
		return;
	for (size_t i = 0; i < done->n; i++)
		if (done->card[i].outcome != ROM_SKIPPED)
			romstore_unlink(&s, STORE_BY_PATH, done->card[i].card->card.path);
	romstore_close(&s);
}

static void count(struct commit_result *r)
{
	for (size_t i = 0; i < r->n; i++) {
		enum rom_outcome o = r->card[i].outcome;

		bool published = o == ROM_NEW || o == ROM_REPLACED;

		r->published += published;
		r->none += o == ROM_NONE;
		r->kept += !published && o != ROM_NONE && o != ROM_SKIPPED;
	}
}

static int commit_all(const struct root *root, const struct report *r, const struct rom_wish *wish,
		      struct commit_result *ret)
{
	struct commit_result *work = calloc(1, sizeof(*work));
	int err;

	if (!work)
		return -ENOMEM;
	err = commit_into(root, r, r->store, wish, NULL, work);
	if (err && err != -EBUSY && err != -ENOMEM) {
		*work = (struct commit_result){.is_volatile = true, .why = err};
		err = commit_volatile(root, r, wish, work);
	}
	if (!err) {
		if (!work->is_volatile)
			volatile_clear(root, work);
		count(work);
		*ret = *work;
	}
	free(work);
	return err;
}

int commit_report(const struct root *root, const struct report *r, struct commit_result *ret)
{
	return commit_all(root, r, NULL, ret);
}

int commit_import(const struct root *root, const char *store, const struct boot_card *card,
		  const struct rom_wish *wish, struct commit_result *ret)
{
	/* Not written to: a report is the caller's, and so are its cards. */
	struct report r = {.mode = MODE_FULL, .card = (struct boot_card *)card, .n = 1};

	if ((size_t)snprintf(r.store, sizeof(r.store), "%s", store) >= sizeof(r.store))
		return -ENAMETOOLONG;
	return commit_all(root, &r, wish, ret);
}
