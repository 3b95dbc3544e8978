// SPDX-License-Identifier: GPL-2.0-or-later
#include "sources/judge.h"

#include "rom/rules.h"
#include "sys/jail.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

struct task {
	struct bytes file;
	const struct verdict_facts *facts;
};

static void judge_task(const void *arg, void *answer)
{
	const struct task *t = arg;
	struct judged *j = answer;

	rom_examine(t->file, &j->rom);
	j->verdict = verdict_judge(t->file, &j->rom, t->facts, &j->findings);
}

/* Makes a text end, and fit for a terminal and for JSON. */
static void check_text(char *text, size_t size)
{
	text[size - 1] = '\0';
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

/* A byte that is neither 0 nor 1 is no bool to the compiler. */
static void check_bool(bool *b)
{
	unsigned char byte;

	memcpy(&byte, b, 1);
	*b = byte != 0;
}

static bool check_findings(struct findings *f)
{
	if (f->n > FINDINGS_MAX)
		return false;
	for (size_t i = 0; i < f->n; i++) {
		if ((unsigned)f->f[i].severity > FINDING_FATAL)
			return false;
		check_text(f->f[i].code, sizeof(f->f[i].code));
		check_text(f->f[i].text, sizeof(f->f[i].text));
	}
	return true;
}

static bool index_ok(size_t index, size_t n)
{
	return index == SIZE_MAX || index < n;
}

/* Offsets of images are not checked: they are only used with util/bytes.h. */
static bool check_rom(size_t n, struct rom *r)
{
	char *texts[] = {r->version, r->version_said, r->date, r->build_date, r->board, r->sign_on};

	if ((unsigned)r->found_by > ROM_FOUND_SCAN || (unsigned)r->chain.stop > OPROM_E_MANY ||
	    r->chain.n > OPROM_IMAGES_MAX || r->size != n || r->offset > n ||
	    r->chain.length > n - r->offset || !index_ok(r->x86, r->chain.n) ||
	    !index_ok(r->efi, r->chain.n))
		return false;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check_text(texts[i], ROM_TEXT_MAX);
	check_bool(&r->x86_checksum_ok);
	check_bool(&r->x86_boot_checksum_ok);
	check_bool(&r->has_subsystem);
	check_bool(&r->sums_ok);
	return true;
}

static void reject(size_t n, struct judged *j)
{
	*j = (struct judged){.rom = {.size = n, .x86 = SIZE_MAX, .efi = SIZE_MAX},
			     .verdict = VERDICT_REJECTED};
}

static bool is_publishable(const struct verdict_facts *facts, const struct rom *r)
{
	return rom_complete(r) || (facts->shadow && facts->shadow_wanted && rom_x86_alone(r));
}

void judge_check(size_t n, const struct verdict_facts *facts, struct judged *j)
{
	bool sound = (unsigned)j->verdict <= VERDICT_COMPLETE && check_rom(n, &j->rom) &&
		     check_findings(&j->findings);

	if (sound && (j->verdict == VERDICT_REJECTED || is_publishable(facts, &j->rom)))
		return;
	reject(n, j);
	findings_add(&j->findings, "parser-stopped", FINDING_FATAL,
		     "the parser's answer makes no sense: these bytes have taken it over. Do not "
		     "use them; keep them for a report to gpurom's makers");
}

void judge(struct bytes file, const struct verdict_facts *facts, struct judged *ret)
{
	const struct task t = {file, facts};
	int signal = 0, r = jail_run(judge_task, &t, ret, sizeof(*ret), &signal);

	if (r == 0) {
		judge_check(file.n, facts, ret);
		return;
	}
	reject(file.n, ret);
	if (r == -ECHILD)
		findings_add(&ret->findings, "parser-stopped", FINDING_FATAL,
			     "the parser stopped (%s): these bytes are made to harm, or it has a "
			     "fault. Do not use them; keep them for a report to gpurom's makers",
			     signal ? strsignal(signal) : "without a signal");
	else
		findings_add(&ret->findings, "not-judged", FINDING_FATAL,
			     "not judged: there was no process to do it in (%s); read it again",
			     strerror(-r));
}

struct bytes judge_keep(struct bytes file, const struct judged *j, enum rom_trim trim)
{
	struct bytes keep = {NULL, 0};

	if (j->verdict == VERDICT_REJECTED)
		return keep;
	if (rom_trimmed(file, &j->rom, trim, &keep) < 0)
		keep = bytes_sub(file, j->rom.offset, j->rom.chain.length);
	return keep;
}
