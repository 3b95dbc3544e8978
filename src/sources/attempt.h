/* One source asked for a card's ROM: its bytes judged, a doubtful reading made again. */
#ifndef GPUROM_SOURCES_ATTEMPT_H
#define GPUROM_SOURCES_ATTEMPT_H

#include "rom/rules.h"
#include "sources/judge.h"
#include "sources/source.h"

#define ATTEMPT_READINGS 3 /* two that agree are found among three, or none can be believed */

struct reading {
	struct source_bytes raw; /* bytes NULL: there is none */
	enum rom_source source;
	struct judged judged;
	struct bytes keep; /* the romfile, inside raw.bytes; empty: nothing to publish */
};

void reading_none(struct reading *r);
void reading_free(struct reading *r);

/* 0 with the reading in *ret (reading_free it), whatever its verdict, or -errno. told->outcome is
 * set in both cases, its size and verdict with 0. Doubt is a verdict short of complete, and a last
 * image whose bytes do not sum to 0, as genuine ones do. Bytes of two readings are never mixed: one
 * that was had twice is believed; else finding "flaky". */
int attempt_read(enum rom_source s, const struct source_job *j, const struct verdict_facts *known,
		 enum rom_trim trim, struct rom_attempt *told, struct reading *ret);

#endif
