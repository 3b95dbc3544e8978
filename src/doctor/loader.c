// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries of the Boot Loader Specification, and what systemd-boot makes of them. */
#include "doctor/loader.h"

#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".conf"

bool loader_release(const char *file, char ret[LOADER_RELEASE_MAX])
{
	static const char *const names[] = {"vmlinuz-", "vmlinux-", "kernel-"};
	const char *name = strrchr(file, '/');

	name = name ? name + 1 : file;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		size_t n = strlen(names[i]);

		if (strncmp(name, names[i], n) == 0 && name[n] &&
		    strlen(name + n) < LOADER_RELEASE_MAX) {
			strcpy(ret, name + n);
			return true;
		}
	}
	return false;
}

/* "KEY VALUE" of a line, the value without blanks around it. False: another key. */
static bool value_of(const char *line, size_t n, const char *key, char *ret, size_t size)
{
	size_t k = strlen(key);

	if (n <= k || strncmp(line, key, k) != 0 || !strchr(" \t", line[k]))
		return false;
	line += k, n -= k;
	while (n && strchr(" \t", *line))
		line++, n--;
	while (n && strchr(" \t\r", line[n - 1]))
		n--;
	snprintf(ret, size, "%.*s", (int)n, line);
	return true;
}

/* "ID+LEFT-DONE" where systemd-boot counts tries. */
static void read_id(const char *file, struct loader_entry *ret)
{
	size_t n = strlen(file), suffix = strlen(SUFFIX);
	char *plus;

	if (n > suffix && strcmp(file + n - suffix, SUFFIX) == 0)
		n -= suffix;
	snprintf(ret->id, sizeof(ret->id), "%.*s", (int)n, file);
	plus = strrchr(ret->id, '+');
	if (!plus || !isdigit((unsigned char)plus[1]) ||
	    plus[1 + strspn(plus + 1, "0123456789-")] != '\0')
		return;
	ret->failed = strtoul(plus + 1, NULL, 10) == 0;
	*plus = '\0';
}

void loader_entry_read(const char *file, const char *text, struct loader_entry *ret)
{
	char kernel[LOADER_TEXT_MAX] = "";

	*ret = (struct loader_entry){.failed = false};
	read_id(file, ret);
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "\n");

		(void)(value_of(at, n, "title", ret->title, sizeof(ret->title)) ||
		       value_of(at, n, "sort-key", ret->sort_key, sizeof(ret->sort_key)) ||
		       value_of(at, n, "version", ret->version, sizeof(ret->version)) ||
		       value_of(at, n, "linux", kernel, sizeof(kernel)));
		at += n + (at[n] == '\n');
	}
	if (!loader_release(kernel, ret->release) && kernel[0])
		strcpy(ret->release, ret->version);
}

/* src/boot/boot.c of systemd, boot_entry_compare: what has a sort key comes first. */
static int compare(const void *a, const void *b)
{
	const struct loader_entry *x = a, *y = b;
	int r;

	if (x->failed != y->failed)
		return x->failed ? 1 : -1;
	if (!x->sort_key[0] != !y->sort_key[0])
		return x->sort_key[0] ? -1 : 1;
	r = strcmp(x->sort_key, y->sort_key);
	if (!r && x->sort_key[0])
		r = strverscmp(y->version, x->version);
	return r ? r : strverscmp(y->id, x->id);
}

void loader_entries_sort(struct loader_entries *all)
{
	qsort(all->entry, all->n, sizeof(all->entry[0]), compare);
}

/* With the suffix or without it, as versions of systemd-boot differ. */
static bool matches(const char *pattern, const struct loader_entry *e)
{
	char file[LOADER_TEXT_MAX + sizeof(SUFFIX)];

	snprintf(file, sizeof(file), "%s" SUFFIX, e->id);
	return fnmatch(pattern, e->id, 0) == 0 || fnmatch(pattern, file, 0) == 0;
}

bool loader_systemd(const char *conf, const char *once, const char *chosen,
		    const struct loader_entries *all, char ret[LOADER_RELEASE_MAX])
{
	char pattern[LOADER_TEXT_MAX] = "";

	for (const char *at = conf; *at;) {
		size_t n = strcspn(at, "\n");

		(void)value_of(at, n, "default", pattern, sizeof(pattern));
		at += n + (at[n] == '\n');
	}
	if (*once || *chosen)
		snprintf(pattern, sizeof(pattern), "%s", *once ? once : chosen);
	/* "@saved" is in a variable; what has no entry here may be another's. */
	if (pattern[0] == '@' || (all->more && (!*pattern || strpbrk(pattern, "*?["))))
		return false;
	for (size_t i = 0; i < all->n; i++)
		if (!*pattern || matches(pattern, &all->entry[i])) {
			strcpy(ret, all->entry[i].release);
			return *ret != '\0';
		}
	return false;
}
