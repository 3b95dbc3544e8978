/* A recorded card's life, in order of time. Borrows from the card. */
#ifndef GPUROM_RECORD_HISTORY_H
#define GPUROM_RECORD_HISTORY_H

#include "record/record.h"

#define RECORDLIFE_TEXT_MAX 600

enum life_event {
	LIFE_FIRST_SEEN,
	LIFE_ROM,      /* first had; a person's file: imported */
	LIFE_PINNED,   /* ... and pinned later than that */
	LIFE_ADDRESS,  /* until then */
	LIFE_PATH,     /* until then */
	LIFE_PREVIOUS, /* until then another card stood in its place */
	LIFE_LAST_SEEN,
};

struct life {
	enum life_event what;
	const char *when;		/* "2026-01-31T12:59:59Z", "" unknown */
	const char *sha256;		/* of the ROM, "" none */
	char text[RECORDLIFE_TEXT_MAX]; /* for people */
};

/* *ret is freed by the caller. -ENOMEM. */
int recordlife(const struct record_card *c, struct life **ret, size_t *ret_n);

/* "first-seen" and so on, for programs. */
const char *life_event_word(enum life_event e);

#endif
