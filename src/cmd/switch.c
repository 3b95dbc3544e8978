// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom take and gpurom release: one card changes hands now, and what the next boot does with it.
 */
#include "cmd/cmd.h"

#include "boot/late.h"
#include "boot/settle.h"
#include "boot/switch.h"
#include "cmd/json-form.h"
#include "cmd/named-card.h"
#include "cmd/options.h"
#include "host/images.h"
#include "sys/file.h"
#include "sys/json.h"
#include "sys/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCK_MS 10000 /* for another gpurom that works on this boot's cards */
#define FOLDER_MODE 0755

/* What a command has locked and loaded, and the card that it is for. */
struct turn {
	const struct cmd_env *env;
	const struct options *o;
	const char *name;		       /* of the command */
	int report_lock, hold_lock, card_lock; /* -1: not locked */
	struct named_card c;
	struct report report;
	struct switch_job job;
	enum switch_result result;
	const char *rom; /* for people: what became of the ROM; NULL: it was not read */
};

static void drop(int *lock)
{
	file_unlock(*lock);
	*lock = -1;
}

static int lock_fail(const char *path, int err)
{
	char what[64];

	snprintf(what, sizeof(what), "/%s", path);
	return cmd_fail(what, err == -EBUSY || err == -EAGAIN
				      ? "another gpurom is at work on this boot's cards: try again "
					"when it has ended"
				      : strerror(-err));
}

/* Both locks before the scan: nobody changes the report, and no udev event holds a card. */
static int lock_all(struct turn *t)
{
	const int root = t->env->root.fd;
	int err = dir_make(root, ROOT_CARDS, FOLDER_MODE);

	if (err)
		return lock_fail(ROOT_CARDS, err);
	t->report_lock = file_lock(root, LATE_REPORT_LOCK, LOCK_MS);
	if (t->report_lock < 0)
		return lock_fail(LATE_REPORT_LOCK, t->report_lock);
	t->hold_lock = file_lock(root, LATE_HOLD_LOCK, LOCK_MS);
	return t->hold_lock < 0 ? lock_fail(LATE_HOLD_LOCK, t->hold_lock) : EXIT_DONE;
}

static int lock_card(struct turn *t)
{
	t->card_lock = cardlock_take(&t->env->root, t->c.card.addr);
	if (t->card_lock == -EAGAIN)
		return cmd_fail(t->c.addr, "this boot, or another gpurom, is at work on the card: "
					   "try again when it has ended; 'gpurom report' has what "
					   "it found");
	return t->card_lock < 0 ? cmd_fail(t->c.addr, strerror(-t->card_lock)) : EXIT_DONE;
}

static int turn_begin(struct turn *t)
{
	int r = lock_all(t), err;

	if (r == EXIT_DONE)
		r = named_card_find(t->env, t->o->args[0], 0, &t->c);
	if (r == EXIT_DONE)
		r = lock_card(t);
	if (r != EXIT_DONE)
		return r;
	err = late_load_report(&t->env->root, &t->c.host.config, &t->report);
	if (err)
		return cmd_fail("/" ROOT_REPORT, strerror(-err));
	t->job = (struct switch_job){.root = &t->env->root,
				     .config = &t->c.host.config,
				     .scan = &t->c.host.scan,
				     .card = &t->c.card,
				     .force = t->o->given['f'],
				     .report = &t->report};
	return EXIT_DONE;
}

static void turn_end(struct turn *t)
{
	drop(&t->card_lock);
	drop(&t->hold_lock);
	drop(&t->report_lock);
	report_free(&t->report);
	host_free(&t->c.host);
}

/* For those that work on the card next. */
static void drop_card(struct turn *t)
{
	drop(&t->card_lock);
	drop(&t->hold_lock);
}

/* The record, and so the check of VMs' definitions, gets to know whose the card is, and the journal
 * what was done. False: the report cannot be read any more; t->report is the one before. */
static bool write_down(struct turn *t)
{
	struct report now;

	drop_card(t);
	commit_run(&t->env->root);
	if (report_load(&t->env->root, &now) < 0)
		return false;
	report_free(&t->report);
	t->report = now;
	card_events(&t->env->root, &t->report, &t->c.card.addr);
	return true;
}

/* As the report has it after the command; NULL: the report does not have it. */
static const struct boot_card *card_now(const struct turn *t)
{
	return report_find(&t->report, t->c.card.addr);
}

static void print_drivers(const struct turn *t)
{
	const struct boot_card *b = card_now(t);
	const struct pci_card *c = b ? &b->card : &t->c.card;
	char addr[PCI_ADDR_BUF];

	for (size_t i = 0; i < c->n; i++)
		printf("%s  %04x:%04x  %s\n", pci_addr_format(c->fn[i].addr, addr),
		       c->fn[i].ids.vendor, c->fn[i].ids.device,
		       c->fn[i].driver[0] ? c->fn[i].driver : "no driver");
}

static int print_failure(const struct turn *t)
{
	char text[SWITCH_WHY_MAX + 64];

	snprintf(text, sizeof(text), "%s%s",
		 t->result == SWITCH_REFUSED  ? "nothing was done: "
		 : t->result == SWITCH_UNDONE ? "it is as before: "
					      : "stuck: ",
		 t->job.why);
	return cmd_fail(t->c.addr, text);
}

/* --- the next boot ---------------------------------------------------------------------------- */

/* Its configuration is the one of now, and rd.gpurom. words count. */
struct next_boot {
	struct host host;
	struct plan plan;
	const struct plan_card *card; /* NULL: it will not be listed */
};

static void next_load(const struct turn *t, struct next_boot *n)
{
	(void)host_load(&t->env->root, t->env->cmdline, HOST_RD_WORDS, &n->host);
	plan_make(&n->host.config, &t->c.host.scan, GROUP_DRIVERS_BOUND, &n->plan);
	n->card = plan_find(&n->plan, t->c.card.addr);
}

static bool next_takes(const struct next_boot *n)
{
	return n->card && n->card->take &&
	       (n->plan.mode == MODE_FULL || n->plan.mode == MODE_CLAIM);
}

/* The line replaces an earlier one: it has what is kept already. */
static void write_keep(FILE *out, const struct turn *t, const struct next_boot *n)
{
	const struct config *c = &n->host.config;

	fputs("keep=", out);
	for (size_t i = 0; i < c->n_keep; i++)
		fprintf(out, "%s,", c->keep[i].text);
	if (t->c.card.path[0])
		fprintf(out, "path:%s", t->c.card.path);
	else
		fputs(t->c.addr, out);
}

static void print_keep(const struct turn *t, const struct next_boot *n)
{
	const struct config *c = &n->host.config;
	static struct images all; /* kilobytes */

	(void)images_load(&t->env->root, c, NULL, &all);
	printf("To leave it with the host at each boot, put the line below into /etc/gpurom.conf, in "
	       "the\nplace of any other keep=, and make the images again: %s.\nA keep= in "
	       "/etc/gpurom.conf.d or on the kernel command line is stronger: change that one.\n\n",
	       images_cure(&all));
	write_keep(stdout, t, n);
	putchar('\n');
}

/* What the next boot does with the card, as a sentence. */
static void write_next(FILE *out, const struct next_boot *n)
{
	const char *why = n->card ? plan_why_text(n->card->why) : "it is not selected";
	const char *selector = n->card ? n->card->selector : NULL;

	if (next_takes(n))
		fprintf(out, "The next boot takes it: %s", why);
	else if (n->card && n->card->take && n->plan.mode == MODE_DUMP)
		fprintf(out,
			"The next boot reads its ROM, and gives it to the host (mode=dump): %s",
			why);
	else if (n->plan.mode == MODE_PLAN || n->plan.mode == MODE_OFF)
		fprintf(out, "The next boot leaves it with the host: mode=%s",
			config_mode_text(n->plan.mode));
	else
		fprintf(out, "The next boot leaves it with the host: %s", why);
	fprintf(out, "%s%s%s.", selector ? " (" : "", selector ? selector : "",
		selector ? ")" : "");
}

/* --- for programs ----------------------------------------------------------------------------- */

static cJSON *functions_json(const struct turn *t)
{
	const struct boot_card *b = card_now(t);
	const struct pci_card *c = b ? &b->card : &t->c.card;
	struct json_writer array = {.o = cJSON_CreateArray()};
	char text[PCI_ADDR_BUF];

	for (size_t i = 0; i < c->n; i++) {
		struct json_writer f = {.o = cJSON_CreateObject()};

		json_put_text(&f, "address", pci_addr_format(c->fn[i].addr, text));
		snprintf(text, sizeof(text), "%04x:%04x", c->fn[i].ids.vendor, c->fn[i].ids.device);
		json_put_text(&f, "ids", text);
		json_put(&f, "driver",
			 c->fn[i].driver[0] ? json_text(c->fn[i].driver) : cJSON_CreateNull());
		array.failed |= f.failed;
		json_push(&array, array.o, f.o);
	}
	return json_done(&array);
}

/* What write() writes, as a text of JSON's. NULL: no memory. */
static cJSON *written(void (*write)(FILE *out, const struct turn *t, const struct next_boot *n),
		      const struct turn *t, const struct next_boot *n)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	cJSON *ret;

	if (!out)
		return NULL;
	write(out, t, n);
	ret = fclose(out) == 0 ? json_text(text) : NULL;
	free(text);
	return ret;
}

static void write_sentence(FILE *out, const struct turn *t, const struct next_boot *n)
{
	(void)t;
	write_next(out, n);
}

static int print_json(const struct turn *t, const struct next_boot *n, bool keep, int status)
{
	static const char *const words[] = {"done", "already", "refused", "undone", "stuck"};
	const struct boot_card *b = card_now(t);
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_int(&w, "version", 1);
	json_put_text(&w, "address", t->c.addr);
	json_put(&w, "path", t->c.card.path[0] ? json_text(t->c.card.path) : cJSON_CreateNull());
	json_put_text(&w, "result", words[t->result]);
	json_put(&w, "why", t->job.why[0] ? json_text(t->job.why) : cJSON_CreateNull());
	json_put(&w, "state", b ? json_text(card_state_text(b->state)) : cJSON_CreateNull());
	json_put(&w, "functions", functions_json(t));
	json_put(&w, "stored", b && b->stored[0] ? json_text(b->stored) : cJSON_CreateNull());
	json_put_bool(&w, "next_boot_takes", next_takes(n));
	json_put(&w, "next_boot", written(write_sentence, t, n));
	json_put(&w, "keep", keep ? written(write_keep, t, n) : cJSON_CreateNull());
	return json_print(t->name, json_done(&w), NULL, status);
}

/* --- the commands ----------------------------------------------------------------------------- */

/* The end of both commands. done: what is printed for people where the card is where it was to go;
 * keep: with the line that leaves it with the host. Returns status. */
static int say(struct turn *t, const char *done, bool keep, int status)
{
	static struct next_boot next; /* kilobytes */

	next_load(t, &next);
	keep = keep && next_takes(&next);
	if (t->o->given['j']) {
		status = print_json(t, &next, keep, status);
	} else if (t->result <= SWITCH_ALREADY) {
		printf("%s: %s\n", t->c.addr, done);
		print_drivers(t);
		if (t->rom)
			printf("ROM: %s\n", t->rom);
		write_next(stdout, &next);
		putchar('\n');
		if (keep)
			print_keep(t, &next);
	}
	host_free(&next.host);
	return status;
}

/* The display function is what a person wants of it. */
static bool is_driverless(const struct turn *t)
{
	const struct boot_card *b = card_now(t);

	return b && !b->card.fn[b->card.display].driver[0];
}

static int release(struct turn *t)
{
	static const char nobody[] = "no driver of the host took it: none is there for it, or all "
				     "are blacklisted; the driver takes it once it is loaded";
	int status = EXIT_DONE;

	t->result = switch_release(&t->job);
	if (t->result == SWITCH_DONE || t->result == SWITCH_STUCK)
		(void)write_down(t);
	if (t->result > SWITCH_ALREADY)
		return say(t, "", false, print_failure(t));
	if (t->job.why[0])
		fprintf(stderr, "gpurom: %s: %s\n", t->c.addr, t->job.why);
	if (t->result == SWITCH_DONE && is_driverless(t)) {
		status = EXIT_ATTENTION;
		fprintf(stderr, "gpurom: %s: %s\n", t->c.addr, nobody);
		if (!t->job.why[0])
			snprintf(t->job.why, sizeof(t->job.why), "%s", nobody);
	}
	return say(t,
		   t->result == SWITCH_DONE ? "released: the host has it"
					    : "the host has it already",
		   !t->o->given['u'], status);
}

/* Reads the ROM, hands the card over and stores the ROM, as at boot. The card as it is then; NULL:
 * the report cannot be read any more. */
static const struct boot_card *take_on(struct turn *t)
{
	drop_card(t);
	(void)settle_capture(&t->env->root);
	return write_down(t) ? card_now(t) : NULL;
}

static int taken(struct turn *t, const struct boot_card *b)
{
	if (!b)
		return cmd_fail(t->c.addr, "/" ROOT_REPORT " cannot be read any more");
	if (b->state != CARD_BOUND) {
		t->result = SWITCH_STUCK;
		snprintf(t->job.why, sizeof(t->job.why),
			 "%s: %s; 'gpurom release %s' gives it to the host",
			 card_state_text(b->state), b->why, t->c.addr);
		return say(t, "", false, cmd_fail(t->c.addr, t->job.why));
	}
	t->rom = b->stored[0] ? b->stored : "not stored; 'gpurom report' says why";
	return say(t, "taken: it is for VMs", false, EXIT_DONE);
}

static int take(struct turn *t)
{
	t->result = switch_take(&t->job);
	if (t->result == SWITCH_STUCK)
		(void)write_down(t);
	if (t->result > SWITCH_ALREADY)
		return say(t, "", false, print_failure(t));
	if (t->result == SWITCH_DONE)
		return taken(t, take_on(t));
	return say(t, "it is taken already", false, EXIT_DONE);
}

static int run(const struct cmd_env *env, const struct options *o, const char *name,
	       int (*turn)(struct turn *))
{
	static struct turn t; /* kilobytes */
	int r;

	t = (struct turn){.env = env,
			  .o = o,
			  .name = name,
			  .report_lock = -1,
			  .hold_lock = -1,
			  .card_lock = -1};
	r = turn_begin(&t);
	if (r == EXIT_DONE)
		r = turn(&t);
	turn_end(&t);
	return r;
}

static int run_take(const struct cmd_env *env, const struct options *o)
{
	return run(env, o, "take", take);
}

static int run_release(const struct cmd_env *env, const struct options *o)
{
	return run(env, o, "release", release);
}

const struct cmd cmd_take = {"take",
			     "[--force] CARD [--json]",
			     "take a card for VMs now, as a boot does",
			     .run = run_take,
			     .options = {{"force", NO_ARG, 'f'}, {"json", FORM_ARG, 'j'}},
			     .arguments = {1, 1, "one card is needed"}};
const struct cmd cmd_release = {
	"release",
	"[--until-boot] [--force] CARD [--json]",
	"give a card to the host's drivers now",
	.run = run_release,
	.options = {{"until-boot", NO_ARG, 'u'}, {"force", NO_ARG, 'f'}, {"json", FORM_ARG, 'j'}},
	.arguments = {1, 1, "one card is needed"}};
