/* What is remembered of each card from boot to boot; gpurom(5) describes every field.
 * store/record-file.h reads it from the store's cards.json and writes it back; update.h, pin.h and
 * remap.h edit it. Texts end with a NUL, "" where there is none; times are "2026-01-31T12:59:59Z".
 *
 * A struct that was read from the file has in `json` the object that it was read from, and is
 * written over a copy of that: what another version of gpurom knows of a card stays, in its place,
 * and goes where the struct goes. Only record-file.c looks into it. */
#ifndef GPUROM_RECORD_RECORD_H
#define GPUROM_RECORD_RECORD_H

#include "pci/card.h"
#include "pci/smbios.h"
#include "record/id.h"
#include "record/identity.h"
#include "rom/reading.h"

#define RECORD_TIME_MAX 24  /* "2026-01-31T12:59:59Z" and its NUL */
#define RECORD_BOOT_MAX 40  /* a boot id and its NUL */
#define RECORD_BY_ID_MAX 32 /* "10de-2204-1462-3892-64" and its NUL */
#define RECORD_WORD_MAX 24
#define RECORD_FILE_NAME_MAX 256
#define RECORD_ACPI_MAX 128 /* longest ACPI path kept, with its NUL */
#define RECORD_MISMATCH_MAX 4
#define RECORD_FUNCTIONS_MAX 8
#define RECORD_RAWS_MAX 3   /* raw readings of a card that none of its ROMs was first made of */
#define RECORD_NAMES_MAX 64 /* earlier addresses, and earlier paths, that are kept */

#define RECORD_FIRST_READING "first" /* who pinned a ROM: nobody, it was the first */
#define RECORD_PERSON "person"

#define RECORD_LEFT "left" /* states of a card that the last boot did not take, or gave back */
#define RECORD_RELEASED "released"

struct cJSON;

/* Since when the links show a ROM, and who said so. */
struct record_pinned {
	bool there;
	const struct cJSON *json;
	char when[RECORD_TIME_MAX];
	char by[RECORD_WORD_MAX];
};

/* How a ROM came that a person imported. */
struct record_import {
	bool there;
	const struct cJSON *json;
	char file[RECORD_FILE_NAME_MAX]; /* base name */
	char when[RECORD_TIME_MAX];
	/* What of the card it does not fit: "vendor", "device", "subsystem", "class". */
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
	char first_seen[RECORD_TIME_MAX], first_boot[RECORD_BOOT_MAX];
	struct record_import imported;
	struct record_pinned pinned; /* of the shown one alone */
};

/* An address, or a path, that a card had before. */
struct record_name {
	struct record_name *next;
	const struct cJSON *json;
	char name[PCI_PATH_MAX];
	char last_seen[RECORD_TIME_MAX];
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

/* What the last commit saw at a place: it stays there where a person says that another of the
 * recorded cards is the one that was seen. */
struct record_seen {
	char state[RECORD_WORD_MAX]; /* what the boot left it as, a word of boot/card.h */
	uint32_t class;		     /* of its display function */
	struct record_function function[RECORD_FUNCTIONS_MAX];
	size_t n_functions;
	uint64_t serial; /* 0 none */
	struct record_reading reading;
	char slot[PCI_SLOT_MAX], acpi_path[RECORD_ACPI_MAX], smbios_slot[SMBIOS_NAME_MAX];
	char last_seen[RECORD_TIME_MAX], last_boot[RECORD_BOOT_MAX];
};

struct record_card {
	struct record_card *next;
	const struct cJSON *json;
	char path[PCI_PATH_MAX];    /* that it is recorded at; means nothing of a previous one */
	char id[CARD_ID_MAX];	    /* "" not given yet */
	char address[PCI_ADDR_BUF]; /* of function 0, when it was last seen */
	struct pci_ids ids;	    /* of its display function; zeros where they are not known */
	enum identity identity;
	char identity_text[IDENTITY_TEXT_MAX];
	char maybe[IDENTITY_MAYBE_MAX][PCI_PATH_MAX]; /* paths, up to the first "" */
	struct record_name *addresses, *paths;	      /* earlier ones, the last first */
	struct record_seen seen;
	struct record_rom *rom;	   /* shown by the links; NULL none */
	struct record_rom *others; /* kept, and not shown */
	char raws[RECORD_RAWS_MAX]
		 [SHA256_HEX]; /* kept readings that no ROM names, the last first */
	char by_id[RECORD_BY_ID_MAX];
	char first_seen[RECORD_TIME_MAX];
	struct record_card *previous; /* stood in this place before, the last first */
};

/* One of all zeros is empty. */
struct record {
	struct record_card *cards; /* in the order of the file */
	struct cJSON *json;
	uint8_t *text; /* as it stands in the file; NULL where there is none */
	size_t n;
	bool older;  /* the text is of an older version */
	bool failed; /* there was no memory for an edit: it cannot be saved */
};

/* The card that is recorded at path; NULL. */
struct record_card *record_find(const struct record *r, const char *path);
/* The card's ROM of that digest, shown or not; NULL, also where c is. */
struct record_rom *record_rom(const struct record_card *c, const char *sha256);
/* Digest of the ROM that its links show; "" none. */
const char *record_shown(const struct record_card *c);
/* Digest of the ROM that was last read of it, and trusted; "" none. */
const char *record_flash(const struct record_card *c);
/* The card may be the one recorded at path. */
bool record_may_be(const struct record_card *c, const char *path);
/* The card sat at path before; false where c is NULL. */
bool record_had_path(const struct record_card *c, const char *path);

/* What a ROM that the record names is to a card. */
enum record_use {
	RECORD_SHOWN,	 /* what the links show; NULL where the card has none */
	RECORD_BESIDE,	 /* another of this card's */
	RECORD_PREVIOUS, /* of a card that stood there before */
};

/* Calls fn for each ROM of each card, the shown one first: so once at least for a card. */
void record_roms(const struct record *r,
		 void (*fn)(void *ctx, const struct record_card *card, enum record_use use,
			    const struct record_rom *rom),
		 void *ctx);

/* --- for those who edit it ------------------------------------------------------------------- */

/* Zeros, for the record to own; NULL, and r->failed, where there is no memory. */
void *record_new(struct record *r, size_t size);
/* The card at path, which belongs to nobody from now on; NULL where there is none. */
struct record_card *record_take(struct record *r, const char *path);
/* The card is recorded at path from now on, the last of all. What was there must have been taken.
 */
void record_put(struct record *r, struct record_card *c, const char *path);
/* rom, one of the card's others or new, is shown from now on; what was is kept beside. */
void record_show(struct record_card *c, struct record_rom *rom);
/* rom, which belongs to nobody, becomes the last of the card's others. */
void record_keep(struct record_card *c, struct record_rom *rom);
/* old, which belongs to nobody, becomes the first of the card's previous, and what stood there
 * before old follows it: only a recorded card has previous ones. */
void record_push_previous(struct record_card *c, struct record_card *old);
/* With its lists. NULL is nothing. */
void record_card_free(struct record_card *c);

#endif
