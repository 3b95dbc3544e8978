// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/read-now.h"

#include "boot/held.h"
#include "boot/report.h"
#include "cmd/options.h"
#include "sys/file.h"
#include "sys/holders.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CARDS_MODE 0755

static volatile sig_atomic_t stopped_by;

/* Signals by which a person ends a program; SIGKILL cannot be caught. */
static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define ENDS (sizeof(ends) / sizeof(ends[0]))

static void stop(int signal)
{
	stopped_by = signal;
}

/* An ignored signal stays ignored (nohup). */
static void signals_take(struct sigaction was[ENDS])
{
	const struct sigaction take = {.sa_handler = stop, .sa_flags = SA_RESTART};

	stopped_by = 0;
	for (size_t i = 0; i < ENDS; i++) {
		sigaction(ends[i], NULL, &was[i]);
		if (was[i].sa_handler != SIG_IGN)
			sigaction(ends[i], &take, NULL);
	}
}

static void signals_back(const struct sigaction was[ENDS])
{
	for (size_t i = 0; i < ENDS; i++)
		sigaction(ends[i], &was[i], NULL);
}

enum owner { OWNER_NONE, OWNER_VFIO, OWNER_HOST };

struct read_job {
	const struct read_now_options *options;
	struct pci_fn display; /* its driver as it is under the lock */
	enum owner owner;
	struct attr_ops k;
	struct reading_order order;
	struct source_job job;
	void (*progress)(const char *, size_t, size_t);
	struct read_now *now;
};

static __attribute__((format(printf, 3, 4))) int fail(struct read_now *now, int err,
						      const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(now->why, sizeof(now->why), fmt, ap);
	va_end(ap);
	return err;
}

/* --- which sources may be read --------------------------------------------------------------- */

static enum owner owner_of(const char *driver)
{
	if (!*driver)
		return OWNER_NONE;
	/* vfio-pci, and its variants: mlx5_vfio_pci, nvgrace_gpu_vfio_pci */
	return pci_driver_is_vfio(driver) ? OWNER_VFIO : OWNER_HOST;
}

static bool allowed(const struct read_job *j, enum rom_source s)
{
	if (source_of(s)->is_memory)
		return true;
	if (j->owner == OWNER_VFIO)
		return source_of(s)->needs_vfio;
	return j->owner == OWNER_NONE || j->options->while_bound;
}

static void explain_skipped(const struct root *root, struct read_job *j, const char *sources)
{
	const char *driver = j->display.driver;
	struct holder h;

	if (j->owner == OWNER_VFIO)
		fail(j->now, 0,
		     "%s not asked: %s has the card, and a VM may have it, or it may be asleep; "
		     "--source=vfio reads it where no VM does",
		     sources, driver);
	else if (holders_find(root, &j->display, &h))
		fail(j->now, 0,
		     "%s not asked: the driver %s has the card, and %s (process %d) has %s open; end "
		     "that and unbind it, or add --while-bound",
		     sources, driver, h.comm, h.pid, h.node);
	else
		fail(j->now, 0,
		     "%s not asked: the driver %s has the card; unbind it, or add --while-bound",
		     sources, driver);
}

/* The wanted sources, without those that would do harm. */
static void make_order(const struct root *root, const struct config *c, struct read_job *j)
{
	const enum rom_source *from = j->options->only ? &j->options->source : c->sources;
	size_t n = j->options->only ? 1 : c->n_sources;
	char skipped[80] = "";

	for (size_t i = 0; i < n; i++) {
		size_t used = strlen(skipped);

		if (allowed(j, from[i]))
			j->order.source[j->order.n++] = from[i];
		else
			snprintf(skipped + used, sizeof(skipped) - used, "%s%s", used ? ", " : "",
				 source_text(from[i]));
	}
	j->order.no_rom_bar = !j->display.rom_bar;
	j->order.rom_shadow = j->display.rom_shadow;
	if (*skipped)
		explain_skipped(root, j, skipped);
}

/* --- reading --------------------------------------------------------------------------------- */

static void progress(void *ctx, size_t done, size_t whole)
{
	const struct read_job *j = ctx;
	const struct rom_reading *result = &j->now->result;

	if (j->progress && result->n_attempts)
		j->progress(result->attempt[result->n_attempts - 1].source, done, whole);
}

static void read_order(struct read_job *j, enum rom_trim trim)
{
	struct rom_reading *result = &j->now->result;
	struct reading *best = &j->now->best;

	if (j->options->only && j->order.n) {
		reading_try_one(j->options->source, &j->job, &j->order, trim, result, best);
		return;
	}
	reading_try(&j->job, &j->order, trim, result, best);
	if (reading_wants_vfio(&j->order, result, best))
		reading_try_one(SOURCE_VFIO, &j->job, &j->order, trim, result, best);
}

static int read_locked(const struct root *root, const struct config *c, struct read_job *j)
{
	struct boot_card card = {.card.fn = {{.addr = j->display.addr}}, .card.n = 1};
	int r;

	/* Any access to its attributes might never return. */
	if (j->display.silent || held_read(root, &card) == HELD_UNKNOWN)
		return fail(j->now, -ETIMEDOUT,
			    "it does not answer, or a driver is busy with it and does not finish");
	r = sysfs_driver(&j->k, j->display.addr, j->display.driver);
	if (r < 0)
		return fail(j->now, r, "its driver cannot be read: %s", strerror(-r));
	j->owner = owner_of(j->display.driver);
	j->job.bound = j->owner != OWNER_NONE;
	make_order(root, c, j);
	read_order(j, c->trim);
	if (stopped_by) {
		j->now->signal = stopped_by;
		return -EINTR;
	}
	if (j->now->best.raw.n)
		return 0;
	return j->now->result.n_attempts ? -ENODATA : -EBUSY;
}

/* True where capture has not taken the lock of this held card yet, but will. */
static bool boot_wants(const struct root *root, struct pci_addr a)
{
	bool wants = false;
	struct report r;

	if (report_load(root, &r) < 0)
		return false;
	for (size_t i = 0; i < r.n && !r.settled; i++)
		if (pci_addr_same_card(r.card[i].card.addr, a))
			wants = card_is_pending(&r.card[i]);
	report_free(&r);
	return wants;
}

static int lock(const struct root *root, struct pci_addr a, struct read_now *now)
{
	int fd = dir_make(root->fd, ROOT_CARDS, CARDS_MODE);

	if (fd == 0)
		fd = cardlock_take(root, a);
	if (fd >= 0 && boot_wants(root, a)) {
		close(fd);
		fd = -EAGAIN;
	}
	if (fd == -EAGAIN)
		return fail(
			now, fd,
			"this boot, or another gpurom, is reading the card: wait for it; 'gpurom "
			"report' has what it found");
	return fd < 0 ? fail(now, fd, "the card cannot be locked in /" ROOT_CARDS ": %s",
			     strerror(-fd))
		      : fd;
}

int read_now(const struct root *root, const struct named_card *c,
	     const struct read_now_options *options,
	     void (*progress_fn)(const char *source, size_t done, size_t whole),
	     struct read_now *ret)
{
	struct read_job j = {.options = options,
			     .display = *pci_card_display(&c->card),
			     .k = attr_ops_real(root),
			     .progress = progress_fn,
			     .now = ret};
	struct sigaction was[ENDS];
	int r, fd;

	*ret = (struct read_now){.signal = 0};
	reading_none(&ret->best);
	fd = lock(root, j.display.addr, ret);
	if (fd < 0)
		return fd;
	/* No deadline: the person who waits can end it by a signal. */
	j.job = (struct source_job){.root = root,
				    .k = &j.k,
				    .addr = j.display.addr,
				    .ids = j.display.ids,
				    .until_us = ~0ull,
				    .stop = &stopped_by,
				    .progress = progress,
				    .ctx = &j};
	signals_take(was);
	r = read_locked(root, &c->host.config, &j);
	signals_back(was);
	close(fd);
	return r;
}

void read_now_free(struct read_now *now)
{
	reading_free(&now->best);
}

#define LINE_CLEAR "\r\033[K" /* ECMA-48: erase to the end of the line */

static void count(const char *source, size_t done, size_t whole)
{
	if (whole)
		fprintf(stderr, "\r%s: %zu of %zu KiB", source, done / 1024, whole / 1024);
	else
		fprintf(stderr, "\r%s: %zu KiB", source, done / 1024);
}

static void print_attempts(const char *addr, const struct rom_reading *r)
{
	for (size_t i = 0; i < r->n_attempts; i++) {
		const struct rom_attempt *a = &r->attempt[i];

		if (a->size)
			fprintf(stderr, "%s: %s: %s, %zu bytes: %s\n", addr, a->source, a->outcome,
				a->size, verdict_text(a->verdict));
		else
			fprintf(stderr, "%s: %s: %s\n", addr, a->source, a->outcome);
	}
}

void print_findings(const char *of, const struct findings *f)
{
	for (size_t i = 0; i < f->n; i++)
		fprintf(stderr, "%s: %s: %s\n", of, finding_severity_text(f->f[i].severity),
			f->f[i].text);
}

static int print_failure(const struct named_card *c, const struct read_now *now, int err)
{
	char text[ROM_OUTCOME_MAX + ROM_SOURCE_MAX + 32];

	if (err == -EINTR) {
		fprintf(stderr, "gpurom: %s: stopped; what was changed is put back\n", c->addr);
		raise(now->signal);
		return EXIT_FAILED;
	}
	if (err == -ENODATA) {
		snprintf(text, sizeof(text), "nothing could be read: %s: %s", now->result.source,
			 now->result.outcome);
		return cmd_fail(c->addr, text);
	}
	return cmd_fail(c->addr, now->why);
}

int read_now_print(const struct cmd_env *env, const struct named_card *c,
		   const struct read_now_options *options, struct read_now *ret)
{
	const bool terminal = isatty(STDERR_FILENO);
	int err = read_now(&env->root, c, options, terminal ? count : NULL, ret);

	if (terminal)
		fputs(LINE_CLEAR, stderr);
	print_attempts(c->addr, &ret->result);
	if (ret->why[0] && (err == 0 || err == -ENODATA))
		fprintf(stderr, "%s: %s\n", c->addr, ret->why);
	if (err < 0)
		return print_failure(c, ret, err);
	print_findings(c->addr, &ret->result.findings);
	return EXIT_DONE;
}

struct read_now_options read_now_parse(const struct options *o)
{
	struct read_now_options ret = {.only = o->given['s'], .while_bound = o->given['b']};

	if (ret.only)
		(void)source_parse(o->given['s'], &ret.source);
	return ret;
}

const char *read_now_refuse(const struct options *before, int letter, const char *word)
{
	enum rom_source s;

	(void)before;
	return letter == 's' && !source_parse(word, &s)
		       ? "--source is sysfs, efi, prom, vfio or shadow"
		       : NULL;
}
