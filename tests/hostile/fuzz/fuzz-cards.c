/* libFuzzer entry: any cards.json is refused, or can be edited by a commit and read back. */
#include "record/update.h"
#include "record/find.h"
#include "record/remap.h"
#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define PATH "pci0000-uid0-01.0-00"
#define OTHER_PATH "pci0000-uid0-02.0-00"
#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

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

static void edit(struct record *r)
{
	static struct boot_card card = {.addr = {0, 1, 0, 0},
					.path = PATH,
					.state = CARD_BOUND,
					.n = 1,
					.fn[0] = {.ids = {0x10de, 0x2204, 0x1462, 0x3896}},
					.rom = {.tried = true, .source = "sysfs"}};
	const struct record_rom rom = {.sha256 = SHA, .size = 512, .verdict = VERDICT_COMPLETE};
	const struct record_news news = {.card = &card,
					 .rom = &rom,
					 .by_id = "10de-2204-1462-3896",
					 .when = "2026-01-31T12:59:59Z",
					 .boot = "boot"};

	if (record_update(r, &news) < 0)
		abort();
}

static void count(void *ctx, const char *path, const struct record_card *card)
{
	(void)card;
	*(size_t *)ctx += path[0] != '\0';
}

/* The card changes places with whatever is recorded at the other, and comes back. */
static void move(struct record *r)
{
	const struct record_move there = {PATH, OTHER_PATH}, back = {OTHER_PATH, PATH};
	const char *maybe[IDENTITY_MAYBE_MAX];
	struct record_card card;
	size_t n = 0;

	record_cards(r, count, &n);
	if (record_move(r, &there, 1) < 0 || record_find(r, OTHER_PATH, &card) < 0 ||
	    !record_had_path(r, OTHER_PATH, PATH) || record_move(r, &back, 1) < 0)
		abort();
	if (record_missing(r, PATH, "gone") < 0 || record_find(r, PATH, &card) < 0 ||
	    card.identity != IDENTITY_MISSING || !record_knows_rom(r, PATH, SHA))
		abort();
	(void)record_maybe(r, PATH, maybe);
}

/* What a commit has written is what the next one finds. */
static void read_back(const struct record *r)
{
	char *text = cJSON_Print(r->o), *same;
	struct record_card card;
	struct record again;

	if (!text)
		abort();
	if (parse(text, strlen(text), &again) < 0)
		abort();
	if (record_find(&again, PATH, &card) < 0 || strcmp(card.rom.sha256, SHA) != 0 ||
	    card.ids.device != 0x2204)
		abort();
	/* A commit without news writes nothing (record_save compares the texts). */
	same = cJSON_Print(again.o);
	if (!same || strcmp(same, text) != 0)
		abort();
	free(same);
	record_free(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct record_card card;
	struct record r;
	int err = parse(p, n, &r);

	if (err) {
		if (err != -EBADMSG && err != -ENOTSUP)
			abort();
		return 0;
	}
	(void)record_find(&r, PATH, &card);
	edit(&r);
	read_back(&r);
	move(&r);
	read_back(&r);
	record_free(&r);
	return 0;
}
