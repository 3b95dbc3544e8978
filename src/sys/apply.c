#include "apply.h"

#include "deadline.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static __attribute__((format(printf, 2, 3))) void why(struct boot_card *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(b->why, sizeof(b->why), fmt, ap);
	va_end(ap);
}

void apply_begin(const struct plan_card *card, const struct pci_scan *s, struct boot_card *ret)
{
	*ret = (struct boot_card){.addr = card->addr,
				  .plan_why = card->why,
				  .warnings = card->warnings,
				  .enable_before = -1};
	for (size_t i = 0; i < card->n && ret->n < PLAN_CARD_FUNCTIONS_MAX; i++) {
		const struct pci_fn *f = &s->fn[card->first + i];
		struct boot_fn *to = &ret->fn[ret->n];

		if (card->first + i == card->display) {
			ret->display = ret->n;
			memcpy(ret->path, f->path, sizeof(ret->path));
			memcpy(ret->slot, f->slot, sizeof(ret->slot));
			ret->serial = f->serial;
		}
		to->addr = f->addr;
		to->ids = f->ids;
		to->class = f->class;
		to->iommu_group = f->iommu_group;
		memcpy(to->was, f->driver, sizeof(to->was));
		/* Ours of a run that died is nobody's wish. */
		if (strcmp(f->override, PLAN_HOLD_DRIVER) != 0)
			memcpy(to->was_override, f->override, sizeof(to->was_override));
		memcpy(to->driver, f->driver, sizeof(to->driver));
		ret->n++;
	}
}

/* The driver may have gone by itself meanwhile: what counts is that none is there. */
static int unbind(const struct attr_ops *k, struct pci_addr a, const char *driver)
{
	char now[PCI_DRIVER_MAX];
	int r = sysfs_unbind(k, a, driver);

	if (sysfs_driver(k, a, now) == 0 && !now[0])
		return 0;
	return r < 0 ? r : -EBUSY;
}

/* What claim does in a child: an unbind sleeps for as long as the driver's remove callback does,
 * and a write to driver_override for as long as some driver's callback is at work on the device,
 * whose lock it takes (drivers/pci/pci-sysfs.c). */
struct work {
	const struct attr_ops *k;
	const struct plan_step *step;
	size_t n;
	const struct pci_scan *s;
	const struct boot_fn *f; /* the one to hold, or to unbind */
};

/* All holds first: with the override there, no driver that is loaded meanwhile can slip in. */
static int hold_all(void *arg)
{
	const struct work *w = arg;
	int r = 0;

	for (size_t i = 0; i < w->n && r == 0; i++)
		if (w->step[i].kind == STEP_HOLD)
			r = sysfs_set_override(w->k, w->s->fn[w->step[i].fn].addr,
					       PLAN_HOLD_DRIVER);
	return r;
}

static int hold_one(void *arg)
{
	const struct work *w = arg;

	return sysfs_set_override(w->k, w->f->addr, PLAN_HOLD_DRIVER);
}

static int unbind_one(void *arg)
{
	const struct work *w = arg;

	return unbind(w->k, w->f->addr, w->f->driver);
}

static bool never_came_back(int r)
{
	return r == -ETIMEDOUT || r == -ECHILD;
}

/* After a write that hung: each function by itself, lest one that a driver is at work on leaves
 * those behind it to whatever driver is loaded next. *at: the first that hangs, whose -errno is
 * returned; else that of one that failed, or 0. */
static int hold_each(struct work *w, const struct boot_card *b, bool held[], size_t *at)
{
	int hung = 0, failed = 0, r;

	for (size_t i = 0; i < b->n; i++) {
		w->f = &b->fn[i];
		r = deadline_run(APPLY_HOLD_MS / 5, hold_one, w);
		held[i] = r == 0;
		if (!never_came_back(r)) {
			failed = r < 0 ? r : failed;
		} else if (!hung) {
			hung = r;
			*at = i;
		}
	}
	return hung ? hung : failed;
}

static int hold(struct work *w, bool in_child, const struct boot_card *b, bool held[], size_t *at)
{
	int r = in_child ? deadline_run(APPLY_HOLD_MS, hold_all, w) : hold_all(w);

	for (size_t i = 0; i < b->n; i++)
		held[i] = r == 0;
	return never_came_back(r) ? hold_each(w, b, held, at) : r;
}

/* Also where the write that failed has had its effect. */
static void restore_overrides(const struct attr_ops *k, const struct boot_card *b)
{
	for (size_t i = 0; i < b->n; i++)
		(void)sysfs_set_override(k, b->fn[i].addr, b->fn[i].was_override);
}

static void bring_drivers_back(const struct attr_ops *k, const struct boot_card *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->fn[i].was[0])
			(void)sysfs_probe(k, b->fn[i].addr);
}

/* 0 also where nothing is bound. */
static int unbind_in_time(struct work *w, bool in_child, struct boot_fn *f,
			  unsigned long long until)
{
	unsigned long long now = deadline_now_us();
	int r = sysfs_driver(w->k, f->addr, f->driver);

	if (r < 0 || !f->driver[0])
		return r;
	memcpy(f->was, f->driver, sizeof(f->was));
	w->f = f;
	if (!in_child)
		return unbind_one(w);
	return deadline_run(now < until ? (unsigned)((until - now) / 1000) : 0, unbind_one, w);
}

/* Whatever is held and bound now, be it since the scan. One that hangs does not save the others:
 * half a card must not stay with the host. *at: the function of the failure returned. While a
 * remove callback hangs the `driver` link is gone already (drivers/base/dd.c
 * __device_release_driver), so that only b->fn[*at].was still tells the driver. */
static int unbind_all(struct work *w, bool in_child, struct boot_card *b, const bool held[],
		      size_t *at)
{
	unsigned long long until = deadline_now_us() + APPLY_UNBIND_MS * 1000ull;
	int hung = 0, r;

	for (size_t i = 0; i < b->n; i++) {
		r = held[i] ? unbind_in_time(w, in_child, &b->fn[i], until) : 0;
		if (r == 0)
			continue;
		*at = i;
		if (!never_came_back(r))
			return r;
		hung = r;
		until = deadline_now_us() + APPLY_UNBIND_MS / 5 * 1000ull;
	}
	return hung;
}

static void read_drivers(const struct attr_ops *k, struct boot_card *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (sysfs_driver(k, b->fn[i].addr, b->fn[i].driver) < 0)
			b->fn[i].driver[0] = '\0';
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
		bring_drivers_back(u->k, u->b);
	return 0;
}

/* In a child like the rest: a host driver's probe can sleep as well as its removal. */
static void undo(const struct work *w, bool in_child, bool unbound, const struct boot_card *b)
{
	struct undo u = {w->k, b, unbound};

	(void)(in_child ? deadline_run(APPLY_PROBE_MS, undo_claim, &u) : undo_claim(&u));
}

/* The write that hangs has its effect when the driver comes to an end. Until then the others are
 * held, and taken from their drivers: half a card must not stay with the host. */
static void hold_hung(struct work *w, size_t at, const bool held[], struct boot_card *b)
{
	struct boot_fn *f = &b->fn[at];
	char addr[PCI_ADDR_BUF];
	size_t other;

	if (sysfs_driver(w->k, f->addr, f->driver) == 0 && f->driver[0])
		memcpy(f->was, f->driver, sizeof(f->was));
	(void)unbind_all(w, true, b, held, &other);
	b->state = CARD_STUCK;
	why(b,
	    "driver_override of %s cannot be written: %s is at work on it and does not come to an "
	    "end",
	    pci_addr_format(f->addr, addr), f->driver[0] ? f->driver : "a driver");
}

static void hold_failed(const struct work *w, bool in_child, int r, struct boot_card *b)
{
	undo(w, in_child, false, b);
	b->state = CARD_LEFT;
	why(b, "driver_override cannot be written: %s", strerror(-r));
}

static void unbind_failed(const struct work *w, bool in_child, int r, const char *driver,
			  struct boot_card *b)
{
	if (never_came_back(r)) {
		b->state = CARD_STUCK;
		why(b, "%s does not let go; held, so that nothing else can take it", driver);
		return;
	}
	undo(w, in_child, true, b);
	b->state = CARD_LEFT;
	why(b, "%s cannot be unbound: %s", driver, strerror(-r));
}

void apply_claim(const struct attr_ops *k, const struct plan_step *step, size_t n,
		 const struct pci_scan *s, bool in_child, struct boot_card *b)
{
	struct work w = {.k = k, .step = step, .n = n, .s = s};
	unsigned long long start = deadline_now_us();
	bool held[PLAN_CARD_FUNCTIONS_MAX];
	size_t at = 0;
	int r = hold(&w, in_child, b, held, &at);

	b->state = CARD_HELD;
	if (never_came_back(r))
		hold_hung(&w, at, held, b);
	else if (r < 0)
		hold_failed(&w, in_child, r, b);
	else if ((r = unbind_all(&w, in_child, b, held, &at)) < 0)
		unbind_failed(&w, in_child, r, b->fn[at].was, b);
	read_drivers(k, b);
	b->hold_us = (unsigned)(deadline_now_us() - start);
}

static void why_driverless(const char *driver, const struct boot_fn *f, int r, struct boot_card *b)
{
	char addr[PCI_ADDR_BUF];

	pci_addr_format(f->addr, addr);
	if (r < 0)
		why(b, "%s: sysfs would not be written: %s", addr, strerror(-r));
	else if (f->iommu_group < 0)
		why(b,
		    "%s did not take %s: no IOMMU group (is the IOMMU on in the firmware, and on "
		    "Intel intel_iommu=on on the kernel command line?)",
		    driver, addr);
	else
		why(b, "%s did not take %s: is it loaded? dmesg has its reason", driver, addr);
}

static void judge_handover(const char *driver, struct boot_card *b, int r)
{
	char addr[PCI_ADDR_BUF];

	b->state = CARD_BOUND;
	b->why[0] = '\0';
	for (size_t i = 0; i < b->n && b->state == CARD_BOUND; i++) {
		const struct boot_fn *f = &b->fn[i];

		if (strcmp(f->driver, driver) == 0)
			continue;
		b->state = f->driver[0] ? CARD_STUCK : CARD_DRIVERLESS;
		if (f->driver[0])
			why(b, "%s: is on %s, not on %s", pci_addr_format(f->addr, addr), f->driver,
			    driver);
		else
			why_driverless(driver, f, r, b);
	}
}

void apply_handover(const struct attr_ops *k, const char *driver, struct boot_card *b)
{
	unsigned long long start = deadline_now_us();
	int r = 0, one;

	for (size_t i = 0; i < b->n; i++) {
		one = sysfs_set_override(k, b->fn[i].addr, driver);
		r = r < 0 ? r : one;
	}
	for (size_t i = 0; i < b->n; i++) {
		one = sysfs_probe(k, b->fn[i].addr);
		r = r < 0 ? r : one;
	}
	read_drivers(k, b);
	judge_handover(driver, b, r);
	b->handover_us = (unsigned)(deadline_now_us() - start);
}

void apply_release(const struct attr_ops *k, struct boot_card *b)
{
	restore_overrides(k, b);
	for (size_t i = 0; i < b->n; i++)
		(void)sysfs_probe(k, b->fn[i].addr);
	read_drivers(k, b);
	b->state = CARD_RELEASED;
	b->why[0] = '\0';
}
