// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom remap: a person says which recorded card a present card is. */
#include "cmd/cmd.h"

#include "cmd/options.h"
#include "cmd/store-edit.h"
#include "pci/path.h"
#include "record/remap.h"
#include "record/resolve.h"
#include "store/links.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHY_MAX 700

struct remap_job {
	const char *old, *new; /* as given */
	struct host host;
	struct store_edit edit;
	struct resolved now;	 /* the card called new */
	char from[PCI_PATH_MAX]; /* the recorded path of old */
	bool taken;		 /* a card of any model is there now */
	struct record_remap m;
	enum record_remapped how;
};

/* Of a function that the scan has. */
static size_t index_of(const struct pci_scan *s, struct pci_addr a)
{
	size_t i = 0;

	while (pci_addr_cmp(s->fn[i].addr, a) != 0)
		i++;
	return i;
}

static struct pci_addr card_addr(const struct pci_card *c)
{
	const struct pci_addr a = pci_card_display(c)->addr;

	return (struct pci_addr){a.domain, a.bus, a.dev, 0};
}

static int find_new(struct remap_job *j)
{
	int err = resolve(&j->host.scan, &j->edit.record, j->new, &j->now);

	if (err)
		return cmd_fail(j->new, j->now.text);
	/* No warning that its identity is uncertain: remap settles that. */
	if (j->now.text[0] && !(j->now.recorded && j->now.recorded->maybe[0][0]))
		fprintf(stderr, "gpurom: %s: warning: %s\n", j->new, j->now.text);
	if (!j->now.path[0] ||
	    !pcipath_is_unique(&j->host.scan,
			       index_of(&j->host.scan, pci_card_display(&j->now.card)->addr)))
		return cmd_fail(j->new,
				"has no path name of its own: nothing can be recorded of it");
	j->m.to = j->now.path;
	j->m.ids = pci_card_display(&j->now.card)->ids;
	j->m.addr = card_addr(&j->now.card);
	return EXIT_DONE;
}

/* By the record alone: a present name may be the other card's. */
static int find_old(struct remap_job *j)
{
	struct record_named was;
	char why[SELECTOR_WHY_MAX];
	struct pci_card c;

	if (record_named(&j->edit.record, j->old, NULL, &was) < 0)
		return store_edit_no_card(&j->edit, j->old);
	if (was.others)
		return cmd_fail(j->old, "several recorded cards had that name: take a path name");
	snprintf(j->from, sizeof(j->from), "%s", was.card->path);
	j->m.from = j->from;
	j->m.when = j->edit.when;
	j->taken = selector_find_card(&j->host.scan, j->from, &c, why) == 0;
	if (j->taken) {
		j->m.from_here = identity_same_model(&pci_card_display(&c)->ids, &j->m.ids);
		j->m.from_addr = card_addr(&c);
	}
	return EXIT_DONE;
}

static int refuse_model(const struct remap_job *j)
{
	const struct pci_ids *is = &j->m.ids, *was = &record_find(&j->edit.record, j->from)->ids;
	char why[WHY_MAX];

	snprintf(
		why, sizeof(why),
		"is %04x:%04x of %04x:%04x, and the card of %s %04x:%04x of %04x:%04x: not the same "
		"model, so not the same card; nothing was changed",
		is->vendor, is->device, is->subvendor, is->subdevice, j->from, was->vendor,
		was->device, was->subvendor, was->subdevice);
	return cmd_fail(j->new, why);
}

/* --- links ------------------------------------------------------------------------------------ */

/* The ROM that the link of path must show, "" none. */
static const char *shown_at(const struct remap_job *j, const char *path)
{
	const struct record_card *c = record_find(&j->edit.record, path);

	return c ? record_shown(c) : "";
}

/* Checked for all links before the first is changed. */
static int check_link(const struct remap_job *j, const char *path, const char *sha256)
{
	char link[SHA256_HEX], why[WHY_MAX];
	uint8_t *data;
	size_t n;
	int err = romstore_linked(&j->edit.store, STORE_BY_PATH, path, link);

	if (err == -EEXIST) {
		snprintf(
			why, sizeof(why),
			"by-path/%s.rom was not made by gpurom: nothing was changed; move it away, "
			"then try again",
			path);
		return cmd_fail(j->edit.store.path, why);
	}
	err = *sha256 ? romstore_get_rom(&j->edit.store, sha256, &data, &n) : -ENODATA;
	if (!err)
		free(data);
	if (!err || err == -ENODATA)
		return EXIT_DONE;
	if (err != -ENOENT && err != -EBADMSG)
		return store_edit_fail(&j->edit, err);
	snprintf(
		why, sizeof(why),
		"roms/%s.rom, the ROM of the card, is %s: nothing was changed; 'gpurom import' of a "
		"good copy to %s puts it back, then try again",
		sha256, err == -ENOENT ? "not there" : "damaged", j->m.to);
	return cmd_fail(j->edit.store.path, why);
}

/* The old place's link keeps showing the card's ROM while no other card is there. */
static int links(struct remap_job *j)
{
	const bool both = j->how == RECORD_EXCHANGED || (j->how == RECORD_MOVED && j->taken);
	const char *to = shown_at(j, j->m.to), *from = shown_at(j, j->from);
	int err, r = check_link(j, j->m.to, to);

	if (r == EXIT_DONE && both)
		r = check_link(j, j->from, from);
	if (r != EXIT_DONE)
		return r;
	err = store_edit_link(&j->edit, j->m.to, to);
	if (!err && both)
		err = store_edit_link(&j->edit, j->from, from);
	return err ? store_edit_fail(&j->edit, err) : EXIT_DONE;
}

/* --- the command ----------------------------------------------------------------------------- */

static void print_result(const struct remap_job *j)
{
	char addr[PCI_ADDR_BUF];

	pci_addr_format(pci_card_display(&j->now.card)->addr, addr);
	if (j->how == RECORD_ITSELF)
		printf("%s: the card there, %s, is itself\n", j->from, addr);
	else if (j->how == RECORD_EXCHANGED)
		printf("%s and %s: the two cards changed places; each keeps its ROMs and its "
		       "history\n",
		       j->from, j->m.to);
	else
		printf("%s: the card there, %s, is the one of %s; it keeps its ROMs and its history\n",
		       j->m.to, addr, j->from);
}

static int remap(struct remap_job *j)
{
	int err, r = find_new(j);

	if (r == EXIT_DONE)
		r = find_old(j);
	if (r != EXIT_DONE)
		return r;
	err = record_remap(&j->edit.record, &j->m, &j->how);
	if (err)
		return err == -ENOENT ? refuse_model(j) : store_edit_fail(&j->edit, err);
	r = links(j);
	if (r == EXIT_DONE)
		r = store_edit_save(&j->edit);
	if (r != EXIT_DONE)
		return r;
	/* Links of places whose card is now a past one. What cannot be removed now, the next commit
	 * removes. */
	(void)recordlinks_drop(&j->edit.store, &j->edit.record, NULL, NULL);
	store_edit_drop_volatile(&j->edit, j->m.to);
	store_edit_drop_volatile(&j->edit, j->from);
	print_result(j);
	return EXIT_DONE;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct remap_job j; /* kilobytes */
	int r;

	j.old = o->args[0];
	j.new = o->args[1];
	j.edit = (struct store_edit){.store.fd = -1, .lock = -1};
	r = cmd_load(env, HOST_SCAN, &j.host);
	if (r == EXIT_DONE)
		r = store_edit_begin(&j.host, &j.edit);
	if (r == EXIT_DONE)
		r = remap(&j);
	store_edit_end(&j.edit);
	host_free(&j.host);
	return r;
}

const struct cmd cmd_remap = {
	"remap", "OLD NEW", "says that the card NEW is the one recorded as OLD", .run = run,
	.arguments = {2, 2, "a recorded card and a card that is here, please"}};
