// SPDX-License-Identifier: GPL-2.0-or-later
#include "sources/attempt.h"

#include "rom/diff.h"
#include "rom/rules.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void reading_none(struct reading *r)
{
	*r = (struct reading){.judged.verdict = VERDICT_REJECTED};
}

void reading_free(struct reading *r)
{
	free(r->raw.bytes);
	reading_none(r);
}

struct attempt {
	enum rom_source source;
	const struct source_job *job;
	const struct verdict_facts *facts;
	enum rom_trim trim;
	struct reading read[ATTEMPT_READINGS];
	size_t n;
};

static struct bytes bytes_of(const struct reading *r)
{
	return (struct bytes){r->raw.bytes, r->raw.n};
}

/* One more reading, judged. */
static int read_once(struct attempt *a)
{
	struct reading *r = &a->read[a->n];
	int err = source_read(a->source, a->job, &r->raw);

	if (err < 0)
		return err;
	a->n++;
	r->source = a->source;
	judge(bytes_of(r), a->facts, &r->judged);
	r->keep = judge_keep(bytes_of(r), &r->judged, a->trim);
	return 0;
}

/* What trim=head leaves behind the images: no sum covers it. */
static bool has_tail(const struct reading *r)
{
	return r->keep.n > r->judged.rom.chain.length;
}

/* RAM reads the same each time. */
static bool is_doubtful(const struct reading *r)
{
	if (source_of(r->source)->is_memory)
		return false;
	return !verdict_is_final(r->judged.verdict, &r->judged.findings) ||
	       !r->judged.rom.sums_ok || has_tail(r);
}

static bool same_bytes(const struct reading *a, const struct reading *b)
{
	return a->raw.n == b->raw.n && memcmp(a->raw.bytes, b->raw.bytes, a->raw.n) == 0;
}

/* A reading that came twice, byte for byte; NULL where there is none. */
static struct reading *find_repeated(struct attempt *a)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = i + 1; k < a->n; k++)
			if (same_bytes(&a->read[i], &a->read[k]))
				return &a->read[i];
	return NULL;
}

static struct reading *best_of(struct attempt *a)
{
	struct reading *best = &a->read[0];

	for (size_t i = 1; i < a->n; i++)
		if (a->read[i].judged.verdict > best->judged.verdict)
			best = &a->read[i];
	return best;
}

/* All its sums are right, and it is the only such reading. */
static bool is_only_whole(const struct attempt *a, const struct reading *r)
{
	size_t whole = 0;

	for (size_t i = 0; i < a->n; i++)
		whole += !is_doubtful(&a->read[i]);
	return whole == 1 && !is_doubtful(r);
}

/* No two are the same. Sums of a byte are weak: a reading that only they support is usable at best.
 */
static struct reading *distrust(struct attempt *a, const char *where)
{
	struct reading *r = best_of(a);

	if (is_only_whole(a, r)) {
		findings_add(&r->judged.findings, "flaky", FINDING_WARN,
			     "no two of %zu readings are the same (%s); this one alone is whole. "
			     "Compare it with the next boot's",
			     a->n, where);
		r->judged.verdict = VERDICT_USABLE;
		return r;
	}
	findings_add(&r->judged.findings, "flaky", FINDING_FATAL,
		     "no two of %zu readings are the same (%s): none can be trusted. Reseat the "
		     "card, or read it after a cold boot",
		     a->n, where);
	r->judged.verdict = VERDICT_REJECTED;
	r->keep = (struct bytes){NULL, 0};
	return r;
}

/* Bytes of several readings are never mixed: one that came twice is believed. */
static struct reading *pick_reading(struct attempt *a, char outcome[ROM_OUTCOME_MAX])
{
	struct reading *r = find_repeated(a);
	char where[ROM_DIFF_TEXT_MAX];
	struct rom_diff d;

	if (a->n == 1 || (r && a->n == 2)) {
		snprintf(outcome, ROM_OUTCOME_MAX, "%s", r ? "read twice, the same" : "read");
		return &a->read[0];
	}
	rom_diff(bytes_of(&a->read[0]), bytes_of(&a->read[1]), &d);
	rom_diff_text(&d, where);
	snprintf(outcome, ROM_OUTCOME_MAX, "read %zu times, %s the same; %s", a->n,
		 r ? "two" : "no two", where);
	if (!r)
		return distrust(a, where);
	findings_add(&r->judged.findings, "flaky", FINDING_NOTE,
		     "two of %zu readings are the same, and taken for right; of the first two %s",
		     a->n, where);
	return r;
}

/* Reads until there is no doubt, or no try left. */
static int read_source(struct attempt *a, struct rom_attempt *report, struct reading *ret)
{
	struct reading *r;
	int err = read_once(a);

	if (err < 0) {
		memcpy(report->outcome, a->read[0].raw.outcome, sizeof(report->outcome));
		return err;
	}
	if (is_doubtful(&a->read[0]))
		while (a->n < ATTEMPT_READINGS && !find_repeated(a) && read_once(a) == 0)
			;
	r = pick_reading(a, report->outcome);
	report->size = r->raw.n;
	report->verdict = r->judged.verdict;
	*ret = *r;
	reading_none(r);
	return 0;
}

static void free_attempt(struct attempt *a)
{
	for (size_t i = 0; i < ATTEMPT_READINGS; i++)
		free(a->read[i].raw.bytes);
	free(a);
}

int attempt_read(enum rom_source s, const struct source_job *j, const struct verdict_facts *facts,
		 enum rom_trim trim, struct rom_attempt *report, struct reading *ret)
{
	struct attempt *a = calloc(1, sizeof(*a));
	int err;

	if (!a) {
		snprintf(report->outcome, sizeof(report->outcome), "no memory");
		return -ENOMEM;
	}
	a->source = s;
	a->job = j;
	a->facts = facts;
	a->trim = trim;
	err = read_source(a, report, ret);
	free_attempt(a);
	return err;
}
