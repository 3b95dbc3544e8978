// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/config-files.h"

#include "plan/config-text.h"

#include "sys/file.h"
#include "util/sha256.h"
#include "util/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DOUBT                                                                                      \
	"it may have held any key, so only cards that devices= on the kernel command line names "  \
	"one by one are taken"

static const char why_file[] = "cannot be read: " DOUBT;
static const char why_bytes[] =
	"a byte that no text file has, so nothing of this file is used: " DOUBT;
static const char why_cmdline[] = "cannot be read: gpurom may be switched off there, so no card is "
				  "taken";

/* line: 0 for the file as a whole. */
static void add_complaint(struct complaints *bad, const char *path, size_t line, const char *why)
{
	struct complaint *c;
	int n;

	if (bad->n == COMPLAINTS_MAX) {
		bad->lost++;
		return;
	}
	c = &bad->c[bad->n++];
	n = snprintf(c->place, sizeof(c->place), "/%.60s", path);
	if (line)
		snprintf(c->place + n, sizeof(c->place) - (size_t)n, ":%zu", line);
	c->word[0] = '\0';
	c->why = why;
}

/* The digest so far, a file's name and its bytes' digest make the next one. text.p NULL: it cannot
 * be used. */
static void add_to_digest(struct config *c, const char *path, struct bytes text)
{
	char line[512];
	int n = snprintf(line, sizeof(line) - SHA256_HEX, "%s%s", c->files_digest, path);

	if (text.p)
		digest_sha256(text, line + n);
	digest_sha256((struct bytes){(const uint8_t *)line, strlen(line)}, c->files_digest);
}

static void add_unread(struct config *c, struct complaints *bad, const char *path, size_t line,
		       const char *why)
{
	add_complaint(bad, path, line, why);
	config_unread(c);
	add_to_digest(c, path, (struct bytes){NULL, 0});
}

/* A dangling link counts: what it led to may have held any key. */
static bool exists(const struct root *root, const char *path)
{
	struct stat st;

	return fstatat(root->fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static void load_file(const struct root *root, const char *path, struct config *c,
		      struct complaints *bad)
{
	char name[COMPLAINT_TEXT_MAX];
	uint8_t *text;
	size_t n, line;
	int r = file_read_regular(root->fd, path, CONFIG_FILE_MAX, &text, &n);

	if ((r == -ENOENT || r == -ENOTDIR) && !exists(root, path))
		return;
	if (r < 0) {
		add_unread(c, bad, path, 0, why_file);
		return;
	}
	snprintf(name, sizeof(name), "/%.*s", (int)sizeof(name) - 2, path);
	if (config_is_text((const char *)text, n, &line)) {
		add_to_digest(c, path, (struct bytes){text, n});
		config_file(c, (const char *)text, name, bad);
	} else {
		add_unread(c, bad, path, line, why_bytes);
	}
	free(text);
}

struct names {
	char name[CONFIG_FILES_MAX][256];
	size_t n, lost;
};

static bool is_conf_name(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".conf") == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* In name order. Returns 0 or -errno. */
static int read_names(DIR *d, struct names *ret)
{
	struct dirent *e;
	int err;

	ret->n = ret->lost = 0;
	while (errno = 0, e = readdir(d)) {
		if (!is_conf_name(e->d_name))
			continue;
		if (ret->n < CONFIG_FILES_MAX)
			snprintf(ret->name[ret->n++], sizeof(ret->name[0]), "%s", e->d_name);
		else
			ret->lost++;
	}
	err = -errno;
	qsort(ret->name, ret->n, sizeof(ret->name[0]), by_name);
	return err;
}

static int list_folder(const struct root *root, struct names *ret)
{
	DIR *d = dir_open(root->fd, ROOT_CONF_DIR, 0);
	int err;

	if (!d)
		return -errno;
	err = read_names(d, ret);
	closedir(d);
	return err;
}

static void load_folder(const struct root *root, struct config *c, struct complaints *bad)
{
	char path[sizeof(ROOT_CONF_DIR) + 257];
	struct names names = {.n = 0};
	int err = list_folder(root, &names);

	if (err && (err != -ENOENT || exists(root, ROOT_CONF_DIR)))
		add_unread(c, bad, ROOT_CONF_DIR, 0, why_file);
	for (size_t i = 0; i < names.n; i++) {
		snprintf(path, sizeof(path), ROOT_CONF_DIR "/%s", names.name[i]);
		load_file(root, path, c, bad);
	}
	if (names.lost)
		add_unread(c, bad, ROOT_CONF_DIR ": more files than 64: the rest", 0, why_file);
}

static void load_cmdline(const struct root *root, bool initramfs, struct config *c,
			 struct complaints *bad)
{
	uint8_t *text;
	size_t n;
	int r = file_read(root->fd, ROOT_CMDLINE, CONFIG_CMDLINE_MAX, &text, &n);

	if (r < 0) {
		add_complaint(bad, ROOT_CMDLINE, 0, why_cmdline);
		if (c->mode != MODE_OFF)
			c->mode = MODE_PLAN;
		return;
	}
	config_cmdline(c, (const char *)text, initramfs, bad);
	free(text);
}

void config_files_load(const struct root *root, const char *cmdline, bool initramfs,
		       struct config *ret, struct complaints *bad)
{
	*bad = (struct complaints){.n = 0};
	config_default(ret);
	digest_sha256((struct bytes){NULL, 0}, ret->files_digest);
	load_file(root, ROOT_CONF_VENDOR, ret, bad);
	load_file(root, ROOT_CONF, ret, bad);
	load_folder(root, ret, bad);
	if (cmdline)
		config_cmdline(ret, cmdline, initramfs, bad);
	else
		load_cmdline(root, initramfs, ret, bad);
}

const char *config_complaint(const struct complaint *c, char buf[CONFIG_BAD_MAX])
{
	if (c->word[0])
		snprintf(buf, CONFIG_BAD_MAX, "%s: '%s': %s", c->place, c->word, c->why);
	else
		snprintf(buf, CONFIG_BAD_MAX, "%s: %s", c->place, c->why);
	text_clean(buf, "");
	return buf;
}
