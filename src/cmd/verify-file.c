// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom verify FILE: what it is, whether a store has it, and for which cards. */
#include "cmd/verify.h"

#include "cmd/json-form.h"
#include "rom/rules.h"
#include "sources/judge.h"
#include "store/record-file.h"
#include "sys/file.h"
#include "sys/json.h"
#include "util/sha256.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The file as it is, and trimmed in both ways. */
enum form { FORM_WHOLE, FORM_CHAIN, FORM_HEAD, FORMS };

struct subject {
	const char *path;
	struct bytes b;
	struct judged judged;
	char sha256[FORMS][SHA256_HEX]; /* "" where there is none */
	char named[SHA256_HEX];		/* the digest in its name, "" none */
	cJSON *o;			/* NULL: for people */
	struct json_writer w;
	cJSON *stored, *cards;
	const char *store; /* the one that is being checked */
	bool found;
};

/* In a store a name has a digest; links of by-path and by-id lead to such a name. */
static void read_name(struct subject *s)
{
	char target[FILE_LINK_MAX];
	const char *name = link_read(AT_FDCWD, s->path, target) == 0 ? target : s->path;
	const char *slash = strrchr(name, '/');

	name = slash ? slash + 1 : name;
	if (!romstore_digest_in(name, ".rom", s->named))
		(void)romstore_digest_in(name, ".bin", s->named);
}

static void digest(struct subject *s)
{
	const enum rom_trim trim[FORMS] = {
		[FORM_CHAIN] = ROM_TRIM_CHAIN, [FORM_HEAD] = ROM_TRIM_HEAD};

	digest_sha256(s->b, s->sha256[FORM_WHOLE]);
	for (int i = FORM_CHAIN; i < FORMS; i++) {
		struct bytes keep = judge_keep(s->b, &s->judged, trim[i]);

		if (keep.n)
			digest_sha256(keep, s->sha256[i]);
	}
}

static bool is_named_wrong(const struct subject *s)
{
	return s->named[0] && strcmp(s->named, s->sha256[FORM_WHOLE]) != 0;
}

/* --- in a store ------------------------------------------------------------------------------ */

static void print_stored(struct subject *s, const char *folder, const char *sha256,
			 const char *suffix, const char *as)
{
	struct json_writer one = {.o = NULL};
	char name[STORE_FILE_MAX + SHA256_HEX];

	snprintf(name, sizeof(name), "%s/%s/%s.%s", s->store, folder, sha256, suffix);
	s->found = true;
	if (!s->o) {
		printf("  stored      %s%s\n", name, as);
		return;
	}
	one.o = cJSON_CreateObject();
	json_put_text(&one, "file", name);
	json_put_bool(&one, "trimmed", *as);
	s->w.failed |= one.failed;
	json_push(&s->w, s->stored, one.o);
}

static void find_stored(struct subject *s, const struct romstore *store)
{
	uint8_t *data;
	size_t n;

	for (int i = 0; i < FORMS; i++) {
		bool again = false;

		for (int k = 0; k < i; k++)
			again |= strcmp(s->sha256[i], s->sha256[k]) == 0;
		if (again || !s->sha256[i][0] ||
		    romstore_get_rom(store, s->sha256[i], &data, &n) != 0)
			continue;
		free(data);
		print_stored(s, "roms", s->sha256[i], "rom", i == FORM_WHOLE ? "" : ", trimmed");
	}
	if (romstore_get_raw(store, s->sha256[FORM_WHOLE], &data, &n) == 0) {
		free(data);
		print_stored(s, "raw", s->sha256[FORM_WHOLE], "bin", "");
	}
}

static bool is_it(const struct subject *s, const struct record_rom *rom)
{
	for (int i = 0; i < FORMS; i++)
		if (s->sha256[i][0] && strcmp(s->sha256[i], rom->sha256) == 0)
			return true;
	return strcmp(s->sha256[FORM_WHOLE], rom->raw_sha256) == 0;
}

static void print_card(void *ctx, const struct record_card *card, enum record_use use,
		       const struct record_rom *rom)
{
	static const char *const words[] = {[RECORD_SHOWN] = "shown",
					    [RECORD_BESIDE] = "beside",
					    [RECORD_PREVIOUS] = "previous"};
	static const char *const texts[] = {[RECORD_SHOWN] = "its links show it",
					    [RECORD_BESIDE] =
						    "kept beside the one that its links show",
					    [RECORD_PREVIOUS] = "of a card that was there before"};
	struct subject *s = ctx;
	struct json_writer one = {.o = NULL};

	if (!rom || !is_it(s, rom))
		return;
	if (!s->o) {
		printf("  card        %s: %s\n", card->path, texts[use]);
		return;
	}
	one.o = cJSON_CreateObject();
	json_put_text(&one, "store", s->store);
	json_put_text(&one, "path", card->path);
	json_put_text(&one, "use", words[use]);
	s->w.failed |= one.failed;
	json_push(&s->w, s->cards, one.o);
}

/* One that cannot be opened has nothing; `gpurom verify` alone reports it. */
static void check_store(struct subject *s, const struct root *root, const char *store)
{
	struct romstore st;
	struct record rec;

	if (romstore_open(root, store, false, &st) < 0)
		return;
	s->store = st.path;
	find_stored(s, &st);
	if (record_load(st.fd, &rec) == 0) {
		record_roms(&rec, print_card, s);
		record_free(&rec);
	}
	romstore_close(&st);
}

/* --- what it is ------------------------------------------------------------------------------ */

static void print_text(const struct subject *s)
{
	const struct rom *rom = &s->judged.rom;
	const struct findings *f = &s->judged.findings;

	printf("%s\n  file        %zu bytes, sha256 %s\n", s->path, s->b.n, s->sha256[FORM_WHOLE]);
	if (rom->chain.n)
		printf("  ROM         %04x:%04x, %s, %sEFI image\n", rom->chain.image[0].vendor,
		       rom->chain.image[0].device, rom_version_text(rom->version),
		       rom->efi == SIZE_MAX ? "no " : "");
	printf("  verdict     %s\n", verdict_text(s->judged.verdict));
	for (size_t i = 0; i < f->n; i++)
		printf("  %-11s %s\n", finding_severity_text(f->f[i].severity), f->f[i].text);
	if (is_named_wrong(s))
		printf("  damaged     its name has the digest of other bytes. The next boot that "
		       "reads this ROM writes it anew\n");
}

static void begin_json(struct subject *s)
{
	const struct finding *f = verdict_reason(&s->judged.findings);

	s->w = (struct json_writer){.o = s->o};
	s->stored = cJSON_CreateArray();
	s->cards = cJSON_CreateArray();
	json_put_text(&s->w, "file", s->path);
	json_put_u64(&s->w, "size", s->b.n);
	json_put_text(&s->w, "sha256", s->sha256[FORM_WHOLE]);
	json_put_text(&s->w, "verdict", verdict_text(s->judged.verdict));
	json_put_text(&s->w, "reason", f ? f->text : "");
	json_put_text(&s->w, "version", s->judged.rom.version);
	json_put(&s->w, "name_ok",
		 s->named[0] ? cJSON_CreateBool(!is_named_wrong(s)) : cJSON_CreateNull());
	json_put(&s->w, "stored", s->stored);
	json_put(&s->w, "cards", s->cards);
}

static int verify(const struct cmd_env *env, struct subject *s, bool json)
{
	static struct host h;
	int r;

	judge(s->b, &(struct verdict_facts){0}, &s->judged);
	digest(s);
	read_name(s);
	(void)cmd_load(env, 0, &h);
	if (json) {
		s->o = cJSON_CreateObject();
		begin_json(s);
	} else {
		print_text(s);
	}
	check_store(s, &env->root, STORE_VOLATILE);
	check_store(s, &env->root, h.config.store);
	if (!json && !s->found)
		printf("  stored      no\n");
	r = s->judged.verdict == VERDICT_REJECTED || is_named_wrong(s) ? EXIT_ATTENTION : EXIT_DONE;
	return json ? json_print("verify", json_done(&s->w), "file", r) : r;
}

int verify_file(const struct cmd_env *env, const char *path, bool json)
{
	static struct subject s; /* tens of kilobytes */
	uint8_t *p;
	int r = cmd_read_rom(path, &p, &s.b.n);

	if (r != EXIT_DONE)
		return r;
	s.path = path;
	s.b.p = p;
	r = verify(env, &s, json);
	free(p);
	return r;
}
