/* The record, cards.json in the store: one object a card, by the name of its path. It is edited
 * in place, so that what another version of gpurom knows of a card stays, and written last of
 * all, so that what it names is in the store before it.
 * {"version": 1, "cards": {"<path>": {address, state, ids, subsystem, class, functions,
 *   rom: the one that the links show: {sha256, size, raw_sha256, verdict, source, version, has_efi,
 *        first_seen, first_boot; of a person's file also
 *        imported: {file: its base name, when, mismatch: [what of the card it does not fit:
 *          "vendor", "device", "subsystem", "class"]}} or null,
 *   other_roms: [the same: trusted readings of this card that the links do not show],
 *   by_id, reading: the last attempt, first_seen, last_seen, last_boot,
 *   previous: [cards that stood at this path before]}}} */
#ifndef GPUROM_RECORD_H
#define GPUROM_RECORD_H

#include "bootcard.h"
#include "json.h"

#define RECORD_FILE "cards.json"
#define RECORD_VERSION 1
#define RECORD_FILE_MAX (64u << 20)
#define RECORD_ASIDE_MAX 40 /* "cards.json.corrupt-<n>" and its NUL */
#define RECORD_TIME_MAX 24  /* "2026-01-31T12:59:59Z" and its NUL */
#define RECORD_BOOT_MAX 40  /* a boot id and its NUL */
#define RECORD_BY_ID_MAX 32 /* "10de-2204-1462-3892-64" and its NUL */

struct record {
	cJSON *o;
	uint8_t *text; /* as it stands in the file; NULL where there is none */
	size_t n;
};

/* One ROM of a card. */
struct record_rom {
	char sha256[SHA256_HEX]; /* "" none */
	char raw_sha256[SHA256_HEX];
	size_t size;
	enum verdict verdict;
	char source[16];
	char version[ROM_TEXT_MAX];
	bool has_efi;
	char first_seen[RECORD_TIME_MAX];
};

struct record_card {
	struct pci_ids ids; /* of its display function */
	struct record_rom rom;
	char by_id[RECORD_BY_ID_MAX];
};

/* text comes from malloc, has a NUL behind its n bytes, and is taken over also on failure. -ENOTSUP
 * and -EBADMSG as below. */
int record_parse(uint8_t *text, size_t n, struct record *ret);
/* store: the store's folder. None there: an empty record. -ENOTSUP: written by a newer gpurom;
 * -EBADMSG: corrupt. record_free in any case of success. */
int record_load(int store, struct record *ret);
/* Puts a corrupt file aside, by a new name; *ret is an empty record then. */
int record_set_aside(int store, char ret_name[RECORD_ASIDE_MAX], struct record *ret);
/* Publishes; nothing is written where nothing changed. */
int record_save(int store, const struct record *r);
void record_free(struct record *r);

/* What a ROM that the record names is to the card at that path. */
enum record_use {
	RECORD_SHOWN,	 /* what the links show; sha256 "" where the card has none */
	RECORD_BESIDE,	 /* another of this card's */
	RECORD_PREVIOUS, /* of a card that stood there before */
};

/* Calls fn for each ROM of each card, the shown one first: so once at least for a card. */
void record_roms(const struct record *r,
		 void (*fn)(void *ctx, const char *path, enum record_use use,
			    const struct record_rom *rom),
		 void *ctx);

/* -ENOENT where no such card is recorded. */
int record_find(const struct record *r, const char *path, struct record_card *ret);

#endif
