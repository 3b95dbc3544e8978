// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/holders.h"

#include "sys/deadline.h"
#include "sys/file.h"
#include "sys/sysfs.h"
#include "util/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NODES_MAX 64 /* a card has some ten; an xhci with a full tree of hubs still fits */
#define DEPTH_MAX 8  /* function / usbN / port / port ... */

struct nodes {
	char name[NODES_MAX][HOLDER_NODE_MAX];
	size_t n;
};

static void add_node(struct nodes *s, const char *prefix, const char *name)
{
	if (s->n < NODES_MAX)
		snprintf(s->name[s->n++], HOLDER_NODE_MAX, "/dev/%s%s", prefix, name);
}

/* The DEVNAME line of a class device's uevent is its name below /dev. */
static void add_devname(struct nodes *s, int at)
{
	char text[1024], *p;
	int fd = openat(at, "uevent", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return;
	text[n] = '\0';
	p = strstr(text, "DEVNAME=");
	if (!p || (p != text && p[-1] != '\n'))
		return;
	p += strlen("DEVNAME=");
	p[strcspn(p, "\n")] = '\0';
	add_node(s, "", p);
}

/* Other PCI functions below (a bridge's children) are not this one's nodes. */
static bool is_function_name(const char *name)
{
	struct pci_addr a;

	return pci_addr_parse(name, &a) == 0;
}

static void add_below(struct nodes *s, int at, const char *name, int depth)
{
	DIR *d = dir_open(at, name, O_NOFOLLOW);
	struct dirent *e;

	if (!d)
		return;
	if (depth > 0) /* a PCI function itself has no node */
		add_devname(s, dirfd(d));
	while (depth < DEPTH_MAX && (e = readdir(d)))
		if (e->d_type == DT_DIR && e->d_name[0] != '.' && !is_function_name(e->d_name))
			add_below(s, dirfd(d), e->d_name, depth + 1);
	closedir(d);
}

/* The minor number is in the driver's own /proc folder, not in sysfs. */
static void add_nvidia(const struct root *root, const struct pci_fn *f, struct nodes *s)
{
	char path[128], text[2048], addr[PCI_ADDR_BUF], *p;
	const struct attr_ops k = attr_ops_real(root);
	ssize_t n;

	snprintf(path, sizeof(path), ROOT_PROC "/driver/nvidia/gpus/%s/information",
		 pci_addr_format(f->addr, addr));
	n = k.read(k.ctx, path, text, sizeof(text) - 1, 0);
	text[n > 0 ? n : 0] = '\0';
	p = strstr(text, "Device Minor:");
	if (!p)
		return;
	p += strlen("Device Minor:");
	p += strspn(p, " \t");
	p[strspn(p, "0123456789")] = '\0';
	add_node(s, "nvidia", p);
}

static void list_nodes(const struct root *root, const struct pci_fn *f, struct nodes *s)
{
	char path[SYSFS_PATH_MAX], number[16], addr[PCI_ADDR_BUF];
	int dir;

	s->n = 0;
	snprintf(path, sizeof(path), ROOT_PCI_DEVICES "/%s", pci_addr_format(f->addr, addr));
	dir = openat(root->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir >= 0) {
		add_below(s, dir, ".", 0);
		close(dir);
	}
	if (strcmp(f->driver, "nvidia") == 0)
		add_nvidia(root, f, s);
	if (pci_driver_is_vfio(f->driver) && f->iommu_group >= 0) {
		snprintf(number, sizeof(number), "%d", f->iommu_group);
		add_node(s, "vfio/", number);
	}
}

static const char *find_node(const struct nodes *s, const char *target)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->name[i], target) == 0)
			return s->name[i];
	return NULL;
}

static bool process_holds(int proc, const char *pid, const struct nodes *s, struct holder *ret)
{
	char path[64], target[HOLDER_NODE_MAX];
	const char *node = NULL;
	struct dirent *e;
	ssize_t n;
	DIR *d;

	snprintf(path, sizeof(path), "%.20s/fd", pid);
	d = dir_open(proc, path, O_NOFOLLOW);
	if (!d)
		return false;
	while (!node && (e = readdir(d))) {
		n = readlinkat(dirfd(d), e->d_name, target, sizeof(target) - 1);
		if (n <= 0)
			continue;
		target[n] = '\0';
		node = find_node(s, target);
	}
	closedir(d);
	if (!node)
		return false;
	ret->pid = atoi(pid);
	snprintf(ret->node, sizeof(ret->node), "%s", node);
	return true;
}

static void name_process(int proc, struct holder *h)
{
	char path[64];
	int fd;
	ssize_t n;

	snprintf(path, sizeof(path), "%d/comm", h->pid);
	fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, h->comm, sizeof(h->comm) - 1);
	if (fd >= 0)
		close(fd);
	h->comm[n > 0 ? n : 0] = '\0';
	h->comm[strcspn(h->comm, "\n")] = '\0';
	text_clean(h->comm, ""); /* any user can give a process any name */
}

static int find_holder(const struct root *root, const struct pci_fn *f, struct holder *ret)
{
	struct nodes s;
	struct dirent *e;
	int found = 0;
	DIR *d;

	list_nodes(root, f, &s);
	d = s.n ? dir_open(root->fd, ROOT_PROC, O_NOFOLLOW) : NULL;
	if (!d)
		return 0;
	while (!found && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]))
			found = process_holds(dirfd(d), e->d_name, &s, ret);
	if (found)
		name_process(dirfd(d), ret);
	closedir(d);
	return found;
}

struct search {
	const struct root *root;
	const struct pci_fn *f;
	struct found {
		int n;
		struct holder h;
	} * result; /* shared with the child */
};

static int search(void *arg)
{
	const struct search *s = arg;

	s->result->n = find_holder(s->root, s->f, &s->result->h);
	return 0;
}

int holders_find(const struct root *root, const struct pci_fn *f, struct holder *ret)
{
	int found = holders_search(root, f, HOLDERS_MS, ret);

	return found < 0 ? 0 : found;
}

int holders_search(const struct root *root, const struct pci_fn *f, unsigned ms, struct holder *ret)
{
	struct search s = {.root = root, .f = f};
	int found;

	s.result = mmap(NULL, sizeof(*s.result), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			-1, 0);
	if (s.result == MAP_FAILED)
		return -ENOMEM;
	found = deadline_run(ms, search, &s);
	if (found == 0)
		found = s.result->n;
	if (found > 0)
		*ret = s.result->h;
	munmap(s.result, sizeof(*s.result));
	return found;
}
