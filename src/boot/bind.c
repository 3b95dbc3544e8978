#include "boot/bind.h"

#include "sys/deadline.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static __attribute__((format(printf, 2, 3))) void why(struct boot_card *b, const char *fmt, ...)
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
		/* Ours of a run that died is nobody's wish. */
		if (strcmp(f->override, PLAN_HOLD_DRIVER) != 0)
			memcpy(ret->was[i].override, f->override, sizeof(ret->was[i].override));
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

/* One function of one card. */
struct place {
	struct boot_card *card;
	size_t fn;
};

struct holding {
	const struct attr_ops *k;
	struct place *place;
};

static int hold_one(void *arg, size_t i)
{
	const struct holding *h = arg;
	const struct boot_card *b = h->place[i].card;

	return sysfs_set_override(h->k, b->card.fn[h->place[i].fn].addr, PLAN_HOLD_DRIVER);
}

/* A write to driver_override sleeps for as long as some driver's callback is at work on the
 * device, whose lock it takes (drivers/pci/pci-sysfs.c). The first is waited for; were all of a
 * machine's to hang, the boot would be waiting for nothing. */
static unsigned hold_ms(void *arg, size_t i, size_t hung)
{
	(void)arg;
	(void)i;
	return hung ? BIND_HOLD_MS / 5 : BIND_HOLD_MS;
}

static bool never_came_back(int r)
{
	return r == -ETIMEDOUT || r == -ECHILD || r == -ETIME;
}

static size_t places(struct boot_card *card, size_t n, struct place *ret)
{
	size_t count = 0;

	for (size_t c = 0; c < n; c++)
		for (size_t f = 0; f < card[c].card.n && card[c].state == CARD_SELECTED;
		     f++, count++)
			if (ret)
				ret[count] = (struct place){&card[c], f};
	return count;
}

static int hold_places(const struct holding *h, size_t n, unsigned long long until, bool in_child,
		       int *r)
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
	size_t count = places(card, n, NULL);
	struct holding h = {.k = k, .place = calloc(count + 1, sizeof(*h.place))};
	int *r = calloc(count + 1, sizeof(*r)), err = h.place && r ? 0 : -ENOMEM;

	if (!err) {
		places(card, n, h.place);
		err = hold_places(&h, count, until_us, in_child, r);
	}
	for (size_t c = 0, i = 0; c < n; c++)
		for (size_t f = 0; f < card[c].card.n && card[c].state == CARD_SELECTED; f++, i++)
			ret[c].r[f] = err ? err : r[i];
	free(h.place);
	free(r);
}

/* The function whose hold did not return or, where each did, of one that failed; false where every
 * function is held. */
static bool hold_fault(const struct bind_hold *h, const struct boot_card *b, size_t *at, int *ret)
{
	*ret = 0;
	for (size_t i = 0; i < b->card.n; i++)
		if (h->r[i] < 0 && (*ret == 0 || !never_came_back(*ret))) {
			*at = i;
			*ret = h->r[i];
		}
	return *ret < 0;
}

/* What claim does in a child: an unbind sleeps for as long as the driver's remove callback does. */
struct work {
	const struct attr_ops *k;
	const struct pci_fn *f; /* the one to unbind */
	unsigned long long until_us;
	bool in_child;
};

static int unbind_one(void *arg)
{
	const struct work *w = arg;

	return unbind(w->k, w->f->addr, w->f->driver);
}

/* Also where the write that failed has had its effect. */
static void restore_overrides(const struct attr_ops *k, const struct boot_card *b)
{
	for (size_t i = 0; i < b->card.n; i++)
		(void)sysfs_set_override(k, b->card.fn[i].addr, b->was[i].override);
}

static void bring_drivers_back(const struct attr_ops *k, const struct boot_card *b)
{
	for (size_t i = 0; i < b->card.n; i++)
		if (b->was[i].driver[0])
			(void)sysfs_probe(k, b->card.fn[i].addr);
}

/* 0 also where nothing is bound. */
static int unbind_in_time(struct work *w, struct boot_card *b, size_t i, unsigned long long until)
{
	struct pci_fn *f = &b->card.fn[i];
	int r = sysfs_driver(w->k, f->addr, f->driver);

	if (r < 0 || !f->driver[0])
		return r;
	memcpy(b->was[i].driver, f->driver, sizeof(b->was[i].driver));
	w->f = f;
	if (until > w->until_us)
		until = w->until_us;
	return w->in_child ? deadline_run(deadline_left_ms(until), unbind_one, w) : unbind_one(w);
}

/* Whatever is held and bound now, be it since the scan. One that hangs does not save the others:
 * half a card must not stay with the host. *at: the function of the failure returned. While a
 * remove callback hangs the `driver` link is gone already (drivers/base/dd.c
 * __device_release_driver), so that only b->was[*at] still tells the driver. */
static int unbind_all(struct work *w, const struct bind_hold *h, struct boot_card *b, size_t *at)
{
	unsigned long long until = deadline_now_us() + BIND_UNBIND_MS * 1000ull;
	int hung = 0, r;

	for (size_t i = 0; i < b->card.n; i++) {
		r = h->r[i] == 0 ? unbind_in_time(w, b, i, until) : 0;
		if (r == 0)
			continue;
		*at = i;
		if (!never_came_back(r))
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
		bring_drivers_back(u->k, u->b);
	return 0;
}

/* In a child like the rest: a host driver's probe can sleep as well as its removal. */
static void undo(const struct work *w, bool unbound, const struct boot_card *b)
{
	struct undo u = {w->k, b, unbound};
	unsigned left = deadline_left_ms(w->until_us);

	if (!w->in_child)
		(void)undo_claim(&u);
	else
		(void)deadline_run(left < BIND_UNDO_MS ? BIND_UNDO_MS : BIND_PROBE_MS, undo_claim,
				   &u);
}

/* The write that hangs has its effect when the driver comes to an end. Until then the others are
 * held, and taken from their drivers: half a card must not stay with the host. */
static void hold_hung(struct work *w, const struct bind_hold *h, size_t at, struct boot_card *b)
{
	struct pci_fn *f = &b->card.fn[at];
	char addr[PCI_ADDR_BUF];
	size_t other;

	if (sysfs_driver(w->k, f->addr, f->driver) == 0 && f->driver[0])
		memcpy(b->was[at].driver, f->driver, sizeof(b->was[at].driver));
	(void)unbind_all(w, h, b, &other);
	b->state = CARD_STUCK;
	why(b,
	    "driver_override of %s cannot be written: %s is at work on it and does not come to an "
	    "end",
	    pci_addr_format(f->addr, addr), f->driver[0] ? f->driver : "a driver");
}

static void hold_failed(const struct work *w, int r, struct boot_card *b)
{
	undo(w, false, b);
	b->state = CARD_LEFT;
	why(b, "driver_override cannot be written: %s", strerror(-r));
}

static void unbind_failed(const struct work *w, int r, const char *driver, struct boot_card *b)
{
	if (never_came_back(r)) {
		b->state = CARD_STUCK;
		why(b, "%s does not let go; held, so that nothing else can take it", driver);
		return;
	}
	undo(w, true, b);
	b->state = CARD_LEFT;
	why(b, "%s cannot be unbound: %s", driver, strerror(-r));
}

/* Cards before it have used up the time: whole, it stays with the host. */
static bool never_begun(const struct bind_hold *h, const struct boot_card *b)
{
	for (size_t i = 0; i < b->card.n; i++)
		if (h->r[i] != -ETIME)
			return false;
	return true;
}

void bind_claim(const struct attr_ops *k, const struct bind_hold *h, unsigned long long until_us,
		bool in_child, struct boot_card *b)
{
	struct work w = {.k = k, .until_us = until_us, .in_child = in_child};
	unsigned long long start = deadline_now_us();
	size_t at = 0;
	int r;

	b->state = CARD_HELD;
	if (never_begun(h, b)) {
		b->state = CARD_LEFT;
		why(b, "no time was left for it: drivers of other cards did not come to an end");
	} else if (hold_fault(h, b, &at, &r)) {
		if (never_came_back(r))
			hold_hung(&w, h, at, b);
		else
			hold_failed(&w, r, b);
	} else if ((r = unbind_all(&w, h, b, &at)) < 0) {
		unbind_failed(&w, r, b->was[at].driver, b);
	}
	read_drivers(k, b);
	b->hold_us = (unsigned)(deadline_now_us() - start);
}

static void why_driverless(const char *driver, const struct pci_fn *f, int r, struct boot_card *b)
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
	for (size_t i = 0; i < b->card.n && b->state == CARD_BOUND; i++) {
		const struct pci_fn *f = &b->card.fn[i];

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

void bind_handover(const struct attr_ops *k, const char *driver, struct boot_card *b)
{
	unsigned long long start = deadline_now_us();
	int r = 0, one;

	for (size_t i = 0; i < b->card.n; i++) {
		one = sysfs_set_override(k, b->card.fn[i].addr, driver);
		r = r < 0 ? r : one;
	}
	for (size_t i = 0; i < b->card.n; i++) {
		one = sysfs_probe(k, b->card.fn[i].addr);
		r = r < 0 ? r : one;
	}
	read_drivers(k, b);
	judge_handover(driver, b, r);
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
