/* Custody: which ROM a card's links show, from what the store holds and what this boot read.
 * The first trusted ROM of a card stays; a ROM never passes from one card to another. */
#ifndef GPUROM_BOOT_COMMIT_ROM_H
#define GPUROM_BOOT_COMMIT_ROM_H

#include "boot/card.h"
#include "record/record.h"
#include "store/store.h"

#define ROM_CHOICE_TROUBLE_MAX 240

enum rom_outcome {
	ROM_SKIPPED,  /* not taken, or (see trouble) nothing can be kept under its name */
	ROM_NEW,      /* the links show what this boot read */
	ROM_SAME,     /* ... and showed it before */
	ROM_CHANGED,  /* this boot read another one, as good: kept beside, the links stay */
	ROM_WORSE,    /* ... a worse one: not kept */
	ROM_REPLACED, /* a person wants the links to show another than they did */
	ROM_KEPT,     /* nothing trusted was read: what was stored stays */
	ROM_NONE,     /* no ROM is known: no link */
};

/* A person's own ROM for a card, in the place of this boot's reading. */
struct rom_wish {
	bool replace; /* the links are to show it, be it worse than what they show */
	const struct record_import *import;
};

struct rom_choice {
	const struct boot_card *card; /* borrowed */
	enum identity identity;	      /* who it is, by `identify` */
	char identity_text[IDENTITY_TEXT_MAX];
	enum rom_outcome outcome;
	uint64_t serial;	 /* its number, by `identify` */
	bool replaced;		 /* what the record has at this path is another card */
	bool settled;		 /* CHANGED: a person pinned what is shown, and knew of the other */
	bool foreign;		 /* by-path/<path>.rom is not ours: left alone */
	struct record_rom shown; /* sha256 "" where outcome is NONE */
	struct record_rom beside;  /* CHANGED: what was read; REPLACED: what was shown; else "" */
	char raw[SHA256_HEX];	   /* of the raw reading that was put into the store, "" none */
	char raw_gone[SHA256_HEX]; /* of an older one that this commit took out of it, "" none */
	char by_id[RECORD_BY_ID_MAX];
	char trouble[ROM_CHOICE_TROUBLE_MAX]; /* what a person should know besides, "" nothing */
};

/* Decides for c->card and puts the romfile and the raw reading, verified, into the store: no links,
 * no record. In: card, replaced, identity, serial; the rest as of custody_of. wish NULL: card->rom
 * is this boot's reading. 0, or -errno of the store; *c is complete only at 0. */
int rom_choice_make(const struct root *root, const struct romstore *s, const struct record *rec,
		    const struct rom_wish *wish, struct rom_choice *c);

/* Makes the links show it; sets by_id. */
int rom_choice_link(const struct romstore *s, struct rom_choice *c);

/* True where this store already shows the right ROM for the card. Reads only. */
bool rom_choice_is_stored(const struct romstore *s, const struct record *rec,
			  const struct boot_card *card, struct record_rom *ret);

/* A romfile of the store that the record does not explain: is it this card's? */
#define STORED_ROM_SOURCE "store" /* the source of a ROM that is known by its file alone */

/* ids: of the card's display function. 0; ret->sha256 is "" where the file is not there, not whole,
 * or not that card's ROM. Else -errno of the store. */
int stored_rom_judge(const struct romstore *s, const char *sha256, const struct pci_ids *ids,
		     struct record_rom *ret);

#endif
