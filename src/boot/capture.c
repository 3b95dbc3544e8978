// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/capture.h"

#include "boot/bind.h"
#include "boot/handover.h"
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

	if (r->mode == MODE_DUMP && !b->by_hand)
		bind_release(&k, b);
	else
		hand_over(root, b);
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

/* settle tries the same lock, for moments; where it keeps the lock, it finishes the card. */
static int take_lock(const struct root *root, struct pci_addr a)
{
	int lock = cardlock_take(root, a);

	for (int i = 0; i < LOCK_TRIES && lock == -EAGAIN; i++) {
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
		lock = cardlock_take(root, a);
	}
	return lock;
}

/* The card's state now, under the lock: settle may have been quicker. */
static bool still_pending(const struct root *root, const struct report *r, struct boot_card *b)
{
	report_refresh_card(root, r, b);
	return card_is_pending(b);
}

/* Of the process that captures one card. */
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

/* Saved, so that settle can put it back if it has to kill this process. */
static int save_before(void *ctx, const struct source_before *before)
{
	struct worker *w = ctx;

	w->card->enable_before = before->count;
	w->card->power_auto = before->power_auto;
	w->card->prom_register = before->prom_register;
	w->card->prom_value = before->prom_value;
	return report_save_card(w->root, w->card);
}

static void worker_begin(struct worker *w, const struct root *root, const struct report *r,
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
	/* Three quarters of settle's time: the rest is for the hand-over and for vfio. */
	w->job = (struct source_job){.root = root,
				     .k = &w->k,
				     .addr = f->addr,
				     .ids = f->ids,
				     .until_us = w->start + r->timeout * 750000ull,
				     .remember = save_before,
				     .ctx = w};
	reading_none(&w->best);
	b->worker = (int)getpid();
}

static void read_rom(struct worker *w)
{
	struct rom_reading *reading = &w->card->rom;

	*reading = (struct rom_reading){0};
	reading_try(&w->job, &w->order, w->report->trim, reading, &w->best);
	reading->tried = true;
	staging_put(w->root, &w->best, reading);
	reading->read_us = (unsigned)(deadline_now_us() - w->start);
	save(w->root, w->card);
}

/* A read of a card that does not answer could last for ever. */
static void skip_silent(struct worker *w)
{
	struct rom_reading *reading = &w->card->rom;

	*reading = (struct rom_reading){.tried = true};
	snprintf(reading->outcome, sizeof(reading->outcome), "not read: the card does not answer");
	save(w->root, w->card);
}

static bool wants_vfio(const struct worker *w)
{
	return w->card->state == CARD_BOUND &&
	       reading_wants_vfio(&w->order, &w->card->rom, &w->best);
}

static void read_vfio(struct worker *w)
{
	struct rom_reading *reading = &w->card->rom;
	unsigned long long from = deadline_now_us();

	w->job.bound = true;
	w->job.remember = NULL;
	/* Ends before settle, which began at the same time, would end it: what was changed is put
	 * back. */
	w->job.until_us = w->start + w->report->timeout * 875000ull;
	reading_try_one(SOURCE_VFIO, &w->job, &w->order, w->report->trim, reading, &w->best);
	staging_put(w->root, &w->best, reading);
	reading->read_us += (unsigned)(deadline_now_us() - from);
}

static void worker_run(struct worker *w)
{
	bool silent = w->card->warnings & PLAN_WARN_SILENT, more;
	bool read = w->report->mode != MODE_CLAIM && !silent;

	save(w->root, w->card);
	if (read)
		read_rom(w);
	else if (silent)
		skip_silent(w);
	capture_finish(w->root, w->report, w->card);
	more = read && wants_vfio(w);
	/* settle waits while this has our pid. */
	w->card->worker = more ? (int)getpid() : 0;
	save(w->root, w->card);
	if (more) {
		read_vfio(w);
		w->card->worker = 0;
		save(w->root, w->card);
	}
	if (read)
		log_rom(w->root, w->card);
	reading_free(&w->best);
}

/* A machine that starts a dozen workers at once may not answer within the time of one look: that is
 * no reason to leave a ROM unread. */
static enum held resume_patiently(const struct root *root, const struct report *r,
				  struct boot_card *b)
{
	unsigned long long until = deadline_now_us() + r->timeout * 500000ull;
	enum held now;

	do
		now = resume_card(root, deadline_now_us() + RESUME_ONE_MS * 1000ull, b);
	while (now == HELD_UNKNOWN && deadline_left_ms(until) > 0);
	return now;
}

static int capture_card(const struct root *root, const struct report *r, struct boot_card *b)
{
	int lock = take_lock(root, b->card.addr);
	struct worker *w;

	if (lock < 0)
		return lock;
	w = malloc(sizeof(*w));
	if (w && still_pending(root, r, b)) {
		enum held now = resume_patiently(root, r, b);

		if (now == HELD_ALL) {
			worker_begin(w, root, r, b);
			worker_run(w);
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

/* Not for any child: whoever started this program by exec may have left it some. */
static void wait_for(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int capture(const struct root *root)
{
	pid_t worker[PLAN_CARDS_MAX], pid;
	struct report r;
	int err = report_load(root, &r);
	size_t n = 0;

	if (err < 0)
		return err;
	for (size_t i = 0; i < r.n; i++) {
		if (!card_is_pending(&r.card[i]))
			continue;
		pid = fork();
		if (pid == 0)
			_exit(capture_card(root, &r, &r.card[i]) < 0);
		/* Without a process of its own the card is captured in this one, later. */
		if (pid < 0)
			(void)capture_card(root, &r, &r.card[i]);
		else
			worker[n++] = pid;
	}
	while (n)
		wait_for(worker[--n]);
	report_free(&r);
	return 0;
}

#define RELEASE_MS 2000 /* of the 5000 that settle gives a hand-over */

struct console_job {
	const struct root *root;
	struct pci_addr addr;
	struct iomem_framebuffer f;
};

static int release_framebuffer(void *arg)
{
	const struct console_job *job = arg;

	return framebuffer_release(job->root, job->addr, &job->f);
}

static void log_console(const struct console_job *job, int r, struct boot_card *b)
{
	char addr[PCI_ADDR_BUF];

	if (r == 0)
		snprintf(b->console, sizeof(b->console), "the console (%s) was taken off it",
			 job->f.name);
	else
		snprintf(
			b->console, sizeof(b->console),
			"the console (%s) keeps some of its memory, so that a VM may not get it: %s; "
			"initcall_blacklist=sysfb_init on the kernel command line prevents that",
			job->f.name, strerror(-r));
	pci_addr_format_card(b->card.addr, addr);
	if (r == 0)
		log_info(job->root, "%s: %s", addr, b->console);
	else
		log_warn(job->root, "%s: %s", addr, b->console);
}

void console_release(const struct root *root, struct boot_card *b)
{
	struct console_job job = {.root = root};

	for (size_t i = 0; i < b->card.n; i++) {
		job.addr = b->card.fn[i].addr;
		if (framebuffer_find(root, job.addr, &job.f))
			log_console(&job, deadline_run(RELEASE_MS, release_framebuffer, &job), b);
	}
}

/* sha256: in, the digest of what is staged already, or ""; out, that of b, or "" after a failure.
 */
static void stage(const struct root *root, struct bytes b, const char *suffix,
		  char sha256[SHA256_HEX])
{
	char path[sizeof(ROOT_STAGED) + SHA256_HEX + 8], digest[SHA256_HEX];
	int r;

	digest_sha256(b, digest);
	/* Staged already: a second write could only fail. */
	if (strcmp(digest, sha256) == 0)
		return;
	memcpy(sha256, digest, SHA256_HEX);
	snprintf(path, sizeof(path), ROOT_STAGED "/%s.%s", sha256, suffix);
	r = file_publish(root->fd, path, b.p, b.n, 0644);
	if (r < 0) {
		log_warn(root, "/%s: cannot be staged: %s", path, strerror(-r));
		sha256[0] = '\0';
	}
}

void staging_put(const struct root *root, const struct reading *best, struct rom_reading *ret)
{
	const struct bytes raw = {best->raw.bytes, best->raw.n};

	if (best->keep.n)
		stage(root, best->keep, "rom", ret->sha256);
	else
		ret->sha256[0] = '\0';
	ret->rom_size = ret->sha256[0] ? best->keep.n : 0;
	/* A file of its own only where it has more than the romfile. */
	if (best->keep.n != raw.n)
		stage(root, raw, "bin", ret->raw_sha256);
	else
		memcpy(ret->raw_sha256, ret->sha256, sizeof(ret->raw_sha256));
}
