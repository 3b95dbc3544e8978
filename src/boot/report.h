/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This boot's report, /run/gpurom/report.json, and for each card a file of its own,
 * /run/gpurom/cards/<address>.json, which is newer. claim, settle and commit write the report, a
 * card's worker its card's file. */
#ifndef GPUROM_BOOT_REPORT_H
#define GPUROM_BOOT_REPORT_H

#include "pci/addr.h"
#include "boot/card.h"
#include "sys/root.h"
#include "sys/scan.h"

#include <sys/types.h>
#include <time.h>

#define REPORT_VERSION 1
#define REPORT_FILE_MAX (8u << 20)
#define REPORT_STORE_MAX 200
#define REPORT_KERNEL_MAX 80
#define REPORT_PROGRAM_MAX 48
#define REPORT_BAD_MAX 64   /* complaints kept */
#define REPORT_BAD_TEXT 256 /* bytes of one, with NUL */

#define REPORT_MISSING_MAX 64 /* missing cards kept */
#define REPORT_TIME_MAX 24

/* A recorded card that commit did not find. */
struct report_missing {
	char path[PCI_PATH_MAX];
	struct pci_addr addr; /* where it was last seen */
	struct pci_ids ids;
	char last_seen[REPORT_TIME_MAX]; /* "2026-01-31T12:59:59Z" */
};

/* Filled in by claim; settle and commit add to it. All later steps and most commands read it. */
struct report {
	enum gpurom_mode mode;
	unsigned timeout;	     /* of settle, in seconds */
	char driver[PCI_DRIVER_MAX]; /* of functions that name none (an older report's) */
	enum rom_source sources[SOURCES_MAX];
	size_t n_sources;
	enum rom_trim trim;
	char store[CONFIG_STORE_MAX];
	char kernel[REPORT_KERNEL_MAX]; /* release */
	/* Which gpurom ran claim, and with which files: "" in the report of an older one. */
	char program[REPORT_PROGRAM_MAX]; /* its version, cut to fit */
	char config_digest[SHA256_HEX];	  /* config.files_digest */
	bool late;			  /* udevd ran before claim */
	uint64_t claim_at_us;		  /* CLOCK_BOOTTIME when claim began */
	unsigned claim_us, settle_us;	  /* how long boot waited for each */
	bool settled;
	char stored[REPORT_STORE_MAX];		    /* what commit did, a sentence; "" before */
	struct pci_addr silent[PCISCAN_SILENT_MAX]; /* PCI functions that did not answer claim */
	size_t n_silent;
	char (*bad)[REPORT_BAD_TEXT]; /* complaints, one sentence each */
	size_t n_bad;
	struct boot_card *card;
	size_t n;
	struct report_missing *missing;
	size_t n_missing;
};

/* The name of a card's file in /run/gpurom/cards: "0000-01-00" and suffix (".json", ".lock"). */
const char *report_card_name(struct pci_addr a, const char *suffix, char buf[PCI_ADDR_BUF + 8]);

/* Returns 0 and sets *ret, to be released with report_free, which frees bad, card and missing; or
 * -ENOENT where this boot has no report, or -EBADMSG where it cannot be understood (also: a newer
 * gpurom wrote it). A card's own file that cannot be understood is ignored. */
int report_load(const struct root *root, struct report *ret);
/* Both make the folders and replace the file as a whole. Return 0 or -errno. */
int report_save(const struct root *root, const struct report *r);
int report_save_card(const struct root *root, const struct boot_card *c);
/* Whether a card has a file of its own, from an earlier step: what that says counts more than the
 * report's. */
bool report_has_card_file(const struct root *root, struct pci_addr a);
void report_free(struct report *r);

/* Brings c, a card of r, up to its own file, as report_load does for all of them: what whoever
 * waits for one card of many needs. c stays as it is where that file is missing or cannot be
 * understood. */
void report_refresh_card(const struct root *root, const struct report *r, struct boot_card *c);

/* Which of a card's own files it is; all 0: none. Filled by report_card_changed. */
struct report_stamp {
	ino_t file;
	struct timespec time;
};

/* True where the card's own file is another than *s says, which then says that one. */
bool report_card_changed(const struct root *root, struct pci_addr a, struct report_stamp *s);

/* The card at this address. NULL: none. */
struct boot_card *report_find(const struct report *r, struct pci_addr a);

/* The report as a JSON object, or as its text; the caller deletes or frees it. NULL: no memory. */
struct cJSON *report_object(const struct report *r);
char *report_json(const struct report *r);

/* A worker holds its card's lock until it and its children have ended: whoever gets the lock knows
 * that no worker is left. Returns a descriptor (closing it releases the lock), -EAGAIN where
 * another process has it, or -errno. */
int cardlock_take(const struct root *root, struct pci_addr a);

#endif
