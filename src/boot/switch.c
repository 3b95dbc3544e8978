// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/switch.h"

#include "boot/bind.h"
#include "boot/claim.h"
#include "boot/held.h"
#include "boot/late.h"
#include "boot/messages.h"
#include "pci/group.h"
#include "sys/deadline.h"
#include "sys/holders.h"
#include "sys/modules.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BY_RELEASE "by 'gpurom release', until the next boot"
#define UNBIND_MS (LATE_CARD_MS + BIND_PROBE_MS) /* bind_claim's own limits, and its undo */

static __attribute__((format(printf, 3, 4))) enum switch_result
end(struct switch_job *j, enum switch_result r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(j->why, sizeof(j->why), fmt, ap);
	va_end(ap);
	return r;
}

/* --- what both refuse ------------------------------------------------------------------------- */

static enum switch_result refuse_holder(struct switch_job *j, const struct pci_fn *f,
					const struct holder *h)
{
	char addr[PCI_ADDR_BUF], vm[HOLDER_VM_MAX];

	holder_vm(j->root, h->pid, vm);
	return end(j, SWITCH_REFUSED, "%s: %s (process %d%s%s) has %s open: end that first",
		   pci_addr_format(f->addr, addr), h->comm, h->pid, vm[0] ? ", VM " : "", vm,
		   h->node);
}

/* Whoever uses a function that would be unbound would lose it, or keep the unbind for ever. */
static enum switch_result refuse_used(struct switch_job *j)
{
	char addr[PCI_ADDR_BUF];
	struct holder h;

	for (size_t i = 0; i < j->card->n; i++) {
		const struct pci_fn *f = &j->card->fn[i];
		int r = f->driver[0] ? holders_search(j->root, f, SWITCH_HOLDERS_MS, &h) : 0;

		if (r > 0)
			return refuse_holder(j, f, &h);
		if (r < 0)
			return end(j, SWITCH_REFUSED,
				   "%s: whether a process uses it cannot be found out: %s",
				   pci_addr_format(f->addr, addr), strerror(-r));
	}
	return SWITCH_DONE;
}

static enum switch_result refuse_virtual(struct switch_job *j)
{
	struct pci_vfs vfs = pci_card_vfs(j->scan, j->card);

	if (!vfs.n || j->force)
		return SWITCH_DONE;
	return end(j, SWITCH_REFUSED,
		   "it has %zu virtual functions, %zu in use, which would go: write 0 to its "
		   "sriov_numvfs first, or add --force",
		   vfs.n, vfs.in_use);
}

/* DONE: nothing stands against it. */
static enum switch_result refuse(struct switch_job *j, enum held now, const struct boot_card *old)
{
	enum switch_result r = refuse_virtual(j);

	if (r != SWITCH_DONE)
		return r;
	if (old && card_is_pending(old))
		return end(j, SWITCH_REFUSED,
			   "this boot has not finished with it: 'gpurom commit' finishes what was "
			   "interrupted");
	if (pci_card_display(j->card)->silent || now == HELD_UNKNOWN)
		return end(j, SWITCH_REFUSED,
			   "it does not answer, or a driver is busy with it and does not finish");
	return refuse_used(j);
}

/* --- both: one card in the report ------------------------------------------------------------- */

static int save(struct switch_job *j, const struct boot_card *b)
{
	struct boot_card *at = late_add_card(j->report, j->card->addr);

	if (!at)
		return -ENOMEM;
	*at = *b;
	return claim_save(j->root, j->report);
}

/* Before anything is written to the card: who is killed then leaves a report that says it. */
static enum switch_result save_first(struct switch_job *j, const struct boot_card *b)
{
	int err = save(j, b);

	return err ? end(j, SWITCH_REFUSED, "/" ROOT_REPORT ": %s", strerror(-err)) : SWITCH_DONE;
}

static enum switch_result save_last(struct switch_job *j, const struct boot_card *b,
				    enum switch_result r)
{
	int err = save(j, b);

	log_card(j->root, b);
	if (err && !j->why[0])
		(void)end(j, r, "/" ROOT_REPORT ": %s: it says what was before", strerror(-err));
	return r;
}

/* The report as it was before save_first. */
static void save_back(struct switch_job *j, const struct boot_card *old)
{
	if (old) {
		(void)save(j, old);
		return;
	}
	*report_find(j->report, j->card->addr) = j->report->card[j->report->n - 1];
	j->report->n--;
	(void)claim_save(j->root, j->report);
}

/* --- both: in children ------------------------------------------------------------------------ */

/* Shared with the child that acts. */
struct act {
	const struct root *root;
	struct boot_card b;
};

static int unbind(struct act *a)
{
	const struct attr_ops k = attr_ops_real(a->root);
	unsigned long long until = deadline_now_us() + LATE_CARD_MS * 1000ull;
	struct bind_hold hold;

	bind_hold(&k, &a->b, 1, until, true, &hold);
	bind_claim(&k, &hold, until, true, &a->b);
	return 0;
}

static int probe(struct act *a)
{
	const struct attr_ops k = attr_ops_real(a->root);
	char driver[PCI_DRIVER_MAX];

	if (a->b.state != CARD_HELD)
		return 0;
	for (size_t i = 0; i < a->b.card.n; i++)
		a->b.was[i].override[0] = '\0';
	bind_release(&k, &a->b);
	for (size_t i = 0; i < a->b.card.n; i++) {
		const struct pci_fn *f = &a->b.card.fn[i];

		if (sysfs_driver(&k, f->addr, driver) < 0 || driver[0])
			continue;
		modalias_load(a->root, f);
		/* For a kernel that does not probe by itself (drivers_autoprobe). */
		(void)sysfs_probe(&k, f->addr);
	}
	return 0;
}

static int act(void *arg, size_t i)
{
	return i == 0 ? unbind(arg) : probe(arg);
}

static unsigned act_ms(void *arg, size_t i, size_t hung)
{
	(void)arg;
	(void)hung;
	return i == 0 ? UNBIND_MS : SWITCH_PROBE_MS;
}

/* steps: 1 unbinds b's functions, 2 also gives them to the host's drivers. Sets *b to what became
 * of it. By deadline_each, which closes the locks for the child: one that never ends would keep
 * them. */
static int run(const struct root *root, size_t steps, struct boot_card *b)
{
	struct act *a = deadline_shared(sizeof(*a));
	const struct deadline_list list = {.n = steps,
					   .one = act,
					   .ms = act_ms,
					   .arg = a,
					   .keep_fd = root->fd,
					   .until_us = deadline_now_us() +
						       (UNBIND_MS + SWITCH_PROBE_MS) * 1000ull};
	int r[2] = {0, 0}, err;

	if (!a)
		return -ENOMEM;
	*a = (struct act){root, *b};
	err = deadline_each(&list, r);
	*b = a->b;
	deadline_unshare(a, sizeof(*a));
	return err ? err : r[0] ? r[0] : r[1];
}

/* --- release ---------------------------------------------------------------------------------- */

/* wanted: the driver that a take gives the function, which may be none of vfio's (driver=). */
static bool is_with_host(const struct pci_fn *f, const char *wanted)
{
	bool asked = f->override[0] && modalias_same_name(f->driver, f->override) &&
		     modalias_same_name(f->driver, wanted);

	return f->driver[0] && !pci_driver_is_vfio(f->driver) && !asked;
}

/* Of b, the functions that are not with the host yet. */
static struct boot_card to_give(const struct boot_card *b)
{
	struct boot_card part;
	size_t n = 0;

	bind_begin_card(&b->card, &part);
	for (size_t i = 0; i < b->card.n; i++) {
		if (is_with_host(&b->card.fn[i], b->wanted[i]))
			continue;
		part.card.fn[n] = part.card.fn[i];
		part.was[n++] = part.was[i];
	}
	part.card.n = n;
	part.state = CARD_SELECTED;
	return part;
}

/* The card as the report has it, in *buf: its own place moves when the report grows. NULL: it has
 * none. */
static const struct boot_card *in_report(const struct switch_job *j, struct boot_card *buf)
{
	const struct boot_card *b = report_find(j->report, j->card->addr);

	if (!b)
		return NULL;
	*buf = *b;
	return buf;
}

/* What claim found, and the reading of the ROM, stay where the report has them. */
static void begin(const struct switch_job *j, const struct boot_card *old, struct boot_card *b)
{
	struct modules modules;

	if (old && old->card.n == j->card->n) {
		*b = *old;
		b->card = *j->card;
		b->worker = 0;
	} else {
		bind_begin_card(j->card, b);
		b->plan_why = PLAN_NOT_SELECTED;
		modules_read(j->root, &modules);
		for (size_t i = 0; i < b->card.n; i++)
			modules_driver(j->root, &modules, j->config->driver, &b->card.fn[i],
				       b->wanted[i]);
		modules_free(&modules);
	}
	b->by_hand = true;
	b->console[0] = '\0';
}

static void set_state(struct boot_card *b, enum card_state state, const char *why)
{
	b->state = state;
	snprintf(b->why, sizeof(b->why), "%s", why);
}

static enum switch_result stuck(struct switch_job *j, struct boot_card *b, const char *why)
{
	set_state(b, CARD_STUCK, why);
	return save_last(j, b, end(j, SWITCH_STUCK, "%s", why));
}

/* Once the host's drivers have been asked. */
static enum switch_result judge_release(struct switch_job *j, struct boot_card *b)
{
	char why[BOOT_WHY_MAX], addr[PCI_ADDR_BUF];

	for (size_t i = 0; i < b->card.n; i++) {
		if (!pci_driver_is_vfio(b->card.fn[i].driver))
			continue;
		snprintf(why, sizeof(why),
			 "%s took %s again: vfio-pci.ids=, or its new_id, names this model",
			 b->card.fn[i].driver, pci_addr_format(b->card.fn[i].addr, addr));
		return stuck(j, b, why);
	}
	set_state(b, CARD_RELEASED, BY_RELEASE);
	return save_last(j, b, SWITCH_DONE);
}

static enum switch_result release(struct switch_job *j, struct boot_card *b,
				  const struct boot_card *old, struct boot_card *part)
{
	enum switch_result r;
	int err;

	set_state(b, CARD_RELEASED, "'gpurom release' began to give it to the host, and was ended");
	r = save_first(j, b);
	if (r != SWITCH_DONE)
		return r;
	err = run(j->root, 2, part);
	if (part->state == CARD_STUCK)
		return stuck(j, b, part->why);
	if (part->state == CARD_LEFT || part->state == CARD_SELECTED) {
		save_back(j, old);
		return end(j, SWITCH_UNDONE, "%s",
			   part->state == CARD_LEFT ? part->why : strerror(-err));
	}
	if (held_read(j->root, b) == HELD_UNKNOWN || err < 0)
		return stuck(
			j, b,
			"its overrides are cleared, but a driver of the host does not finish its "
			"probe; dmesg may have the reason");
	return judge_release(j, b);
}

enum switch_result switch_release(struct switch_job *j)
{
	struct boot_card b, part, copy;
	const struct boot_card *old = in_report(j, &copy);
	enum switch_result r;
	enum held now;

	j->why[0] = '\0';
	begin(j, old, &b);
	now = held_read(j->root, &b);
	part = to_give(&b);
	if (part.card.n == 0 && now != HELD_UNKNOWN) {
		if (!old || old->state == CARD_RELEASED)
			return SWITCH_ALREADY;
		set_state(&b, CARD_RELEASED, BY_RELEASE);
		return save_last(j, &b, SWITCH_ALREADY);
	}
	r = refuse(j, now, old);
	return r == SWITCH_DONE ? release(j, &b, old, &part) : r;
}

/* --- take ------------------------------------------------------------------------------------- */

/* As if devices= named this card alone, and keep= none. NULL: it cannot be taken, j->why says why.
 */
static const struct plan_card *plan_take(struct switch_job *j, struct config *c, struct plan *p)
{
	const struct plan_card *card;
	char addr[PCI_ADDR_BUF];

	*c = *j->config;
	c->mode = MODE_FULL;
	c->n_keep = 0;
	c->keep_unclear = c->file_unread = false;
	(void)selector_parse(pci_addr_format_card(j->card->addr, addr), &c->devices[0]);
	c->n_devices = 1;
	plan_make(c, j->scan, GROUP_DRIVERS_BOUND, p);
	card = plan_find(p, j->card->addr);
	if (card && card->take)
		return card;
	(void)end(j, SWITCH_REFUSED, "it cannot be taken: %s",
		  card ? plan_why_text(card->why) : "more cards are there than can be listed");
	return NULL;
}

/* What would leave it without any driver. */
static enum switch_result refuse_driverless(struct switch_job *j, const struct modules *m,
					    const struct boot_card *b)
{
	char addr[PCI_ADDR_BUF];

	for (size_t i = 0; i < b->card.n; i++) {
		const struct pci_fn *f = &b->card.fn[i];

		pci_addr_format(f->addr, addr);
		if (pci_driver_is_vfio(b->wanted[i]) && f->iommu_group < 0)
			return end(j, SWITCH_REFUSED,
				   "%s has no IOMMU group, so %s would refuse it (" GROUP_IOMMU_CURE
				   ")",
				   addr, b->wanted[i]);
		if (!modules_have(j->root, m, b->wanted[i]))
			return end(j, SWITCH_REFUSED, "%s: this kernel has no driver %s", addr,
				   b->wanted[i]);
	}
	return SWITCH_DONE;
}

static enum switch_result take(struct switch_job *j, struct boot_card *b,
			       const struct boot_card *old)
{
	enum switch_result r = save_first(j, b);
	int err;

	if (r != SWITCH_DONE)
		return r;
	err = run(j->root, 1, b);
	if (b->state == CARD_HELD)
		return save_last(j, b, SWITCH_DONE);
	if (b->state == CARD_STUCK)
		return save_last(j, b, end(j, SWITCH_STUCK, "%s", b->why));
	save_back(j, old);
	return end(j, SWITCH_UNDONE, "%s", b->state == CARD_LEFT ? b->why : strerror(-err));
}

static enum switch_result take_planned(struct switch_job *j, const struct claim_facts *f,
				       const struct plan_card *card)
{
	struct boot_card b, copy;
	const struct boot_card *old = in_report(j, &copy);
	enum switch_result r;
	enum held now;

	claim_begin_card(j->root, f, card, &b);
	b.by_hand = true;
	now = held_read(j->root, &b);
	if (now == HELD_HANDED && old && old->state == CARD_BOUND)
		return SWITCH_ALREADY;
	r = refuse(j, now, old);
	if (r == SWITCH_DONE)
		r = refuse_driverless(j, f->modules, &b);
	return r == SWITCH_DONE ? take(j, &b, old) : r;
}

enum switch_result switch_take(struct switch_job *j)
{
	static struct config c; /* kilobytes, as the plan */
	static struct plan p;
	const struct plan_card *card = plan_take(j, &c, &p);
	struct modules modules;
	const struct claim_facts facts = {.config = &c,
					  .plan = &p,
					  .scan = j->scan,
					  .when = GROUP_DRIVERS_BOUND,
					  .modules = &modules};
	enum switch_result r;

	if (!card)
		return SWITCH_REFUSED;
	j->why[0] = '\0';
	modules_read(j->root, &modules);
	r = take_planned(j, &facts, card);
	modules_free(&modules);
	return r;
}
