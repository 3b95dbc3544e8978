/* What a commit writes into the record, a card at a time. What the record knows is kept: a ROM
 * that the links no longer show moves to other_roms, a card that was replaced to `previous`. */
#ifndef GPUROM_RECORD_UPDATE_H
#define GPUROM_RECORD_UPDATE_H

#include "pci/addr.h"
#include "record/record.h"
#include "sys/firmware-names.h"
#include "sys/json.h"

#define RECORD_MISMATCH_MAX 4
#define RECORD_RAWS_MAX 3 /* raw readings of a card that none of its ROMs was first made of */
#define RECORD_FIRST_READING "first" /* who pinned a ROM: nobody, it was the first */
#define RECORD_PERSON "person"

/* How a ROM came that a person imported: `imported` of its object. Texts are borrowed. */
struct record_import {
	const char *file; /* base name */
	const char *mismatch[RECORD_MISMATCH_MAX];
	size_t n;
};

/* What a commit has to say of one card. */
struct record_news {
	const struct boot_card *card;
	bool replaced;			 /* another card stood here: that one becomes `previous` */
	const struct record_rom *rom;	 /* what the links show now, NULL none */
	const struct record_rom *beside; /* another trusted reading, NULL none */
	const char *by_id;		 /* "" none */
	const char *raw;		 /* of the raw reading that was kept, "" or NULL none */
	char *ret_raw_gone;		 /* [SHA256_HEX], if raw: one that is kept no more, or "" */
	uint64_t serial;		 /* 0: none that this card alone has */
	const struct card_facts *facts;	 /* NULL: not looked for */
	enum identity identity;
	const char *identity_text; /* NULL as "" */
	const char *const *maybe;  /* n_maybe paths, while it is ambiguous */
	size_t n_maybe;
	const char *when, *boot; /* clock and boot id; both texts */
	/* card->rom is not this boot's reading but a person's file; NULL: it is a reading. */
	const struct record_import *import;
};

/* All: -ENOMEM leaves the record unfit to be saved. */
int record_update(struct record *r, const struct record_news *news);

/* A card that is not here: nothing changes but its verdict. -ENOENT. */
int record_missing(struct record *r, const char *path, const char *text);

/* Another ROM of the card at path, unless it has it already. -ENOENT. */
int record_add_rom(struct record *r, const char *path, const struct record_rom *rom,
		   const char *when, const char *boot);

/* A recorded card's past: its earlier addresses and paths, and the cards that stood in its place
 * before, lists of objects, newest first. */
#define RECORDPAST_MAX 64 /* addresses and paths kept */

/* item, whose text `key` names it, becomes the first; an older one of that name goes. Takes item
 * over; NULL counts as no memory. */
void recordpast_push(struct json_writer *card, const char *list, const char *key, cJSON *item);

/* Takes out what bears that name. */
void recordpast_drop(struct json_writer *card, const char *list, const char *key, const char *name);

/* The card's address is this one now; one that it had before goes to `addresses`. */
void recordpast_address(struct json_writer *card, struct pci_addr now);

/* old, another card's object, becomes the first of the card's `previous`, and what stood before old
 * follows it: the list is flat. Takes old over. */
void recordpast_bury(struct json_writer *card, cJSON *old);

#endif
