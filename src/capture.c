#include "capture.h"

#include "apply.h"
#include "cardlock.h"
#include "deadline.h"
#include "digest.h"
#include "fileio.h"
#include "log.h"
#include "romread.h"
#include "tell.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READINGS_MAX 2 /* a doubtful reading is read once more */
#define LOCK_TRIES 200 /* of a millisecond each */

/* A reading and what was made of it. */
struct reading {
	struct romread raw;
	struct rom rom;
	struct findings findings;
	enum verdict verdict;
	struct bytes keep; /* the romfile, inside raw */
};

static int stage(const struct root *root, struct bytes b, const char *suffix,
		 char sha256[SHA256_HEX])
{
	char path[sizeof(ROOT_STAGED) + SHA256_HEX + 8];
	int r;

	digest_sha256(b, sha256);
	snprintf(path, sizeof(path), ROOT_STAGED "/%s.%s", sha256, suffix);
	r = file_publish(root->fd, path, b.p, b.n, 0644);
	if (r < 0) {
		log_warn(root, "/%s: cannot be staged: %s", path, strerror(-r));
		sha256[0] = '\0';
	}
	return r;
}

static void judge(const struct pci_ids *ids, enum rom_trim trim, struct reading *d)
{
	const struct bytes b = {d->raw.bytes, d->raw.n};
	const struct verdict_facts known = {.ids = ids};

	rom_examine(b, &d->rom);
	d->verdict = verdict_judge(b, &d->rom, &known, &d->findings);
	if (d->verdict == VERDICT_REJECTED || rom_trimmed(b, &d->rom, trim, &d->keep) < 0)
		d->keep = (struct bytes){NULL, 0};
}

static void drop(struct reading *d)
{
	if (d)
		free(d->raw.bytes);
	free(d);
}

static struct reading *read_once(const struct root *root, const struct report *r,
				 const struct boot_card *b, unsigned long long until,
				 struct boot_rom *ret)
{
	const struct attr_ops k = attr_ops_real(root);
	const struct boot_fn *f = &b->fn[b->display];
	const struct romread_job job = {
		.root = root, .k = &k, .addr = f->addr, .ids = f->ids, .until_us = until};
	struct reading *d = calloc(1, sizeof(*d));

	if (!d) {
		snprintf(ret->outcome, sizeof(ret->outcome), "no memory");
		return NULL;
	}
	if (romread(SOURCE_SYSFS, &job, &d->raw) < 0) {
		memcpy(ret->outcome, d->raw.outcome, sizeof(ret->outcome));
		drop(d);
		return NULL;
	}
	judge(&f->ids, r->trim, d);
	return d;
}

static size_t differences(const struct reading *a, const struct reading *b)
{
	size_t least = a->raw.n < b->raw.n ? a->raw.n : b->raw.n;
	size_t n = a->raw.n - least + b->raw.n - least;

	for (size_t i = 0; i < least; i++)
		n += a->raw.bytes[i] != b->raw.bytes[i];
	return n;
}

/* Two readings that differ are no more than noise, unless one of them is whole. */
static void distrust(struct reading *d, size_t n)
{
	if (n == 0 || d->verdict == VERDICT_COMPLETE)
		return;
	findings_add(&d->findings, "flaky", FINDING_FATAL,
		     "two readings of it differ in %zu bytes: neither can be trusted", n);
	d->verdict = VERDICT_REJECTED;
	d->keep = (struct bytes){NULL, 0};
}

/* The best of up to READINGS_MAX readings; ties go to the earlier. */
static struct reading *read_best(const struct root *root, const struct report *r,
				 const struct boot_card *b, unsigned long long until,
				 struct boot_rom *ret)
{
	struct reading *best = read_once(root, r, b, until, ret), *next;
	size_t n;

	if (!best)
		return NULL;
	snprintf(ret->outcome, sizeof(ret->outcome), "read");
	for (int i = 1; i < READINGS_MAX && best->verdict != VERDICT_COMPLETE; i++) {
		struct boot_rom again = {.outcome = ""};

		next = read_once(root, r, b, until, &again);
		if (!next)
			break;
		n = differences(best, next);
		snprintf(ret->outcome, sizeof(ret->outcome), "read twice, %zu bytes differ", n);
		if (next->verdict > best->verdict) {
			drop(best);
			best = next;
		} else {
			drop(next);
		}
		distrust(best, n);
	}
	return best;
}

static void record(const struct root *root, const struct reading *d, struct boot_rom *ret)
{
	const struct bytes raw = {d->raw.bytes, d->raw.n};

	ret->verdict = d->verdict;
	ret->findings = d->findings;
	ret->raw_size = raw.n;
	memcpy(ret->version, d->rom.version, sizeof(ret->version));
	memcpy(ret->sign_on, d->rom.sign_on, sizeof(ret->sign_on));
	ret->has_efi = d->rom.efi != SIZE_MAX;
	if (d->keep.n && stage(root, d->keep, "rom", ret->sha256) == 0)
		ret->rom_size = d->keep.n;
	/* Kept apart only where it says more than the romfile does. */
	if (d->keep.n != raw.n)
		(void)stage(root, raw, "bin", ret->raw_sha256);
	else
		memcpy(ret->raw_sha256, ret->sha256, sizeof(ret->raw_sha256));
}

static void read_rom(const struct root *root, const struct report *r, struct boot_card *b)
{
	unsigned long long start = deadline_now_us();
	/* Three quarters of settle's time: the rest is for the hand-over. */
	unsigned long long until = start + r->timeout * 750000ull;
	struct reading *d = NULL;

	b->rom = (struct boot_rom){.tried = true};
	snprintf(b->rom.source, sizeof(b->rom.source), "sysfs");
	if (b->warnings & (PLAN_WARN_NO_ROM_BAR | PLAN_WARN_SHADOW))
		snprintf(b->rom.outcome, sizeof(b->rom.outcome), "%s",
			 plan_warning_text(b->warnings & PLAN_WARN_NO_ROM_BAR ? PLAN_WARN_NO_ROM_BAR
									      : PLAN_WARN_SHADOW));
	else
		d = read_best(root, r, b, until, &b->rom);
	if (d)
		record(root, d, &b->rom);
	drop(d);
	b->rom.read_us = (unsigned)(deadline_now_us() - start);
	tell_rom(root, b);
}

void capture_finish(const struct root *root, const struct report *r, struct boot_card *b)
{
	const struct attr_ops k = attr_ops_real(root);

	if (r->mode == MODE_DUMP)
		apply_release(&k, b);
	else
		apply_handover(&k, r->driver, b);
	b->worker = 0;
	tell_card(root, b);
}

static void save(const struct root *root, const struct boot_card *b)
{
	char addr[PCI_ADDR_BUF];
	int r = report_save_card(root, b);

	if (r < 0)
		log_warn(root, "%s: the report cannot be written: %s",
			 pci_addr_format_card(b->addr, addr), strerror(-r));
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
static bool still_held(const struct root *root, struct pci_addr a)
{
	struct report now;
	bool held = false;

	if (report_load(root, &now) < 0)
		return false;
	for (size_t i = 0; i < now.n; i++)
		if (pci_addr_same_card(now.card[i].addr, a))
			held = now.card[i].state == CARD_HELD;
	report_free(&now);
	return held;
}

static void work_locked(const struct root *root, const struct report *r, struct boot_card *b)
{
	const struct attr_ops k = attr_ops_real(root);
	struct romread_before before = romread_look(&k, b->fn[b->display].addr);

	b->worker = (int)getpid();
	b->enable_before = before.count;
	b->power_auto = before.power_auto;
	save(root, b);
	if (r->mode != MODE_CLAIM) {
		read_rom(root, r, b);
		save(root, b);
	}
	capture_finish(root, r, b);
	save(root, b);
}

static int work(const struct root *root, const struct report *r, struct boot_card *b)
{
	int lock = take_lock(root, b->addr);

	if (lock < 0)
		return lock;
	if (still_held(root, b->addr))
		work_locked(root, r, b);
	close(lock);
	return 0;
}

int capture(const struct root *root)
{
	struct report r;
	int err = report_load(root, &r);
	pid_t pid;

	if (err < 0)
		return err;
	for (size_t i = 0; i < r.n; i++) {
		if (r.card[i].state != CARD_HELD)
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
