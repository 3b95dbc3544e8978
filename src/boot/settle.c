// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/settle.h"

#include "boot/bind.h"
#include "boot/capture.h"
#include "boot/messages.h"
#include "boot/report.h"
#include "boot/resume.h"
#include "sources/source.h"
#include "sys/deadline.h"
#include "sys/log.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define POLL_MS 10	       /* for a worker to begin and to end */
#define PROGRESS_US 2000000ull /* between lines in the log while the boot waits */
/* For a killed worker to end; longer: it sleeps in the kernel. One that reads a page of a ROM ends
 * at the page's end, and where eight share a busy CPU that has taken longer than half a second. */
#define KILL_MS 2000

static void nap(long ms)
{
	nanosleep(&(struct timespec){.tv_nsec = ms * 1000000l}, NULL);
}

/* For the worker of one card. */
struct waiting {
	const struct root *root;
	const struct report *r;
	struct boot_card *b;
	struct report_stamp seen;	  /* of b's own file, as b has it */
	unsigned long long until, logged; /* CLOCK_BOOTTIME, microseconds */
	bool begun;			  /* the worker has */
};

/* Before a worker has begun, a free lock only means that capture is late. */
static bool worker_has_begun(struct waiting *w)
{
	if (report_card_changed(w->root, w->b->card.addr, &w->seen))
		report_refresh_card(w->root, w->r, w->b);
	return !card_is_pending(w->b) || w->b->worker != 0;
}

static void log_progress(struct waiting *w, unsigned long long now)
{
	char addr[PCI_ADDR_BUF];

	if (now - w->logged < PROGRESS_US || now >= w->until)
		return;
	log_info(w->root, "%s: waiting for its ROM, at most %llu s more",
		 pci_addr_format_card(w->b->card.addr, addr), (w->until - now) / 1000000 + 1);
	w->logged = now;
}

/* Returns the card's lock once its worker has ended or, where none has begun, at the deadline;
 * -EAGAIN where the worker still has it then. The lock is not tried before the worker has begun: a
 * dozen processes of settle on a slow machine would keep it from the worker for longer than that
 * tries. */
static int wait_lock(struct waiting *w)
{
	unsigned long long now;
	int lock = -EAGAIN;

	for (;;) {
		now = deadline_now_us();
		w->begun = w->begun || worker_has_begun(w);
		if (w->begun || now >= w->until)
			lock = cardlock_take(w->root, w->b->card.addr);
		if (lock != -EAGAIN || now >= w->until)
			return lock;
		log_progress(w, now);
		nap(POLL_MS);
	}
}

struct finish_job {
	const struct root *root;
	const struct report *r;
	struct boot_card *b;
};

static int finish(void *arg)
{
	const struct finish_job *job = arg;
	const struct attr_ops k = attr_ops_real(job->root);
	const struct boot_card *b = job->b;
	char addr[PCI_ADDR_BUF];
	int r;
	const struct source_before before = {.count = b->enable_before,
					     .power_auto = b->power_auto,
					     .prom_register = b->prom_register,
					     .prom_value = b->prom_value};

	if (b->worker)
		source_put_right(job->root, &k, b->card.fn[b->card.display].addr, &before);
	capture_finish(job->root, job->r, job->b);
	r = report_save_card(job->root, job->b);
	if (r < 0)
		log_warn(job->root, "%s: the report cannot be written: %s",
			 pci_addr_format_card(b->card.addr, addr), strerror(-r));
	return 0;
}

static void set_stuck(struct boot_card *b, const char *why)
{
	b->state = CARD_STUCK;
	snprintf(b->why, sizeof(b->why), "%s", why);
}

/* Under the lock, with no worker left: puts back what it changed, and hands the card over. In a
 * child: both can sleep as an unbind can. */
static void take_over(const struct root *root, const struct report *r, struct boot_card *b)
{
	struct finish_job job = {.root = root, .r = r, .b = b};
	char addr[PCI_ADDR_BUF];

	if (!b->rom.tried && r->mode != MODE_CLAIM) {
		b->rom.tried = true;
		snprintf(b->rom.outcome, sizeof(b->rom.outcome),
			 "nothing was read before the boot went on");
		log_warn(root, "%s: handed over unread", pci_addr_format_card(b->card.addr, addr));
	}
	if (deadline_run(BIND_PROBE_MS, finish, &job) < 0) {
		set_stuck(b,
			  "the hand-over does not return; held, so that nothing else can take it");
		log_card(root, b);
		(void)report_save_card(root, b);
	}
}

/* The lock proves that the pid is still the worker's. */
static int end_worker(struct waiting *w)
{
	w->until = w->logged = deadline_now_us() + KILL_MS * 1000ull;
	w->begun = true;
	report_refresh_card(w->root, w->r, w->b);
	if (w->b->worker > 1)
		(void)kill(w->b->worker, SIGKILL);
	return wait_lock(w);
}

/* The card is handed over, but its worker did not finish the reading through vfio in time. */
static void give_up_vfio(const struct root *root, struct boot_card *b)
{
	struct rom_attempt a = {.verdict = VERDICT_REJECTED};
	char addr[PCI_ADDR_BUF];

	snprintf(a.source, sizeof(a.source), "%s", source_text(SOURCE_VFIO));
	snprintf(a.outcome, sizeof(a.outcome),
		 "not done before the boot went on; gpurom.timeout= gives it longer");
	if (b->rom.n_attempts < ROM_ATTEMPTS_MAX)
		b->rom.attempt[b->rom.n_attempts++] = a;
	b->worker = 0;
	log_warn(root, "%s: %s: %s", pci_addr_format_card(b->card.addr, addr), a.source, a.outcome);
	log_rom(root, b);
	(void)report_save_card(root, b);
}

/* For a card whose worker has ended or was killed; lock < 0: it could not be killed. */
static void finish_card(const struct root *root, const struct report *r, struct boot_card *b,
			int lock)
{
	if (b->state == CARD_SELECTED && lock >= 0) {
		(void)resume_card(root, deadline_now_us() + RESUME_ONE_MS * 1000ull, b);
		(void)report_save_card(root, b);
	}
	if (!card_is_pending(b) && b->worker) {
		give_up_vfio(root, b);
	} else if (card_is_pending(b) && lock >= 0) {
		take_over(root, r, b);
	} else if (card_is_pending(b)) {
		set_stuck(
			b,
			"its worker sleeps in the kernel; held, so that nothing else can take it");
		log_card(root, b);
		(void)report_save_card(root, b);
	}
}

static void settle_card(struct waiting *w)
{
	int lock = wait_lock(w);

	if (lock == -EAGAIN)
		lock = end_worker(w);
	report_refresh_card(w->root, w->r, w->b);
	finish_card(w->root, w->r, w->b, lock);
	if (lock >= 0)
		close(lock);
}

/* Each card in a process of its own, so that one that hangs does not delay the others. Each ends by
 * itself: what can sleep in the kernel is done in a child. */
static void settle_all(const struct root *root, const struct report *r, unsigned long long start)
{
	pid_t *pid = calloc(r->n + 1, sizeof(*pid));

	for (size_t i = 0; i < r->n; i++) {
		struct waiting w = {.root = root,
				    .r = r,
				    .b = &r->card[i],
				    .until = start + r->timeout * 1000000ull,
				    .logged = start};

		if (!card_is_pending(&r->card[i]) && !r->card[i].worker)
			continue;
		if (pid && (pid[i] = fork()) == 0) {
			settle_card(&w);
			_exit(0);
		}
		if (!pid || pid[i] < 0)
			settle_card(&w);
	}
	for (size_t i = 0; pid && i < r->n; i++)
		while (pid[i] > 0 && waitpid(pid[i], NULL, 0) < 0 && errno == EINTR)
			;
	free(pid);
}

int settle(const struct root *root)
{
	unsigned long long start = deadline_now_us();
	struct report r;
	int err = report_load(root, &r);

	if (err < 0)
		return err;
	settle_all(root, &r, start);
	report_free(&r);
	/* Again: the cards' own files are newer. */
	err = report_load(root, &r);
	if (err < 0)
		return err;
	r.settle_us += (unsigned)(deadline_now_us() - start);
	r.settled = true;
	err = report_save(root, &r);
	report_free(&r);
	return err;
}

int settle_capture(const struct root *root)
{
	pid_t pid = fork();
	int r;

	if (pid == 0) {
		deadline_leave_readers(-1);
		(void)capture(root);
		_exit(0);
	}
	r = settle(root);
	/* One whose worker sleeps in the kernel is not waited for. */
	if (pid > 0)
		(void)waitpid(pid, NULL, WNOHANG);
	return r;
}
