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

/* Signals that end a program at somebody's wish; SIGKILL cannot be had. */
static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
#define ENDS (sizeof(ends) / sizeof(ends[0]))

static void stop(int signal)
{
	stopped_by = signal;
}

/* One that was ignored stays so (nohup). */
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

struct work {
	const struct read_now_options *wish;
	struct pci_fn display; /* its driver as it is under the lock */
	enum owner owner;
	struct attr_ops k;
	struct reading_order order;
	struct source_job job;
	void (*progress)(const char *, size_t, size_t);
	struct read_now *live;
};

static __attribute__((format(printf, 3, 4))) int fail(struct read_now *l, int err, const char *fmt,
						      ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->why, sizeof(l->why), fmt, ap);
	va_end(ap);
	return err;
}

/* --- who has it ------------------------------------------------------------------------------ */

static enum owner owner_of(const char *driver)
{
	if (!*driver)
		return OWNER_NONE;
	/* vfio-pci, and its variants: mlx5_vfio_pci, nvgrace_gpu_vfio_pci */
	return strstr(driver, "vfio") ? OWNER_VFIO : OWNER_HOST;
}

static bool allowed(const struct work *w, enum rom_source s)
{
	if (source_of(s)->is_memory)
		return true;
	if (w->owner == OWNER_VFIO)
		return source_of(s)->needs_vfio;
	return w->owner == OWNER_NONE || w->wish->while_bound;
}

static void tell_skipped(const struct root *root, struct work *w, const char *sources)
{
	const char *driver = w->display.driver;
	struct holder h;

	if (w->owner == OWNER_VFIO)
		fail(w->live, 0,
		     "%s not asked: %s has the card, and a VM may have it, or it may be asleep; "
		     "--source=vfio reads it where no VM does",
		     sources, driver);
	else if (holders_find(root, &w->display, &h))
		fail(w->live, 0,
		     "%s not asked: the driver %s has the card, and %s (process %d) has %s open; end "
		     "that and unbind it, or add --while-bound",
		     sources, driver, h.comm, h.pid, h.node);
	else
		fail(w->live, 0,
		     "%s not asked: the driver %s has the card; unbind it, or add --while-bound",
		     sources, driver);
}

/* The order that is wished, less what would do harm. */
static void make_order(const struct root *root, const struct config *c, struct work *w)
{
	const enum rom_source *from = w->wish->only ? &w->wish->source : c->sources;
	size_t n = w->wish->only ? 1 : c->n_sources;
	char skipped[80] = "";

	for (size_t i = 0; i < n; i++) {
		size_t used = strlen(skipped);

		if (allowed(w, from[i]))
			w->order.source[w->order.n++] = from[i];
		else
			snprintf(skipped + used, sizeof(skipped) - used, "%s%s", used ? ", " : "",
				 source_text(from[i]));
	}
	w->order.no_rom_bar = !w->display.rom_bar;
	w->order.rom_shadow = w->display.rom_shadow;
	if (*skipped)
		tell_skipped(root, w, skipped);
}

/* --- reading --------------------------------------------------------------------------------- */

static void progress(void *ctx, size_t done, size_t whole)
{
	const struct work *w = ctx;
	const struct rom_reading *told = &w->live->told;

	if (w->progress && told->n_attempts)
		w->progress(told->attempt[told->n_attempts - 1].source, done, whole);
}

static void read_order(struct work *w, enum rom_trim trim)
{
	struct rom_reading *told = &w->live->told;
	struct reading *best = &w->live->best;

	if (w->wish->only && w->order.n) {
		reading_try_one(w->wish->source, &w->job, &w->order, trim, told, best);
		return;
	}
	reading_try(&w->job, &w->order, trim, told, best);
	if (reading_wants_vfio(&w->order, told, best))
		reading_try_one(SOURCE_VFIO, &w->job, &w->order, trim, told, best);
}

static int read_locked(const struct root *root, const struct config *c, struct work *w)
{
	struct boot_card card = {.card.fn = {{.addr = w->display.addr}}, .card.n = 1};
	int r;

	/* Read or written, an attribute of such a card would keep us for ever. */
	if (w->display.silent || held_read(root, "", &card) == HELD_UNKNOWN)
		return fail(w->live, -ETIMEDOUT,
			    "it does not answer, or a driver is at work on it and does not come to "
			    "an end");
	r = sysfs_driver(&w->k, w->display.addr, w->display.driver);
	if (r < 0)
		return fail(w->live, r, "its driver cannot be told: %s", strerror(-r));
	w->owner = owner_of(w->display.driver);
	w->job.bound = w->owner != OWNER_NONE;
	make_order(root, c, w);
	read_order(w, c->trim);
	if (stopped_by) {
		w->live->signal = stopped_by;
		return -EINTR;
	}
	if (w->live->best.raw.n)
		return 0;
	return w->live->told.n_attempts ? -ENODATA : -EBUSY;
}

/* Held, and nobody has come for it yet: its lock is free, but not for long. */
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

static int lock(const struct root *root, struct pci_addr a, struct read_now *l)
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
			l, fd,
			"this boot, or another gpurom, is reading the card: wait for it; 'gpurom "
			"report' has what it found");
	return fd < 0 ? fail(l, fd, "the card cannot be locked in /" ROOT_CARDS ": %s",
			     strerror(-fd))
		      : fd;
}

int read_now(const struct root *root, const struct named_card *c,
	     const struct read_now_options *wish,
	     void (*told)(const char *source, size_t done, size_t whole), struct read_now *ret)
{
	struct work w = {.wish = wish,
			 .display = *pci_card_display(&c->card),
			 .k = attr_ops_real(root),
			 .progress = told,
			 .live = ret};
	struct sigaction was[ENDS];
	int r, fd;

	*ret = (struct read_now){.signal = 0};
	reading_none(&ret->best);
	fd = lock(root, w.display.addr, ret);
	if (fd < 0)
		return fd;
	/* No deadline: whoever waits can end it. */
	w.job = (struct source_job){.root = root,
				    .k = &w.k,
				    .addr = w.display.addr,
				    .ids = w.display.ids,
				    .until_us = ~0ull,
				    .stop = &stopped_by,
				    .progress = progress,
				    .ctx = &w};
	signals_take(was);
	r = read_locked(root, &c->host.config, &w);
	signals_back(was);
	close(fd);
	return r;
}

void read_now_free(struct read_now *l)
{
	reading_free(&l->best);
}

#define LINE_CLEAR "\r\033[K" /* ECMA-48: erase to the end of the line */

static void count(const char *source, size_t done, size_t whole)
{
	if (whole)
		fprintf(stderr, "\r%s: %zu of %zu KiB", source, done / 1024, whole / 1024);
	else
		fprintf(stderr, "\r%s: %zu KiB", source, done / 1024);
}

static void tell_attempts(const char *addr, const struct rom_reading *r)
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

static int print_failure(const struct named_card *c, const struct read_now *l, int err)
{
	char text[ROM_OUTCOME_MAX + ROM_SOURCE_MAX + 32];

	if (err == -EINTR) {
		fprintf(stderr, "gpurom: %s: stopped; what was changed is put back\n", c->addr);
		raise(l->signal);
		return EXIT_FAILED;
	}
	if (err == -ENODATA) {
		snprintf(text, sizeof(text), "nothing could be read: %s: %s", l->told.source,
			 l->told.outcome);
		return cmd_fail(c->addr, text);
	}
	return cmd_fail(c->addr, l->why);
}

int read_now_print(const struct cmd_env *env, const struct named_card *c,
		   const struct read_now_options *w, struct read_now *ret)
{
	const bool terminal = isatty(STDERR_FILENO);
	int err = read_now(&env->root, c, w, terminal ? count : NULL, ret);

	if (terminal)
		fputs(LINE_CLEAR, stderr);
	tell_attempts(c->addr, &ret->told);
	if (ret->why[0] && (err == 0 || err == -ENODATA))
		fprintf(stderr, "%s: %s\n", c->addr, ret->why);
	if (err < 0)
		return print_failure(c, ret, err);
	print_findings(c->addr, &ret->told.findings);
	return EXIT_DONE;
}

struct read_now_options read_now_parse(const struct options *o)
{
	struct read_now_options w = {.only = o->given['s'], .while_bound = o->given['b']};

	if (w.only)
		(void)source_parse(o->given['s'], &w.source);
	return w;
}

const char *read_now_refuse(const struct options *before, int letter, const char *word)
{
	enum rom_source s;

	(void)before;
	return letter == 's' && !source_parse(word, &s)
		       ? "--source is sysfs, efi, prom, vfio or shadow"
		       : NULL;
}
