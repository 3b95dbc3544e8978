// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/store-edit.h"

#include "boot/commit.h"
#include "record/nearest.h"
#include "store/record-file.h"
#include "sys/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WHY_MAX 320

/* The configured store, or, where there is none, the volatile one. */
static int open_store(struct store_edit *e, const char *configured)
{
	int err = romstore_open(e->root, configured, false, &e->store);

	if (err == -ENOENT && romstore_open(e->root, STORE_VOLATILE, false, &e->store) == 0)
		return EXIT_DONE;
	if (!err)
		return EXIT_DONE;
	e->store.fd = -1;
	return cmd_fail(configured, err == -ENOENT ? "no store there: nothing was ever stored"
						   : strerror(-err));
}

static int fail_record(const struct store_edit *e, int err)
{
	char what[sizeof(e->store.path) + sizeof(RECORD_FILE) + 1];

	snprintf(what, sizeof(what), "%s/" RECORD_FILE, e->store.path);
	if (err == -EBADMSG)
		return cmd_fail(what, "corrupt: nothing was changed; 'gpurom commit' sets it aside "
				      "and begins another, then try again");
	if (err == -ENOTSUP)
		return cmd_fail(what, "written by a newer gpurom: nothing was changed; use that "
				      "gpurom");
	return cmd_fail(what, strerror(-err));
}

static int begin(const struct host *h, bool lock, struct store_edit *ret)
{
	int err;

	*ret = (struct store_edit){.root = h->root, .store.fd = -1, .lock = -1};
	if (open_store(ret, h->config.store) != EXIT_DONE)
		return EXIT_FAILED;
	if (lock) {
		ret->lock = romstore_lock(&ret->store, COMMIT_LOCK_MS);
		if (ret->lock < 0)
			return store_edit_fail(ret, ret->lock);
	}
	clock_now(ret->when);
	err = record_load(ret->store.fd, &ret->record);
	return err ? fail_record(ret, err) : EXIT_DONE;
}

int store_edit_begin(const struct host *h, struct store_edit *ret)
{
	return begin(h, true, ret);
}

int store_edit_read(const struct host *h, struct store_edit *ret)
{
	return begin(h, false, ret);
}

int store_edit_fail(const struct store_edit *e, int err)
{
	char why[WHY_MAX];

	if (err == -EBUSY)
		snprintf(why, sizeof(why),
			 "another gpurom keeps it locked: nothing was changed; "
			 "try again when that one is done");
	else if (err == -EROFS || err == -EACCES || err == -EPERM)
		snprintf(why, sizeof(why),
			 "cannot be written (%s): make it writable, then try again",
			 strerror(-err));
	else
		snprintf(why, sizeof(why),
			 "%s: the record is as it was; repair that, then try again",
			 strerror(-err));
	return cmd_fail(e->store.path, why);
}

static int set_link(const struct store_edit *e, const char *path, const char *sha256)
{
	return *sha256 ? romstore_link(&e->store, STORE_BY_PATH, path, sha256)
		       : romstore_unlink(&e->store, STORE_BY_PATH, path);
}

int store_edit_link(struct store_edit *e, const char *path, const char *sha256)
{
	char was[SHA256_HEX] = "";
	int err = romstore_linked(&e->store, STORE_BY_PATH, path, was);

	if (err && err != -ENOENT)
		return err;
	if (e->n_undo == STORE_EDIT_LINKS_MAX)
		return -ENOBUFS;
	e->undo[e->n_undo].path = path;
	strcpy(e->undo[e->n_undo++].was, was);
	return set_link(e, path, sha256);
}

int store_edit_save(struct store_edit *e)
{
	int err = record_save(e->store.fd, &e->record);

	if (!err)
		e->n_undo = 0;
	return err ? store_edit_fail(e, err) : EXIT_DONE;
}

void store_edit_drop_volatile(const struct store_edit *e, const char *path)
{
	struct romstore s;

	if (strcmp(e->store.path, STORE_VOLATILE) == 0 ||
	    romstore_open(e->root, STORE_VOLATILE, false, &s) < 0)
		return;
	(void)romstore_unlink(&s, STORE_BY_PATH, path);
	romstore_close(&s);
}

void store_edit_end(struct store_edit *e)
{
	/* Errors are ignored: the next commit sets the links by the record. */
	while (e->n_undo--)
		(void)set_link(e, e->undo[e->n_undo].path, e->undo[e->n_undo].was);
	e->n_undo = 0;
	record_free(&e->record);
	romstore_close(&e->store);
	if (e->lock >= 0)
		close(e->lock);
	e->lock = -1;
}

int store_edit_no_card(const struct store_edit *e, const char *name)
{
	static const struct pci_scan nobody; /* of recorded cards alone */
	char near[PCI_PATH_MAX], why[PCI_PATH_MAX + 100];
	const char *best = record_nearest(&nobody, &e->record, name, near);

	snprintf(why, sizeof(why),
		 "the record has no card of that name; %s%s%s'gpurom list' lists the paths",
		 best ? "did you mean " : "", best ? best : "", best ? "? " : "");
	return cmd_fail(name, why);
}
