// SPDX-License-Identifier: GPL-2.0-or-later
#include "look.h"

#include "tree.h"

#include <dirent.h>
#include <sha256.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX 64
#define RECORD "cards.json"
#define TARGET_HEAD "../roms/"

struct looker {
	const char *store;
	const struct look_wish *w;
	FILE *to;
	unsigned wrong;
};

static __attribute__((format(printf, 2, 3))) void wrong(struct looker *l, const char *fmt, ...)
{
	va_list ap;

	l->wrong++;
	fprintf(l->to, "  %s: ", l->store);
	va_start(ap, fmt);
	vfprintf(l->to, fmt, ap);
	va_end(ap);
	fputc('\n', l->to);
}

static bool is_temp(const char *name)
{
	return name[0] == '.';
}

/* Calls fn for each name in store/folder. */
static void each(struct looker *l, const char *store, const char *folder,
		 void (*fn)(struct looker *l, const char *folder, const char *name))
{
	char path[TREE_PATH_MAX];
	DIR *d = opendir(tree_join(path, store, folder));
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (!is_temp(e->d_name))
			fn(l, folder, e->d_name);
	if (d)
		closedir(d);
}

/* The bytes there have the digest that the name begins with. */
static bool is_whole(const char *path, const char *name)
{
	char is[SHA256_DIGEST_STRING_LENGTH];
	size_t n;
	char *data = tree_read(path, &n);

	if (!data)
		return false;
	SHA256Data((const uint8_t *)data, n, is);
	free(data);
	return strncmp(is, name, HEX) == 0;
}

/* The name of the file that the link store/folder/name leads to, "" where there is none. */
static const char *target_of(const char *store, const char *folder, const char *name,
			     char buf[TREE_PATH_MAX])
{
	char at[TREE_PATH_MAX], path[TREE_PATH_MAX];
	ssize_t n = readlink(tree_join(path, tree_join(at, store, folder), name), buf,
			     TREE_PATH_MAX - 1);

	buf[n < 0 ? 0 : n] = '\0';
	return buf;
}

static void look_link(struct looker *l, const char *folder, const char *name)
{
	char is[TREE_PATH_MAX], old[TREE_PATH_MAX], new[TREE_PATH_MAX], path[TREE_PATH_MAX];
	const char *file = is + strlen(TARGET_HEAD);

	target_of(l->store, folder, name, is);
	target_of(l->w->old, folder, name, old);
	target_of(l->w->new, folder, name, new);
	if (strncmp(is, TARGET_HEAD, strlen(TARGET_HEAD)) != 0)
		wrong(l, "%s/%s is no link into roms", folder, name);
	else if (strcmp(is, new) != 0 && (l->w->be_new || strcmp(is, old) != 0))
		wrong(l, "%s/%s shows %s, was \"%s\", should be \"%s\"", folder, name, is, old,
		      new);
	tree_join(path, l->store, "roms");
	snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%s",
		 *is ? file : "(not there)");
	if (!is_whole(path, file))
		wrong(l, "%s/%s leads to no whole file: %s", folder, name, is);
}

/* A link of the old store, or of the new one where it must be that. */
static void look_missing(struct looker *l, const char *folder, const char *name)
{
	char is[TREE_PATH_MAX], old[TREE_PATH_MAX], new[TREE_PATH_MAX];

	target_of(l->store, folder, name, is);
	target_of(l->w->old, folder, name, old);
	target_of(l->w->new, folder, name, new);
	if (!*is && !(l->w->went_on && strcmp(old, new) != 0) && (*new || l->w->be_new))
		wrong(l, "%s/%s is gone", folder, name);
}

static void look_file(struct looker *l, const char *folder, const char *name)
{
	char at[TREE_PATH_MAX], path[TREE_PATH_MAX];

	if (!is_whole(tree_join(path, tree_join(at, l->store, folder), name), name))
		wrong(l, "%s/%s is not whole", folder, name);
}

static void look_lost(struct looker *l, const char *folder, const char *name)
{
	char at[TREE_PATH_MAX], path[TREE_PATH_MAX];

	if (access(tree_join(path, tree_join(at, l->store, folder), name), F_OK) < 0)
		wrong(l, "%s/%s is lost", folder, name);
}

static char *record_of(const char *store)
{
	char path[TREE_PATH_MAX];
	size_t n;

	return tree_read(tree_join(path, store, RECORD), &n);
}

/* Times and the like apart. */
static bool same(const char *a, const char *b)
{
	char *x = a ? tree_canon(a) : NULL, *y = b ? tree_canon(b) : NULL;
	bool is = x && y && strcmp(x, y) == 0;

	free(x);
	free(y);
	return is;
}

/* One object and nothing behind it. */
static bool is_object(const char *p)
{
	bool quoted = false;
	int depth = 0;

	if (*p != '{')
		return false;
	for (; *p; p++) {
		if (quoted && *p == '\\' && p[1])
			p++;
		else if (*p == '"')
			quoted = !quoted;
		else if (!quoted && (*p == '{' || *p == '['))
			depth++;
		else if (!quoted && (*p == '}' || *p == ']') && --depth == 0)
			break;
	}
	return *p == '}' && !p[1 + strspn(p + 1, "\n")];
}

static void look_record(struct looker *l)
{
	char *is = record_of(l->store), *old = record_of(l->w->old), *new = record_of(l->w->new);

	if (is && !is_object(is))
		wrong(l, RECORD " is not whole");
	else if (same(is, new))
		each(l, l->w->new, "roms", look_lost); /* it names what the new store holds */
	else if (l->w->be_new)
		wrong(l, RECORD " is not the new one");
	else if (!is && old)
		wrong(l, RECORD " is gone");
	else if (is && !same(is, old) && !l->w->went_on)
		wrong(l, RECORD " is neither the old one nor the new one");
	free(is);
	free(old);
	free(new);
}

unsigned look(const char *store, const struct look_wish *w, FILE *to)
{
	static const char *const links[] = {"by-path", "by-id"}, *const files[] = {"roms", "raw"};
	struct looker l = {.store = store, .w = w, .to = to};

	for (size_t i = 0; i < 2; i++) {
		each(&l, store, links[i], look_link);
		each(&l, w->be_new ? w->new : w->old, links[i], look_missing);
		each(&l, store, files[i], look_file);
		each(&l, w->be_new ? w->new : w->old, files[i], look_lost);
	}
	look_record(&l);
	return l.wrong;
}

bool look_is_new(const char *store, const char *new_store)
{
	char *is = record_of(store), *new = record_of(new_store);
	bool yes = same(is, new);

	free(is);
	free(new);
	return yes;
}
