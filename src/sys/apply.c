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
		}
		to->addr = f->addr;
		to->ids = f->ids;
		to->class = f->class;
		to->iommu_group = f->iommu_group;
		memcpy(to->was, f->driver, sizeof(to->was));
		memcpy(to->driver, f->driver, sizeof(to->driver));
		ret->n++;
	}
}

/* Brings back what claim found: earlier overrides, and drivers for what was unbound. */
static void undo(const struct attr_ops *k, const struct plan_step *step, size_t done,
		 const struct pci_scan *s)
{
	for (size_t i = 0; i < done; i++)
		if (step[i].kind == STEP_HOLD)
			(void)sysfs_set_override(k, s->fn[step[i].fn].addr,
						 s->fn[step[i].fn].override);
	for (size_t i = 0; i < done; i++)
		if (step[i].kind == STEP_UNBIND)
			(void)sysfs_probe(k, s->fn[step[i].fn].addr);
}

/* The driver may have gone by itself since the scan: what counts is that none is there. */
static int unbind(const struct attr_ops *k, const struct pci_fn *f)
{
	char now[PCI_DRIVER_MAX];
	int r = sysfs_unbind(k, f->addr, f->driver);

	if (sysfs_driver(k, f->addr, now) == 0 && !now[0])
		return 0;
	return r < 0 ? r : -EBUSY;
}

struct unbind_work {
	const struct attr_ops *k;
	const struct pci_fn *f;
};

static int unbind_one(void *arg)
{
	const struct unbind_work *w = arg;

	return unbind(w->k, w->f);
}

/* One after the other, *at being the step it stopped at: while a driver's remove callback hangs
 * the `driver` link is gone already (drivers/base/dd.c __device_release_driver), so that nobody
 * but us knows which driver it is. */
static int unbind_all(const struct attr_ops *k, const struct plan_step *step, size_t n,
		      const struct pci_scan *s, bool in_child, size_t *at)
{
	unsigned long long until = deadline_now_us() + APPLY_UNBIND_MS * 1000ull, now;
	int r = 0;

	for (; *at < n && r == 0; *at += r == 0) {
		struct unbind_work w = {k, &s->fn[step[*at].fn]};

		now = deadline_now_us();
		r = in_child ? deadline_run(now < until ? (unsigned)((until - now) / 1000) : 0,
					    unbind_one, &w)
			     : unbind_one(&w);
	}
	return r;
}

/* All holds first: with the override there, no driver that is loaded meanwhile can slip in. */
static int hold_all(const struct attr_ops *k, const struct plan_step *step, size_t n,
		    const struct pci_scan *s, size_t *done)
{
	int r;

	for (*done = 0; *done < n && step[*done].kind == STEP_HOLD; ++*done) {
		r = sysfs_set_override(k, s->fn[step[*done].fn].addr, PLAN_HOLD_DRIVER);
		if (r < 0)
			return r;
	}
	return 0;
}

static void read_drivers(const struct attr_ops *k, struct boot_card *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (sysfs_driver(k, b->fn[i].addr, b->fn[i].driver) < 0)
			b->fn[i].driver[0] = '\0';
}

static size_t claim_steps(const struct plan_step *step, size_t n)
{
	size_t i = 0;

	while (i < n && (step[i].kind == STEP_HOLD || step[i].kind == STEP_UNBIND))
		i++;
	return i;
}

void apply_claim(const struct attr_ops *k, const struct plan_step *step, size_t n,
		 const struct pci_scan *s, bool in_child, struct boot_card *b)
{
	unsigned long long start = deadline_now_us();
	size_t claim = claim_steps(step, n), held;
	int r = hold_all(k, step, claim, s, &held);
	size_t at = held;

	b->state = CARD_HELD;
	if (r < 0) {
		/* The one that failed too: a write may have taken effect and yet be told an error.
		 */
		undo(k, step, held < claim ? held + 1 : held, s);
		b->state = CARD_LEFT;
		why(b, "driver_override cannot be written: %s", strerror(-r));
	} else if ((r = unbind_all(k, step, claim, s, in_child, &at)) < 0) {
		const char *driver = s->fn[step[at].fn].driver;

		if (r == -ETIMEDOUT || r == -ECHILD) {
			b->state = CARD_STUCK;
			why(b, "%s does not let go; held, so that nothing else can take it",
			    driver);
		} else {
			why(b, "%s cannot be unbound: %s", driver, strerror(-r));
			undo(k, step, claim, s);
			b->state = CARD_LEFT;
		}
	}
	read_drivers(k, b);
	b->hold_us = (unsigned)(deadline_now_us() - start);
}

static void judge_handover(const char *driver, struct boot_card *b, int r)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct boot_fn *f = &b->fn[i];
		char addr[PCI_ADDR_BUF];

		if (strcmp(f->driver, driver) == 0)
			continue;
		b->state = CARD_DRIVERLESS;
		pci_addr_format(f->addr, addr);
		if (f->driver[0]) {
			b->state = CARD_STUCK;
			why(b, "%s: is on %s, not on %s", addr, f->driver, driver);
		} else if (r < 0)
			why(b, "%s: sysfs would not be written: %s", addr, strerror(-r));
		else if (f->iommu_group < 0)
			why(b,
			    "%s did not take %s: no IOMMU group (is the IOMMU on in the firmware, "
			    "and "
			    "intel_iommu=on on the kernel command line?)",
			    driver, addr);
		else
			why(b, "%s did not take %s: is it loaded? dmesg has its reason", driver,
			    addr);
		return;
	}
	b->state = CARD_BOUND;
	b->why[0] = '\0';
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
	for (size_t i = 0; i < b->n; i++)
		(void)sysfs_set_override(k, b->fn[i].addr, NULL);
	for (size_t i = 0; i < b->n; i++)
		(void)sysfs_probe(k, b->fn[i].addr);
	read_drivers(k, b);
	b->state = CARD_RELEASED;
	b->why[0] = '\0';
}
