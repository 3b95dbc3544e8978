#include "claim.h"

#include "apply.h"
#include "conf.h"
#include "deadline.h"
#include "fileio.h"
#include "holders.h"
#include "log.h"
#include "pciscan.h"
#include "report.h"
#include "tell.h"
#include "udevd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static void complain(const struct root *root, const struct complaints *bad, struct report *r)
{
	r->bad = calloc(bad->n + 1, sizeof(*r->bad));
	for (size_t i = 0; i < bad->n; i++) {
		char text[CONF_BAD_MAX];

		log_warn(root, "%s", conf_complaint(&bad->c[i], text));
		if (r->bad)
			snprintf(r->bad[r->n_bad++], sizeof(*r->bad), "%s", text);
	}
	if (bad->lost)
		log_warn(root, "%zu more words of the configuration cannot be used", bad->lost);
}

static void begin_report(const struct root *root, const struct config *c, struct report *r)
{
	struct utsname u;

	r->mode = c->mode;
	r->timeout = c->timeout;
	r->trim = c->trim;
	memcpy(r->sources, c->sources, sizeof(r->sources));
	r->n_sources = c->n_sources;
	snprintf(r->driver, sizeof(r->driver), "%s", c->driver);
	snprintf(r->store, sizeof(r->store), "%s", c->store);
	if (uname(&u) == 0)
		snprintf(r->kernel, sizeof(r->kernel), "%.79s", u.release);
	r->late = udevd_runs(root);
}

/* The first function whose device nodes somebody has open stops the whole card. */
static bool in_use(const struct root *root, const struct plan_card *card, const struct pci_scan *s,
		   struct boot_card *b)
{
	struct holder h;
	char addr[PCI_ADDR_BUF];

	for (size_t i = card->first; i < card->first + card->n; i++) {
		const struct pci_fn *f = &s->fn[i];

		if (!f->driver[0] || !holders_find(root, f, &h))
			continue;
		b->state = CARD_LEFT;
		snprintf(b->why, sizeof(b->why),
			 "%s: %s (pid %d) has %s open: stop it first, or claim --force",
			 pci_addr_format(f->addr, addr), h.comm, h.pid, h.node);
		return true;
	}
	return false;
}

/* Run again by hand: what this boot has handed over already stays as it is. */
static const struct boot_card *done_before(const struct report *before, const struct pci_scan *s,
					   const struct plan_card *card)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct boot_card *b = &before->card[i];

		if (b->state == CARD_BOUND && pci_addr_same_card(b->addr, card->addr) &&
		    strcmp(s->fn[card->first].driver, b->fn[0].driver) == 0)
			return b;
	}
	return NULL;
}

static void claim_card(const struct root *root, const struct plan *p, const struct pci_scan *s,
		       const struct plan_card *card, bool force, struct boot_card *b)
{
	const struct attr_ops k = attr_ops_real(root);
	struct plan_step step[PLAN_STEPS_MAX];
	size_t n = plan_steps(p, s, card, step);

	apply_begin(card, s, b);
	tell_warnings(root, b);
	if (force || !in_use(root, card, s, b))
		apply_claim(&k, step, n, s, true, b);
	tell_card(root, b);
}

/* Cards left for a reason a person should know are told; the many that nobody named are not. */
static void tell_left(const struct root *root, const struct plan_card *card)
{
	char addr[PCI_ADDR_BUF];

	if (card->why != PLAN_NOT_SELECTED)
		log_info(root, "%s: left alone: %s%s%s", pci_addr_format_card(card->addr, addr),
			 plan_why_text(card->why), card->selector ? ": " : "",
			 card->selector ? card->selector : "");
	if (card->warnings & PLAN_WARN_VFIO_IDS)
		log_warn(root, "%s: %s", pci_addr_format_card(card->addr, addr),
			 plan_warning_text(PLAN_WARN_VFIO_IDS));
}

static size_t selected(const struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->card[i].take;
	return n;
}

/* Folders of the run: without them a worker could not say what it did. */
static int make_folders(const struct root *root)
{
	int r = dir_make(root->fd, ROOT_STAGED, 0755);

	return r < 0 ? r : dir_make(root->fd, ROOT_CARDS, 0755);
}

struct hand_over {
	const struct root *root;
	const char *driver;
	struct boot_card *b;
};

static int hand_over(void *arg)
{
	const struct hand_over *h = arg;
	const struct attr_ops k = attr_ops_real(h->root);

	apply_handover(&k, h->driver, h->b);
	tell_card(h->root, h->b);
	return 0;
}

/* Without a report no other step knows of the cards: they are handed over now, unread. */
static void hand_over_now(const struct root *root, const struct report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct hand_over h = {root, r->driver, &r->card[i]};

		if (r->card[i].state == CARD_HELD)
			(void)deadline_run(APPLY_PROBE_MS, hand_over, &h);
	}
}

static int keep_report(const struct root *root, const struct report *r)
{
	int err = make_folders(root);

	for (size_t i = 0; i < r->n && err == 0; i++)
		err = report_save_card(root, &r->card[i]);
	if (err == 0)
		err = report_save(root, r);
	if (err == 0)
		return 0;
	log_warn(root, "/" ROOT_REPORT ": cannot be written: %s; ROMs stay unread", strerror(-err));
	hand_over_now(root, r);
	return err;
}

static int carry_out(const struct root *root, const struct plan *p, const struct pci_scan *s,
		     const struct report *before, bool force, struct report *r)
{
	int err;

	r->card = calloc(selected(p) + 1, sizeof(*r->card));
	if (!r->card)
		return -ENOMEM;
	for (size_t i = 0; i < p->n; i++) {
		const struct boot_card *done = done_before(before, s, &p->card[i]);

		if (!p->card[i].take)
			tell_left(root, &p->card[i]);
		else if (done && !force)
			r->card[r->n++] = *done;
		else
			claim_card(root, p, s, &p->card[i], force, &r->card[r->n++]);
	}
	r->claim_us = (unsigned)(deadline_now_us() - r->claim_at_us);
	err = keep_report(root, r);
	return err < 0 ? err : (int)r->n;
}

static void tell_plan(const struct root *root, const struct plan *p)
{
	char addr[PCI_ADDR_BUF];

	for (size_t i = 0; i < p->n; i++)
		log_info(root, "plan: %s: %s: %s", pci_addr_format_card(p->card[i].addr, addr),
			 p->card[i].take ? "take" : "leave", plan_why_text(p->card[i].why));
}

static void tell_none(const struct root *root, const struct plan *p, const struct pci_scan *s)
{
	for (size_t i = 0; i < p->n; i++)
		tell_left(root, &p->card[i]);
	log_info(root, "no card is selected (%zu PCI functions seen)", s->n);
}

/* Words that are well written and yet mean nothing here: a typo, or a card that is gone. */
static void tell_doubts(const struct root *root, const struct config *c, const struct pci_scan *s,
			const struct plan *p)
{
	const char *text[PLAN_UNMATCHED_MAX];
	size_t n = plan_unmatched(c, s, text);

	for (size_t i = 0; i < n; i++)
		log_warn(root, "'%s' matches nothing on this host", text[i]);
	if (p->lost)
		log_warn(root, "%zu more cards than can be listed are left alone", p->lost);
}

static int plan_and_claim(const struct root *root, const struct config *c, const struct pci_scan *s,
			  bool force, struct report *r)
{
	struct plan *p = malloc(sizeof(*p));
	struct report before = {.n = 0};
	int n = 0;

	if (!p)
		return -ENOMEM;
	plan_make(c, s, p);
	tell_doubts(root, c, s, p);
	if (p->mode == MODE_PLAN) {
		tell_plan(root, p);
	} else if (selected(p) == 0) {
		tell_none(root, p, s);
	} else {
		if (report_load(root, &before) < 0)
			before = (struct report){.n = 0};
		n = carry_out(root, p, s, &before, force, r);
		report_free(&before);
	}
	free(p);
	return n;
}

static int scan_and_claim(const struct root *root, const struct config *c, bool force,
			  struct report *r)
{
	struct pciscan_trouble trouble;
	struct pci_scan s;
	int n = pciscan(root, &s, &trouble);

	if (n < 0) {
		log_warn(root, "the PCI buses cannot be read, no card is taken: %s",
			 trouble.first[0] ? trouble.first : strerror(-n));
		return 0;
	}
	if (trouble.skipped)
		log_warn(root, "%zu PCI functions cannot be read and are left alone: %s",
			 trouble.skipped, trouble.first);
	n = plan_and_claim(root, c, &s, force, r);
	free(s.fn);
	return n;
}

int claim(const struct root *root, const struct claim_options *o)
{
	struct report r = {.claim_at_us = deadline_now_us()};
	struct complaints *bad = malloc(sizeof(*bad));
	struct config *c = malloc(sizeof(*c));
	int n = 0;

	/* The folder, also empty, tells gpurom-early.service that the initramfs had its say. */
	(void)dir_make(root->fd, ROOT_RUN, 0755);
	if (!bad || !c) {
		log_warn(root, "no memory: no card is taken");
	} else {
		conf_load(root, o->cmdline, o->initramfs, c, bad);
		if (c->mode != MODE_OFF) {
			begin_report(root, c, &r);
			complain(root, bad, &r);
			n = scan_and_claim(root, c, o->force, &r);
		}
	}
	free(bad);
	free(c);
	report_free(&r);
	return n;
}
