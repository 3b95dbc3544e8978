// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom pin: which of a card's ROMs its links show. */
#include "cmd/cmd.h"

#include "boot/commit-rom.h"
#include "cmd/options.h"
#include "cmd/store-edit.h"
#include "record/pin.h"
#include "record/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHY_MAX 500

struct pin_job {
	const char *name;      /* of the card, as given */
	char head[SHA256_HEX]; /* of the ROM's digest, "" none */
	struct host host;
	struct store_edit edit;
	struct resolved card;
	struct record_card *recorded;
	struct record_rom *rom;	      /* of its ROMs, the one to show */
	const struct record_rom *was; /* shown before; NULL none */
	bool by_person;		      /* a person pinned it before */
};

static int find_card(struct pin_job *j)
{
	int err = resolve(&j->host.scan, &j->edit.record, j->name, &j->card);

	if (err && !j->card.recorded)
		return cmd_fail(j->name, j->card.text);
	if (!err && j->card.text[0])
		fprintf(stderr, "gpurom: %s: warning: %s\n", j->name, j->card.text);
	j->recorded = record_find(&j->edit.record, j->card.path);
	if (!j->recorded)
		return cmd_fail(j->name, "the record does not have this card: 'gpurom commit' "
					 "adds it once its ROM was read, 'gpurom import' with "
					 "a file");
	if (!err && !identity_same_model(&j->recorded->ids, &pci_card_display(&j->card.card)->ids))
		return cmd_fail(j->name, "the record has another card there: 'gpurom commit', or "
					 "the next boot, records this one, then try again");
	j->was = j->recorded->rom;
	return EXIT_DONE;
}

static int choose(struct pin_job *j)
{
	const char *head = j->head[0] ? j->head : j->recorded->seen.reading.sha256;
	char why[WHY_MAX];
	int err = *head ? record_choose(j->recorded, head, &j->rom) : -ENODATA;

	if (!err)
		return EXIT_DONE;
	snprintf(why, sizeof(why), "%s; 'gpurom history %s' lists its ROMs",
		 err == -ENODATA    ? "its last reading gave no ROM: give the first digits of one"
		 : err == -ENOTUNIQ ? "several of its ROMs begin with these digits: give more"
		 : j->head[0]	    ? "none of its ROMs begins with these digits"
				    : "the ROM that was read of it last was not kept, since it is "
				      "worse",
		 j->card.path);
	return cmd_fail(j->name, why);
}

/* The ROM file must be whole, and this card's by today's rules. */
static int check(const struct pin_job *j)
{
	const struct record_rom *rom = j->rom;
	struct record_rom judged;
	char why[WHY_MAX];
	uint8_t *data;
	size_t n;
	int err = romstore_get_rom(&j->edit.store, rom->sha256, &data, &n);

	if (!err) {
		free(data);
		err = stored_rom_judge(&j->edit.store, rom->sha256, &j->recorded->ids, &judged);
		/* Imported as another card's, which was allowed. */
		if (!err && (judged.sha256[0] || rom->imported.mismatch[0][0]))
			return EXIT_DONE;
	}
	if (err && err != -ENOENT && err != -EBADMSG)
		return store_edit_fail(&j->edit, err);
	snprintf(why, sizeof(why), "roms/%s.rom is %s: nothing was changed; %s", rom->sha256,
		 err == -ENOENT	   ? "not there"
		 : err == -EBADMSG ? "damaged"
				   : "not this card's ROM by today's rules",
		 err ? "the next boot that reads it, or 'gpurom import' of a good copy, puts it "
		       "back, then try again"
		     : "'gpurom verify' of that file says why");
	return cmd_fail(j->edit.store.path, why);
}

/* The links, then the record. */
static int set_links(struct pin_job *j, bool *changed)
{
	char link[SHA256_HEX] = "", by_id[RECORD_BY_ID_MAX] = "", why[WHY_MAX];
	int err = romstore_linked(&j->edit.store, STORE_BY_PATH, j->card.path, link);

	if (err == -EEXIST) {
		snprintf(why, sizeof(why),
			 "by-path/%s.rom was not made by gpurom: nothing was changed; move it "
			 "away, then try again",
			 j->card.path);
		return cmd_fail(j->edit.store.path, why);
	}
	if (err && err != -ENOENT)
		return store_edit_fail(&j->edit, err);
	*changed = j->rom != j->was || strcmp(link, j->rom->sha256) != 0;
	j->by_person = strcmp(j->rom->pinned.by, RECORD_PERSON) == 0;
	if (!*changed && j->by_person)
		return EXIT_DONE;
	err = store_edit_link(&j->edit, j->card.path, j->rom->sha256);
	if (!err)
		err = rom_link_by_id(&j->edit.store, &j->recorded->ids, j->rom->sha256, by_id);
	if (err)
		return store_edit_fail(&j->edit, err);
	record_pin(j->recorded, j->rom, by_id, j->edit.when);
	err = store_edit_save(&j->edit);
	if (err == EXIT_DONE)
		store_edit_drop_volatile(&j->edit, j->card.path);
	return err;
}

static void print_result(const struct pin_job *j, bool changed)
{
	const struct record_rom *rom = j->rom, *was = j->was;

	if (!changed) {
		printf("%s: ROM %s (%.12s) is pinned already%s\n", j->card.path,
		       rom_version_text(rom->version), rom->sha256,
		       j->by_person ? "" : ", from now on as your choice");
		return;
	}
	printf("%s: ROM %s (%.12s) is pinned: %s/by-path/%s.rom shows it", j->card.path,
	       rom_version_text(rom->version), rom->sha256, j->edit.store.path, j->card.path);
	if (was && was != rom)
		printf("; %s (%.12s), which it showed before, is kept beside",
		       rom_version_text(was->version), was->sha256);
	putchar('\n');
}

static int pin(const struct cmd_env *env, struct pin_job *j)
{
	bool changed;
	int r = cmd_load(env, HOST_SCAN, &j->host);

	if (r == EXIT_DONE)
		r = store_edit_begin(&j->host, &j->edit);
	if (r == EXIT_DONE)
		r = find_card(j);
	if (r == EXIT_DONE)
		r = choose(j);
	if (r == EXIT_DONE)
		r = check(j);
	if (r == EXIT_DONE)
		r = set_links(j, &changed);
	if (r == EXIT_DONE)
		print_result(j, changed);
	return r;
}

/* Reads the first digits of a digest. False where text is none. */
static bool read_head(const char *text, char ret[SHA256_HEX])
{
	size_t n = strlen(text);

	if (n < RECORD_HEAD_MIN || n >= SHA256_HEX || strspn(text, "0123456789abcdefABCDEF") != n)
		return false;
	for (size_t i = 0; i <= n; i++)
		ret[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]);
	return true;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct pin_job j; /* kilobytes */
	int r;

	j.name = o->args[0];
	j.edit = (struct store_edit){.store.fd = -1, .lock = -1};
	if (o->args[1] && !read_head(o->args[1], j.head))
		return cmd_usage(&cmd_pin, "a ROM is named by 6 or more of its first hex digits");
	r = pin(env, &j);
	store_edit_end(&j.edit);
	host_free(&j.host);
	return r;
}

const struct cmd cmd_pin = {"pin", "CARD [HASH]", "makes a card's links show one of its ROMs",
			    .run = run,
			    .arguments = {1, 2,
					  "a card, and the first digits of a ROM's SHA-256 if it "
					  "is not the one that was read last"}};
