// SPDX-License-Identifier: GPL-2.0-or-later
#include "sources/read.h"

#include "rom/rules.h"
#include "sys/deadline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool has_source(const struct reading_order *o, enum rom_source s)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->source[i] == s)
			return true;
	return false;
}

void reading_describe(const struct reading *best, const struct rom_attempt *from,
		      struct rom_reading *result)
{
	const struct judged *d = &best->judged;

	memcpy(result->source, from->source, sizeof(result->source));
	memcpy(result->outcome, from->outcome, sizeof(result->outcome));
	result->verdict = d->verdict;
	result->findings = d->findings;
	result->raw_size = best->raw.n;
	result->rom_size = best->keep.n;
	memcpy(result->version, d->rom.version, sizeof(result->version));
	memcpy(result->sign_on, d->rom.sign_on, sizeof(result->sign_on));
	result->has_efi = rom_has_efi(&d->rom);
}

static bool is_better(const struct reading *a, const struct reading *than)
{
	return !than->raw.bytes || a->judged.verdict > than->judged.verdict;
}

static struct rom_attempt *new_attempt(struct rom_reading *result, enum rom_source s)
{
	struct rom_attempt *a;

	if (result->n_attempts == ROM_ATTEMPTS_MAX)
		result->n_attempts--;
	a = &result->attempt[result->n_attempts++];
	*a = (struct rom_attempt){.verdict = VERDICT_REJECTED};
	snprintf(a->source, sizeof(a->source), "%s", source_text(s));
	return a;
}

/* Why the `rom` file cannot be this source; NULL where it can. */
static const char *why_absent(const struct source *from, const struct reading_order *o)
{
	if (from->needs_rom_bar && o->no_rom_bar)
		return "no ROM BAR";
	if (from->needs_rom_bar && !from->is_shadow && o->rom_shadow)
		return "the kernel shows the boot screen's shadow at 0xC0000 in its place";
	if (from->is_shadow && !o->rom_shadow)
		return "the card has no shadow";
	return NULL;
}

static int try_source(enum rom_source s, const struct source_job *j, const struct reading_order *o,
		      enum rom_trim trim, struct rom_attempt *report, struct reading *ret)
{
	const struct source *from = source_of(s);
	const char *why = why_absent(from, o);
	const struct verdict_facts facts = {.ids = &j->ids,
					    .shadow = from->is_shadow,
					    .shadow_wanted = has_source(o, SOURCE_SHADOW),
					    .kernel_walked = from->kernel_walked,
					    .machine = READING_GUEST_MACHINE};

	if (why) {
		snprintf(report->outcome, sizeof(report->outcome), "%s", why);
		return -ENODEV;
	}
	return attempt_read(s, j, &facts, trim, report, ret);
}

void reading_try_one(enum rom_source s, const struct source_job *j, const struct reading_order *o,
		     enum rom_trim trim, struct rom_reading *result, struct reading *best)
{
	unsigned long long start = deadline_now_us();
	struct rom_attempt *a = new_attempt(result, s);
	struct reading next;
	int err = try_source(s, j, o, trim, a, &next);

	a->us = (unsigned)(deadline_now_us() - start);
	result->gone = result->gone || err == -ENXIO;
	if (err < 0 && result->n_attempts == 1)
		reading_describe(best, a, result);
	if (err < 0)
		return;
	if (!is_better(&next, best)) {
		reading_free(&next);
		return;
	}
	free(best->raw.bytes);
	*best = next;
	reading_describe(best, a, result);
}

static bool is_final(const struct reading *best)
{
	return verdict_is_final(best->judged.verdict, &best->judged.findings);
}

void reading_try(const struct source_job *j, const struct reading_order *o, enum rom_trim trim,
		 struct rom_reading *result, struct reading *best)
{
	for (size_t i = 0; i < o->n && !is_final(best); i++)
		if (!source_of(o->source[i])->needs_vfio && !result->gone)
			reading_try_one(o->source[i], j, o, trim, result, best);
	if (o->rom_shadow && !best->keep.n && !has_source(o, SOURCE_SHADOW))
		reading_try_one(SOURCE_SHADOW, j, o, trim, result, best);
}

static bool has_read(const struct rom_reading *result, enum rom_source s)
{
	for (size_t i = 0; i < result->n_attempts; i++)
		if (result->attempt[i].size &&
		    strcmp(result->attempt[i].source, source_text(s)) == 0)
			return true;
	return false;
}

bool reading_wants_vfio(const struct reading_order *o, const struct rom_reading *result,
			const struct reading *best)
{
	/* Opening a card that is gone takes the kernel a minute. */
	return has_source(o, SOURCE_VFIO) && !result->gone && !is_final(best) &&
	       !(o->no_rom_bar && has_read(result, SOURCE_PROM));
}
