/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was read of a card's ROM: every attempt, and the best. Plain data: sources/read.c fills it;
 * the boot's report keeps it from step to step; capture and commit read it. Texts are cut to fit.
 */
#ifndef GPUROM_ROM_READING_H
#define GPUROM_ROM_READING_H

#include "rom/verdict.h"
#include "util/sha256.h"

#define ROM_OUTCOME_MAX 200
#define ROM_ATTEMPTS_MAX 8 /* every source once, and some to spare */
#define ROM_SOURCE_MAX 16

/* What one source gave. */
struct rom_attempt {
	char source[ROM_SOURCE_MAX];
	char outcome[ROM_OUTCOME_MAX];
	size_t size;	      /* bytes read; 0: nothing, and the fields below mean nothing */
	enum verdict verdict; /* of the source's best reading */
	unsigned us;
};

/* The best reading of all sources. Its bytes are in /run/gpurom/staged. */
struct rom_reading {
	bool tried;
	bool gone;		       /* the card left the bus meanwhile; not in the report */
	char source[ROM_SOURCE_MAX];   /* "sysfs"; if no source gave anything, the first tried */
	char outcome[ROM_OUTCOME_MAX]; /* "read", or the reason there is nothing */
	struct rom_attempt attempt[ROM_ATTEMPTS_MAX]; /* in the order they were made */
	size_t n_attempts;
	enum verdict verdict;
	struct findings findings;
	size_t raw_size, rom_size;   /* bytes; rom_size 0 if there is nothing to publish */
	char raw_sha256[SHA256_HEX]; /* of what the source gave, "" if nothing */
	char sha256[SHA256_HEX];     /* of the romfile */
	char version[ROM_TEXT_MAX];
	char sign_on[ROM_TEXT_MAX];
	bool has_efi;
	unsigned read_us;
};

/* For messages: a ROM's version, or "without version" for "". */
static inline const char *rom_version_text(const char *version)
{
	return *version ? version : "without version";
}

#endif
