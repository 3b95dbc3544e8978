// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom metrics: what a fleet's monitoring asks of this host. Reads the report, the record and the
 * notes of the images, and touches no device. */
#include "cmd/cmd.h"

#include "boot/report.h"
#include "cmd/options.h"
#include "host/images.h"
#include "metrics/metrics.h"
#include "record/pin.h"
#include "sys/file.h"
#include "sys/version.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define METRICS_FILE "gpurom.prom" /* node_exporter reads *.prom */
#define METRICS_MODE 0644	   /* node_exporter is a user of its own */

static_assert(CARD_STUCK + 1 < METRICS_STATES_MAX, "room for every state, and the end");

/* As snippet's warning: nobody has pinned a ROM since the other one was read. */
static bool is_changed(const struct record_card *c)
{
	const char *shown = c ? record_shown(c) : "", *flash = c ? record_flash(c) : "";

	return *shown && *flash && strcmp(shown, flash) != 0 && !record_settled(c, flash);
}

static void fill_card(const struct host *h, const struct boot_card *b, char addr[PCI_ADDR_BUF],
		      struct metrics_card *ret)
{
	const struct pci_ids *ids = &pci_card_display(&b->card)->ids;
	const struct record_card *c = record_find(&h->rec, b->card.path);

	*ret = (struct metrics_card){
		.address = pci_addr_format_card(b->card.addr, addr),
		.path = b->card.path,
		.ids = *ids,
		.state = card_state_text(b->state),
		.identity = b->identity,
		.has_verdict = b->rom.tried && b->rom.raw_size,
		.verdict = b->rom.verdict,
		.read_us = b->rom.read_us,
		.handover_us = b->handover_us,
		.rom_changed = c && identity_same_model(&c->ids, ids) && is_changed(c),
	};
}

/* A commit that failed, or that could write to the volatile store only, says so instead. */
static bool is_committed(const struct report *r)
{
	const size_t n = strlen(r->store);

	return n && strncmp(r->stored, r->store, n) == 0 && r->stored[n] == ':';
}

/* card and addr: one for each card of the report. */
static void fill(const struct host *h, struct metrics_card *card, char (*addr)[PCI_ADDR_BUF],
		 struct metrics *ret)
{
	const struct report *r = h->report;

	*ret = (struct metrics){.version = program_version, .record = h->unknown ? NULL : &h->rec};
	for (unsigned s = CARD_LEFT; s <= CARD_STUCK; s++)
		ret->states[s] = card_state_text((enum card_state)s);
	if (!r)
		return;
	for (size_t i = 0; i < r->n; i++)
		fill_card(h, &r->card[i], addr[i], &card[i]);
	ret->report = true;
	ret->claim_us = r->claim_us;
	ret->settle_us = r->settle_us;
	ret->settled = r->settled;
	ret->committed = is_committed(r);
	ret->complaints = r->n_bad;
	ret->silent = r->n_silent;
	ret->card = card;
	ret->n = r->n;
}

/* Borrows from all. Where the kernels cannot be read there is none. */
static void fill_images(const struct images *all, struct metrics_image image[IMAGES_MAX],
			struct metrics *ret)
{
	for (size_t i = 0; i < all->n; i++)
		image[i] = (struct metrics_image){.kernel = all->image[i].release,
						  .state = image_state_word(all->image[i].state)};
	ret->image = image;
	ret->n_images = all->n;
}

/* Returns 0 or -errno. A write error stays in out. */
static int write_to(FILE *out, const struct host *h)
{
	static struct images all; /* 20 KiB */
	struct metrics_image image[IMAGES_MAX];
	const size_t n = h->report ? h->report->n : 0;
	struct metrics_card *card = calloc(n + 1, sizeof(*card));
	char(*addr)[PCI_ADDR_BUF] = calloc(n + 1, sizeof(*addr));
	struct metrics m;

	if (card && addr) {
		fill(h, card, addr, &m);
		if (images_load(h->root, &h->config, h->report, &all) == 0)
			fill_images(&all, image, &m);
		metrics_write(out, &m);
	}
	free(addr);
	free(card);
	return card && addr ? 0 : -ENOMEM;
}

/* Returns 0 or -errno. folder: below the root. */
static int publish_in(const struct host *h, const char *folder)
{
	char path[CONFIG_STORE_MAX + sizeof("/" METRICS_FILE)];
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);
	int err = out ? write_to(out, h) : -ENOMEM;

	if (out && ((ferror(out) | fclose(out)) != 0) && !err)
		err = -ENOMEM;
	snprintf(path, sizeof(path), "%s/" METRICS_FILE, folder);
	if (!err)
		err = file_publish(h->root->fd, path, text, n, METRICS_MODE);
	free(text);
	return err;
}

static int publish(const struct host *h)
{
	const char *folder = h->config.metrics;
	int err;

	if (!*folder) {
		/* Each boot calls this: silence where nobody asked for metrics. */
		if (isatty(STDERR_FILENO))
			fputs("gpurom: metrics: no folder is configured: set metrics=FOLDER in "
			      "/etc/gpurom.conf\n",
			      stderr);
		return EXIT_ATTENTION;
	}
	err = publish_in(h, folder + 1);
	if (err == -ENOENT)
		return cmd_fail(folder, "no such folder (metrics= of the configuration): make it, "
					"and have node_exporter read it by "
					"--collector.textfile.directory");
	return err ? cmd_fail(folder, strerror(-err)) : EXIT_DONE;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct host h; /* kilobytes */
	int r = cmd_load(env, HOST_RECORD | HOST_REPORT, &h);

	if (r == EXIT_DONE && o->given['p'])
		r = publish(&h);
	else if (r == EXIT_DONE && write_to(stdout, &h) < 0)
		r = cmd_fail("metrics", strerror(ENOMEM));
	host_free(&h);
	return r;
}

const struct cmd cmd_metrics = {"metrics", "[--publish]", "this host's cards as Prometheus text",
				.run = run, .options = {{"publish", NO_ARG, 'p'}}};
