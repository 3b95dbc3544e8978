// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/gc.h"

#include "store/record-file.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM_FIRST 64

static const struct {
	const char *folder, *suffix;
} kinds[] = {{"raw", ".bin"}, {"roms", ".rom"}};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

typedef int entry_fn(void *ctx, int folder, const char *name);

/* Calls fn for every entry, until it returns another value than 0: that. A missing folder is empty.
 */
static int each_entry(const struct romstore *s, const char *folder, entry_fn *fn, void *ctx)
{
	int err = 0, fd = openat(s->fd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *e;
	DIR *d;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return -ENOMEM;
	}
	/* A folder that is read in part would make what is needed look unneeded. */
	while (!err && (errno = 0, e = readdir(d)))
		err = fn(ctx, fd, e->d_name);
	if (!err && errno)
		err = -errno;
	closedir(d);
	return err;
}

/* --- what is needed -------------------------------------------------------------------------- */

static int add_link(void *ctx, int folder, const char *name)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(folder, name, target, sizeof(target));

	if (n < 0)
		return errno == EINVAL || errno == ENOENT ? 0 : -errno;
	return digestset_add(ctx, target, (size_t)n);
}

static int list_needed(const struct romstore *s, const struct record *r, struct digestset *ret)
{
	static const char *const folders[] = {"by-path", "by-id", "."};
	int err = digestset_add_record(ret, r);

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]) && !err; i++)
		err = each_entry(s, folders[i], add_link, ret);
	return err;
}

/* --- what is not ------------------------------------------------------------------------------ */

struct gc_search {
	struct storegc *g;
	struct digestset *needed;
	size_t kind, room;
};

static int add_file(struct gc_search *s, const char *name, uint64_t size)
{
	struct storegc *g = s->g;

	if (g->n == s->room) {
		size_t room = s->room ? s->room * 2 : ROOM_FIRST;
		void *more = realloc(g->file, room * sizeof(*g->file));

		if (!more)
			return -ENOMEM;
		g->file = more;
		s->room = room;
	}
	snprintf(g->file[g->n].name, STOREGC_NAME_MAX, "%s/%s", kinds[s->kind].folder, name);
	g->file[g->n++].size = size;
	g->bytes += size;
	return 0;
}

static int check_file(void *ctx, int folder, const char *name)
{
	struct gc_search *s = ctx;
	char sha256[SHA256_HEX];
	struct stat st;

	if (!romstore_digest_in(name, kinds[s->kind].suffix, sha256) ||
	    digestset_has(s->needed, sha256))
		return 0;
	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	return S_ISREG(st.st_mode) ? add_file(s, name, (uint64_t)st.st_size) : 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct storegc_file *)a)->name,
		      ((const struct storegc_file *)b)->name);
}

static int find_unneeded(const struct romstore *s, struct digestset *needed, struct storegc *g)
{
	struct gc_search at = {.g = g, .needed = needed};
	int err = 0;

	for (at.kind = 0; at.kind < KINDS && !err; at.kind++)
		err = each_entry(s, kinds[at.kind].folder, check_file, &at);
	if (g->n)
		qsort(g->file, g->n, sizeof(*g->file), by_name);
	return err;
}

static int check_refusal(const struct romstore *s, struct storegc *g)
{
	struct stat st;
	int err;

	if (g->n && fstatat(s->fd, RECORD_FILE, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno != ENOENT)
			return -errno;
		g->refusal = STOREGC_NO_RECORD;
	}
	err = record_find_aside(s->fd, g->aside);
	if (g->aside[0])
		g->refusal = STOREGC_CORRUPT;
	return err;
}

int storegc_find(const struct romstore *s, const struct record *r, struct storegc *ret)
{
	struct digestset set = {0};
	int err;

	*ret = (struct storegc){0};
	err = list_needed(s, r, &set);
	if (!err)
		err = find_unneeded(s, &set, ret);
	digestset_free(&set);
	return err ? err : check_refusal(s, ret);
}

/* In one folder. A power cut in between may bring some back: they are found again. */
static int remove_in(const struct romstore *s, size_t kind, const struct storegc *g,
		     size_t *removed)
{
	int err = 0,
	    fd = openat(s->fd, kinds[kind].folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const size_t head = strlen(kinds[kind].folder);

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	for (size_t i = 0; i < g->n && !err; i++) {
		const char *name = g->file[i].name;

		if (strncmp(name, kinds[kind].folder, head) != 0 || name[head] != '/')
			continue;
		if (unlinkat(fd, name + head + 1, 0) == 0 || errno == ENOENT)
			++*removed;
		else
			err = -errno;
	}
	if (!err)
		err = dir_sync(fd);
	close(fd);
	return err;
}

int storegc_remove(const struct romstore *s, const struct storegc *g, size_t *ret_removed)
{
	int err = 0;

	*ret_removed = 0;
	for (size_t i = 0; i < KINDS && !err; i++)
		err = remove_in(s, i, g, ret_removed);
	return err;
}

bool storegc_remove_raw(const struct romstore *s, const struct record *r, const char *sha256)
{
	char aside[RECORD_ASIDE_MAX];
	struct digestset set = {0};
	bool unneeded = record_find_aside(s->fd, aside) == 0 && !aside[0] &&
			list_needed(s, r, &set) == 0 && !digestset_has(&set, sha256);

	digestset_free(&set);
	return unneeded && romstore_drop_raw(s, sha256) == 0;
}

void storegc_free(struct storegc *g)
{
	free(g->file);
	*g = (struct storegc){0};
}

/* --- digests --------------------------------------------------------------------------------- */

#define DIGITS (SHA256_HEX - 1)

/* The digit in lower case, '\0' where c is none. */
static char hex_digit(char c)
{
	if (c >= 'A' && c <= 'F')
		return (char)(c - 'A' + 'a');
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? c : '\0';
}

static int add_digest(struct digestset *s, const char *text)
{
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : ROOM_FIRST;
		void *more = realloc(s->digest, room * sizeof(*s->digest));

		if (!more)
			return -ENOMEM;
		s->digest = more;
		s->room = room;
	}
	for (size_t i = 0; i < DIGITS; i++)
		s->digest[s->n][i] = hex_digit(text[i]);
	s->digest[s->n++][DIGITS] = '\0';
	s->sorted = false;
	return 0;
}

int digestset_add(struct digestset *s, const char *text, size_t n)
{
	size_t run = 0;

	for (size_t i = 0; i < n; i++) {
		int err;

		run = hex_digit(text[i]) ? run + 1 : 0;
		err = run >= DIGITS ? add_digest(s, text + i + 1 - DIGITS) : 0;
		if (err)
			return err;
	}
	return 0;
}

int digestset_add_record(struct digestset *s, const struct record *r)
{
	char *text = record_text(r);
	int err = text ? digestset_add(s, text, strlen(text)) : -ENOMEM;

	free(text);
	return err;
}

static int compare_digests(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool digestset_has(struct digestset *s, const char *sha256)
{
	if (!s->sorted && s->n)
		qsort(s->digest, s->n, sizeof(*s->digest), compare_digests);
	s->sorted = true;
	return s->n && bsearch(sha256, s->digest, s->n, sizeof(*s->digest), compare_digests);
}

void digestset_free(struct digestset *s)
{
	free(s->digest);
	*s = (struct digestset){0};
}
