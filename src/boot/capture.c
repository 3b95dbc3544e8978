#include "boot/capture.h"

#include "boot/bind.h"
#include "boot/messages.h"
#include "boot/report.h"
#include "boot/resume.h"
#include "sources/read.h"
#include "sys/deadline.h"
#include "sys/file.h"
#include "sys/framebuffer.h"
#include "sys/log.h"
#include "util/sha256.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOCK_TRIES 200 /* of a millisecond each */

void capture_finish(const struct root *root, const struct report *r, struct boot_card *b)
{
	const struct attr_ops k = attr_ops_real(root);

	if (r->mode == MODE_DUMP)
		bind_release(&k, b);
	else
		bind_handover(&k, r->driver, b);
	if (b->state == CARD_BOUND)
		console_release(root, b);
	b->worker = 0;
	log_card(root, b);
}

static void save(const struct root *root, const struct boot_card *b)
{
	char addr[PCI_ADDR_BUF];
	int r = report_save_card(root, b);

	if (r < 0)
		log_warn(root, "%s: the report cannot be written: %s",
			 pci_addr_format_card(b->card.addr, addr), strerror(-r));
}

/* settle looks in by the same lock, for moments; where it keeps it, the card is settle's. */
static int take_lock(const struct root *root, struct pci_addr a)
{
	int lock = cardlock_take(root, a);

	for (int i = 0; i < LOCK_TRIES && lock == -EAGAIN; i++) {
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		lock = cardlock_take(root, a);
	}
	return lock;
}

/* settle may have been quicker: what counts is the card's state now, under the lock. */
static bool still_pending(const struct root *root, struct pci_addr a)
{
	struct report now;
	bool pending = false;

	if (report_load(root, &now) < 0)
		return false;
	for (size_t i = 0; i < now.n; i++)
		if (pci_addr_same_card(now.card[i].card.addr, a))
			pending = card_is_pending(&now.card[i]);
	report_free(&now);
	return pending;
}

struct worker {
	const struct root *root;
	const struct report *report;
	struct boot_card *card;
	struct attr_ops k;
	struct reading_order order;
	struct source_job job;
	struct reading best;
	unsigned long long start;
};

/* settle puts this right where it has to kill us. */
static int remember(void *ctx, const struct source_before *before)
{
	struct worker *w = ctx;

	w->card->enable_before = before->count;
	w->card->power_auto = before->power_auto;
	w->card->prom_register = before->prom_register;
	w->card->prom_value = before->prom_value;
	return report_save_card(w->root, w->card);
}

static void begin(struct worker *w, const struct root *root, const struct report *r,
		  struct boot_card *b)
{
	const struct pci_fn *f = &b->card.fn[b->card.display];

	*w = (struct worker){.root = root,
			     .report = r,
			     .card = b,
			     .k = attr_ops_real(root),
			     .start = deadline_now_us()};
	memcpy(w->order.source, r->sources, sizeof(w->order.source));
	w->order.n = r->n_sources;
	w->order.no_rom_bar = b->warnings & PLAN_WARN_NO_ROM_BAR;
	w->order.rom_shadow = b->warnings & PLAN_WARN_SHADOW;
	/* Three quarters of settle's time: the rest is for the hand-over, and vfio after it. */
	w->job = (struct source_job){.root = root,
				     .k = &w->k,
				     .addr = f->addr,
				     .ids = f->ids,
				     .until_us = w->start + r->timeout * 750000ull,
				     .remember = remember,
				     .ctx = w};
	reading_none(&w->best);
	b->worker = (int)getpid();
}

static void read_held(struct worker *w)
{
	struct rom_reading *told = &w->card->rom;

	*told = (struct rom_reading){0};
	reading_try(&w->job, &w->order, w->report->trim, told, &w->best);
	told->tried = true;
	staging_put(w->root, &w->best, told);
	told->read_us = (unsigned)(deadline_now_us() - w->start);
	save(w->root, w->card);
}

/* What does not answer for its configuration space would keep a reader for ever. */
static void leave_unread(struct worker *w)
{
	struct rom_reading *told = &w->card->rom;

	*told = (struct rom_reading){.tried = true};
	snprintf(told->outcome, sizeof(told->outcome), "not read: the card does not answer");
	save(w->root, w->card);
}

static bool vfio_next(const struct worker *w)
{
	return w->card->state == CARD_BOUND &&
	       reading_wants_vfio(&w->order, &w->card->rom, &w->best);
}

static void read_bound(struct worker *w)
{
	struct rom_reading *told = &w->card->rom;
	unsigned long long from = deadline_now_us();

	w->job.bound = true;
	w->job.remember = NULL;
	/* Before settle ends it, which began when we did: what was changed is put back then. */
	w->job.until_us = w->start + w->report->timeout * 875000ull;
	reading_try_one(SOURCE_VFIO, &w->job, &w->order, w->report->trim, told, &w->best);
	staging_put(w->root, &w->best, told);
	told->read_us += (unsigned)(deadline_now_us() - from);
}

static void work_locked(struct worker *w)
{
	bool silent = w->card->warnings & PLAN_WARN_SILENT, more;
	bool read = w->report->mode != MODE_CLAIM && !silent;

	save(w->root, w->card);
	if (read)
		read_held(w);
	else if (silent)
		leave_unread(w);
	capture_finish(w->root, w->report, w->card);
	more = read && vfio_next(w);
	/* As long as this says so, settle waits for us. */
	w->card->worker = more ? (int)getpid() : 0;
	save(w->root, w->card);
	if (more) {
		read_bound(w);
		w->card->worker = 0;
		save(w->root, w->card);
	}
	if (read)
		log_rom(w->root, w->card);
	reading_free(&w->best);
}

static int work(const struct root *root, const struct report *r, struct boot_card *b)
{
	int lock = take_lock(root, b->card.addr);
	struct worker *w;

	if (lock < 0)
		return lock;
	w = malloc(sizeof(*w));
	if (w && still_pending(root, b->card.addr)) {
		enum held now =
			resume_card(root, r, deadline_now_us() + RESUME_ONE_MS * 1000ull, b);

		if (now == HELD_ALL) {
			begin(w, root, r, b);
			work_locked(w);
		} else {
			if (now == HELD_MIDWAY || now == HELD_HANDED)
				capture_finish(root, r, b);
			save(root, b);
		}
	}
	free(w);
	close(lock);
	return w ? 0 : -ENOMEM;
}

int capture(const struct root *root)
{
	struct report r;
	int err = report_load(root, &r);
	pid_t pid;

	if (err < 0)
		return err;
	for (size_t i = 0; i < r.n; i++) {
		if (!card_is_pending(&r.card[i]))
			continue;
		pid = fork();
		if (pid == 0)
			_exit(work(root, &r, &r.card[i]) < 0);
		/* Without a process of its own a card is worked here: later, but not never. */
		if (pid < 0)
			(void)work(root, &r, &r.card[i]);
	}
	while (wait(NULL) > 0 || errno == EINTR)
		;
	report_free(&r);
	return 0;
}

#define RELEASE_MS 2000 /* settle gives 5000 for the hand-over that this is the end of */

struct work {
	const struct root *root;
	struct pci_addr addr;
	struct iomem_framebuffer f;
};

static int release(void *arg)
{
	const struct work *w = arg;

	return framebuffer_release(w->root, w->addr, &w->f);
}

static void tell(struct work *w, int r, struct boot_card *b)
{
	char addr[PCI_ADDR_BUF];

	if (r == 0)
		snprintf(b->console, sizeof(b->console), "the console (%s) was taken off it",
			 w->f.name);
	else
		snprintf(
			b->console, sizeof(b->console),
			"the console (%s) keeps some of its memory, and a VM may be refused it: %s; "
			"initcall_blacklist=sysfb_init on the kernel command line prevents that",
			w->f.name, strerror(-r));
	pci_addr_format_card(b->card.addr, addr);
	if (r == 0)
		log_info(w->root, "%s: %s", addr, b->console);
	else
		log_warn(w->root, "%s: %s", addr, b->console);
}

void console_release(const struct root *root, struct boot_card *b)
{
	struct work w = {.root = root};

	for (size_t i = 0; i < b->card.n; i++) {
		w.addr = b->card.fn[i].addr;
		if (framebuffer_find(root, w.addr, &w.f))
			tell(&w, deadline_run(RELEASE_MS, release, &w), b);
	}
}

/* sha256: of what was staged before, "" nothing; of b where it could be staged, else "". */
static void stage(const struct root *root, struct bytes b, const char *suffix,
		  char sha256[SHA256_HEX])
{
	char path[sizeof(ROOT_STAGED) + SHA256_HEX + 8], is[SHA256_HEX];
	int r;

	digest_sha256(b, is);
	/* There already: a second try could only fail. */
	if (strcmp(is, sha256) == 0)
		return;
	memcpy(sha256, is, SHA256_HEX);
	snprintf(path, sizeof(path), ROOT_STAGED "/%s.%s", sha256, suffix);
	r = file_publish(root->fd, path, b.p, b.n, 0644);
	if (r < 0) {
		log_warn(root, "/%s: cannot be staged: %s", path, strerror(-r));
		sha256[0] = '\0';
	}
}

void staging_put(const struct root *root, const struct reading *best, struct rom_reading *told)
{
	const struct bytes raw = {best->raw.bytes, best->raw.n};

	if (best->keep.n)
		stage(root, best->keep, "rom", told->sha256);
	else
		told->sha256[0] = '\0';
	told->rom_size = told->sha256[0] ? best->keep.n : 0;
	/* Kept apart only where it says more than the romfile does. */
	if (best->keep.n != raw.n)
		stage(root, raw, "bin", told->raw_sha256);
	else
		memcpy(told->raw_sha256, told->sha256, sizeof(told->raw_sha256));
}
