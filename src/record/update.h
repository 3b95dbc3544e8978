/* What a commit writes into the record, a card at a time. What the record knows is kept: a ROM
 * that the links no longer show moves to the others, a card that was replaced to `previous`. */
#ifndef GPUROM_RECORD_UPDATE_H
#define GPUROM_RECORD_UPDATE_H

#include "record/record.h"

/* What a commit has to say of one card. Texts and pointers are borrowed. */
struct record_news {
	const char *path;
	struct pci_addr addr; /* function 0's */
	struct pci_ids ids;   /* of its display function */
	/* last_seen, last_boot: now. serial 0: none that this card alone has. reading: of this
	 * boot; with import its sha256 alone counts: of the file's ROM. */
	struct record_seen seen;
	bool replaced;			 /* another card stood here: that one becomes `previous` */
	const struct record_rom *rom;	 /* what the links show now, NULL none */
	const struct record_rom *beside; /* another trusted reading, NULL none */
	const char *by_id;		 /* "" none */
	const char *raw;		 /* of the raw reading that was kept, "" none */
	char *ret_raw_gone;		 /* [SHA256_HEX], if raw: one that is kept no more, or "" */
	enum identity identity;
	const char *identity_text;
	const char (*maybe)[PCI_PATH_MAX]; /* n_maybe paths, while it is ambiguous */
	size_t n_maybe;
	const struct record_import *import; /* it is a person's file; NULL: a boot's reading */
};

/* Both: -ENOMEM leaves the record unfit to be saved. */
int record_update(struct record *r, const struct record_news *news);

/* Another ROM of the card at path, unless it has it already, which came then, in that boot.
 * -ENOENT. */
int record_add_rom(struct record *r, const char *path, const struct record_rom *rom,
		   const char *when, const char *boot);

/* A card that is not here: nothing changes but its verdict. */
void record_missing(struct record_card *c);

/* The card's address is this one now; another that it had before goes to the earlier ones. */
void record_put_address(struct record *r, struct record_card *c, struct pci_addr now);

/* The card, of no list now, is recorded at that path from now on, and remembers the one before. A
 * card that is recorded there becomes the first of its `previous`. */
void record_put_path(struct record *r, struct record_card *c, const char *to);

#endif
