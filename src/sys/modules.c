// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/modules.h"

#include "plan/config.h"
#include "sys/deadline.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#define MODPROBE "/sbin/modprobe"

void modules_release(const struct root *root, char ret[MODULES_RELEASE_MAX])
{
	struct utsname u = {.release = ""};
	uint8_t *text;
	size_t n;

	if (file_read_regular(root->fd, ROOT_OSRELEASE, MODULES_RELEASE_MAX, &text, &n) == 0) {
		snprintf(ret, MODULES_RELEASE_MAX, "%.*s", (int)strcspn((char *)text, "\n/"),
			 (char *)text);
		free(text);
		return;
	}
	(void)uname(&u);
	snprintf(ret, MODULES_RELEASE_MAX, "%s", u.release);
}

static void read_file(const struct root *root, const char *name, struct bytes *ret)
{
	char path[PATH_MAX], release[MODULES_RELEASE_MAX];
	uint8_t *text;

	modules_release(root, release);
	snprintf(path, sizeof(path), "lib/modules/%s/%s", release, name);
	if (file_read_regular(root->fd, path, MODULES_FILE_MAX, &text, &ret->n) == 0)
		ret->p = text;
}

/* Moves the few lines that matter to the front: each function is compared with each line. */
static void keep_vfio(struct bytes *text)
{
	uint8_t *to = (uint8_t *)text->p;
	size_t at = 0, n = 0;
	struct bytes line;

	while (modalias_line(*text, &at, &line)) {
		if (!bytes_is(line, 0, MODALIAS_VFIO, strlen(MODALIAS_VFIO)))
			continue;
		memmove(to + n, line.p, line.n);
		n += line.n;
		to[n++] = '\n'; /* in the place of its own, or of the NUL of file_read */
	}
	text->n = n;
}

/* - and _ are the same in a module's name, and depmod writes its file's. */
static void fold(char *text)
{
	while ((text = strchr(text, '-')))
		*text = '_';
}

void modules_read(const struct root *root, struct modules *ret)
{
	*ret = (struct modules){{NULL, 0}, {NULL, 0}};
	read_file(root, "modules.alias", &ret->vfio);
	keep_vfio(&ret->vfio);
	read_file(root, "modules.dep", &ret->dep);
	if (ret->dep.p)
		fold((char *)ret->dep.p);
}

void modules_free(struct modules *m)
{
	free((void *)m->vfio.p);
	free((void *)m->dep.p);
}

/* A line of modules.dep: "kernel/drivers/vfio/pci/vfio-pci.ko.xz: kernel/…". */
bool modules_have(const struct root *root, const struct modules *m, const char *driver)
{
	char file[PCI_DRIVER_MAX + 8];

	if (driver_find(root, driver, file))
		return true;
	snprintf(file, sizeof(file), "/%s.ko", driver);
	fold(file);
	return m->dep.p && strstr((const char *)m->dep.p, file);
}

void modules_driver(const struct root *root, const struct modules *m, const char *configured,
		    const struct pci_fn *f, char ret[PCI_DRIVER_MAX])
{
	char best[PCI_DRIVER_MAX];
	const char *driver = configured;

	if (strcmp(configured, CONFIG_DRIVER_AUTO) == 0) {
		driver = MODALIAS_GENERIC;
		if (modalias_best(m->vfio, f, best) && !modalias_same_name(best, driver) &&
		    (!m->dep.p || modules_have(root, m, best)))
			driver = best;
	}
	snprintf(ret, PCI_DRIVER_MAX, "%s", driver);
}

bool driver_find(const struct root *root, const char *name, char ret[PCI_DRIVER_MAX])
{
	DIR *d = dir_open(root->fd, ROOT_PCI_DRIVERS, 0);
	char found[PCI_DRIVER_MAX] = "";
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (modalias_same_name(e->d_name, name) && (!found[0] || !strcmp(e->d_name, name)))
			snprintf(found, sizeof(found), "%.*s", PCI_DRIVER_MAX - 1, e->d_name);
	if (d)
		closedir(d);
	if (found[0])
		memcpy(ret, found, sizeof(found));
	return found[0];
}

struct load {
	const struct root *root;
	const char *options, *name;
};

static int run_modprobe(void *arg)
{
	const struct load *l = arg;
	char path[PATH_MAX], *argv[] = {path, (char *)l->options, (char *)l->name, NULL};
	pid_t pid;

	snprintf(path, sizeof(path), "%s" MODPROBE, l->root->path);
	pid = fork();
	if (pid == 0) {
		(void)execv(path, argv);
		_exit(127);
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

void driver_load(const struct root *root, const char *name)
{
	struct load l = {root, "-q", name};

	(void)deadline_run(MODULES_LOAD_MS, run_modprobe, &l);
}

void modalias_load(const struct root *root, const struct pci_fn *f)
{
	char alias[MODALIAS_MAX];
	struct load l = {root, "-bq", modalias_format(f, alias)};

	(void)run_modprobe(&l);
}
