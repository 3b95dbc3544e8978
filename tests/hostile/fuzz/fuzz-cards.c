// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer entry: any cards.json is refused; or is saved as it is, and can be edited by a commit
 * and read back. */
#include "record/find.h"
#include "record/pin.h"
#include "record/remap.h"
#include "record/update.h"
#include "store/record-file.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define PATH "pci0000-uid0-01.0-00"
#define OTHER_PATH "pci0000-uid0-02.0-00"
#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define IDS                                                                                        \
	{                                                                                          \
		0x10de, 0x2204, 0x1462, 0x3896                                                     \
	}

static int parse(const void *text, size_t n, struct record *ret)
{
	uint8_t *copy = malloc(n + 1);

	if (!copy)
		abort();
	if (n)
		memcpy(copy, text, n);
	copy[n] = '\0';
	return record_parse(copy, n, ret);
}

/* Nothing of it is lost, and its order stays: all but the version, which may be older. */
static void is_saved_as_it_is(const struct record *r, const void *text, size_t n)
{
	cJSON *was = cJSON_ParseWithLength(text, n);
	char *want, *is = record_text(r);

	if (!was || !is ||
	    !cJSON_ReplaceItemInObjectCaseSensitive(was, "version",
						    cJSON_CreateNumber(RECORD_VERSION)))
		abort();
	want = cJSON_Print(was);
	if (!want || strcmp(is, want) != 0)
		abort();
	cJSON_Delete(was);
	free(want);
	free(is);
}

static void edit(struct record *r)
{
	static const struct record_rom rom = {
		.sha256 = SHA, .size = 512, .verdict = VERDICT_COMPLETE};
	static const struct record_news news = {
		.path = PATH,
		.addr = {0, 1, 0, 0},
		.ids = IDS,
		.seen = {.state = "bound",
			 .function = {{.ids = IDS}},
			 .n_functions = 1,
			 .reading = {.there = true, .tried = true, .source = "sysfs"},
			 .last_seen = "2026-01-31T12:59:59Z",
			 .last_boot = "boot"},
		.rom = &rom,
		.by_id = "10de-2204-1462-3896",
		.identity_text = ""};

	if (record_update(r, &news) < 0)
		abort();
}

/* The card changes places with whatever is recorded at the other, and comes back. */
static void move(struct record *r)
{
	const struct record_move there = {PATH, OTHER_PATH}, back = {OTHER_PATH, PATH};
	const struct record_remap remap = {
		.from = PATH, .to = OTHER_PATH, .ids = IDS, .from_here = true, .when = "now"};
	struct record_card *card = record_find(r, PATH);
	enum record_remapped how;

	if (record_move(r, &there, 1) < 0 || record_find(r, OTHER_PATH) != card ||
	    !record_was_at(card, PATH) || record_move(r, &back, 1) < 0)
		abort();
	record_missing(card);
	record_pin(card, record_rom(card, SHA), "", "now");
	if (record_find(r, PATH) != card || strcmp(record_shown(card), SHA) != 0)
		abort();
	if (record_remap(r, &remap, &how) < 0)
		abort();
}

/* What a commit has written is what the next one finds. */
static void read_back(const struct record *r, const char *path)
{
	char *text = record_text(r);
	const struct record_card *card;
	struct record again;

	if (!text || parse(text, strlen(text), &again) < 0)
		abort();
	card = record_find(&again, path);
	if (!card || strcmp(record_shown(card), SHA) != 0 || card->ids.device != 0x2204)
		abort();
	/* A commit without news writes nothing (record_save compares the texts). */
	is_saved_as_it_is(&again, text, strlen(text));
	record_free(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct record r;
	int err = parse(p, n, &r);

	if (err) {
		if (err != -EBADMSG && err != -ENOTSUP)
			abort();
		return 0;
	}
	is_saved_as_it_is(&r, p, n);
	edit(&r);
	read_back(&r, PATH);
	move(&r);
	read_back(&r, OTHER_PATH);
	(void)record_forget(&r, PATH);
	read_back(&r, OTHER_PATH);
	record_free(&r);
	return 0;
}
