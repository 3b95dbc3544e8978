// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom forget: a recorded card that is gone for good. */
#include "cmd/cmd.h"

#include "cmd/options.h"
#include "cmd/store-edit.h"
#include "record/find.h"
#include "record/remap.h"
#include "record/resolve.h"
#include "store/links.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define WHY_MAX 400

static int edit(struct store_edit *e, const struct record_card *card)
{
	const struct pci_ids ids = card->ids;
	char path[PCI_PATH_MAX], last_seen[TEXT_TIME_MAX];
	int r, err = recordlinks_forget(&e->store, &e->record, card);

	strcpy(path, card->path);
	strcpy(last_seen, card->seen.last_seen);
	if (!err)
		err = record_forget(&e->record, path);
	if (err)
		return store_edit_fail(e, err);
	r = store_edit_save(e);
	if (r != EXIT_DONE)
		return r;
	store_edit_drop_volatile(e, path);
	printf("%s: forgotten: %04x:%04x of %04x:%04x, last seen on %s; its ROM files stay until "
	       "'gpurom gc'\n",
	       path, ids.vendor, ids.device, ids.subvendor, ids.subdevice, last_seen);
	return EXIT_DONE;
}

static int forget(struct store_edit *e, const struct host *h, const char *name)
{
	char addr[PCI_ADDR_BUF], why[WHY_MAX];
	const struct pci_fn *present;
	struct record_named found;

	if (record_named(&e->record, name, NULL, &found) < 0)
		return store_edit_no_card(e, name);
	if (found.others)
		return cmd_fail(name, "several recorded cards had that name: take a path name");
	present = record_present(&h->scan, found.card);
	if (present)
		snprintf(
			why, sizeof(why),
			"the card of %s is here, at %s: only a card that is not here can be forgotten",
			found.card->path, pci_addr_format(present->addr, addr));
	else if (h->trouble.skipped)
		snprintf(why, sizeof(why),
			 "%zu PCI functions cannot be read, and one may be this card: "
			 "nothing was changed",
			 h->trouble.skipped);
	else
		return edit(e, found.card);
	return cmd_fail(name, why);
}

static int run(const struct cmd_env *env, const struct options *o)
{
	struct store_edit e = {.store.fd = -1, .lock = -1};
	static struct host h;
	int r = cmd_load(env, HOST_SCAN, &h);

	if (r == EXIT_DONE)
		r = store_edit_begin(&h, &e);
	if (r == EXIT_DONE)
		r = forget(&e, &h, o->args[0]);
	store_edit_end(&e);
	host_free(&h);
	return r;
}

const struct cmd cmd_forget = {"forget", "PATH",
			       "removes a card that is gone for good from the record", .run = run,
			       .arguments = {1, 1, "one card is needed"}};
