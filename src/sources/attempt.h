/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a card's ROM from one source: its bytes are judged, a doubtful reading is repeated. */
#ifndef GPUROM_SOURCES_ATTEMPT_H
#define GPUROM_SOURCES_ATTEMPT_H

#include "rom/rules.h"
#include "sources/judge.h"
#include "sources/source.h"

#define ATTEMPT_READINGS 3 /* two of three agree, or none is believed */

/* The bytes of one reading, and what was found in them. Filled by attempt_read, and by cmd/import.c
 * from a file; read by sources/read.c, boot/capture.c and the commands. */
struct reading {
	struct source_bytes raw; /* bytes NULL: there is none */
	enum rom_source source;
	struct judged judged;
	struct bytes keep; /* the romfile, inside raw.bytes; empty: nothing to publish */
};

void reading_none(struct reading *r);
void reading_free(struct reading *r);

/* Returns 0 and sets *ret (reading_free it), whatever its verdict, or -errno. Sets report->outcome
 * in both cases, report->size and ->verdict with 0; the caller sets the report's name and time. A
 * reading is doubtful where its verdict is not final (rom/rules.h), or bytes that would be
 * published are in no right sum: an image of the chain does not sum to 0, or trim keeps what
 * follows the chain. It is repeated, whole, up to ATTEMPT_READINGS in all. Bytes of two readings
 * are never mixed: one that came twice is believed; else there is a finding "flaky". A sum is a
 * byte: it misses one in 256 of the readings in which several bytes are wrong. */
int attempt_read(enum rom_source s, const struct source_job *j, const struct verdict_facts *facts,
		 enum rom_trim trim, struct rom_attempt *report, struct reading *ret);

#endif
