/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What gpurom's core says of a mutated file, held against the second opinion. */
#ifndef CHECK_H
#define CHECK_H

#include "mutate.h"

/* Defects planted in what core said, to show that they are seen. */
enum plant { PLANT_NONE, PLANT_SUM, PLANT_LAST, PLANT_IDS, PLANT_TRIM, PLANT_AGAIN, PLANT_LOST };

/* By name ("sum", ...); PLANT_NONE where there is none such. */
enum plant plant_by_name(const char *name);

/* How many files were judged how, to see that all of it was reached. */
struct tally {
	unsigned long rejected, usable, complete, trimmed, fitting, by_header, by_scan;
};

/* NULL, or what core got wrong (static). p, n: an exact buffer. r chooses the facts given along. */
const char *check_file(struct rng *r, const uint8_t *p, size_t n, enum plant plant,
		       struct tally *t);

#endif
