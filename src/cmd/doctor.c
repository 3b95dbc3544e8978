// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom doctor: checks this host and its cards, and names the cure of what is wrong. Writes
 * nothing. */
#include "cmd/cmd.h"

#include "cmd/json-form.h"
#include "cmd/options.h"
#include "doctor/checks.h"
#include "host/doctor-facts.h"
#include "metrics/metrics.h"
#include "record/resolve.h"
#include "sys/json.h"
#include "util/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS (DOCTOR_WRONG + 1)

/* Nagios' plugin API: the exit status is the state. */
enum { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };

struct summary {
	size_t n[LEVELS];
	enum doctor_level worst;
	struct doctor_finding first; /* of the worst ones */
};

/* A form of the output. ctx: its own. */
typedef void found_fn(void *ctx, const struct doctor_check *c, const struct doctor_finding *f);

static void add(struct summary *s, const struct doctor_finding *f)
{
	s->n[f->level]++;
	if (f->level > s->worst) {
		s->worst = f->level;
		s->first = *f;
	}
}

static void run_checks(const struct doctor_facts *facts, found_fn *found, void *ctx,
		       struct summary *ret)
{
	static struct doctor_finding f; /* kilobytes */

	*ret = (struct summary){.worst = DOCTOR_NOTHING};
	for (const struct doctor_check *c = doctor_checks; c->name; c++)
		for (size_t i = 0; i < doctor_count(facts, c->per); i++) {
			doctor_find(c, facts, i, &f);
			if (f.level == DOCTOR_NOTHING)
				continue;
			text_clean(f.subject, "");
			text_clean(f.seen, "");
			text_clean(f.cure, "");
			add(ret, &f);
			found(ctx, c, &f);
		}
}

/* --- for people --------------------------------------------------------------------------------
 */

static void print_line(void *ctx, const struct doctor_check *c, const struct doctor_finding *f)
{
	const char **group = ctx;

	if (!*group || strcmp(*group, c->group) != 0)
		printf("%s%s\n", *group ? "\n" : "", c->group);
	*group = c->group;
	printf("  %-9s  %s: %s\n", doctor_level_words[f->level], f->subject, f->seen);
	if (f->cure[0])
		printf("             > %s\n", f->cure);
}

static void print_text(const struct doctor_facts *facts, const char *blind, struct summary *s)
{
	const char *group = NULL;

	run_checks(facts, print_line, &group, s);
	if (group)
		putchar('\n');
	if (*blind)
		printf("unseen: %s\n", blind);
	printf("%zu ok, %zu attention, %zu wrong\n", s->n[DOCTOR_OK], s->n[DOCTOR_ATTENTION],
	       s->n[DOCTOR_WRONG]);
}

/* --- for programs ------------------------------------------------------------------------------
 */

struct json_output {
	struct json_writer w;
	cJSON *checks;
};

static void put_json(void *ctx, const struct doctor_check *c, const struct doctor_finding *f)
{
	struct json_output *j = ctx;
	struct json_writer one = {.o = cJSON_CreateObject()};

	json_put_text(&one, "group", c->group);
	json_put_text(&one, "check", c->name);
	json_put_text(&one, "subject", f->subject);
	json_put_text(&one, "level", doctor_level_words[f->level]);
	json_put_text(&one, "seen", f->seen);
	json_put(&one, "cure", f->cure[0] ? json_text(f->cure) : cJSON_CreateNull());
	j->w.failed |= one.failed;
	json_push(&j->w, j->checks, one.o);
}

static int print_json(const struct doctor_facts *facts, const char *blind, struct summary *s)
{
	struct json_output j = {.w = {.o = cJSON_CreateObject()}, .checks = cJSON_CreateArray()};

	json_put_int(&j.w, "version", 1);
	run_checks(facts, put_json, &j, s);
	json_put_text(&j.w, "level",
		      doctor_level_words[s->worst > DOCTOR_OK ? s->worst : DOCTOR_OK]);
	json_put(&j.w, "unseen", *blind ? json_text(blind) : cJSON_CreateNull());
	json_put(&j.w, "checks", j.checks);
	return json_print("doctor", json_done(&j.w), NULL, EXIT_DONE);
}

static void skip(void *ctx, const struct doctor_check *c, const struct doctor_finding *f)
{
	(void)ctx, (void)c, (void)f;
}

/* '|' begins the performance data. */
static void print_nagios_text(const char *text)
{
	for (; *text; text++)
		putchar(*text == '|' ? '/' : *text);
}

static int print_nagios(const struct doctor_facts *facts, const char *blind, struct summary *s)
{
	static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};
	int state;

	run_checks(facts, skip, NULL, s);
	state = facts->no_pci		       ? NAGIOS_UNKNOWN
		: s->worst == DOCTOR_WRONG     ? NAGIOS_CRITICAL
		: s->worst == DOCTOR_ATTENTION ? NAGIOS_WARNING
					       : NAGIOS_OK;
	printf("GPUROM %s - ", words[state]);
	if (facts->no_pci) {
		print_nagios_text(blind);
	} else if (state == NAGIOS_OK) {
		printf("%zu check%s", s->n[DOCTOR_OK], s->n[DOCTOR_OK] == 1 ? "" : "s");
		/* Or an answer that saw little would look like one that saw all. */
		if (*blind)
			fputs("; unseen: ", stdout);
		print_nagios_text(blind);
	} else {
		printf("%zu wrong, %zu attention; %s: ", s->n[DOCTOR_WRONG], s->n[DOCTOR_ATTENTION],
		       s->first.subject);
		print_nagios_text(s->first.seen);
	}
	printf(" | ok=%zu attention=%zu;0 wrong=%zu;;0\n", s->n[DOCTOR_OK], s->n[DOCTOR_ATTENTION],
	       s->n[DOCTOR_WRONG]);
	return state;
}

/* 0 ok, 1 attention, 2 wrong, -1 unseen. */
static int metric(enum doctor_level l)
{
	return l == DOCTOR_WRONG ? 2 : l == DOCTOR_ATTENTION ? 1 : l == DOCTOR_UNSEEN ? -1 : 0;
}

static void print_sample(void *ctx, const struct doctor_check *c, const struct doctor_finding *f)
{
	(void)ctx;
	printf("gpurom_check{");
	metrics_label(stdout, "", "group", c->group);
	metrics_label(stdout, ",", "check", c->name);
	metrics_label(stdout, ",", "subject", f->subject);
	printf("} %d\n", metric(f->level));
}

static void print_prometheus(const struct doctor_facts *facts, struct summary *s)
{
	puts("# HELP gpurom_check What gpurom doctor found: 0 ok, 1 attention, 2 wrong, -1 unseen.\n"
	     "# TYPE gpurom_check gauge");
	run_checks(facts, print_sample, NULL, s);
	printf("# HELP gpurom_doctor The worst of gpurom_check; -1: the PCI buses cannot be read.\n"
	       "# TYPE gpurom_doctor gauge\n"
	       "gpurom_doctor %d\n",
	       facts->no_pci ? -1 : metric(s->worst == DOCTOR_UNSEEN ? DOCTOR_OK : s->worst));
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static int print(const struct options *o, const struct doctor_facts *facts)
{
	static struct summary s;
	char blind[DOCTOR_SEEN_MAX];
	int r = EXIT_DONE;

	doctor_blind(facts, blind);
	if (o->given['j'])
		r = print_json(facts, blind, &s);
	else if (!o->given['f'])
		print_text(facts, blind, &s);
	else if (strcmp(o->given['f'], "nagios") == 0)
		return print_nagios(facts, blind, &s);
	else
		print_prometheus(facts, &s);
	if (r != EXIT_DONE || facts->no_pci)
		return EXIT_FAILED;
	return s.worst >= DOCTOR_ATTENTION ? EXIT_ATTENTION : EXIT_DONE;
}

/* Sets *ret to the card of that name. Returns EXIT_DONE, or EXIT_FAILED after printing why. */
static int find_card(const struct host *h, const char *name, struct doctor_only *ret)
{
	static struct resolved found; /* kilobytes */

	if (resolve(&h->scan, &h->rec, name, &found) < 0)
		return cmd_fail(name, found.text);
	*ret = (struct doctor_only){found.card.addr, found.path};
	return EXIT_DONE;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct doctor_facts facts;
	static struct host h;
	struct doctor_only only;
	int err = host_load(&env->root, env->cmdline, HOST_SCAN | HOST_RECORD | HOST_REPORT, &h);
	int r = EXIT_DONE;

	if (o->args[0])
		r = err ? cmd_fail("the PCI buses cannot be read", strerror(-err))
			: find_card(&h, o->args[0], &only);
	if (r == EXIT_DONE) {
		doctor_gather(&h, err, o->args[0] ? &only : NULL, &facts);
		r = print(o, &facts);
	}
	host_free(&h);
	return r;
}

static const char *refuse(const struct options *before, int letter, const char *word)
{
	if (letter == 'f' && strcmp(word, "nagios") != 0 && strcmp(word, "prometheus") != 0)
		return "--format= is nagios or prometheus";
	if (letter == 0 && before->given['j'] && before->given['f'])
		return "--json and --format= exclude each other";
	return NULL;
}

const struct cmd cmd_doctor = {"doctor",
			       "[--json|--format=nagios|prometheus] [CARD]",
			       "checks this host and its cards, and names the cures",
			       .run = run,
			       .options = {{"json", FORM_ARG, 'j'}, {"format", ONE_ARG, 'f'}},
			       .arguments = {0, 1, "at most one card"},
			       .refuse = refuse};
