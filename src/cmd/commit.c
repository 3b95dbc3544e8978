// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom commit: the last step of a boot, as a command; its exit status is always 0. */
#include "cmd/cmd.h"

#include "boot/commit.h"
#include "boot/late.h"
#include "boot/resume.h"
#include "boot/retry.h"
#include "boot/settle.h"
#include "host/images.h"
#include "store/proxmox-link.h"
#include "store/record-file.h"
#include "sys/file.h"
#include "sys/journal.h"
#include "sys/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the rejected reading of a card without ROM is. */
static void add_raw(const struct rom_choice *c, char text[BOOT_STORED_MAX])
{
	size_t n = strlen(text);

	if (c->raw[0])
		n += (size_t)snprintf(text + n, BOOT_STORED_MAX - n,
				      "; what was read is kept as raw/%.12s...bin", c->raw);
	if (c->raw_gone[0])
		snprintf(text + n, BOOT_STORED_MAX - n,
			 ", and the oldest of its readings there, %.12s..., was removed: the "
			 "newest %d of a card stay",
			 c->raw_gone, RECORD_RAWS_MAX);
}

#define NO_EVENT EVENT_KINDS /* a line of the log, and nothing to filter by */

/* Sets text to a sentence, or "". Returns which event it is, or NO_EVENT. */
static enum event_kind outcome_text(const char *store, const struct rom_choice *c,
				    char text[BOOT_STORED_MAX])
{
	const char *shown = rom_version_text(c->shown.version),
		   *beside = rom_version_text(c->beside.version);
	const size_t n = BOOT_STORED_MAX;

	text[0] = '\0';
	switch (c->outcome) {
	case ROM_SKIPPED:
		return NO_EVENT;
	case ROM_NEW:
		snprintf(text, n, "ROM %s stored: %s/by-path/%s.rom", shown, store,
			 c->card->card.path);
		return EVENT_ROM_STORED;
	case ROM_SAME:
		snprintf(text, n, "ROM %s is the stored one", shown);
		return NO_EVENT;
	case ROM_CHANGED:
		if (c->settled) {
			snprintf(text, n,
				 "ROM %s is the pinned one; the card has %s, as when it was pinned",
				 shown, beside);
			return NO_EVENT;
		}
		if (c->identity == IDENTITY_AMBIGUOUS) {
			snprintf(text, n,
				 "the ROM it has, %s (%.12s), is kept beside; the links stay with "
				 "%s",
				 beside, c->beside.sha256, shown);
			return NO_EVENT;
		}
		snprintf(text, n,
			 "ROM changed since %s: was %s, is %s now (%.12s, kept beside); the links "
			 "stay: 'gpurom pin %s' makes them show it",
			 c->shown.first_seen[0] ? c->shown.first_seen : "the first boot", shown,
			 beside, c->beside.sha256, c->card->card.path);
		return EVENT_ROM_CHANGED;
	case ROM_WORSE:
		snprintf(text, n, "a worse ROM was read than is stored: the stored one, %s, stays",
			 shown);
		return EVENT_ROM_REFUSED;
	case ROM_REPLACED:
		snprintf(text, n, "ROM %s is shown in the place of %s", shown, beside);
		return EVENT_ROM_STORED;
	case ROM_KEPT:
		snprintf(text, n, "the stored ROM, %s, stays", shown);
		return NO_EVENT;
	case ROM_NONE:
		snprintf(text, n, "no ROM to store; a VM may need none");
		add_raw(c, text);
		return NO_EVENT;
	}
	return NO_EVENT;
}

static struct event event_of(enum event_kind kind, const char *addr, const struct rom_choice *c)
{
	return (struct event){.kind = kind, .card = addr, .path = c->card->card.path, .id = c->id};
}

static void log_outcome(const struct root *root, const char *addr, const char *store,
			const struct rom_choice *c)
{
	char text[BOOT_STORED_MAX];
	const struct event e = event_of(outcome_text(store, c, text), addr, c);

	if (e.kind != NO_EVENT)
		event_log(root, &e, "%s: %s", addr, text);
	else if (text[0])
		log_info(root, "%s: %s", addr, text);
}

static enum event_kind identity_event(enum identity i)
{
	switch (i) {
	case IDENTITY_RENUMBERED:
	case IDENTITY_MOVED:
		return EVENT_CARD_MOVED;
	case IDENTITY_REPLACED:
		return EVENT_CARD_REPLACED;
	case IDENTITY_MISSING:
		return EVENT_CARD_MISSING;
	case IDENTITY_AMBIGUOUS:
		return EVENT_CARD_AMBIGUOUS;
	case IDENTITY_UNKNOWN:
	case IDENTITY_SAME:
	case IDENTITY_NEW:
		break;
	}
	return NO_EVENT;
}

/* A card that is where it was is not logged. */
static void log_identity(const struct root *root, const char *addr, const struct rom_choice *c)
{
	const char *word = identity_word(c->identity), *text = c->identity_text;
	const struct event e = event_of(identity_event(c->identity), addr, c);

	if (e.kind != NO_EVENT)
		event_log(root, &e, "%s: %s%s%s", addr, word, *text ? ": " : "", text);
	else if (c->identity == IDENTITY_NEW)
		log_info(root, "%s: %s%s%s", addr, word, *text ? ": " : "", text);
}

static void log_missing(const struct root *root, const struct report_missing *m)
{
	char addr[PCI_ADDR_BUF];
	const struct event e = {.kind = EVENT_CARD_MISSING,
				.card = pci_addr_format_card(m->addr, addr),
				.path = m->path};

	event_log(root, &e, "%s: missing: %04x:%04x was there until %s, at %s", m->path,
		  m->ids.vendor, m->ids.device, m->last_seen, addr);
}

static void log_card(const struct root *root, const char *store, const struct rom_choice *c)
{
	char addr[PCI_ADDR_BUF];

	pci_addr_format_card(c->card->card.addr, addr);
	log_identity(root, addr, c);
	if (c->trouble[0])
		log_warn(root, "%s: %s", addr, c->trouble);
	log_outcome(root, addr, store, c);
}

static const char *why_text(int err)
{
	return err == -ENOTSUP ? RECORD_FILE " was written by a newer gpurom" : strerror(-err);
}

static const struct event store_failed = {.kind = EVENT_STORE_FAILED};

static void log_result(const struct root *root, const struct report *r,
		       const struct commit_result *c)
{
	if (c->is_volatile)
		event_log(root, &store_failed, "%s: %s; what is new is in %s, until the next boot",
			  r->store, why_text(c->why), c->store);
	if (c->set_aside[0])
		event_log(root, &store_failed,
			  "%s/" RECORD_FILE ": corrupt; put aside as %s and begun anew", c->store,
			  c->set_aside);
	for (size_t i = 0; i < c->n; i++)
		log_card(root, c->store, &c->card[i]);
	for (size_t i = 0; i < c->n_dropped && i < COMMIT_DROPPED_MAX; i++)
		log_warn(
			root,
			"%s/by-path/%s.rom: removed: no recorded card that was in this place has the "
			"ROM that it showed",
			c->store, c->dropped[i]);
	if (c->n_dropped > COMMIT_DROPPED_MAX)
		log_warn(root, "%s/by-path: %zu more links like that were removed", c->store,
			 c->n_dropped - COMMIT_DROPPED_MAX);
	for (size_t i = 0; i < c->n_missing; i++)
		log_missing(root, &c->missing[i]);
}

/* The identity of the cards and the outcome of their ROMs. */
static void fill_report(const struct commit_result *c, struct report *r)
{
	for (size_t i = 0; i < c->n; i++) {
		(void)outcome_text(c->store, &c->card[i], r->card[i].stored);
		r->card[i].identity = c->card[i].identity;
		memcpy(r->card[i].identity_text, c->card[i].identity_text,
		       sizeof(r->card[i].identity_text));
	}
	free(r->missing);
	r->missing = calloc(c->n_missing + 1, sizeof(*r->missing));
	r->n_missing = r->missing ? c->n_missing : 0;
	if (r->missing)
		memcpy(r->missing, c->missing, c->n_missing * sizeof(*r->missing));
}

/* Only Proxmox VE needs the link: an error here harms nothing else. */
static void publish_link(const struct root *root, const char *store)
{
	int err = proxmox_link_publish(root, store);

	if (err == -EEXIST)
		log_warn(root,
			 "/" KVMLINK " is not gpurom's: Proxmox's romfile=gpurom/... does not "
			 "lead to %s; move it away, then 'gpurom commit'",
			 store);
	else if (err < 0)
		log_warn(root, "/" KVMLINK ": %s; Proxmox's romfile=gpurom/... needs this link",
			 strerror(-err));
}

static void commit(const struct root *root, struct report *r)
{
	static struct commit_result c; /* tens of kilobytes */
	int err = commit_report(root, r, &c);

	if (err < 0) {
		event_log(root, &store_failed,
			  "commit: %s: %s; what was read stays in /" ROOT_STAGED, r->store,
			  err == -EBUSY ? "another gpurom keeps it locked" : strerror(-err));
		snprintf(r->stored, sizeof(r->stored), "failed: %s", strerror(-err));
	} else {
		log_result(root, r, &c);
		fill_report(&c, r);
		if (!c.is_volatile)
			publish_link(root, c.store);
		snprintf(r->stored, sizeof(r->stored), "%s: %zu new, %zu kept, %zu without ROM",
			 c.store, c.published, c.kept, c.none);
	}
	err = report_save(root, r);
	if (err < 0)
		log_warn(root, "commit: /" ROOT_REPORT ": %s", strerror(-err));
}

static bool has_taken(const struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->card[i].state != CARD_LEFT &&
		    (r->card[i].by_hand || (r->mode != MODE_OFF && r->mode != MODE_PLAN)))
			return true;
	return false;
}

static void commit_boot(const struct root *root)
{
	struct report r;
	size_t gone;
	int err = report_load(root, &r);

	if (err == -ENOENT) {
		log_info(root, "commit: there is no report of this boot: gpurom took no card, or "
			       "could not write it (dmesg has the reason); nothing to store");
		return;
	}
	if (err < 0) {
		log_warn(root, "commit: /" ROOT_REPORT ": %s", strerror(-err));
		return;
	}
	gone = late_drop_gone(root, &r);
	if (gone || has_taken(&r))
		commit(root, &r);
	else
		log_info(root, "commit: mode %s, no card taken: nothing to store",
			 config_mode_text(r.mode));
	report_free(&r);
}

void commit_run(const struct root *root)
{
	resume_selected(root);
	commit_boot(root);
	/* After the first commit: reading these cards may take long, and what is staged must not
	 * wait. */
	if (retry(root) > 0) {
		(void)settle_capture(root);
		commit_boot(root);
	}
}

/* What is known before the boot, `gpurom list` says; here it has shown. */
static void log_image(const struct host *h)
{
	struct images *all = calloc(1, sizeof(*all));
	char text[IMAGE_TEXT_MAX];

	if (all)
		(void)images_load(h->root, &h->config, h->report, all);
	for (size_t i = 0; all && i < all->n; i++) {
		const struct event e = {.kind = EVENT_IMAGE_STALE, .kernel = all->image[i].release};

		if (all->image[i].booted_stale && image_text(all, &all->image[i], text))
			event_log(h->root, &e, "%s", text);
	}
	free(all);
}

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct host h; /* kilobytes */
	int lock = late_lock(&env->root);

	(void)o;
	commit_run(&env->root);
	(void)host_load(&env->root, env->cmdline, HOST_REPORT, &h);
	if (h.report) {
		card_events(&env->root, h.report, NULL);
		log_image(&h);
	}
	host_free(&h);
	file_unlock(lock);
	return EXIT_DONE;
}

const struct cmd cmd_commit = {"commit", "", "store what this boot read", .run = run,
			       .never_fails = true};
