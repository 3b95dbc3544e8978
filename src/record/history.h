/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The events in a recorded card's life, in order of time. */
#ifndef GPUROM_RECORD_HISTORY_H
#define GPUROM_RECORD_HISTORY_H

#include "record/record.h"

#define HISTORY_TEXT_MAX 600

enum history_kind {
	HISTORY_FIRST_SEEN,
	HISTORY_ROM,	  /* first read; a person's file: imported */
	HISTORY_PINNED,	  /* ... and pinned later than that */
	HISTORY_ADDRESS,  /* until then */
	HISTORY_PATH,	  /* until then */
	HISTORY_PREVIOUS, /* until then another card was in its place */
	HISTORY_LAST_SEEN,
};

struct history_event {
	enum history_kind what;
	const char *when;	     /* "2026-01-31T12:59:59Z", "" unknown */
	const char *sha256;	     /* of the ROM, "" none */
	char text[HISTORY_TEXT_MAX]; /* for people */
};

/* Returns 0 and sets *ret, which the caller frees and which borrows from c; or -ENOMEM. */
int record_history(const struct record_card *c, struct history_event **ret, size_t *ret_n);

/* "first-seen" and so on, for programs. */
const char *history_kind_word(enum history_kind e);

#endif
