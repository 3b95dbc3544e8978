/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A person's edit of the store: opens and locks it, and reads its record. The command then edits in
 * commit's order (files, links, the record last), so that an interruption leaves the old state or
 * the new one. Where the configured store does not exist, the volatile one is edited. */
#ifndef GPUROM_CMD_STORE_EDIT_H
#define GPUROM_CMD_STORE_EDIT_H

#include "cmd/cmd.h"
#include "host/host.h"

#define STORE_EDIT_LINKS_MAX 4 /* that one edit may change */

/* store_edit_begin or store_edit_read fills it in; the command reads it and edits the record. */
struct store_edit {
	const struct root *root;
	struct romstore store;
	struct record record;
	int lock;		  /* descriptor, -1 not locked */
	char when[TEXT_TIME_MAX]; /* now */
	/* by-path/ links that were changed since the record was last saved */
	struct {
		const char *path;
		char was[SHA256_HEX]; /* the ROM that it showed, "" there was none */
	} undo[STORE_EDIT_LINKS_MAX];
	size_t n_undo;
};

/* Begins an edit of h's store; waits for another writer as long as commit does. Returns EXIT_DONE,
 * or EXIT_FAILED after printing why; store_edit_end in both cases. */
int store_edit_begin(const struct host *h, struct store_edit *ret);
/* The same to read only: nothing is locked, swept or made. */
int store_edit_read(const struct host *h, struct store_edit *ret);

/* Makes the by-path/ link of path show this ROM, or removes it for "". path is borrowed. Returns 0
 * or -errno. Unless the record is saved afterwards, store_edit_end puts the link back. */
int store_edit_link(struct store_edit *e, const char *path, const char *sha256);
/* Publishes the record. Returns EXIT_DONE, or EXIT_FAILED after printing why. */
int store_edit_save(struct store_edit *e);
/* Prints why the edit failed, and what to do: err is the store's. Returns EXIT_FAILED. */
int store_edit_fail(const struct store_edit *e, int err);

/* Removes the volatile store's link of path, which readers would prefer to the edited one. After
 * the record is saved. */
void store_edit_drop_volatile(const struct store_edit *e, const char *path);
void store_edit_end(struct store_edit *e);

/* The record has no card of that name: says so, and which recorded one it may have been. Returns
 * the command's exit status. */
int store_edit_no_card(const struct store_edit *e, const char *name);

#endif
