// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom plan: what the next boot would do here, and why. Writes nothing. */
#include "cmd/cmd.h"

#include "cmd/card-notes.h"
#include "cmd/json-form.h"
#include "cmd/options.h"
#include "plan/doubts.h"
#include "plan/plan.h"
#include "sys/config-files.h"
#include "sys/modules.h"

#include <cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct view {
	struct host host;
	struct plan plan;
	struct modules modules;
};

/* The driver that function fn of the scan is to get. */
static const char *driver_of(const struct view *v, size_t fn, char buf[PCI_DRIVER_MAX])
{
	modules_driver(v->host.root, &v->modules, v->host.config.driver, &v->host.scan.fn[fn], buf);
	return buf;
}

#define NOTE_MAX 200

/* Without modules.dep only a driver that somebody named is in doubt. NULL: nothing to say. */
static const char *driver_note(const struct view *v, const struct plan_step *s, char buf[NOTE_MAX])
{
	bool named = strcmp(v->host.config.driver, CONFIG_DRIVER_AUTO) != 0;
	char driver[PCI_DRIVER_MAX], addr[PCI_ADDR_BUF];

	if (s->kind != STEP_OVERRIDE || (!named && !v->modules.dep.p) ||
	    modules_have(v->host.root, &v->modules, driver_of(v, s->fn, driver)))
		return NULL;
	snprintf(buf, NOTE_MAX,
		 "%s will have no driver: this kernel has neither a driver nor a module %s",
		 pci_addr_format(v->host.scan.fn[s->fn].addr, addr), driver);
	return buf;
}

static void print_step(const struct view *v, const struct plan_step *s)
{
	const struct pci_fn *f = &v->host.scan.fn[s->fn];
	char addr[PCI_ADDR_BUF], driver[PCI_DRIVER_MAX];

	printf("  %s  %04x:%04x  %s", pci_addr_format(f->addr, addr), f->ids.vendor, f->ids.device,
	       plan_step_text(s->kind));
	if (s->kind == STEP_UNBIND)
		printf(" from %s", f->driver);
	else if (s->kind == STEP_OVERRIDE)
		printf(" to %s", driver_of(v, s->fn, driver));
	puts("");
}

static void print_card(const struct view *v, const struct plan_card *c)
{
	struct plan_step step[PLAN_STEPS_MAX];
	size_t n = plan_steps(&v->plan, &v->host.scan, c, step);
	char addr[PCI_ADDR_BUF], text[NOTE_MAX];

	printf("%s: %s: %s%s%s%s\n", pci_addr_format_card(c->addr, addr),
	       c->take ? "take" : "leave", plan_why_text(c->why), c->selector ? " (" : "",
	       c->selector ? c->selector : "", c->selector ? ")" : "");
	for (unsigned bit = 1; bit && bit <= c->warnings; bit <<= 1)
		if (c->warnings & bit && bit != PLAN_WARN_GROUP_SHARED)
			printf("  note: %s\n", plan_warning_text((enum plan_warning)bit));
	if (c->take)
		print_card_notes(&v->host, &v->plan, c, "  note: ");
	for (size_t i = 0; i < n; i++)
		if (driver_note(v, &step[i], text))
			printf("  note: %s\n", text);
	for (size_t i = 0; i < n; i++)
		print_step(v, &step[i]);
}

static const char *complaint_text(const struct complaint *c, char buf[CONFIG_BAD_MAX])
{
	config_complaint(c, buf);
	if (commands.advice)
		commands.advice->no_key(c, buf);
	return buf;
}

static void print_doubts(const struct view *v)
{
	struct plan_doubt doubt[PLAN_DOUBTS_MAX];
	size_t n = plan_doubts(&v->host.config, &v->host.scan, doubt);
	char text[CONFIG_BAD_MAX + PLAN_DOUBT_TEXT_MAX];

	for (size_t i = 0; i < v->host.complaints.n; i++)
		printf("not understood: %s\n", complaint_text(&v->host.complaints.c[i], text));
	for (size_t i = 0; i < n; i++)
		printf("doubtful: %s\n", plan_doubt_text(&doubt[i], text));
	if (v->plan.lost)
		printf("%zu more cards than can be listed are left alone\n", v->plan.lost);
}

static void print_text(const struct cmd_env *env, const struct view *v)
{
	char addr[PCI_ADDR_BUF];

	print_doubts(v);
	for (size_t i = 0; i < v->host.trouble.n_silent && i < PCISCAN_SILENT_MAX; i++)
		printf("%s does not answer\n", pci_addr_format(v->host.trouble.silent[i], addr));
	if (v->host.trouble.skipped)
		printf("%zu PCI functions cannot be read: %s\n", v->host.trouble.skipped,
		       v->host.trouble.first);
	printf("mode %s, driver %s, at most %u s, store %s\n",
	       config_mode_text(v->host.config.mode), v->host.config.driver, v->host.config.timeout,
	       v->host.config.store);
	if (v->plan.mode == MODE_OFF)
		printf("off: no card is touched\n");
	else if (v->plan.mode == MODE_PLAN)
		printf("mode=plan: a boot logs this and carries out none of it\n");
	if (v->plan.n == 0)
		printf("no display controller is here: nothing to do\n");
	for (size_t i = 0; i < v->plan.n; i++)
		print_card(v, &v->plan.card[i]);
	print_nvswitches(&v->host.scan);
	if (commands.images)
		commands.images->print(env, &v->host);
}

static cJSON *json_steps(const struct view *v, const struct plan_card *c, cJSON *notes)
{
	struct plan_step step[PLAN_STEPS_MAX];
	size_t n = plan_steps(&v->plan, &v->host.scan, c, step);
	cJSON *a = cJSON_CreateArray();
	char addr[PCI_ADDR_BUF], text[NOTE_MAX];

	for (size_t i = 0; i < n; i++) {
		cJSON *o = cJSON_CreateObject();

		cJSON_AddStringToObject(o, "function",
					pci_addr_format(v->host.scan.fn[step[i].fn].addr, addr));
		cJSON_AddStringToObject(o, "step", plan_step_text(step[i].kind));
		if (step[i].kind == STEP_OVERRIDE)
			cJSON_AddStringToObject(o, "driver", driver_of(v, step[i].fn, text));
		if (driver_note(v, &step[i], text))
			cJSON_AddItemToArray(notes, cJSON_CreateString(text));
		cJSON_AddItemToArray(a, o);
	}
	return a;
}

static cJSON *json_card(const struct view *v, const struct plan_card *c)
{
	cJSON *o = cJSON_CreateObject(), *notes = cJSON_AddArrayToObject(o, "notes");
	char addr[PCI_ADDR_BUF];

	cJSON_AddStringToObject(o, "address", pci_addr_format(c->addr, addr));
	cJSON_AddStringToObject(o, "path", v->host.scan.fn[c->first].path);
	cJSON_AddBoolToObject(o, "take", c->take);
	cJSON_AddStringToObject(o, "why", plan_why_text(c->why));
	if (c->selector)
		cJSON_AddStringToObject(o, "selector", c->selector);
	for (unsigned bit = 1; bit && bit <= c->warnings; bit <<= 1)
		if (c->warnings & bit)
			cJSON_AddItemToArray(notes, cJSON_CreateString(plan_warning_text(
							    (enum plan_warning)bit)));
	json_put_card_notes(o, &v->host, &v->plan, c);
	cJSON_AddItemToObject(o, "steps", json_steps(v, c, notes));
	return o;
}

static void json_put_doubts(cJSON *o, const struct view *v)
{
	struct plan_doubt doubt[PLAN_DOUBTS_MAX];
	size_t n = plan_doubts(&v->host.config, &v->host.scan, doubt);
	cJSON *doubts = cJSON_AddArrayToObject(o, "doubts");
	char text[PLAN_DOUBT_TEXT_MAX];

	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(doubts, cJSON_CreateString(plan_doubt_text(&doubt[i], text)));
}

static int print_json(const struct cmd_env *env, const struct view *v)
{
	cJSON *o = cJSON_CreateObject(), *bad, *silent, *cards;
	char text[CONFIG_BAD_MAX];

	cJSON_AddStringToObject(o, "mode", config_mode_text(v->host.config.mode));
	cJSON_AddStringToObject(o, "driver", v->host.config.driver);
	cJSON_AddNumberToObject(o, "timeout", v->host.config.timeout);
	cJSON_AddStringToObject(o, "store", v->host.config.store);
	bad = cJSON_AddArrayToObject(o, "not_understood");
	for (size_t i = 0; i < v->host.complaints.n; i++)
		cJSON_AddItemToArray(
			bad, cJSON_CreateString(complaint_text(&v->host.complaints.c[i], text)));
	json_put_doubts(o, v);
	silent = cJSON_AddArrayToObject(o, "silent");
	for (size_t i = 0; i < v->host.trouble.n_silent && i < PCISCAN_SILENT_MAX; i++)
		cJSON_AddItemToArray(silent, cJSON_CreateString(pci_addr_format(
						     v->host.trouble.silent[i], text)));
	cJSON_AddItemToObject(o, "nvswitches", json_nvswitches(&v->host.scan));
	cards = cJSON_AddArrayToObject(o, "cards");
	for (size_t i = 0; i < v->plan.n; i++)
		cJSON_AddItemToArray(cards, json_card(v, &v->plan.card[i]));
	if (commands.images)
		o = commands.images->add(env, &v->host, o);
	return json_print("plan", o, NULL, EXIT_DONE);
}

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct view v; /* kilobytes */
	struct cmd_env next = *env;
	int r;

	if (o->given['c'])
		next.cmdline = o->given['c'];
	r = cmd_load(&next, HOST_SCAN | HOST_REPORT | HOST_RD_WORDS, &v.host);
	if (r == EXIT_DONE) {
		plan_make(&v.host.config, &v.host.scan, GROUP_DRIVERS_BOUND, &v.plan);
		modules_read(&env->root, &v.modules);
		if (o->given['j'])
			r = print_json(env, &v);
		else
			print_text(env, &v);
	}
	modules_free(&v.modules);
	host_free(&v.host);
	return r;
}

const struct cmd cmd_plan = {"plan", "[--json] [--cmdline TEXT]",
			     "what the next boot would do here, and why", .run = run,
			     .options = {{"json", FORM_ARG, 'j'}, {"cmdline", ONE_ARG, 'c'}}};
