/* A person's work on the store: it is opened, locked, and its record read; then the command edits,
 * in commit's order (files, links, the record last), so that whatever stops it in between leaves
 * the old state or the new one. Where nothing is at the configured place, the store is the volatile
 * one. Both ways to begin return EXIT_DONE, or EXIT_FAILED and said why; store_edit_end in any
 * case.
 */
#ifndef GPUROM_CMD_STORE_EDIT_H
#define GPUROM_CMD_STORE_EDIT_H

#include "cmd/cmd.h"
#include "store/record-file.h"
#include "store/store.h"

#define STORE_EDIT_LINKS_MAX 4 /* that one edit may change */

struct store_edit {
	const struct root *root;
	struct romstore store;
	struct record record;
	int lock;
	char when[RECORD_TIME_MAX]; /* now */
	/* Links of places that were changed, and what they showed, as long as the record is not
	 * saved. */
	struct {
		const char *path;
		char was[SHA256_HEX]; /* "" there was none */
	} undo[STORE_EDIT_LINKS_MAX];
	size_t n_undo;
};

/* To edit: another writer is waited for as commit waits. */
int store_edit_begin(const struct root *root, const char *configured, struct store_edit *ret);
/* To look: nothing is locked, swept or made. */
int store_edit_look(const struct root *root, const char *configured, struct store_edit *ret);

/* The link of a place shows that ROM, or, with "", is not there. path is borrowed. 0 or -errno.
 * Where the record is not saved after it, store_edit_end puts it back. */
int store_edit_link(struct store_edit *w, const char *path, const char *sha256);
/* The record, published. EXIT_DONE, or EXIT_FAILED and said why. */
int store_edit_save(struct store_edit *w);
/* Says why an edit did not go: err of the store, in a sentence with what to do. EXIT_FAILED. */
int store_edit_fail(const struct store_edit *w, int err);

/* After the record: the volatile store's link for this path would be looked at first. */
void store_edit_shown(const struct store_edit *w, const char *path);
void store_edit_end(struct store_edit *w);

#endif
