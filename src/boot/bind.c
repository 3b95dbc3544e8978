// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/bind.h"

#include "pci/group.h"
#include "sys/deadline.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static __attribute__((format(printf, 2, 3))) void set_why(struct boot_card *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(b->why, sizeof(b->why), fmt, ap);
	va_end(ap);
}

void bind_begin(const struct plan_card *card, const struct pci_scan *s, struct boot_card *ret)
{
	struct pci_card c;
	size_t at = card->first;

	(void)pci_card_next(s, &at, &c);
	bind_begin_card(&c, ret);
	ret->plan_why = card->why;
	ret->warnings = card->warnings;
}

void bind_begin_card(const struct pci_card *card, struct boot_card *ret)
{
	*ret = (struct boot_card){.card = *card, .enable_before = -1};
	for (size_t i = 0; i < ret->card.n; i++) {
		const struct pci_fn *f = &ret->card.fn[i];

		memcpy(ret->was[i].driver, f->driver, sizeof(ret->was[i].driver));
		/* The hold of a claim that was killed is no setting of the host's. */
		if (strcmp(f->override, PLAN_HOLD_DRIVER) != 0)
			memcpy(ret->was[i].override, f->override, sizeof(ret->was[i].override));
	}
}

/* 0 also where the driver released the function by itself. */
static int unbind(const struct attr_ops *k, struct pci_addr a, const char *driver)
{
	char now[PCI_DRIVER_MAX];
	int r = sysfs_unbind(k, a, driver);

	if (sysfs_driver(k, a, now) == 0 && !now[0])
		return 0;
	return r < 0 ? r : -EBUSY;
}

/* One function of one card. */
struct card_fn {
	struct boot_card *card;
	size_t fn;
};

struct hold_job {
	const struct attr_ops *k;
	struct card_fn *fn;
};

static int hold_one(void *arg, size_t i)
{
	const struct hold_job *h = arg;
	const struct boot_card *b = h->fn[i].card;

	return sysfs_set_override(h->k, b->card.fn[h->fn[i].fn].addr, PLAN_HOLD_DRIVER);
}

/* A write to driver_override takes the device's lock (drivers/pci/pci-sysfs.c), and so sleeps while
 * a driver's callback runs. Only the first write that hangs gets the full time, so that the boot
 * does not wait that long for each. */
static unsigned hold_ms(void *arg, size_t i, size_t hung)
{
	(void)arg;
	(void)i;
	return hung ? BIND_HOLD_MS / 5 : BIND_HOLD_MS;
}

static bool did_not_return(int r)
{
	return r == -ETIMEDOUT || r == -ECHILD || r == -ETIME;
}

static size_t list_functions(struct boot_card *card, size_t n, struct card_fn *ret)
{
	size_t count = 0;

	for (size_t c = 0; c < n; c++)
		for (size_t f = 0; f < card[c].card.n && card[c].state == CARD_SELECTED;
		     f++, count++)
			if (ret)
				ret[count] = (struct card_fn){&card[c], f};
	return count;
}

static int hold_functions(const struct hold_job *h, size_t n, unsigned long long until,
			  bool in_child, int *r)
{
	const struct deadline_list list = {.n = n,
					   .one = hold_one,
					   .ms = hold_ms,
					   .arg = (void *)h,
					   .keep_fd = h->k->fd,
					   .until_us = until};

	if (in_child)
		return deadline_each(&list, r);
	for (size_t i = 0; i < n; i++)
		r[i] = hold_one((void *)h, i);
	return 0;
}

void bind_hold(const struct attr_ops *k, struct boot_card *card, size_t n,
	       unsigned long long until_us, bool in_child, struct bind_hold *ret)
{
	size_t count = list_functions(card, n, NULL);
	struct hold_job h = {.k = k, .fn = calloc(count + 1, sizeof(*h.fn))};
	int *r = calloc(count + 1, sizeof(*r)), err = h.fn && r ? 0 : -ENOMEM;

	if (!err) {
		list_functions(card, n, h.fn);
		err = hold_functions(&h, count, until_us, in_child, r);
	}
	for (size_t c = 0, i = 0; c < n; c++)
		for (size_t f = 0; f < card[c].card.n && card[c].state == CARD_SELECTED; f++, i++)
			ret[c].r[f] = err ? err : r[i];
	free(h.fn);
	free(r);
}

/* Sets *at to the function whose hold did not return or, where each did, one that failed. False
 * where every function is held. */
static bool hold_fault(const struct bind_hold *h, const struct boot_card *b, size_t *at, int *ret)
{
	*ret = 0;
	for (size_t i = 0; i < b->card.n; i++)
		if (h->r[i] < 0 && (*ret == 0 || !did_not_return(*ret))) {
			*at = i;
			*ret = h->r[i];
		}
	return *ret < 0;
}

/* An unbind sleeps for as long as the driver's remove callback does. */
struct claim_job {
	const struct attr_ops *k;
	const struct pci_fn *f; /* the one to unbind */
	unsigned long long until_us;
	bool in_child;
};

static int unbind_one(void *arg)
{
	const struct claim_job *job = arg;

	return unbind(job->k, job->f->addr, job->f->driver);
}

/* Of all functions: a write that failed may have had its effect. */
static void restore_overrides(const struct attr_ops *k, const struct boot_card *b)
{
	for (size_t i = 0; i < b->card.n; i++)
		(void)sysfs_set_override(k, b->card.fn[i].addr, b->was[i].override);
}

static void restore_drivers(const struct attr_ops *k, const struct boot_card *b)
{
	for (size_t i = 0; i < b->card.n; i++)
		if (b->was[i].driver[0])
			(void)sysfs_probe(k, b->card.fn[i].addr);
}

/* Returns 0 also where no driver is bound. */
static int unbind_in_time(struct claim_job *job, struct boot_card *b, size_t i,
			  unsigned long long until)
{
	struct pci_fn *f = &b->card.fn[i];
	int r = sysfs_driver(job->k, f->addr, f->driver);

	if (r < 0 || !f->driver[0])
		return r;
	memcpy(b->was[i].driver, f->driver, sizeof(b->was[i].driver));
	job->f = f;
	if (until > job->until_us)
		until = job->until_us;
	return job->in_child ? deadline_run(deadline_left_ms(until), unbind_one, job)
			     : unbind_one(job);
}

/* Unbinds every function that is held and bound, even if it was bound after the scan. It goes on
 * after one that hangs: the host must not keep half a card. *at: the function of the failure
 * returned. While a remove callback hangs the `driver` link is removed already (drivers/base/dd.c
 * __device_release_driver): only b->was[*at] has the driver's name. */
static int unbind_all(struct claim_job *job, const struct bind_hold *h, struct boot_card *b,
		      size_t *at)
{
	unsigned long long until = deadline_now_us() + BIND_UNBIND_MS * 1000ull;
	int hung = 0, r;

	for (size_t i = 0; i < b->card.n; i++) {
		r = h->r[i] == 0 ? unbind_in_time(job, b, i, until) : 0;
		if (r == 0)
			continue;
		*at = i;
		if (!did_not_return(r))
			return r;
		hung = r;
		until = deadline_now_us() + BIND_UNBIND_MS / 5 * 1000ull;
	}
	return hung;
}

static void read_drivers(const struct attr_ops *k, struct boot_card *b)
{
	for (size_t i = 0; i < b->card.n; i++)
		if (sysfs_driver(k, b->card.fn[i].addr, b->card.fn[i].driver) < 0)
			b->card.fn[i].driver[0] = '\0';
}

struct undo {
	const struct attr_ops *k;
	const struct boot_card *b;
	bool unbound;
};

static int undo_claim(void *arg)
{
	const struct undo *u = arg;

	restore_overrides(u->k, u->b);
	if (u->unbound)
		restore_drivers(u->k, u->b);
	return 0;
}

/* In a child: a host driver's probe can sleep as its removal can. */
static void undo(const struct claim_job *job, bool unbound, const struct boot_card *b)
{
	struct undo u = {job->k, b, unbound};
	unsigned left = deadline_left_ms(job->until_us);

	if (!job->in_child)
		(void)undo_claim(&u);
	else
		(void)deadline_run(left < BIND_UNDO_MS ? BIND_UNDO_MS : BIND_PROBE_MS, undo_claim,
				   &u);
}

/* The write that hangs takes effect when the driver's callback returns. The other functions are
 * held and unbound now: the host must not keep half a card. */
static void hold_hung(struct claim_job *job, const struct bind_hold *h, size_t at,
		      struct boot_card *b)
{
	struct pci_fn *f = &b->card.fn[at];
	char addr[PCI_ADDR_BUF];
	size_t other;

	if (sysfs_driver(job->k, f->addr, f->driver) == 0 && f->driver[0])
		memcpy(b->was[at].driver, f->driver, sizeof(b->was[at].driver));
	(void)unbind_all(job, h, b, &other);
	b->state = CARD_STUCK;
	set_why(b,
		"driver_override of %s cannot be written: %s is at work on it and does not finish",
		pci_addr_format(f->addr, addr), f->driver[0] ? f->driver : "a driver");
}

static void hold_failed(const struct claim_job *job, int r, struct boot_card *b)
{
	undo(job, false, b);
	b->state = CARD_LEFT;
	set_why(b, "driver_override cannot be written: %s", strerror(-r));
}

static void unbind_failed(const struct claim_job *job, int r, const char *driver,
			  struct boot_card *b)
{
	if (did_not_return(r)) {
		b->state = CARD_STUCK;
		set_why(b, "%s does not let go; held, so that nothing else can take it", driver);
		return;
	}
	undo(job, true, b);
	b->state = CARD_LEFT;
	set_why(b, "%s cannot be unbound: %s", driver, strerror(-r));
}

/* Cards before it used up the time: the host keeps the whole card. */
static bool was_not_begun(const struct bind_hold *h, const struct boot_card *b)
{
	for (size_t i = 0; i < b->card.n; i++)
		if (h->r[i] != -ETIME)
			return false;
	return true;
}

void bind_claim(const struct attr_ops *k, const struct bind_hold *h, unsigned long long until_us,
		bool in_child, struct boot_card *b)
{
	struct claim_job job = {.k = k, .until_us = until_us, .in_child = in_child};
	unsigned long long start = deadline_now_us();
	size_t at = 0;
	int r;

	b->state = CARD_HELD;
	if (was_not_begun(h, b)) {
		b->state = CARD_LEFT;
		set_why(b, "no time was left for it: drivers of other cards did not finish");
	} else if (hold_fault(h, b, &at, &r)) {
		if (did_not_return(r))
			hold_hung(&job, h, at, b);
		else
			hold_failed(&job, r, b);
	} else if ((r = unbind_all(&job, h, b, &at)) < 0) {
		unbind_failed(&job, r, b->was[at].driver, b);
	}
	read_drivers(k, b);
	b->hold_us = (unsigned)(deadline_now_us() - start);
}

static void why_driverless(const char *driver, const struct pci_fn *f, int r, struct boot_card *b)
{
	char addr[PCI_ADDR_BUF];

	pci_addr_format(f->addr, addr);
	if (r < 0)
		set_why(b, "%s: sysfs cannot be written: %s", addr, strerror(-r));
	else if (f->iommu_group < 0)
		set_why(b, "%s did not take %s: no IOMMU group (" GROUP_IOMMU_CURE ")", driver,
			addr);
	else
		set_why(b, "%s did not take %s: is it loaded? dmesg has its reason", driver, addr);
}

static void judge_handover(struct boot_card *b, int r)
{
	char addr[PCI_ADDR_BUF];

	b->state = CARD_BOUND;
	b->why[0] = '\0';
	for (size_t i = 0; i < b->card.n && b->state == CARD_BOUND; i++) {
		const struct pci_fn *f = &b->card.fn[i];
		const char *driver = b->wanted[i];

		if (strcmp(f->driver, driver) == 0)
			continue;
		b->state = f->driver[0] ? CARD_STUCK : CARD_DRIVERLESS;
		if (f->driver[0])
			set_why(b, "%s: is on %s, not on %s", pci_addr_format(f->addr, addr),
				f->driver, driver);
		else
			why_driverless(driver, f, r, b);
	}
}

void bind_handover(const struct attr_ops *k, struct boot_card *b)
{
	unsigned long long start = deadline_now_us();
	int r = 0, one;

	for (size_t i = 0; i < b->card.n; i++) {
		one = sysfs_set_override(k, b->card.fn[i].addr, b->wanted[i]);
		r = r < 0 ? r : one;
	}
	for (size_t i = 0; i < b->card.n; i++) {
		one = sysfs_probe(k, b->card.fn[i].addr);
		r = r < 0 ? r : one;
	}
	read_drivers(k, b);
	judge_handover(b, r);
	b->handover_us = (unsigned)(deadline_now_us() - start);
}

void bind_release(const struct attr_ops *k, struct boot_card *b)
{
	restore_overrides(k, b);
	for (size_t i = 0; i < b->card.n; i++)
		(void)sysfs_probe(k, b->card.fn[i].addr);
	read_drivers(k, b);
	b->state = CARD_RELEASED;
	b->why[0] = '\0';
}
