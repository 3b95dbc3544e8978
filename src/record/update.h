/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a commit's news into the record, one card at a time. Nothing is forgotten: a ROM that the
 * links no longer show joins the others, a card that was replaced moves to `previous`. */
#ifndef GPUROM_RECORD_UPDATE_H
#define GPUROM_RECORD_UPDATE_H

#include "record/record.h"

/* A commit's news of one card, filled by boot/commit-record.c and `import`. Texts and pointers are
 * borrowed. */
struct record_news {
	const char *path;
	struct pci_addr addr; /* function 0's */
	struct pci_ids ids;   /* of its display function */
	/* last_seen, last_boot: now. serial 0: none that this card alone has. reading: this boot's;
	 * with import only its sha256 counts, that of the file's ROM. */
	struct record_seen seen;
	bool replaced;			 /* the card recorded here moves to `previous` */
	const struct record_rom *rom;	 /* that the links show now, NULL none */
	const struct record_rom *beside; /* another trusted reading, NULL none */
	const char *by_id;		 /* "" none */
	const char *raw;		 /* digest of the raw reading that was kept, "" none */
	char *ret_raw_gone;		 /* [SHA256_HEX], if raw: set if one is no longer kept */
	enum identity identity;
	const char *identity_text;
	const char (*maybe)[PCI_PATH_MAX]; /* n_maybe paths, while it is ambiguous */
	size_t n_maybe;
	const struct record_import *import; /* a person's file; NULL: a boot's reading */
};

/* Returns 0, or -ENOMEM: the record must not be saved then. */
int record_update(struct record *r, const struct record_news *news);

/* Adds a ROM to the card at path, unless it has it already, as first seen at `when` in `boot`.
 * Returns 0, -ENOENT, or -ENOMEM: the record must not be saved then. */
int record_add_rom(struct record *r, const char *path, const struct record_rom *rom,
		   const char *when, const char *boot);

/* Sets the verdict of a card that is not present, and changes nothing else. */
void record_missing(struct record_card *c);

/* Sets the card's address; a different one before becomes an earlier one. */
void record_put_address(struct record *r, struct record_card *c, struct pci_addr now);

/* Records the card, of no list, at the path `to`; its path before becomes an earlier one. A card
 * that is recorded there becomes the first of its `previous`. */
void record_put_path(struct record *r, struct record_card *c, const char *to);

#endif
