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
	ret->tries = true;
	ret->failed = strtoul(plus + 1, NULL, 10) == 0;
	*plus = '\0';
}

/* False: the line says nothing that counts here. */
static bool read_key(const char *line, size_t n, struct loader_entry *ret)
{
	return value_of(line, n, "title", ret->title, sizeof(ret->title)) ||
	       value_of(line, n, "sort-key", ret->sort_key, sizeof(ret->sort_key)) ||
	       value_of(line, n, "machine-id", ret->machine_id, sizeof(ret->machine_id)) ||
	       value_of(line, n, "version", ret->version, sizeof(ret->version));
}

void loader_entry_read(const char *file, const char *text, struct loader_entry *ret)
{
	size_t kernels = 0;

	*ret = (struct loader_entry){.failed = false};
	read_id(file, ret);
	for (const char *at = text; *at;) {
		size_t n = strcspn(at, "\n");

		if (!read_key(at, n, ret))
			kernels += value_of(at, n, "linux", ret->kernel, sizeof(ret->kernel));
		at += n + (at[n] == '\n');
	}
	/* Of two, systemd-boot takes the last one, and GRUB the first. */
	if (kernels == 1 && ret->kernel[0] && !loader_release(ret->kernel, ret->release))
		strcpy(ret->release, ret->version);
	if (kernels > 1)
		ret->release[0] = '\0';
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
		r = strcmp(x->machine_id, y->machine_id);
	if (!r && x->sort_key[0])
		r = strverscmp(y->version, x->version);
	return r ? r : strverscmp(y->id, x->id);
}

/* grub-core/commands/blscfg.c of Fedora's GRUB, bls_cmp: by the file's name alone. */
static int compare_names(const void *a, const void *b)
{
	return strverscmp(((const struct loader_entry *)b)->id,
			  ((const struct loader_entry *)a)->id);
}

void loader_sort_systemd(struct loader_entries *all)
{
	qsort(all->entry, all->n, sizeof(all->entry[0]), compare);
}

void loader_sort_grub(struct loader_entries *all)
{
	qsort(all->entry, all->n, sizeof(all->entry[0]), compare_names);
}

/* systemd-boot's ids have the suffix, those of old versions had not; it heeds no capitals. A
 * pattern that fits without the suffix alone says nothing where the version is not known. */
static bool matches(const char *pattern, const struct loader_entry *e, bool *unclear)
{
	char file[LOADER_TEXT_MAX + sizeof(SUFFIX)];
	bool is = fnmatch(pattern, e->id, FNM_CASEFOLD) == 0;

	snprintf(file, sizeof(file), "%s" SUFFIX, e->id);
	if (fnmatch(pattern, file, FNM_CASEFOLD) == 0)
		return true;
	*unclear |= is;
	return false;
}

/* False: loader.conf has a key that other versions do not know, which comes before "default". */
static bool read_default(const char *conf, char ret[LOADER_TEXT_MAX])
{
	char other[LOADER_TEXT_MAX];

	for (const char *at = conf; *at;) {
		size_t n = strcspn(at, "\n");

		if (value_of(at, n, "preferred", other, sizeof(other)))
			return false;
		(void)value_of(at, n, "default", ret, LOADER_TEXT_MAX);
		at += n + (at[n] == '\n');
	}
	return true;
}

bool loader_systemd(const char *conf, const char *once, const char *chosen,
		    const struct loader_entries *all, char ret[LOADER_RELEASE_MAX])
{
	char pattern[LOADER_TEXT_MAX] = "";
	bool unclear = false;

	if (!read_default(conf, pattern))
		return false;
	if (*once || *chosen)
		snprintf(pattern, sizeof(pattern), "%s", *once ? once : chosen);
	/* "@saved" is in a variable; what has no entry here may be another's. */
	if (all->apart || pattern[0] == '@' ||
	    (all->more && (!*pattern || strpbrk(pattern, "*?["))))
		return false;
	for (size_t i = 0; i < all->n; i++)
		if (!*pattern || matches(pattern, &all->entry[i], &unclear)) {
			strcpy(ret, all->entry[i].release);
			return *ret && !all->entry[i].gone && !unclear;
		}
	return false;
}
