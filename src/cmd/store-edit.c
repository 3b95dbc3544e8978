#include "cmd/store-edit.h"

#include "boot/commit.h"
#include "store/record-file.h"
#include "sys/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define WHY_MAX 320

/* The configured store; where nothing is there at all, what this boot kept instead. */
static int open_store(struct store_edit *w, const char *configured)
{
	int err = romstore_open(w->root, configured, false, &w->store);

	if (err == -ENOENT && romstore_open(w->root, STORE_VOLATILE, false, &w->store) == 0)
		return EXIT_DONE;
	if (!err)
		return EXIT_DONE;
	w->store.fd = -1;
	return cmd_fail(configured, err == -ENOENT ? "no store there: nothing was ever stored"
						   : strerror(-err));
}

static int fail_record(const struct store_edit *w, int err)
{
	char what[sizeof(w->store.path) + sizeof(RECORD_FILE) + 1];

	snprintf(what, sizeof(what), "%s/" RECORD_FILE, w->store.path);
	if (err == -EBADMSG)
		return cmd_fail(what, "corrupt: nothing was changed; 'gpurom commit' sets it aside "
				      "and begins another, then again");
	if (err == -ENOTSUP)
		return cmd_fail(what, "written by a newer gpurom: nothing was changed; use that "
				      "gpurom");
	return cmd_fail(what, strerror(-err));
}

static int load(struct store_edit *w)
{
	int err = record_load(w->store.fd, &w->record);

	clock_now(w->when);
	return err ? fail_record(w, err) : EXIT_DONE;
}

int store_edit_look(const struct root *root, const char *configured, struct store_edit *ret)
{
	int r;

	*ret = (struct store_edit){.root = root, .store.fd = -1, .lock = -1};
	r = open_store(ret, configured);
	return r == EXIT_DONE ? load(ret) : r;
}

int store_edit_begin(const struct root *root, const char *configured, struct store_edit *ret)
{
	int r;

	*ret = (struct store_edit){.root = root, .store.fd = -1, .lock = -1};
	r = open_store(ret, configured);
	if (r != EXIT_DONE)
		return r;
	ret->lock = romstore_lock(&ret->store, COMMIT_LOCK_MS);
	return ret->lock < 0 ? store_edit_fail(ret, ret->lock) : load(ret);
}

int store_edit_fail(const struct store_edit *w, int err)
{
	char why[WHY_MAX];

	if (err == -EBUSY)
		snprintf(why, sizeof(why),
			 "another gpurom keeps it locked: nothing was changed; "
			 "again, when that one is done");
	else if (err == -EROFS || err == -EACCES || err == -EPERM)
		snprintf(why, sizeof(why), "cannot be written (%s): make it writable, then again",
			 strerror(-err));
	else
		snprintf(why, sizeof(why),
			 "%s: the record is as it was; again, when that is mended", strerror(-err));
	return cmd_fail(w->store.path, why);
}

static int show(const struct store_edit *w, const char *path, const char *sha256)
{
	return *sha256 ? romstore_link(&w->store, STORE_BY_PATH, path, sha256)
		       : romstore_unlink(&w->store, STORE_BY_PATH, path);
}

int store_edit_link(struct store_edit *w, const char *path, const char *sha256)
{
	char was[SHA256_HEX] = "";
	int err = romstore_linked(&w->store, STORE_BY_PATH, path, was);

	if (err && err != -ENOENT)
		return err;
	if (w->n_undo == STORE_EDIT_LINKS_MAX)
		return -ENOBUFS;
	w->undo[w->n_undo].path = path;
	strcpy(w->undo[w->n_undo++].was, was);
	return show(w, path, sha256);
}

int store_edit_save(struct store_edit *w)
{
	int err = record_save(w->store.fd, &w->record);

	if (!err)
		w->n_undo = 0;
	return err ? store_edit_fail(w, err) : EXIT_DONE;
}

void store_edit_shown(const struct store_edit *w, const char *path)
{
	struct romstore s;

	if (strcmp(w->store.path, STORE_VOLATILE) == 0 ||
	    romstore_open(w->root, STORE_VOLATILE, false, &s) < 0)
		return;
	(void)romstore_unlink(&s, STORE_BY_PATH, path);
	romstore_close(&s);
}

void store_edit_end(struct store_edit *w)
{
	/* As well as it goes: the next commit links by the record, too. */
	while (w->n_undo--)
		(void)show(w, w->undo[w->n_undo].path, w->undo[w->n_undo].was);
	w->n_undo = 0;
	record_free(&w->record);
	romstore_close(&w->store);
	if (w->lock >= 0)
		close(w->lock);
	w->lock = -1;
}
