// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/commit-rom.h"

#include "record/find.h"
#include "record/pin.h"
#include "rom/rules.h"
#include "sources/judge.h"
#include "store/links.h"
#include "sys/file.h"
#include "util/sha256.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STAGED_PATH_MAX 128

/* The file is missing or damaged; the file system works. */
static bool is_absent(int err)
{
	return err == -ENOENT || err == -EBADMSG;
}

static const struct pci_ids *ids_of(const struct boot_card *c)
{
	return &c->card.fn[c->card.display].ids;
}

static bool is_trusted(const struct rom_reading *r)
{
	return r->verdict != VERDICT_REJECTED && r->sha256[0];
}

static struct record_rom rom_of_boot(const struct rom_reading *r)
{
	struct record_rom rom = {.size = r->rom_size, .verdict = r->verdict, .has_efi = r->has_efi};

	strcpy(rom.sha256, r->sha256);
	strcpy(rom.raw_sha256, r->raw_sha256);
	strcpy(rom.source, r->source);
	strcpy(rom.version, r->version);
	return rom;
}

/* A staged file, its digest verified. Returns 0, is_absent() or -errno. */
static int staged_read(const struct root *root, const char *sha256, const char *suffix,
		       uint8_t **ret, size_t *ret_n)
{
	char path[STAGED_PATH_MAX], digest[SHA256_HEX];
	uint8_t *data;
	size_t n;
	int err;

	snprintf(path, sizeof(path), ROOT_STAGED "/%s%s", sha256, suffix);
	err = file_read_plain(root->fd, path, ROM_FILE_MAX, &data, &n);
	if (err)
		return err;
	digest_sha256((struct bytes){data, n}, digest);
	if (strcmp(digest, sha256) != 0) {
		free(data);
		return -EBADMSG;
	}
	*ret = data;
	*ret_n = n;
	return 0;
}

/* Returns 0 where the store has it whole, is_absent() where not, else -errno. */
static int check_stored(const struct romstore *s, const char *sha256)
{
	uint8_t *data;
	size_t n;
	int err = *sha256 ? romstore_get_rom(s, sha256, &data, &n) : -ENOENT;

	if (!err)
		free(data);
	return err;
}

/* The by-path link shows a ROM that the card recorded there does not have. It is this card's only
 * where the record knows that ROM of this card: never another card's, even where its ids would fit.
 * Without a record (it was lost) the ids decide. */
static int judge_leftover(const struct romstore *s, const struct record *rec,
			  const struct record_card *recorded, const char *link,
			  struct rom_choice *c)
{
	const struct record_rom *rom;
	int err;

	if (!rec->text)
		return stored_rom_judge(s, link, ids_of(c->card), &c->shown);
	rom = record_rom_of(rec, recorded, ids_of(c->card), c->serial, link);
	if (!rom)
		return 0;
	err = check_stored(s, link);
	if (!err)
		c->shown = *rom;
	return is_absent(err) ? 0 : err;
}

/* What this card already has in the store: c->shown, sha256 "" for nothing. */
static int find_shown(const struct romstore *s, const struct record *rec, struct rom_choice *c)
{
	const struct record_card *at_path = record_find(rec, c->card->card.path);
	const struct record_card *recorded = at_path;
	char link[SHA256_HEX] = "";
	int err = romstore_linked(s, STORE_BY_PATH, c->card->card.path, link);

	c->foreign = err == -EEXIST;
	if (err && err != -ENOENT && !c->foreign)
		return err;
	if (at_path && (c->replaced || !identity_same_model(&at_path->ids, ids_of(c->card))))
		recorded = NULL;
	c->replaced = at_path && !recorded;
	err = recorded ? check_stored(s, record_shown(recorded)) : -ENOENT;
	if (!err)
		c->shown = *recorded->rom;
	else if (!is_absent(err))
		return err;
	else if (*link)
		return judge_leftover(s, rec, recorded, link, c);
	return 0;
}

static void set_staged_trouble(struct rom_choice *c, const char *what, const char *sha256, int err)
{
	snprintf(c->trouble, sizeof(c->trouble), "staged %s %.12s: %s", what, sha256,
		 err == -EBADMSG ? "damaged" : strerror(-err));
}

static int put_rom(const struct root *root, const struct romstore *s, const char *sha256,
		   struct rom_choice *c)
{
	uint8_t *data;
	size_t n;
	int err = staged_read(root, sha256, ".rom", &data, &n);

	if (err) {
		set_staged_trouble(c, "ROM", sha256, err);
		return -ENODATA;
	}
	err = romstore_put_rom(s, (struct bytes){data, n}, sha256);
	free(data);
	return err;
}

/* The store has the raw reading that this very ROM was first made of. */
static bool has_raw(const struct romstore *s, const struct record *rec, const struct rom_choice *c)
{
	const struct record_card *recorded =
		c->replaced ? NULL : record_find(rec, c->card->card.path);
	const struct record_rom *rom = record_rom(recorded, c->card->rom.sha256);
	uint8_t *data;
	size_t n;

	if (!rom || strcmp(rom->raw_sha256, rom->sha256) == 0 ||
	    romstore_get_raw(s, rom->raw_sha256, &data, &n) < 0)
		return false;
	free(data);
	return true;
}

/* The raw reading, where it has more than the romfile: one for each ROM, because the bytes around
 * it may differ each time. A rejected one is kept only while the card has no better one. */
static int put_raw(const struct root *root, const struct romstore *s, const struct record *rec,
		   struct rom_choice *c)
{
	const struct rom_reading *r = &c->card->rom;
	uint8_t *data;
	size_t n;
	int err;

	if (!r->raw_sha256[0] || strcmp(r->raw_sha256, r->sha256) == 0 ||
	    (!is_trusted(r) && c->shown.sha256[0]) || c->outcome == ROM_WORSE ||
	    (is_trusted(r) && has_raw(s, rec, c)))
		return 0;
	err = staged_read(root, r->raw_sha256, ".bin", &data, &n);
	if (err) {
		if (err != -ENOENT && !c->trouble[0])
			set_staged_trouble(c, "reading", r->raw_sha256, err);
		return 0;
	}
	err = romstore_put_raw(s, (struct bytes){data, n}, r->raw_sha256);
	free(data);
	if (!err)
		strcpy(c->raw, r->raw_sha256);
	return err;
}

/* A trusted reading against what the store shows. -ENODATA: the staged ROM cannot be read. */
static int compare_stored(const struct root *root, const struct romstore *s, bool replace,
			  struct rom_choice *c)
{
	struct record_rom read = rom_of_boot(&c->card->rom), was = c->shown;
	int err = check_stored(s, read.sha256);

	if (strcmp(read.sha256, was.sha256) == 0) {
		c->outcome = ROM_SAME;
		/* An earlier commit died before it wrote the record: this reading says more. */
		if (strcmp(was.source, STORED_ROM_SOURCE) == 0)
			c->shown = read;
		return 0;
	}
	if (err && !is_absent(err))
		return err;
	if (was.sha256[0] && read.verdict < was.verdict && !replace) {
		c->outcome = ROM_WORSE;
		return 0;
	}
	if (err)
		err = put_rom(root, s, read.sha256, c);
	if (err)
		return err;
	c->outcome = !was.sha256[0] ? ROM_NEW : replace ? ROM_REPLACED : ROM_CHANGED;
	*(c->outcome == ROM_CHANGED ? &c->beside : &c->shown) = read;
	if (c->outcome == ROM_REPLACED)
		c->beside = was;
	return 0;
}

int rom_choice_make(const struct root *root, const struct romstore *s, const struct record *rec,
		    const struct rom_wish *wish, struct rom_choice *c)
{
	int err = find_shown(s, rec, c);

	if (err)
		return err;
	err = is_trusted(&c->card->rom) ? compare_stored(root, s, wish && wish->replace, c)
					: -ENODATA;
	if (err == -ENODATA) {
		c->outcome = c->shown.sha256[0] ? ROM_KEPT : ROM_NONE;
		err = 0;
	}
	c->settled = c->outcome == ROM_CHANGED &&
		     record_settled(record_find(rec, c->card->card.path), c->beside.sha256);
	return err ? err : put_raw(root, s, rec, c);
}

int rom_link_by_id(const struct romstore *s, const struct pci_ids *ids, const char *sha256,
		   char ret[RECORD_BY_ID_MAX])
{
	char name[RECORD_BY_ID_MAX], shown[SHA256_HEX];

	/* The name that shows this ROM already, or else the first free one. */
	for (unsigned n = 1; n <= RECORDLINKS_BY_ID; n++) {
		int err = romstore_linked(s, STORE_BY_ID, recordlinks_id(ids, n, name), shown);

		if (err == -EEXIST || (!err && strcmp(shown, sha256) != 0))
			continue;
		if (!err || err == -ENOENT)
			strcpy(ret, name);
		return err == -ENOENT ? romstore_link(s, STORE_BY_ID, name, sha256) : err;
	}
	return 0;
}

int rom_choice_link(const struct romstore *s, struct rom_choice *c)
{
	const char *path = c->card->card.path;
	int err = 0;

	if (c->foreign)
		snprintf(c->trouble, sizeof(c->trouble),
			 "by-path/%s.rom was not made by gpurom: left alone", path);
	else if (c->shown.sha256[0])
		err = romstore_link(s, STORE_BY_PATH, path, c->shown.sha256);
	else
		err = romstore_unlink(s, STORE_BY_PATH, path);
	if (!err && c->shown.sha256[0])
		err = rom_link_by_id(s, ids_of(c->card), c->shown.sha256, c->by_id);
	return err;
}

bool rom_choice_is_stored(const struct romstore *s, const struct record *rec,
			  const struct boot_card *card, struct record_rom *ret)
{
	const struct record_card *recorded = record_find(rec, card->card.path);
	char link[SHA256_HEX];

	if (!recorded || !identity_same_model(&recorded->ids, ids_of(card)) ||
	    romstore_linked(s, STORE_BY_PATH, card->card.path, link) < 0 ||
	    strcmp(link, record_shown(recorded)) != 0 || check_stored(s, link) < 0)
		return false;
	*ret = *recorded->rom;
	return true;
}

int stored_rom_judge(const struct romstore *s, const char *sha256, const struct pci_ids *ids,
		     struct record_rom *ret)
{
	const struct verdict_facts facts = {.ids = ids};
	struct judged *j;
	uint8_t *data;
	size_t n;
	int err;

	*ret = (struct record_rom){.size = 0};
	err = romstore_get_rom(s, sha256, &data, &n);
	if (err)
		return is_absent(err) ? 0 : err;
	j = malloc(sizeof(*j));
	if (j)
		judge((struct bytes){data, n}, &facts, j);
	free(data);
	if (!j)
		return -ENOMEM;
	if (j->verdict != VERDICT_REJECTED) {
		ret->verdict = j->verdict;
		strcpy(ret->sha256, sha256);
		strcpy(ret->source, STORED_ROM_SOURCE);
		snprintf(ret->version, sizeof(ret->version), "%s", j->rom.version);
		ret->size = n;
		ret->has_efi = rom_has_efi(&j->rom);
	}
	free(j);
	return 0;
}
