/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a fleet's monitoring asks of a host, as Prometheus text (exposition format 0.0.4:
 * prometheus.io/docs/instrumenting/exposition_formats), which node_exporter's textfile collector
 * reads. gpurom(5) describes each metric. */
#ifndef GPUROM_METRICS_METRICS_H
#define GPUROM_METRICS_METRICS_H

#include "record/identity.h"
#include "record/record.h"
#include "rom/verdict.h"

#include <stdio.h>

#define METRICS_STATES_MAX 8 /* not fewer than the words of enum card_state (boot/card.h) */

/* A card of this boot. Texts are borrowed. */
struct metrics_card {
	const char *address; /* "0000:01:00" */
	const char *path;    /* "" where it has none */
	struct pci_ids ids;  /* of its display function */
	const char *state;   /* one of struct metrics' states */
	enum identity identity;
	bool has_verdict; /* this boot read something of its ROM */
	enum verdict verdict;
	unsigned read_us, handover_us;
	bool rom_changed; /* its flash has another ROM than its links show, and nobody pinned one */
};

/* The image of an installed kernel. Texts are borrowed. */
struct metrics_image {
	const char *kernel; /* its release */
	const char *state;  /* a word of image_state_word (host/images.h) */
};

/* Filled by cmd/metrics.c, read by metrics_write. Texts are borrowed. */
struct metrics {
	const char *version;			/* of gpurom */
	const char *states[METRICS_STATES_MAX]; /* all that a card may have, up to the first NULL */
	bool report; /* this boot has a report; else what stands below, up to card, means nothing */
	unsigned claim_us, settle_us;
	bool settled;
	bool committed; /* what this boot read is in the configured store */
	size_t complaints, silent;
	const struct metrics_card *card;
	size_t n;
	const struct record *record; /* NULL: none that can be read */
	const struct metrics_image *image;
	size_t n_images;
};

/* Seconds since 1970 of "2026-01-31T12:59:59Z", as the record has times; -1 where it is none. */
int64_t metrics_time(const char *text);

/* Writes before, and name="value" with what the format escapes in a value. */
void metrics_label(FILE *out, const char *before, const char *name, const char *value);

/* Each metric has its HELP and TYPE, also where it has no sample. Write errors stay in out
 * (ferror). */
void metrics_write(FILE *out, const struct metrics *m);

#endif
