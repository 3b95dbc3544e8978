// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/doctor-facts.h"

#include "sys/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODPROBE_FILE_MAX (256u << 10)
#define FOLDERS 3
#define BLANKS " \t"

static const char *const folders[FOLDERS] = {"etc/modprobe.d", "run/modprobe.d",
					     "usr/lib/modprobe.d"};

/* Cuts the next word off *at; "" where there is none. */
static char *next_word(char **at)
{
	char *word = *at + strspn(*at, BLANKS);

	*at = word + strcspn(word, BLANKS);
	if (**at)
		*(*at)++ = '\0';
	*at += strspn(*at, BLANKS);
	return word;
}

/* modprobe.d(5): '#' begins a comment at the start of a line, '\' at its end continues it. */
static bool each_line(char *text, const char *file, modprobe_line *fn, void *ctx)
{
	char *line, *command, *module, *end;

	for (char *p = text; (p = strstr(p, "\\\n"));)
		p[0] = p[1] = ' ';
	for (line = text; *line; line = end) {
		end = line + strcspn(line, "\n");
		if (*end)
			*end++ = '\0';
		command = next_word(&line);
		module = next_word(&line);
		if (*command && *command != '#' && *module && !fn(ctx, file, command, module, line))
			return false;
	}
	return true;
}

/* A file of the same name in an earlier folder hides this one. */
static bool is_hidden(const struct root *root, size_t folder, const char *name)
{
	char path[512];

	for (size_t i = 0; i < folder; i++) {
		snprintf(path, sizeof(path), "%s/%s", folders[i], name);
		if (faccessat(root->fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	}
	return false;
}

static bool each_of_file(const struct root *root, size_t folder, const char *name,
			 modprobe_line *fn, void *ctx)
{
	char path[512];
	uint8_t *text;
	size_t n;
	bool on;

	snprintf(path, sizeof(path), "/%s/%s", folders[folder], name);
	if (file_read_regular(root->fd, path + 1, MODPROBE_FILE_MAX, &text, &n) < 0)
		return true;
	on = each_line((char *)text, path, fn, ctx);
	free(text);
	return on;
}

void modprobe_each(const struct root *root, modprobe_line *fn, void *ctx)
{
	bool on = true;

	for (size_t i = 0; i < FOLDERS && on; i++) {
		DIR *d = dir_open(root->fd, folders[i], 0);
		const struct dirent *e;

		while (d && on && (e = readdir(d))) {
			const char *dot = strrchr(e->d_name, '.');

			if (dot && strcmp(dot, ".conf") == 0 && !is_hidden(root, i, e->d_name))
				on = each_of_file(root, i, e->d_name, fn, ctx);
		}
		if (d)
			closedir(d);
	}
}
