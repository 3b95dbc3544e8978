/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gpurom remembers of each card from boot to boot; gpurom(5) describes every field.
 * store/record-file.h reads it from the store's cards.json and writes it back; update.h, pin.h and
 * remap.h edit it. A text is "" if there is none; times are "2026-01-31T12:59:59Z".
 *
 * In a struct that was read from the file, `json` is the object that it was read from. Saving
 * writes the struct's fields into a copy of that object, so that the fields of another version of
 * gpurom stay, and move with the struct. Only record-file.c reads it. */
#ifndef GPUROM_RECORD_RECORD_H
#define GPUROM_RECORD_RECORD_H

#include "pci/card.h"
#include "pci/smbios.h"
#include "record/id.h"
#include "record/identity.h"
#include "rom/reading.h"
#include "util/text.h"

#include <stddef.h>

#define RECORD_BOOT_MAX 40  /* a boot id and its NUL */
#define RECORD_BY_ID_MAX 32 /* "10de-2204-1462-3892-64" and its NUL */
#define RECORD_WORD_MAX 24
#define RECORD_FILE_NAME_MAX 256
#define RECORD_MISMATCH_MAX 4
#define RECORD_FUNCTIONS_MAX 8
#define RECORD_RAWS_MAX 3   /* kept raw readings of a card from which none of its ROMs was made */
#define RECORD_NAMES_MAX 64 /* kept earlier addresses, and kept earlier paths */

/* Who pinned a ROM: nobody, it was the first, or a person. */
#define RECORD_FIRST_READING "first"
#define RECORD_PERSON "person"

#define RECORD_LEFT "left" /* states of a card that the last boot did not take, or gave back */
#define RECORD_RELEASED "released"

struct cJSON;

/* Since when the links lead to a ROM, and who decided that. */
struct record_pinned {
	bool there;
	const struct cJSON *json;
	char when[TEXT_TIME_MAX];
	char by[RECORD_WORD_MAX];
};

/* Where a ROM came from that a person imported. */
struct record_import {
	bool there;
	const struct cJSON *json;
	char file[RECORD_FILE_NAME_MAX]; /* base name */
	char when[TEXT_TIME_MAX];
	/* In what it does not fit the card: "vendor", "device", "subsystem", "class". */
	char mismatch[RECORD_MISMATCH_MAX][RECORD_WORD_MAX];
};

/* One ROM of a card. */
struct record_rom {
	struct record_rom *next;
	const struct cJSON *json;
	char sha256[SHA256_HEX]; /* "" none */
	char raw_sha256[SHA256_HEX];
	size_t size;
	enum verdict verdict;
	char source[ROM_SOURCE_MAX];
	char version[ROM_TEXT_MAX];
	bool has_efi;
	char first_seen[TEXT_TIME_MAX], first_boot[RECORD_BOOT_MAX];
	struct record_import imported;
	struct record_pinned pinned; /* of the shown one alone */
};

/* An earlier address, or path, of a card. */
struct record_name {
	struct record_name *next;
	const struct cJSON *json;
	char name[PCI_PATH_MAX];
	char last_seen[TEXT_TIME_MAX];
	char last_boot[RECORD_BOOT_MAX]; /* of an address */
};

struct record_function {
	const struct cJSON *json;
	unsigned number;
	struct pci_ids ids; /* vendor and device alone */
	uint32_t class;
};

/* The last boot's attempt to read a card's ROM. */
struct record_reading {
	bool there;
	const struct cJSON *json;
	bool tried;
	char source[ROM_SOURCE_MAX], outcome[ROM_OUTCOME_MAX];
	enum verdict verdict;
	char sha256[SHA256_HEX], raw_sha256[SHA256_HEX];
};

/* What the last commit saw at a place. If a person says that the card there is another one of the
 * recorded cards (remap.h), that card gets it. */
struct record_seen {
	char state[RECORD_WORD_MAX]; /* its state after the boot, a word of boot/card.h */
	uint32_t class;		     /* of its display function */
	struct record_function function[RECORD_FUNCTIONS_MAX];
	size_t n_functions;
	uint64_t serial; /* 0 none */
	struct record_reading reading;
	char slot[PCI_SLOT_MAX], acpi_path[PCI_ACPI_MAX], smbios_slot[SMBIOS_NAME_MAX];
	char last_seen[TEXT_TIME_MAX], last_boot[RECORD_BOOT_MAX];
};

/* Loaded by store/record-file.c, changed by update.h, pin.h and remap.h, read by all above. */
struct record_card {
	struct record_card *next;
	const struct cJSON *json;
	char path[PCI_PATH_MAX];    /* that it is recorded at; of a previous card: unused */
	char id[CARD_ID_MAX];	    /* "" not given yet */
	char address[PCI_ADDR_BUF]; /* of function 0, when it was last seen */
	struct pci_ids ids;	    /* of its display function; zeros if not known */
	enum identity identity;
	char identity_text[IDENTITY_TEXT_MAX];
	char maybe[IDENTITY_MAYBE_MAX][PCI_PATH_MAX]; /* paths, up to the first "" */
	struct record_name *addresses, *paths;	      /* earlier ones, the latest first */
	struct record_seen seen;
	struct record_rom *rom;	   /* that its links show; NULL none */
	struct record_rom *others; /* kept, and not shown */
	char raws[RECORD_RAWS_MAX]
		 [SHA256_HEX]; /* kept readings that no ROM names, the latest first */
	char by_id[RECORD_BY_ID_MAX];
	char first_seen[TEXT_TIME_MAX];
	struct record_card *previous; /* cards that were in this place before, the latest first */
};

/* Memory of a record: a thousand cards are a quarter of a million pieces. */
struct record_block {
	struct record_block *next;
	size_t size, used; /* of data */
	max_align_t data[];
};

/* All zeros: empty. record_free it. */
struct record {
	struct record_card *cards; /* in the order of the file */
	struct cJSON *json;
	uint8_t *text; /* the file's bytes; NULL if there is no file */
	size_t n;      /* of text */
	bool older;    /* the text is of an older version */
	bool failed;   /* there was no memory for an edit: it must not be saved */
	/* All that it points to, the text aside: freed with it, never one by one. */
	struct record_block *blocks;
};

/* n bytes from malloc, which the record takes over: it uses them first. Not if that is too few for
 * a block. */
void record_add_memory(struct record *r, void *memory, size_t n);
/* Leaves an empty one. */
void record_free(struct record *r);

/* The card that is recorded at path, or NULL. */
struct record_card *record_find(const struct record *r, const char *path);
/* The card's ROM of that digest, shown or not, or NULL. c may be NULL. */
struct record_rom *record_rom(const struct record_card *c, const char *sha256);
/* Digest of the ROM that its links show; "" none. */
const char *record_shown(const struct record_card *c);
/* Digest of the ROM that was last read from it, if that was not rejected; "" none. */
const char *record_flash(const struct record_card *c);
/* True if the card may be the one that is recorded at path. */
bool record_may_be(const struct record_card *c, const char *path);
/* True if the card was at path before. c may be NULL: false. */
bool record_was_at(const struct record_card *c, const char *path);

/* Why a card's record names a ROM. */
enum record_use {
	RECORD_SHOWN,	 /* the links show it; rom is NULL if they show none */
	RECORD_BESIDE,	 /* another one of this card */
	RECORD_PREVIOUS, /* of a card that was there before */
};

/* Calls fn for each ROM of each card, the shown one first: at least once for each card. */
void record_roms(const struct record *r,
		 void (*fn)(void *ctx, const struct record_card *card, enum record_use use,
			    const struct record_rom *rom),
		 void *ctx);

/* --- for those who edit it ------------------------------------------------------------------- */

/* Memory that is the record's: nobody frees it. NULL, and r->failed set, where there is none.
 * record_new: zeros. */
void *record_memory(struct record *r, size_t size);
void *record_new(struct record *r, size_t size);
/* Takes the card at path out of the record's list. NULL if there is none. */
struct record_card *record_take(struct record *r, const char *path);
/* Records the card at path, as the last of all. No card may be recorded there. */
void record_put(struct record *r, struct record_card *c, const char *path);
/* Makes rom, one of the card's others or a new one, the shown one; the one before joins the others.
 */
void record_show(struct record_card *c, struct record_rom *rom);
/* Makes rom, of no list, the last of the card's others. */
void record_keep(struct record_card *c, struct record_rom *rom);
/* Makes old, of no list, the first of the card's previous ones, and moves those of old behind it:
 * only a recorded card has previous ones. */
void record_push_previous(struct record_card *c, struct record_card *old);

#endif
