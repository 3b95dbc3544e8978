// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom verify CARD: its ROM, read now, against the one that the store shows for it. */
#include "cmd/verify.h"

#include "cmd/json-form.h"
#include "cmd/read-now.h"
#include "rom/diff.h"
#include "rom/rules.h"
#include "sources/judge.h"
#include "sys/json.h"
#include "util/sha256.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rom_facts {
	char sha256[SHA256_HEX]; /* "" none */
	char version[ROM_TEXT_MAX];
	size_t size;
};

struct comparison {
	const struct named_card *card;
	const struct read_now *reading;
	char file[STORE_FILE_MAX]; /* what a VM definition names, "" none */
	int err;		   /* of reading the stored one: 0 or -errno */
	struct rom_facts stored, now;
	bool same;
	struct rom_diff d;
};

/* The bytes that this store shows for the card. */
static int get_stored(const struct cmd_env *env, const char *store, const char *path,
		      struct comparison *c, struct bytes *ret)
{
	struct romstore s;
	uint8_t *data;
	int err = romstore_open(&env->root, store, false, &s);

	if (err)
		return err;
	err = romstore_linked(&s, STORE_BY_PATH, path, c->stored.sha256);
	if (!err) {
		snprintf(c->file, sizeof(c->file), "%s/by-path/%s.rom", s.path, path);
		err = romstore_get_rom(&s, c->stored.sha256, &data, &ret->n);
	}
	if (!err)
		ret->p = data;
	romstore_close(&s);
	return err;
}

static void compare(struct comparison *c, struct bytes stored)
{
	const struct reading *best = &c->reading->best;
	const struct bytes raw = {best->raw.bytes, best->raw.n};
	struct bytes now = best->keep;
	static struct judged j;

	/* trim= may have been different when it was stored. */
	for (int how = ROM_TRIM_CHAIN; how <= ROM_TRIM_HEAD && !c->same; how++) {
		struct bytes keep = judge_keep(raw, &best->judged, (enum rom_trim)how);

		c->same = keep.n == stored.n && memcmp(keep.p, stored.p, keep.n) == 0;
		if (c->same)
			now = keep;
	}
	rom_diff(stored, now, &c->d);
	judge(stored, &(struct verdict_facts){0}, &j);
	memcpy(c->stored.version, j.rom.version, sizeof(c->stored.version));
	c->stored.size = stored.n;
}

static void load_and_compare(const struct cmd_env *env, struct comparison *c)
{
	const char *path = pci_card_display(&c->card->card)->path;
	struct bytes stored = {NULL, 0};

	c->now.size = c->reading->best.keep.n;
	digest_sha256(c->reading->best.keep, c->now.sha256);
	memcpy(c->now.version, c->reading->result.version, sizeof(c->now.version));
	c->err = *path ? get_stored(env, STORE_VOLATILE, path, c, &stored) : -ENOENT;
	if (*path && c->err == -ENOENT)
		c->err = get_stored(env, c->card->host.config.store, path, c, &stored);
	if (c->err == 0)
		compare(c, stored);
	free((void *)stored.p);
}

static int print_text(const struct comparison *c)
{
	char text[ROM_DIFF_TEXT_MAX];

	if (c->err == -ENOENT || c->err == -EEXIST) {
		printf("%s: read %s (%.12s), nothing is stored for this card: the next boot, or "
		       "gpurom import, stores it\n",
		       c->card->addr, rom_version_text(c->now.version), c->now.sha256);
	} else if (c->err) {
		printf("%s: read %s (%.12s); %s is damaged: the next boot that reads this ROM "
		       "writes it anew\n",
		       c->card->addr, rom_version_text(c->now.version), c->now.sha256, c->file);
	} else if (c->same) {
		printf("%s: %s is what the card has: %s, sha256 %s\n", c->card->addr, c->file,
		       rom_version_text(c->stored.version), c->stored.sha256);
	} else {
		printf("%s: %s differs from what the card has: %s\n"
		       "  stored      %s, %zu bytes, sha256 %s\n"
		       "  card        %s, %zu bytes, sha256 %s\n",
		       c->card->addr, c->file, rom_diff_text(&c->d, text),
		       rom_version_text(c->stored.version), c->stored.size, c->stored.sha256,
		       rom_version_text(c->now.version), c->now.size, c->now.sha256);
	}
	return c->same ? EXIT_DONE : EXIT_ATTENTION;
}

static cJSON *rom_json(const struct rom_facts *r, struct json_writer *whole)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_text(&w, "sha256", r->sha256);
	json_put_text(&w, "version", r->version);
	json_put_u64(&w, "size", r->size);
	whole->failed |= w.failed;
	return w.o;
}

static int print_json(const struct comparison *c)
{
	struct json_writer w = {.o = cJSON_CreateObject()};
	cJSON *at = cJSON_CreateArray();

	for (size_t i = 0; i < c->d.n && i < ROM_DIFF_AT_MAX && !c->err; i++)
		json_push(&w, at, cJSON_CreateNumber((double)c->d.at[i]));
	json_put_text(&w, "address", c->card->addr);
	json_put_text(&w, "path", pci_card_display(&c->card->card)->path);
	json_put_text(&w, "source", c->reading->result.source);
	json_put_text(&w, "verdict", verdict_text(c->reading->result.verdict));
	json_put(&w, "card", rom_json(&c->now, &w));
	json_put_text(&w, "file", c->file);
	json_put_bool(&w, "damaged", c->err == -EBADMSG);
	json_put(&w, "stored", c->err ? cJSON_CreateNull() : rom_json(&c->stored, &w));
	json_put_bool(&w, "same", c->same);
	json_put_u64(&w, "different_bytes", c->err ? 0 : c->d.n);
	json_put(&w, "first_differences", at);
	return json_print("verify", json_done(&w), NULL, c->same ? EXIT_DONE : EXIT_ATTENTION);
}

static int print_comparison(const struct cmd_env *env, struct comparison *c, bool json)
{
	const struct finding *f = verdict_reason(&c->reading->result.findings);

	if (!c->reading->best.keep.n)
		return cmd_fail(c->card->addr,
				f ? f->text : "nothing of what was read can be used");
	load_and_compare(env, c);
	/* A missing or damaged romfile is a result; any other error is not. */
	if (c->err && c->err != -ENOENT && c->err != -EEXIST && c->err != -EBADMSG)
		return cmd_fail(c->file[0] ? c->file : c->card->host.config.store,
				strerror(-c->err));
	return json ? print_json(c) : print_text(c);
}

int verify_card(const struct cmd_env *env, const char *card, const struct read_now_options *options,
		bool json)
{
	static struct named_card named;
	static struct read_now reading; /* tens of kilobytes */
	struct comparison c = {.card = &named, .reading = &reading};
	int r = named_card_find(env, card, 0, &named);

	if (r == EXIT_DONE) {
		r = read_now_print(env, &named, options, &reading);
		if (r == EXIT_DONE)
			r = print_comparison(env, &c, json);
		read_now_free(&reading);
	}
	host_free(&named.host);
	return r;
}
