/* This boot's report, /run/gpurom/report.json, with the newer word of each card's own file
 * /run/gpurom/cards/<address>.json laid over it: claim and settle write the one, a card's worker
 * the other, so no two ever write the same file. */
#ifndef GPUROM_BOOT_REPORT_H
#define GPUROM_BOOT_REPORT_H

#include "pci/addr.h"
#include "boot/card.h"
#include "sys/root.h"
#include "sys/scan.h"

#define REPORT_VERSION 1
#define REPORT_FILE_MAX (8u << 20)
#define REPORT_STORE_MAX 200
#define REPORT_BAD_MAX 64   /* complaints kept */
#define REPORT_BAD_TEXT 256 /* bytes of one, with NUL */

#define REPORT_MISSING_MAX 64 /* told */
#define REPORT_TIME_MAX 24

/* A recorded card that commit did not find. */
struct report_missing {
	char path[PCI_PATH_MAX];
	struct pci_addr addr; /* when it was last seen */
	struct pci_ids ids;
	char last_seen[REPORT_TIME_MAX]; /* "2026-01-31T12:59:59Z" */
};

struct report {
	enum gpurom_mode mode;
	unsigned timeout; /* seconds, settle's */
	char driver[PCI_DRIVER_MAX];
	enum rom_source sources[SOURCES_MAX];
	size_t n_sources;
	enum rom_trim trim;
	char store[CONFIG_STORE_MAX];
	char kernel[80];	      /* release */
	bool late;		      /* udevd was up before claim */
	uint64_t claim_at_us;	      /* CLOCK_BOOTTIME when claim began */
	unsigned claim_us, settle_us; /* how long boot waited for each */
	bool settled;
	char stored[REPORT_STORE_MAX];		    /* what commit did, "" before */
	struct pci_addr silent[PCISCAN_SILENT_MAX]; /* PCI functions that did not answer claim */
	size_t n_silent;
	char (*bad)[REPORT_BAD_TEXT]; /* complaints, one sentence each */
	size_t n_bad;
	struct boot_card *card;
	size_t n;
	struct report_missing *missing;
	size_t n_missing;
};

/* A card's place in /run/gpurom/cards: "0000-01-00.json" and, for its lock, ".lock". */
const char *report_card_name(struct pci_addr a, const char *suffix, char buf[PCI_ADDR_BUF + 8]);

/* -ENOENT where this boot has none, -EBADMSG where it cannot be understood (also: written by a
 * newer gpurom). A card's own file that cannot be understood is ignored. Release with report_free
 * in any case of success; bad, card and missing must come from malloc where report_free is to free
 * them. */
int report_load(const struct root *root, struct report *ret);
/* Both make the folders they need and replace the file as a whole. */
int report_save(const struct root *root, const struct report *r);
int report_save_card(const struct root *root, const struct boot_card *c);
void report_free(struct report *r);

/* The whole as JSON text; the caller frees. NULL: no memory. */
char *report_json(const struct report *r);

/* A worker has its card by a lock that dies with it: whoever gets the lock knows that no worker
 * is left. Held through fork by the worker's own children. Returns a descriptor, to be closed to
 * give the lock back; -EAGAIN where another has it. */
int cardlock_take(const struct root *root, struct pci_addr a);

#endif
