#include "conf.h"

#include "fileio.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char why_file[] = "cannot be read: in doubt what it keeps, only cards that devices= "
			       "names one by one are taken";
static const char why_cmdline[] = "cannot be read: gpurom may be switched off there, so no card is "
				  "taken";

static void unreadable(struct complaints *bad, const char *path, const char *why)
{
	struct complaint *c;

	if (bad->n == COMPLAINTS_MAX) {
		bad->lost++;
		return;
	}
	c = &bad->c[bad->n++];
	snprintf(c->place, sizeof(c->place), "/%.*s", (int)sizeof(c->place) - 2, path);
	c->word[0] = '\0';
	c->why = why;
}

static void take_file(const struct root *root, const char *path, struct config *c,
		      struct complaints *bad)
{
	char name[COMPLAINT_TEXT_MAX];
	uint8_t *text;
	size_t n;
	int r = file_read(root->fd, path, CONF_FILE_MAX, &text, &n);

	if (r == -ENOENT || r == -ENOTDIR)
		return;
	if (r < 0) {
		unreadable(bad, path, why_file);
		c->keep_unclear = true; /* it may have held one */
		return;
	}
	snprintf(name, sizeof(name), "/%.*s", (int)sizeof(name) - 2, path);
	config_file(c, (const char *)text, name, bad);
	free(text);
}

struct names {
	char name[CONF_FILES_MAX][256];
	size_t n, lost;
};

static bool wanted(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".conf") == 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void list_folder(DIR *d, struct names *ret)
{
	struct dirent *e;

	ret->n = ret->lost = 0;
	while ((e = readdir(d))) {
		if (!wanted(e->d_name))
			continue;
		if (ret->n < CONF_FILES_MAX)
			snprintf(ret->name[ret->n++], sizeof(ret->name[0]), "%s", e->d_name);
		else
			ret->lost++;
	}
	qsort(ret->name, ret->n, sizeof(ret->name[0]), by_name);
}

static void take_folder(const struct root *root, struct config *c, struct complaints *bad)
{
	int fd = openat(root->fd, ROOT_CONF_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	char path[sizeof(ROOT_CONF_DIR) + 257];
	struct names names;

	if (!d) {
		if (fd >= 0)
			close(fd);
		return;
	}
	list_folder(d, &names);
	closedir(d);
	for (size_t i = 0; i < names.n; i++) {
		snprintf(path, sizeof(path), ROOT_CONF_DIR "/%s", names.name[i]);
		take_file(root, path, c, bad);
	}
	if (names.lost) {
		unreadable(bad, ROOT_CONF_DIR ": more files than 64: the rest", why_file);
		c->keep_unclear = true;
	}
}

static void take_cmdline(const struct root *root, bool initramfs, struct config *c,
			 struct complaints *bad)
{
	uint8_t *text;
	size_t n;
	int r = file_read(root->fd, ROOT_CMDLINE, CONF_CMDLINE_MAX, &text, &n);

	if (r < 0) {
		unreadable(bad, ROOT_CMDLINE, why_cmdline);
		if (c->mode != MODE_OFF)
			c->mode = MODE_PLAN;
		return;
	}
	config_cmdline(c, (const char *)text, initramfs, bad);
	free(text);
}

void conf_load(const struct root *root, const char *cmdline, bool initramfs, struct config *ret,
	       struct complaints *bad)
{
	*bad = (struct complaints){.n = 0};
	config_default(ret);
	take_file(root, ROOT_CONF_VENDOR, ret, bad);
	take_file(root, ROOT_CONF, ret, bad);
	take_folder(root, ret, bad);
	if (cmdline)
		config_cmdline(ret, cmdline, initramfs, bad);
	else
		take_cmdline(root, initramfs, ret, bad);
}

const char *conf_complaint(const struct complaint *c, char buf[CONF_BAD_MAX])
{
	if (c->word[0])
		snprintf(buf, CONF_BAD_MAX, "%s: '%s': %s", c->place, c->word, c->why);
	else
		snprintf(buf, CONF_BAD_MAX, "%s: %s", c->place, c->why);
	return buf;
}
