// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/late.h"

#include "boot/bind.h"
#include "boot/claim.h"
#include "boot/messages.h"
#include "sys/config-files.h"
#include "sys/deadline.h"
#include "sys/file.h"
#include "sys/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The host as one event finds it, and what the configuration says of one card. */
struct late {
	const struct root *root;
	struct config config;
	struct complaints bad; /* logged by claim: not again for each function */
	struct pci_scan scan;
	struct plan plan;
	const struct plan_card *card; /* NULL: it is not to be taken */
	int lock;
};

static void late_free(struct late *l)
{
	if (!l)
		return;
	file_unlock(l->lock);
	free(l->scan.fn);
	free(l);
}

/* A person gave it to the host, and what is there is a card of that model still: until the next
 * boot it is the host's. */
static bool is_released_by_hand(const struct late *l, struct pci_addr a)
{
	const struct pci_fn *f = &l->scan.fn[l->card->first];
	const struct boot_card *b;
	struct report r;
	bool ret;

	if (report_load(l->root, &r) < 0)
		return false;
	b = report_find(&r, a);
	ret = b && b->by_hand && b->state == CARD_RELEASED &&
	      identity_same_model(&b->card.fn[0].ids, &f->ids);
	report_free(&r);
	return ret;
}

static void decide(struct late *l, struct pci_addr a)
{
	struct pciscan_trouble trouble;
	char addr[PCI_ADDR_BUF];

	pci_addr_format_card(a, addr);
	if (pciscan(l->root, PCISCAN_CARDS, &l->scan, &trouble) < 0)
		return;
	plan_make(&l->config, &l->scan, GROUP_DRIVERS_BOUND, &l->plan);
	l->card = plan_find(&l->plan, a);
	if (!l->card)
		return;
	if (!l->card->take && l->card->display != SIZE_MAX &&
	    l->scan.fn[l->card->display].addr.fn == a.fn)
		claim_log_left(l->root, l->card);
	if (l->card->take && l->config.mode == MODE_PLAN)
		log_info(l->root, "plan: %s: take: it came after the boot", addr);
	if (!l->card->take || l->config.mode == MODE_PLAN || is_released_by_hand(l, a))
		l->card = NULL;
}

/* The scan and the holds that follow it are one step: without the lock, a function that another
 * process has handed over meanwhile could be held again. NULL: no memory, or gpurom is off. */
static struct late *late_begin(const struct root *root, const char *cmdline, struct pci_addr a)
{
	struct late *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->root = root;
	l->lock = -1;
	config_files_load(root, cmdline, false, &l->config, &l->bad);
	if (l->config.mode == MODE_OFF) {
		late_free(l);
		return NULL;
	}
	if (l->config.mode != MODE_PLAN) {
		(void)dir_make(root->fd, ROOT_RUN, 0755);
		l->lock = file_lock(root->fd, LATE_HOLD_LOCK, LATE_HOLD_LOCK_MS);
	}
	decide(l, a);
	return l;
}

/* An override that is there is gpurom's own, or somebody's who asked for one; late_claim decides.
 */
static void keep_functions_without_override(struct boot_card *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->card.n; i++)
		if (!b->card.fn[i].override[0])
			b->card.fn[n++] = b->card.fn[i];
	b->card.n = n;
}

bool late_hold(const struct root *root, const char *cmdline, struct pci_addr a)
{
	const struct attr_ops k = attr_ops_real(root);
	struct late *l = late_begin(root, cmdline, a);
	struct bind_hold hold;
	struct boot_card b;
	bool take = l && l->card;

	if (take) {
		bind_begin(l->card, &l->scan, &b);
		keep_functions_without_override(&b);
		b.state = CARD_SELECTED;
		bind_hold(&k, &b, 1, deadline_now_us() + LATE_CARD_MS * 1000ull, true, &hold);
	}
	late_free(l);
	return take;
}

/* What the kernel shows of a card's functions. */
struct shown {
	size_t held;   /* have the hold */
	size_t asked;  /* have the override that a hand-over sets */
	size_t handed; /* and are on that driver */
};

static bool is_handed(const struct boot_card *b, size_t fn)
{
	const struct pci_fn *f = &b->card.fn[fn];

	return modalias_same_name(f->override, b->wanted[fn]) &&
	       modalias_same_name(f->driver, b->wanted[fn]);
}

static struct shown count_shown(const struct boot_card *b)
{
	struct shown n = {0};

	for (size_t i = 0; i < b->card.n; i++) {
		const char *override = b->card.fn[i].override;

		n.held += strcmp(override, PLAN_HOLD_DRIVER) == 0;
		n.asked += modalias_same_name(override, b->wanted[i]);
		n.handed += is_handed(b, i);
	}
	return n;
}

/* Does the kernel still show what the report has of it? Of a card that came back it does not: it
 * has the hold, or no override at all. */
static bool is_done(const struct boot_card *old, size_t functions, struct shown now)
{
	return old->card.n == functions && !now.held &&
	       (now.asked == functions || old->state == CARD_RELEASED || old->state == CARD_LEFT);
}

/* As claim does, but that functions which are handed over already stay bound: a VM may have them,
 * and the ROM was read before it got them. */
static void claim_card(const struct root *root, unsigned long long until_us, struct boot_card *b)
{
	const struct attr_ops k = attr_ops_real(root);
	struct bind_hold hold;

	bind_hold(&k, b, 1, until_us, true, &hold);
	for (size_t i = 0; i < b->card.n; i++)
		if (hold.r[i] == 0 && is_handed(b, i))
			hold.r[i] = 1;
	bind_claim(&k, &hold, until_us, true, b);
	log_card(root, b);
}

struct boot_card *late_add_card(struct report *r, struct pci_addr a)
{
	struct boot_card *b = report_find(r, a), *more;

	if (b || r->n == PLAN_CARDS_MAX)
		return b;
	more = realloc(r->card, (r->n + 1) * sizeof(*more));
	if (!more)
		return NULL;
	r->card = more;
	return &r->card[r->n++];
}

static void begin_card(const struct late *l, struct boot_card *b)
{
	struct modules modules;
	const struct claim_facts facts = {.config = &l->config,
					  .plan = &l->plan,
					  .scan = &l->scan,
					  .when = GROUP_DRIVERS_BOUND,
					  .modules = &modules};

	modules_read(l->root, &modules);
	claim_begin_card(l->root, &facts, l->card, b);
	modules_free(&modules);
}

static int give_back(void *arg)
{
	struct late *l = arg;
	const struct attr_ops k = attr_ops_real(l->root);
	struct boot_card b;

	bind_begin(l->card, &l->scan, &b);
	bind_release(&k, &b);
	return 0;
}

/* It stays with the host: the rule's holds go. In a child, as a probe can sleep. */
static void leave_card(struct late *l, const struct boot_card *b)
{
	(void)deadline_run(BIND_PROBE_MS, give_back, l);
	log_card(l->root, b);
}

static int claim_into(struct late *l, struct report *r)
{
	unsigned long long until = deadline_now_us() + LATE_CARD_MS * 1000ull;
	struct boot_card b, *old = report_find(r, l->card->addr), *at;
	struct shown now;
	int err;

	begin_card(l, &b);
	now = count_shown(&b);
	if (old && is_done(old, b.card.n, now))
		return 0;
	claim_log_card(l->root, &l->config, &b);
	if (old && now.handed)
		b.rom = old->rom;
	else if (claim_in_use(l->root, l->card, &l->scan, until, &b))
		leave_card(l, &b);
	at = late_add_card(r, l->card->addr);
	if (!at)
		return -ENOMEM;
	*at = b;
	/* Before the first unbind, as in claim. */
	err = claim_save(l->root, r);
	if (at->state != CARD_SELECTED)
		return err;
	claim_card(l->root, until, at);
	err = claim_save(l->root, r);
	return err ? err : 1;
}

int late_load_report(const struct root *root, const struct config *c, struct report *ret)
{
	int err = report_load(root, ret);

	if (err != -ENOENT)
		return err;
	*ret = (struct report){.claim_at_us = deadline_now_us()};
	claim_begin_report(root, c, ret);
	return 0;
}

static bool is_gone(const struct root *root, const struct pci_card *c)
{
	char addr[PCI_ADDR_BUF], path[sizeof(ROOT_PCI_DEVICES) + PCI_ADDR_BUF];

	for (size_t i = 0; i < c->n; i++) {
		snprintf(path, sizeof(path), ROOT_PCI_DEVICES "/%s",
			 pci_addr_format(c->fn[i].addr, addr));
		if (faccessat(root->fd, path, F_OK, 0) == 0 || errno != ENOENT)
			return false;
	}
	return faccessat(root->fd, ROOT_PCI_DEVICES, F_OK, 0) == 0;
}

int late_claim(const struct root *root, const char *cmdline, struct pci_addr a)
{
	struct late *l = late_begin(root, cmdline, a);
	char addr[PCI_ADDR_BUF];
	struct report r;
	int ret = 0;

	if (!l)
		return 0;
	ret = late_load_report(root, &l->config, &r);
	if (!ret) {
		const struct boot_card *b = report_find(&r, a);
		/* A worker that was given up, by the unit of another function, may be at it still:
		 * the card is that one's, or commit's when it has ended. */
		int lock = cardlock_take(root, a);

		if (lock != -EAGAIN)
			ret = l->card ? claim_into(l, &r) : b && is_gone(root, &b->card);
		if (lock >= 0)
			close(lock);
		report_free(&r);
	}
	if (ret < 0)
		log_warn(root, "%s: came after the boot: /" ROOT_REPORT ": %s",
			 pci_addr_format_card(a, addr), strerror(-ret));
	late_free(l);
	return ret;
}

size_t late_drop_gone(const struct root *root, struct report *r)
{
	size_t n = 0, all = r->n;

	for (size_t i = 0; i < all; i++)
		if (!is_gone(root, &r->card[i].card))
			r->card[n++] = r->card[i];
	r->n = n;
	return all - n;
}

int late_lock(const struct root *root)
{
	int lock = file_lock(root->fd, LATE_REPORT_LOCK, LATE_LOCK_MS);

	/* Without the folder this boot has no report. */
	if (lock < 0 && lock != -ENOENT)
		log_warn(root, "commit: /" LATE_REPORT_LOCK ": %s: goes on without this lock",
			 strerror(-lock));
	return lock;
}
