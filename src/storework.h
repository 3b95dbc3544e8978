/* A person's work on the store: it is opened, locked, and its record read; then the command edits,
 * in commit's order (files, links, the record last), so that whatever stops it in between leaves
 * the old state or the new one. Where nothing is at the configured place, the store is the volatile
 * one. Both ways to begin return EXIT_DONE, or EXIT_FAILED and said why; storework_end in any case.
 */
#ifndef GPUROM_STOREWORK_H
#define GPUROM_STOREWORK_H

#include "cmd.h"
#include "record.h"
#include "romstore.h"

struct storework {
	const struct root *root;
	struct romstore store;
	struct record record;
	int lock;
	char when[RECORD_TIME_MAX]; /* now */
};

/* To edit: another writer is waited for as commit waits. */
int storework_begin(const struct root *root, const char *configured, struct storework *ret);
/* To look: nothing is locked, swept or made. */
int storework_look(const struct root *root, const char *configured, struct storework *ret);

/* The record, published. EXIT_DONE, or EXIT_FAILED and said why. */
int storework_save(struct storework *w);
/* Says why an edit did not go: err of the store, in a sentence with what to do. EXIT_FAILED. */
int storework_fail(const struct storework *w, int err);

/* After the record: the volatile store's link for this path would be looked at first. */
void storework_shown(const struct storework *w, const char *path);
void storework_end(struct storework *w);

#endif
