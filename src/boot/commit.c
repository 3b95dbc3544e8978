// SPDX-License-Identifier: GPL-2.0-or-later
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

/* What the caller asks for. */
struct commit_job {
	const struct root *root;
	const char *store; /* the configured one */
	const struct boot_card *card;
	size_t n;
	const struct rom_wish *wish; /* NULL: the cards are a boot's */
};

/* A commit into one store. */
struct commit {
	const struct commit_job *job;
	struct romstore store;
	struct record record;
	struct commit_identities *identities;
	char when[TEXT_TIME_MAX];
	char boot[RECORD_BOOT_MAX];
};

static int commit_identify_all(struct commit *c)
{
	const struct commit_job *job = c->job;
	uint8_t *id;
	size_t n;

	clock_now(c->when);
	if (file_read(job->root->fd, BOOT_ID, sizeof(c->boot) - 1, &id, &n) == 0) {
		snprintf(c->boot, sizeof(c->boot), "%.*s", (int)strcspn((char *)id, "\n"),
			 (char *)id);
		free(id);
	}
	return commit_identify(job->root, &c->record, job->card, job->n, c->boot, job->wish != NULL,
			       c->identities);
}

static bool path_is_shared(const struct commit_job *job, const struct boot_card *card)
{
	size_t times = 0;

	for (size_t i = 0; i < job->n; i++)
		times += job->card[i].state != CARD_LEFT &&
			 strcmp(job->card[i].card.path, card->card.path) == 0;
	return times > 1;
}

/* True for a card that was left, or has no path name of its own. */
static bool skip_card(const struct commit *c, const struct boot_card *card, struct rom_choice *ret)
{
	char ignored[SHA256_HEX];

	*ret = (struct rom_choice){.card = card, .outcome = ROM_SKIPPED};
	if (card->state == CARD_LEFT && !c->job->wish)
		return true;
	if (romstore_linked(&c->store, STORE_BY_PATH, card->card.path, ignored) == -EINVAL)
		snprintf(ret->trouble, sizeof(ret->trouble), "no path name: nothing is stored");
	else if (path_is_shared(c->job, card))
		snprintf(ret->trouble, sizeof(ret->trouble),
			 "another card has the same path name: nothing is stored");
	return ret->trouble[0];
}

static bool is_kept(const struct commit_result *kept, size_t i)
{
	return kept && kept->card[i].outcome == ROM_KEPT;
}

/* What the configured store says of a card goes before what the volatile one says. */
static void set_identity(const struct commit *c, const struct commit_result *kept, size_t i,
			 struct rom_choice *k)
{
	const struct commit_identity *id = &c->identities->card[i];

	k->replaced = id->replaced;
	k->serial = id->serial;
	k->identity = id->verdict;
	memcpy(k->identity_text, id->text, sizeof(k->identity_text));
	if (kept && kept->card[i].identity) {
		k->identity = kept->card[i].identity;
		memcpy(k->identity_text, kept->card[i].identity_text, sizeof(k->identity_text));
	}
}

static int choose_all(struct commit *c, const struct commit_result *kept, struct commit_result *ret)
{
	for (size_t i = 0; i < c->job->n && i < PLAN_CARDS_MAX; i++) {
		struct rom_choice *k = &ret->card[i];
		int err = 0;

		ret->n = i + 1;
		if (skip_card(c, &c->job->card[i], k))
			continue;
		set_identity(c, kept, i, k);
		if (is_kept(kept, i))
			*k = kept->card[i];
		else
			err = rom_choice_make(c->job->root, &c->store, &c->record, c->job->wish, k);
		if (err)
			return err;
		if (kept && kept->card[i].trouble[0])
			strcpy(k->trouble, kept->card[i].trouble);
	}
	return 0;
}

static int link_all(struct commit *c, const struct commit_result *kept, struct commit_result *ret)
{
	for (size_t i = 0; i < ret->n; i++) {
		struct rom_choice *k = &ret->card[i];
		int err = k->outcome == ROM_SKIPPED || is_kept(kept, i)
				  ? 0
				  : rom_choice_link(&c->store, k);

		if (err)
			return err;
	}
	return 0;
}

static int record_all(struct commit *c, const struct commit_result *kept, struct commit_result *ret)
{
	const struct rom_wish *wish = c->job->wish;
	const struct commit_record to = {.root = c->job->root,
					 .store = &c->store,
					 .record = &c->record,
					 .card = c->job->card,
					 .n = c->job->n,
					 .identities = c->identities,
					 .import = wish ? wish->import : NULL,
					 .when = c->when,
					 .boot = c->boot};
	int err = 0;

	for (size_t i = 0; i < ret->n && !err; i++)
		if (ret->card[i].outcome != ROM_SKIPPED && !is_kept(kept, i))
			err = commit_record_card(&to, i, &ret->card[i]);
	memcpy(ret->missing, c->identities->missing, sizeof(ret->missing));
	ret->n_missing = c->identities->n_missing;
	if (!err && ret->set_aside[0])
		err = commit_record_rebuild(&to);
	/* The volatile store has no links but those that the configured one lacks. */
	if (!err && !kept)
		err = recordlinks_show(&c->store, &c->record);
	return err ? err : record_save(c->store.fd, &c->record);
}

static void add_dropped(void *ctx, const char *path, const char *sha256)
{
	struct commit_result *ret = ctx;

	(void)sha256;
	if (ret->n_dropped < COMMIT_DROPPED_MAX)
		snprintf(ret->dropped[ret->n_dropped], PCI_PATH_MAX, "%s", path);
	ret->n_dropped++;
}

/* Removes what the saved record does not name any more. A failure does no harm: the next commit
 * finds such a link again, gc such a reading. */
static void drop_all(const struct commit *c, struct commit_result *ret)
{
	(void)recordlinks_drop(&c->store, &c->record, add_dropped, ret);
	for (size_t i = 0; i < ret->n; i++)
		if (ret->card[i].raw_gone[0] &&
		    !storegc_remove_raw(&c->store, &c->record, ret->card[i].raw_gone))
			ret->card[i].raw_gone[0] = '\0';
}

/* Into a store that is open and locked. */
static int publish(struct commit *c, const struct commit_result *kept, struct commit_result *ret)
{
	int err = record_load(c->store.fd, &c->record);

	if (err == -EBADMSG)
		err = record_set_aside(c->store.fd, ret->set_aside, &c->record);
	if (err)
		return err;
	err = commit_identify_all(c);
	if (!err)
		err = choose_all(c, kept, ret);
	if (!err)
		err = link_all(c, kept, ret);
	if (!err)
		err = record_all(c, kept, ret);
	if (!err && !kept)
		drop_all(c, ret);
	record_free(&c->record);
	return err;
}

/* kept: the cards whose ROM the configured store shows; NULL where this is the configured store. */
static int commit_into(const struct commit_job *job, const char *store,
		       const struct commit_result *kept, struct commit_result *ret)
{
	struct commit c = {.job = job};
	int lock, err = romstore_open(job->root, store, true, &c.store);

	if (err)
		return err;
	c.identities = calloc(1, sizeof(*c.identities));
	lock = c.identities ? romstore_lock(&c.store, COMMIT_LOCK_MS) : -ENOMEM;
	err = lock < 0 ? lock : publish(&c, kept, ret);
	if (!err)
		strcpy(ret->store, c.store.path);
	if (lock >= 0)
		close(lock);
	free(c.identities);
	romstore_close(&c.store);
	return err;
}

static void find_kept_card(const struct commit *c, size_t i, struct rom_choice *ret)
{
	const struct boot_card *card = &c->job->card[i];
	const struct commit_identity *id = &c->identities->card[i];
	char link[SHA256_HEX];

	ret->card = card;
	ret->identity = id->verdict;
	memcpy(ret->identity_text, id->text, sizeof(ret->identity_text));
	if (!id->replaced && rom_choice_is_stored(&c->store, &c->record, card, &ret->shown))
		ret->outcome = ROM_KEPT;
	else if (romstore_linked(&c->store, STORE_BY_PATH, card->card.path, link) == 0)
		snprintf(ret->trouble, sizeof(ret->trouble),
			 "the link in %s is not this card's, and cannot be changed now",
			 c->store.path);
}

/* The cards whose ROM the configured store shows, which can be read but not written. */
static int find_kept(const struct commit_job *job, struct commit_result *ret)
{
	struct commit c = {.job = job};
	int err = 0;

	if (romstore_open(job->root, job->store, false, &c.store) < 0)
		return 0;
	if (record_load(c.store.fd, &c.record) == 0) {
		c.identities = calloc(1, sizeof(*c.identities));
		err = c.identities ? commit_identify_all(&c) : -ENOMEM;
		for (size_t i = 0; i < job->n && i < PLAN_CARDS_MAX && !err; i++)
			find_kept_card(&c, i, &ret->card[i]);
		free(c.identities);
		record_free(&c.record);
	}
	romstore_close(&c.store);
	return err;
}

static int commit_volatile(const struct commit_job *job, struct commit_result *ret)
{
	struct commit_result *kept = calloc(1, sizeof(*kept));
	int err = 0;

	if (!kept)
		return -ENOMEM;
	if (!job->wish || !job->wish->replace)
		err = find_kept(job, kept);
	if (!err)
		err = commit_into(job, STORE_VOLATILE, kept, ret);
	free(kept);
	return err;
}

/* Whoever looks for a romfile looks in the volatile store first: the cards of the configured one
 * must have no link there. */
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

static int commit_all(const struct commit_job *job, struct commit_result *ret)
{
	struct commit_result *result = calloc(1, sizeof(*result));
	int err;

	if (!result)
		return -ENOMEM;
	err = commit_into(job, job->store, NULL, result);
	if (err && err != -EBUSY && err != -ENOMEM) {
		*result = (struct commit_result){.is_volatile = true, .why = err};
		err = commit_volatile(job, result);
	}
	if (!err) {
		if (!result->is_volatile)
			volatile_clear(job->root, result);
		count(result);
		*ret = *result;
	}
	free(result);
	return err;
}

int commit_report(const struct root *root, const struct report *r, struct commit_result *ret)
{
	const struct commit_job job = {.root = root, .store = r->store, .card = r->card, .n = r->n};

	return commit_all(&job, ret);
}

int commit_import(const struct root *root, const char *store, const struct boot_card *card,
		  const struct rom_wish *wish, struct commit_result *ret)
{
	const struct commit_job job = {
		.root = root, .store = store, .card = card, .n = 1, .wish = wish};

	return commit_all(&job, ret);
}
