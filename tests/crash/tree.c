// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEMP ".tmp."

_Noreturn void tree_die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(125);
}

const char *tree_join(char *buf, const char *a, const char *b)
{
	snprintf(buf, TREE_PATH_MAX, "%s/%s", a, b);
	return buf;
}

char *tree_read(const char *path, size_t *ret_n)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	char *text;
	ssize_t n;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return NULL;
	}
	text = malloc((size_t)st.st_size + 1);
	n = text ? read(fd, text, (size_t)st.st_size) : -1;
	close(fd);
	if (n != st.st_size) { /* a disk that gives less than it says is no whole file */
		free(text);
		return NULL;
	}
	text[n] = '\0';
	*ret_n = (size_t)n;
	return text;
}

static void tree_mask(char *text, size_t n)
{
	static const char form[] = "0000-00-00T00:00:00Z";
	const size_t len = sizeof(form) - 1;

	for (size_t i = 0; i + len <= n; i++) {
		size_t k = 0;

		while (k < len && (form[k] == '0' ? isdigit((unsigned char)text[i + k])
						  : text[i + k] == form[k]))
			k++;
		if (k == len)
			memcpy(text + i, form, len);
	}
}

static int by_line(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The boot's id, which may not be readable. */
static bool is_boot(const char *line)
{
	return strstr(line, "_boot\":") != NULL;
}

/* A card's own id comes of the boot's. That there is one is to be seen all the same. */
static void mask_id(char *line)
{
	char *at = strstr(line, "\"id\":");

	if (!at)
		return;
	for (at += 5; *at; at++)
		if (isxdigit((unsigned char)*at))
			*at = '0';
}

char *tree_canon(const char *json)
{
	char *copy = strdup(json), *text = malloc(strlen(json) + 2), **lines, *rest = copy, *line;
	size_t n = 0;

	lines = calloc(strlen(json) + 1, sizeof(*lines));
	if (!copy || !text || !lines)
		tree_die("memory");
	tree_mask(copy, strlen(copy));
	while ((line = strsep(&rest, "\n"))) {
		size_t len = strlen(line);

		if (len && line[len - 1] == ',')
			line[len - 1] = '\0';
		mask_id(line);
		if (!is_boot(line))
			lines[n++] = line;
	}
	qsort(lines, n, sizeof(*lines), by_line);
	*text = '\0';
	for (size_t i = 0, at = 0; i < n; i++)
		at += (size_t)sprintf(text + at, "%s\n", lines[i]);
	free(lines);
	free(copy);
	return text;
}

/* Sorted names without "." and ".."; the count, 0 where it is no folder. */
static int names_of(const char *path, struct dirent ***ret)
{
	int n = scandir(path, ret, NULL, alphasort), kept = 0;

	for (int i = 0; i < n; i++) {
		const char *name = (*ret)[i]->d_name;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			free((*ret)[i]);
		else
			(*ret)[kept++] = (*ret)[i];
	}
	if (n < 0)
		*ret = NULL;
	return kept;
}

static void copy_file(const char *from, const char *to, mode_t mode)
{
	size_t n;
	char *data = tree_read(from, &n);
	int fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	if (!data || fd < 0 || write(fd, data, n) != (ssize_t)n || fchmod(fd, mode) < 0)
		tree_die(to);
	close(fd);
	free(data);
}

static void copy_link(const char *from, const char *to)
{
	char target[TREE_PATH_MAX];
	ssize_t n = readlink(from, target, sizeof(target) - 1);

	if (n < 0)
		tree_die(from);
	target[n] = '\0';
	if (symlink(target, to) < 0)
		tree_die(to);
}

void tree_copy(const char *from, const char *to)
{
	char a[TREE_PATH_MAX], b[TREE_PATH_MAX];
	struct dirent **names;
	struct stat st;
	int n;

	if (lstat(from, &st) < 0)
		tree_die(from);
	if (S_ISLNK(st.st_mode)) {
		copy_link(from, to);
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		copy_file(from, to, st.st_mode & 07777);
		return;
	}
	if (mkdir(to, 0700) < 0 && errno != EEXIST)
		tree_die(to);
	n = names_of(from, &names);
	for (int i = 0; i < n; i++) {
		tree_copy(tree_join(a, from, names[i]->d_name), tree_join(b, to, names[i]->d_name));
		free(names[i]);
	}
	free(names);
	chmod(to, st.st_mode & 07777);
}

void tree_empty(const char *path)
{
	char below[TREE_PATH_MAX];
	struct dirent **names;
	int n = names_of(path, &names);

	for (int i = 0; i < n; i++) {
		tree_join(below, path, names[i]->d_name);
		if (unlink(below) < 0) {
			tree_empty(below);
			/* A file system's own, which only it can make. */
			if (rmdir(below) < 0 && strcmp(names[i]->d_name, "lost+found") != 0)
				tree_die(below);
		}
		free(names[i]);
	}
	free(names);
}

static uint64_t mix(const char *p, size_t n)
{
	uint64_t h = 14695981039346656037u; /* FNV-1a */

	while (n--)
		h = (h ^ (unsigned char)*p++) * 1099511628211u;
	return h;
}

static void print_file(FILE *to, const char *path)
{
	size_t n = 0;
	char *data = tree_read(path, &n), *canon;
	const char *end = strrchr(path, '.');

	if (data && end && strcmp(end, ".json") == 0) {
		canon = tree_canon(data);
		free(data);
		data = canon;
		n = strlen(data);
	}
	fprintf(to, data ? "%zu %016llx\n" : "unreadable\n", n,
		(unsigned long long)(data ? mix(data, n) : 0));
	free(data);
}

static void tell(FILE *to, const char *top, const char *path)
{
	char below[TREE_PATH_MAX], target[TREE_PATH_MAX];
	struct dirent **names;
	int n = names_of(path, &names);
	struct stat st;

	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		bool temp = strncmp(name, TEMP, strlen(TEMP)) == 0;

		tree_join(below, path, name);
		if (lstat(below, &st) < 0 || strcmp(name, "lost+found") == 0) {
			free(names[i]);
			continue;
		}
		fprintf(to, "%s/%.*s %o ", path + strlen(top), temp ? (int)strlen(TEMP) : 255, name,
			st.st_mode);
		if (S_ISLNK(st.st_mode)) {
			ssize_t len = readlink(below, target, sizeof(target));

			fprintf(to, "-> %.*s\n", (int)len, target);
		} else if (S_ISREG(st.st_mode)) {
			print_file(to, below);
		} else {
			fprintf(to, "\n");
			tell(to, top, below);
		}
		free(names[i]);
	}
	free(names);
}

char *tree_text(const char *path)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	if (!to)
		tree_die(path);
	tell(to, path, path);
	fclose(to);
	return text;
}
