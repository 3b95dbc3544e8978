// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/claim.h"

#include "boot/bind.h"
#include "boot/handover.h"
#include "boot/messages.h"
#include "boot/report.h"
#include "plan/doubts.h"
#include "sys/config-files.h"
#include "sys/deadline.h"
#include "sys/file.h"
#include "sys/holders.h"
#include "sys/log.h"
#include "sys/modules.h"
#include "sys/scan.h"
#include "sys/udevd.h"
#include "sys/version.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static void log_complaints(const struct root *root, const struct complaints *bad, struct report *r)
{
	r->bad = calloc(bad->n + 1, sizeof(*r->bad));
	for (size_t i = 0; i < bad->n; i++) {
		char text[CONFIG_BAD_MAX];

		log_warn(root, "%s", config_complaint(&bad->c[i], text));
		if (r->bad)
			snprintf(r->bad[r->n_bad++], sizeof(*r->bad), "%s", text);
	}
	if (bad->lost)
		log_warn(root, "%zu more words of the configuration cannot be used", bad->lost);
}

void claim_begin_report(const struct root *root, const struct config *c, struct report *r)
{
	struct utsname u;

	r->mode = c->mode;
	r->timeout = c->timeout;
	r->trim = c->trim;
	memcpy(r->sources, c->sources, sizeof(r->sources));
	r->n_sources = c->n_sources;
	/* An older gpurom in the real root writes this name as it is. */
	snprintf(r->driver, sizeof(r->driver), "%s",
		 strcmp(c->driver, CONFIG_DRIVER_AUTO) == 0 ? MODALIAS_GENERIC : c->driver);
	snprintf(r->store, sizeof(r->store), "%s", c->store);
	snprintf(r->program, sizeof(r->program), "%s", program_version);
	memcpy(r->config_digest, c->files_digest, sizeof(r->config_digest));
	if (uname(&u) == 0)
		snprintf(r->kernel, sizeof(r->kernel), "%.79s", u.release);
	r->late = udevd_runs(root);
}

/* What goes away with the host's driver may be in use by VMs. */
static bool has_virtual_functions(const struct pci_scan *s, struct boot_card *b)
{
	struct pci_vfs vfs = pci_card_vfs(s, &b->card);

	if (!vfs.n)
		return false;
	b->state = CARD_LEFT;
	snprintf(b->why, sizeof(b->why),
		 "it has %zu virtual functions, %zu in use, which would go: write 0 to its "
		 "sriov_numvfs first, or claim --force",
		 vfs.n, vfs.in_use);
	return true;
}

bool claim_in_use(const struct root *root, const struct plan_card *card, const struct pci_scan *s,
		  unsigned long long until_us, struct boot_card *b)
{
	struct holder h;
	char addr[PCI_ADDR_BUF];

	if (has_virtual_functions(s, b))
		return true;
	for (size_t i = card->first; i < card->first + card->n; i++) {
		const struct pci_fn *f = &s->fn[i];

		if (!f->driver[0])
			continue;
		if (deadline_left_ms(until_us) == 0) {
			b->state = CARD_LEFT;
			snprintf(b->why, sizeof(b->why),
				 "no time was left to check whether it is in use");
			return true;
		}
		if (!holders_find(root, f, &h))
			continue;
		b->state = CARD_LEFT;
		snprintf(b->why, sizeof(b->why),
			 "%s: %s (pid %d) has %s open: stop it first, or claim --force",
			 pci_addr_format(f->addr, addr), h.comm, h.pid, h.node);
		return true;
	}
	return false;
}

/* For a claim that is run again by hand: a card that this boot has handed over already, and whose
 * functions have the same drivers still, stays as it is. */
static const struct boot_card *find_handed_over(const struct report *before,
						const struct pci_scan *s,
						const struct plan_card *card)
{
	for (size_t i = 0; i < before->n; i++) {
		const struct boot_card *b = &before->card[i];
		bool same = b->state == CARD_BOUND && b->card.n == card->n &&
			    pci_addr_same_card(b->card.addr, card->addr);

		for (size_t f = 0; f < card->n && same; f++)
			same = strcmp(s->fn[card->first + f].driver, b->card.fn[f].driver) == 0;
		if (same)
			return b;
	}
	return NULL;
}

void claim_log_left(const struct root *root, const struct plan_card *card)
{
	char addr[PCI_ADDR_BUF];

	if (card->why != PLAN_NOT_SELECTED)
		log_info(root, "%s: left alone: %s%s%s", pci_addr_format_card(card->addr, addr),
			 plan_why_text(card->why), card->selector ? ": " : "",
			 card->selector ? card->selector : "");
	for (unsigned bit = 1; bit && bit <= card->warnings; bit <<= 1)
		if (card->warnings & bit)
			log_warn(root, "%s: %s", pci_addr_format_card(card->addr, addr),
				 plan_warning_text((enum plan_warning)bit));
}

static size_t count_selected(const struct plan *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n; i++)
		n += p->card[i].take;
	return n;
}

static int make_folders(const struct root *root)
{
	int r = dir_make(root->fd, ROOT_STAGED, 0755);

	return r < 0 ? r : dir_make(root->fd, ROOT_CARDS, 0755);
}

struct handover_job {
	const struct root *root;
	struct boot_card *b;
};

static int hand_over_unread(void *arg)
{
	const struct handover_job *h = arg;

	hand_over(h->root, h->b);
	log_card(h->root, h->b);
	return 0;
}

static unsigned cap_ms(unsigned ms, unsigned long long until_us)
{
	unsigned left = deadline_left_ms(until_us);

	return left < BIND_UNDO_MS ? BIND_UNDO_MS : left < ms ? left : ms;
}

/* Without a report no other step would find the cards: they are handed over now, unread. */
static void hand_over_now(const struct root *root, const struct report *r,
			  unsigned long long until_us)
{
	for (size_t i = 0; i < r->n; i++) {
		struct handover_job h = {root, &r->card[i]};

		if (r->card[i].state == CARD_HELD)
			(void)deadline_run(cap_ms(BIND_PROBE_MS, until_us), hand_over_unread, &h);
	}
}

int claim_save(const struct root *root, const struct report *r)
{
	int err = make_folders(root);

	for (size_t i = 0; i < r->n && err == 0; i++)
		if (report_has_card_file(root, r->card[i].card.addr))
			err = report_save_card(root, &r->card[i]);
	return err ? err : report_save(root, r);
}

struct claim_job {
	const struct root *root;
	struct claim_facts facts;
	const struct report *before;
	bool force;
	unsigned long long until_us;
	struct report *report;
};

/* Harmless members, which group_members names last, are not kept. */
static void set_group(const struct claim_facts *f, struct boot_card *b)
{
	size_t n = plan_group(f->plan, f->config, f->scan, &b->card, f->when, b->group,
			      BOOT_GROUP_MAX);

	n = n < BOOT_GROUP_MAX ? n : BOOT_GROUP_MAX;
	while (b->n_group < n && b->group[b->n_group].role != GROUP_HARMLESS)
		b->n_group++;
}

void claim_begin_card(const struct root *root, const struct claim_facts *f,
		      const struct plan_card *card, struct boot_card *b)
{
	bind_begin(card, f->scan, b);
	b->state = CARD_SELECTED;
	set_group(f, b);
	for (size_t i = 0; i < b->card.n; i++)
		modules_driver(root, f->modules, f->config->driver, &b->card.fn[i], b->wanted[i]);
}

/* A driver that is not vfio-pci is worth a line: it is a decision for this function alone. */
void claim_log_card(const struct root *root, const struct config *c, const struct boot_card *b)
{
	char addr[PCI_ADDR_BUF];

	log_warnings(root, b);
	for (size_t i = 0; i < b->card.n && c->mode != MODE_DUMP; i++)
		if (strcmp(b->wanted[i], MODALIAS_GENERIC) != 0)
			log_info(root, "%s: is for the driver %s",
				 pci_addr_format(b->card.fn[i].addr, addr), b->wanted[i]);
}

static void begin_cards(struct claim_job *job)
{
	for (size_t i = 0; i < job->facts.plan->n; i++) {
		const struct plan_card *card = &job->facts.plan->card[i];
		const struct boot_card *done = find_handed_over(job->before, job->facts.scan, card);
		struct boot_card *b = &job->report->card[job->report->n];

		if (!card->take) {
			claim_log_left(job->root, card);
			continue;
		}
		job->report->n++;
		if (done && !job->force) {
			*b = *done;
			continue;
		}
		claim_begin_card(job->root, &job->facts, card, b);
		claim_log_card(job->root, job->facts.config, b);
		if (!job->force && claim_in_use(job->root, card, job->facts.scan, job->until_us, b))
			log_card(job->root, b);
	}
}

static void claim_cards(struct claim_job *job)
{
	const struct attr_ops k = attr_ops_real(job->root);
	struct bind_hold *hold = calloc(job->report->n + 1, sizeof(*hold));

	if (!hold) {
		log_warn(job->root, "no memory: no card is taken");
		return;
	}
	bind_hold(&k, job->report->card, job->report->n, job->until_us, true, hold);
	for (size_t i = 0; i < job->report->n; i++) {
		struct boot_card *b = &job->report->card[i];

		if (b->state != CARD_SELECTED)
			continue;
		bind_claim(&k, &hold[i], job->until_us, true, b);
		log_card(job->root, b);
	}
	free(hold);
}

/* The report is written before the first hold as well: if claim is ended half way, the next step
 * finds all cards in it, and reads from their overrides which are held (boot/held.h). It has all
 * cards: a file a card, which the boot would wait for, comes with the first worker. */
static int carry_out(struct claim_job *job)
{
	struct report *r = job->report;
	int err;

	r->card = calloc(count_selected(job->facts.plan) + 1, sizeof(*r->card));
	if (!r->card)
		return -ENOMEM;
	job->until_us = deadline_now_us() + CLAIM_CARDS_MS * 1000ull;
	begin_cards(job);
	(void)claim_save(job->root, r);
	claim_cards(job);
	r->claim_us = (unsigned)(deadline_now_us() - r->claim_at_us);
	err = claim_save(job->root, r);
	if (err == 0)
		return (int)r->n;
	log_warn(job->root, "/" ROOT_REPORT ": cannot be written: %s; ROMs stay unread",
		 strerror(-err));
	hand_over_now(job->root, r, job->until_us);
	return err;
}

static void log_plan(const struct root *root, const struct plan *p)
{
	char addr[PCI_ADDR_BUF];

	for (size_t i = 0; i < p->n; i++)
		log_info(root, "plan: %s: %s: %s", pci_addr_format_card(p->card[i].addr, addr),
			 p->card[i].take ? "take" : "leave", plan_why_text(p->card[i].why));
}

static void log_none_selected(const struct root *root, const struct plan *p,
			      const struct pci_scan *s)
{
	for (size_t i = 0; i < p->n; i++)
		claim_log_left(root, &p->card[i]);
	log_info(root, "no card is selected (%zu PCI functions seen)", s->n);
}

static void log_doubts(const struct root *root, const struct config *c, const struct pci_scan *s,
		       const struct plan *p)
{
	struct plan_doubt doubt[PLAN_DOUBTS_MAX];
	char text[PLAN_DOUBT_TEXT_MAX];
	size_t n = plan_doubts(c, s, doubt);

	for (size_t i = 0; i < n; i++)
		log_warn(root, "%s", plan_doubt_text(&doubt[i], text));
	if (p->lost)
		log_warn(root, "%zu more cards than can be listed are left alone", p->lost);
}

static int plan_and_claim(const struct root *root, const struct config *c, const struct pci_scan *s,
			  bool force, struct report *r)
{
	struct plan *p = malloc(sizeof(*p));
	struct report before = {.n = 0};
	struct modules modules;
	struct claim_job job = {
		.root = root,
		.facts = {.config = c,
			  .plan = p,
			  .scan = s,
			  .when = r->late ? GROUP_DRIVERS_BOUND : GROUP_BEFORE_DRIVERS,
			  .modules = &modules},
		.before = &before,
		.force = force,
		.report = r};
	int n = 0;

	if (!p)
		return -ENOMEM;
	plan_make(c, s, job.facts.when, p);
	log_doubts(root, c, s, p);
	if (p->mode == MODE_PLAN) {
		log_plan(root, p);
	} else if (count_selected(p) == 0) {
		log_none_selected(root, p, s);
	} else {
		if (report_load(root, &before) < 0)
			before = (struct report){.n = 0};
		modules_read(root, &modules);
		n = carry_out(&job);
		modules_free(&modules);
		report_free(&before);
	}
	free(p);
	return n;
}

static void log_silent(const struct root *root, const struct pciscan_trouble *t, struct report *r)
{
	for (size_t i = 0; i < t->n_silent && i < PCISCAN_SILENT_MAX; i++) {
		char addr[PCI_ADDR_BUF];

		log_warn(root, "%s does not answer", pci_addr_format(t->silent[i], addr));
		r->silent[r->n_silent++] = t->silent[i];
	}
	if (t->n_silent > PCISCAN_SILENT_MAX)
		log_warn(root, "%zu more PCI functions do not answer",
			 t->n_silent - PCISCAN_SILENT_MAX);
	if (t->skipped)
		log_warn(root, "%zu PCI functions cannot be read and are left alone: %s",
			 t->skipped, t->first);
}

static int scan_and_claim(const struct root *root, const struct config *c, bool force,
			  struct report *r)
{
	struct pciscan_trouble trouble;
	struct pci_scan s;
	int n = pciscan(root, PCISCAN_CARDS, &s, &trouble);

	if (n < 0) {
		log_warn(root, "the PCI buses cannot be read, no card is taken: %s", strerror(-n));
		return 0;
	}
	log_silent(root, &trouble, r);
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

	/* By the folder, even an empty one, gpurom-early.service sees that the initramfs ran claim.
	 */
	(void)dir_make(root->fd, ROOT_RUN, 0755);
	if (!bad || !c) {
		log_warn(root, "no memory: no card is taken");
	} else {
		config_files_load(root, o->cmdline, o->initramfs, c, bad);
		if (c->mode != MODE_OFF) {
			claim_begin_report(root, c, &r);
			log_complaints(root, bad, &r);
			n = scan_and_claim(root, c, o->force, &r);
		}
	}
	free(bad);
	free(c);
	report_free(&r);
	return n;
}
