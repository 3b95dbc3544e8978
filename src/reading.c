#include "reading.h"

#include "deadline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIFFERENCES_TOLD 4 /* offsets of bytes that differ */
#define EFI_MACHINE_X64 0x8664
#define EFI_MACHINE_AARCH64 0xaa64

#if defined(__aarch64__)
#define GUEST_MACHINE EFI_MACHINE_AARCH64
#else
#define GUEST_MACHINE EFI_MACHINE_X64
#endif

void reading_none(struct reading *r)
{
	*r = (struct reading){.judged.verdict = VERDICT_REJECTED};
}

void reading_free(struct reading *r)
{
	free(r->raw.bytes);
	reading_none(r);
}

static bool has(const struct reading_order *o, enum rom_source s)
{
	for (size_t i = 0; i < o->n; i++)
		if (o->source[i] == s)
			return true;
	return false;
}

/* --- one source ------------------------------------------------------------------------------ */

struct attempt {
	enum rom_source source;
	const struct romread_job *job;
	struct verdict_facts known;
	enum rom_trim trim;
	struct reading read[READING_TRIES];
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
	int err = romread(a->source, a->job, &r->raw);

	if (err < 0)
		return err;
	a->n++;
	r->source = a->source;
	judge(bytes_of(r), &a->known, &r->judged);
	r->keep = judge_keep(bytes_of(r), &r->judged, a->trim);
	return 0;
}

/* Genuine ROMs leave none; memory reads the same as often as one asks. */
static bool doubtful(const struct reading *r)
{
	if (r->source == SOURCE_EFI || r->source == SOURCE_SHADOW)
		return false;
	return r->judged.verdict != VERDICT_COMPLETE || !r->judged.rom.end_checksum_ok;
}

static bool same(const struct reading *a, const struct reading *b)
{
	return a->raw.n == b->raw.n && memcmp(a->raw.bytes, b->raw.bytes, a->raw.n) == 0;
}

/* How many bytes differ, and where the first of them are. */
static size_t differences(const struct reading *a, const struct reading *b,
			  size_t ret_at[DIFFERENCES_TOLD])
{
	size_t least = a->raw.n < b->raw.n ? a->raw.n : b->raw.n;
	size_t most = a->raw.n + b->raw.n - least, n = 0;

	for (size_t i = 0; i < most; i++) {
		if (i < least && a->raw.bytes[i] == b->raw.bytes[i])
			continue;
		if (n < DIFFERENCES_TOLD)
			ret_at[n] = i;
		n++;
	}
	return n;
}

static void differences_text(const struct reading *a, const struct reading *b, char *ret,
			     size_t size)
{
	size_t at[DIFFERENCES_TOLD], n = differences(a, b, at), used;

	snprintf(ret, size, "%zu bytes differ, at 0x%zx", n, n ? at[0] : 0);
	for (size_t i = 1; i < n && i < DIFFERENCES_TOLD; i++) {
		used = strlen(ret);
		snprintf(ret + used, size - used, ", 0x%zx", at[i]);
	}
	used = strlen(ret);
	snprintf(ret + used, size - used, "%s", n > DIFFERENCES_TOLD ? " and on" : "");
}

/* A reading that was had twice, byte for byte; NULL where there is none. */
static struct reading *confirmed(struct attempt *a)
{
	for (size_t i = 0; i < a->n; i++)
		for (size_t k = i + 1; k < a->n; k++)
			if (same(&a->read[i], &a->read[k]))
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

/* Bytes are never mixed from several readings: one that was had twice is believed, else none is.
 */
static struct reading *settle_doubt(struct attempt *a, char outcome[BOOT_WHY_MAX])
{
	struct reading *r = confirmed(a);
	char differ[BOOT_WHY_MAX / 2];

	if (a->n == 1) {
		snprintf(outcome, BOOT_WHY_MAX, "read");
		return &a->read[0];
	}
	if (r && a->n == 2) {
		snprintf(outcome, BOOT_WHY_MAX, "read twice, the same");
		return r;
	}
	differences_text(&a->read[0], &a->read[1], differ, sizeof(differ));
	if (r) {
		snprintf(outcome, BOOT_WHY_MAX, "read %zu times, two the same; %s", a->n, differ);
		findings_add(&r->judged.findings, "flaky", FINDING_NOTE,
			     "two of %zu readings are the same; of the first two %s", a->n, differ);
		return r;
	}
	r = best_of(a);
	snprintf(outcome, BOOT_WHY_MAX, "read %zu times, no two the same; %s", a->n, differ);
	findings_add(&r->judged.findings, "flaky", FINDING_FATAL,
		     "no two of %zu readings are the same (%s): none can be trusted. Reseat the "
		     "card, or read it after a cold boot",
		     a->n, differ);
	r->judged.verdict = VERDICT_REJECTED;
	r->keep = (struct bytes){NULL, 0};
	return r;
}

/* Until there is no doubt, or no more tries. The source's reading, moved into *ret. */
static int read_source(struct attempt *a, struct boot_attempt *told, struct reading *ret)
{
	struct reading *r;
	int err = read_once(a);

	if (err < 0) {
		memcpy(told->outcome, a->read[0].raw.outcome, sizeof(told->outcome));
		return err;
	}
	while (a->n < READING_TRIES && doubtful(&a->read[a->n - 1]) && !confirmed(a))
		if (read_once(a) < 0)
			break;
	r = settle_doubt(a, told->outcome);
	told->size = r->raw.n;
	told->verdict = r->judged.verdict;
	*ret = *r;
	reading_none(r);
	return 0;
}

static void drop_attempt(struct attempt *a)
{
	for (size_t i = 0; i < READING_TRIES; i++)
		free(a->read[i].raw.bytes);
	free(a);
}

/* --- the card's best ------------------------------------------------------------------------- */

/* What the boot tells of the card's ROM is what it tells of the best reading. */
static void tell_best(const struct reading *best, const struct boot_attempt *from,
		      struct boot_rom *told)
{
	const struct judged *d = &best->judged;

	memcpy(told->source, from->source, sizeof(told->source));
	memcpy(told->outcome, from->outcome, sizeof(told->outcome));
	told->verdict = d->verdict;
	told->findings = d->findings;
	told->raw_size = best->raw.n;
	told->rom_size = best->keep.n;
	memcpy(told->version, d->rom.version, sizeof(told->version));
	memcpy(told->sign_on, d->rom.sign_on, sizeof(told->sign_on));
	told->has_efi = d->rom.efi != SIZE_MAX;
}

static bool better(const struct reading *a, const struct reading *than)
{
	return !than->raw.bytes || a->judged.verdict > than->judged.verdict;
}

static struct boot_attempt *new_attempt(struct boot_rom *told, enum rom_source s)
{
	struct boot_attempt *a;

	if (told->n_attempts == BOOT_ATTEMPTS_MAX)
		told->n_attempts--;
	a = &told->attempt[told->n_attempts++];
	*a = (struct boot_attempt){.verdict = VERDICT_REJECTED};
	snprintf(a->source, sizeof(a->source), "%s", source_text(s));
	return a;
}

/* Why the `rom` file cannot be this source; NULL where it can. */
static const char *not_there(enum rom_source s, const struct reading_order *o)
{
	if ((s == SOURCE_SYSFS || s == SOURCE_SHADOW) && o->no_rom_bar)
		return "no ROM BAR";
	if (s == SOURCE_SYSFS && o->rom_shadow)
		return "the kernel shows the boot screen's shadow at 0xC0000 in its place";
	if (s == SOURCE_SHADOW && !o->rom_shadow)
		return "the card has no shadow";
	return NULL;
}

static int try_source(enum rom_source s, const struct romread_job *j, const struct reading_order *o,
		      enum rom_trim trim, struct boot_attempt *told, struct reading *ret)
{
	const char *why = not_there(s, o);
	struct attempt *a;
	int err;

	if (why) {
		snprintf(told->outcome, sizeof(told->outcome), "%s", why);
		return -ENODEV;
	}
	a = calloc(1, sizeof(*a));
	if (!a) {
		snprintf(told->outcome, sizeof(told->outcome), "no memory");
		return -ENOMEM;
	}
	a->source = s;
	a->job = j;
	a->trim = trim;
	a->known = (struct verdict_facts){.ids = &j->ids,
					  .shadow = s == SOURCE_SHADOW,
					  .shadow_wanted = has(o, SOURCE_SHADOW),
					  .kernel_walked = s == SOURCE_SYSFS,
					  .machine = GUEST_MACHINE};
	err = read_source(a, told, ret);
	drop_attempt(a);
	return err;
}

void reading_try_one(enum rom_source s, const struct romread_job *j, const struct reading_order *o,
		     enum rom_trim trim, struct boot_rom *told, struct reading *best)
{
	unsigned long long start = deadline_now_us();
	struct boot_attempt *a = new_attempt(told, s);
	struct reading next;
	int err = try_source(s, j, o, trim, a, &next);

	a->us = (unsigned)(deadline_now_us() - start);
	if (err < 0 && told->n_attempts == 1)
		tell_best(best, a, told);
	if (err < 0)
		return;
	if (!better(&next, best)) {
		reading_free(&next);
		return;
	}
	free(best->raw.bytes);
	*best = next;
	tell_best(best, a, told);
}

void reading_try(const struct romread_job *j, const struct reading_order *o, enum rom_trim trim,
		 struct boot_rom *told, struct reading *best)
{
	for (size_t i = 0; i < o->n && best->judged.verdict != VERDICT_COMPLETE; i++)
		if (o->source[i] != SOURCE_VFIO)
			reading_try_one(o->source[i], j, o, trim, told, best);
	if (o->rom_shadow && !best->keep.n && !has(o, SOURCE_SHADOW))
		reading_try_one(SOURCE_SHADOW, j, o, trim, told, best);
}

void reading_try_vfio(const struct romread_job *j, const struct reading_order *o,
		      enum rom_trim trim, struct boot_rom *told, struct reading *best)
{
	if (has(o, SOURCE_VFIO) && best->judged.verdict != VERDICT_COMPLETE)
		reading_try_one(SOURCE_VFIO, j, o, trim, told, best);
}
