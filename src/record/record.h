/* The record, cards.json in the store: one object a card, by the name of its path. It is edited
 * in place, so that what another version of gpurom knows of a card stays, and written last of
 * all, so that what it names is in the store before it. gpurom(5) describes it field by field.
 * {"version": 2, "cards": {"<path>": {id: 12 hex digits, of no other card, and for ever,
 *   address, state, ids, subsystem, class, functions,
 *   identity: the verdict of the last boot that looked (record/identity.h), identity_text,
 *   maybe: [paths of the recorded cards it may be: itself among them], while it is ambiguous,
 *   addresses: [{address, last_seen, last_boot}: earlier ones, newest first],
 *   paths: [{path, last_seen}: where it sat before, newest first],
 *   serial, slot, acpi_path, smbios_slot: where the machine tells,
 *   rom: the pinned one, which the links show: {sha256, size, raw_sha256, verdict, source, version,
 *        has_efi, first_seen, first_boot, pinned: {when, by: "first" or "person"}; of a person's
 *        file also imported: {file: its base name, when, mismatch: [what of the card it does not
 *          fit: "vendor", "device", "subsystem", "class"]}} or null,
 *   other_roms: [the same: trusted readings of this card that the links do not show],
 *   raws: [digests of raw readings that are kept and no ROM names: the newest few, newest first],
 *   by_id, reading: the last attempt, first_seen, last_seen, last_boot,
 *   previous: [cards that stood at this path before]}}}
 * Version 1 knew nothing from `identity` to `smbios_slot`, nor `pinned`; the first programs of
 * version 2 no `id`. */
#ifndef GPUROM_RECORD_RECORD_H
#define GPUROM_RECORD_RECORD_H

#include "record/boot-card.h"
#include "record/id.h"
#include "record/identity.h"
#include "sys/json.h"
#include "util/text.h"

#define RECORD_VERSION 2
#define RECORD_TIME_MAX TEXT_TIME_MAX
#define RECORD_BOOT_MAX 40  /* a boot id and its NUL */
#define RECORD_BY_ID_MAX 32 /* "10de-2204-1462-3892-64" and its NUL */

struct record {
	cJSON *o;
	uint8_t *text; /* as it stands in the file; NULL where there is none */
	size_t n;
	bool older; /* the text is of an older version; o is not */
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
	char id[CARDTAG_ID_MAX]; /* "" not given yet */
	struct pci_addr addr;	 /* function 0's, when it was last seen */
	struct pci_ids ids;	 /* of its display function */
	uint64_t serial;	 /* 0 none */
	enum identity identity;
	char identity_text[IDENTITY_TEXT_MAX];
	struct record_rom rom;
	char flash[SHA256_HEX]; /* the ROM that was last read of it and trusted; "" none */
	char by_id[RECORD_BY_ID_MAX];
	char first_seen[RECORD_TIME_MAX], last_seen[RECORD_TIME_MAX], last_boot[RECORD_BOOT_MAX];
};

/* text comes from malloc, has a NUL behind its n bytes, and is taken over also on failure. -ENOTSUP
 * and -EBADMSG as below. An older version's is upgraded. */
int record_parse(uint8_t *text, size_t n, struct record *ret);
/* One without cards. -ENOMEM; record_free otherwise. */
int record_empty(struct record *ret);
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
/* Each recorded card, in the order of the file; path lives as long as the record. */
void record_cards(const struct record *r,
		  void (*fn)(void *ctx, const char *path, const struct record_card *card),
		  void *ctx);

/* For those who edit it. The card's object, NULL where none is recorded there; and that of the ROM
 * of that digest, which the card shows or has beside, NULL where it is none of the card's. */
cJSON *record_object(const struct record *r, const char *path);
cJSON *record_rom_object(const cJSON *card, const char *sha256);

/* The ROM of that digest is one of the card's: shown, or beside. */
bool record_knows_rom(const struct record *r, const char *path, const char *sha256);
/* What such an object says. -EBADMSG. */
int record_read_rom(const cJSON *o, struct record_rom *ret);

/* Paths of the cards that the one at path may be, borrowed; returns how many. */
size_t record_maybe(const struct record *r, const char *path, const char *ret[IDENTITY_MAYBE_MAX]);

#endif
