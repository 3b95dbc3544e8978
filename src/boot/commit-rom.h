/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which ROM a card's links show, from what the store has and what this boot read. The first trusted
 * ROM of a card stays; a ROM never passes from one card to another. */
#ifndef GPUROM_BOOT_COMMIT_ROM_H
#define GPUROM_BOOT_COMMIT_ROM_H

#include "boot/card.h"
#include "record/record.h"
#include "store/store.h"

#define ROM_CHOICE_TROUBLE_MAX 240

enum rom_outcome {
	ROM_SKIPPED,  /* not taken, or (see trouble) nothing can be stored under its name */
	ROM_NEW,      /* the links show what this boot read */
	ROM_SAME,     /* ... and showed it before */
	ROM_CHANGED,  /* this boot read another one, as good: kept beside, the links stay */
	ROM_WORSE,    /* ... a worse one: not kept */
	ROM_REPLACED, /* by a person's wish the links show another one than before */
	ROM_KEPT,     /* nothing trusted was read: what was stored stays */
	ROM_NONE,     /* there is no ROM for it: no link */
};

/* A person's own ROM for a card, instead of this boot's reading. */
struct rom_wish {
	bool replace; /* the links must show it, even if it is worse than what they show */
	const struct record_import *import;
};

/* Filled in by commit for each card; what commit prints and records. */
struct rom_choice {
	const struct boot_card *card; /* borrowed */
	enum identity identity;
	char identity_text[IDENTITY_TEXT_MAX];
	enum rom_outcome outcome;
	uint64_t serial; /* 0: none, or a second present card has it, too */
	bool replaced;	 /* its path is recorded for another card */
	bool settled;	 /* CHANGED: a person pinned what is shown after the other was read */
	bool foreign;	 /* by-path/<path>.rom was not made by gpurom: left alone */
	struct record_rom shown;   /* sha256 "" where outcome is NONE */
	struct record_rom beside;  /* CHANGED: what was read; REPLACED: what was shown; else "" */
	char raw[SHA256_HEX];	   /* of the raw reading that was put into the store, "" none */
	char raw_gone[SHA256_HEX]; /* of an older one that this commit removed, "" none */
	char by_id[RECORD_BY_ID_MAX];
	char id[CARD_ID_MAX];		      /* of the card's record; "" it was not written */
	char trouble[ROM_CHOICE_TROUBLE_MAX]; /* what else a person should know, "" nothing */
};

/* Chooses for c->card, and puts the romfile and the raw reading, verified, into the store: no
 * links, no record. c holds card, replaced, identity and serial; the rest is 0 and is set here.
 * wish NULL: card->rom is this boot's reading. Returns 0, or -errno of the store; *c is complete
 * only at 0. */
int rom_choice_make(const struct root *root, const struct romstore *s, const struct record *rec,
		    const struct rom_wish *wish, struct rom_choice *c);

/* Makes the by-path and by-id links show it; sets by_id. Returns 0 or -errno. */
int rom_choice_link(const struct romstore *s, struct rom_choice *c);

/* The same for by-id alone. ids: of the card's display function. Sets ret to the name of the link,
 * or leaves it where all names of these ids are taken. Returns 0 or -errno. */
int rom_link_by_id(const struct romstore *s, const struct pci_ids *ids, const char *sha256,
		   char ret[RECORD_BY_ID_MAX]);

/* True, with *ret set, where this store already shows the card's recorded ROM. Reads only. */
bool rom_choice_is_stored(const struct romstore *s, const struct record *rec,
			  const struct boot_card *card, struct record_rom *ret);

#define STORED_ROM_SOURCE "store" /* the source of a ROM of which only the romfile is known */

/* Judges a romfile of the store that the record does not explain. ids: of the card's display
 * function. Returns 0 with ret->sha256 "" where the file is not present, not whole, or not that
 * card's ROM; or -errno of the store. */
int stored_rom_judge(const struct romstore *s, const char *sha256, const struct pci_ids *ids,
		     struct record_rom *ret);

#endif
