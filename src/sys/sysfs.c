// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

ssize_t attr_read_at(int fd, char *buf, size_t size, off_t off)
{
	ssize_t n;

	do {
		n = pread(fd, buf, size, off);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static int real_open(void *ctx, const char *path)
{
	const struct root *root = ctx;
	int fd = openat(root->fd, path, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static ssize_t real_read(void *ctx, const char *path, char *buf, size_t size, off_t off)
{
	int fd = real_open(ctx, path);
	ssize_t n;

	if (fd < 0)
		return fd;
	n = attr_read_at(fd, buf, size, off);
	close(fd);
	return n;
}

static int real_write(void *ctx, const char *path, const char *text)
{
	const struct root *root = ctx;
	/* Truncated for the sake of fixture trees, where attributes are plain files. */
	int fd = openat(root->fd, path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	size_t len = strlen(text);
	ssize_t n;
	int r = 0;

	if (fd < 0)
		return -errno;
	do {
		n = write(fd, text, len);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		r = -errno;
	else if ((size_t)n != len)
		r = -EIO;
	close(fd);
	return r;
}

static int real_link(void *ctx, const char *path, char *buf, size_t size)
{
	const struct root *root = ctx;
	char target[512];
	ssize_t n = readlinkat(root->fd, path, target, sizeof(target) - 1);
	const char *base;

	if (n < 0)
		return -errno;
	target[n] = '\0';
	base = strrchr(target, '/');
	base = base ? base + 1 : target;
	if (strlen(base) >= size)
		return -ENAMETOOLONG;
	strcpy(buf, base);
	return 0;
}

struct attr_ops attr_ops_real(const struct root *root)
{
	return (struct attr_ops){.read = real_read,
				 .write = real_write,
				 .link = real_link,
				 .open = real_open,
				 .ctx = (void *)root,
				 .fd = root->fd};
}

const char *sysfs_device(const struct root *root, struct pci_addr a, char buf[PATH_MAX])
{
	char link[SYSFS_PATH_MAX], addr[PCI_ADDR_BUF];
	ssize_t n;

	snprintf(link, sizeof(link), ROOT_PCI_DEVICES "/%s", pci_addr_format(a, addr));
	n = readlinkat(root->fd, link, buf, PATH_MAX - 1);
	if (n <= 0)
		return NULL;
	buf[n] = '\0';
	return strstr(buf, "devices/");
}

const char *sysfs_path(struct pci_addr a, const char *attr, char buf[SYSFS_PATH_MAX])
{
	static const char folder[] = ROOT_PCI_DEVICES "/";
	char *at = buf + sizeof(folder) - 1;
	size_t n = strlen(attr);

	memcpy(buf, folder, sizeof(folder) - 1);
	at += strlen(pci_addr_format(a, at));
	if (n >= SYSFS_PATH_MAX - 1 - (size_t)(at - buf)) {
		buf[0] = '\0';
		return buf;
	}
	*at++ = '/';
	memcpy(at, attr, n + 1);
	return buf;
}

int sysfs_get(const struct attr_ops *k, struct pci_addr a, const char *attr, char *buf, size_t size)
{
	char path[SYSFS_PATH_MAX];
	ssize_t n = k->read(k->ctx, sysfs_path(a, attr, path), buf, size - 1, 0);

	if (n < 0)
		return (int)n;
	buf[n] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	if (strcmp(buf, "(null)") == 0)
		buf[0] = '\0';
	return 0;
}

int sysfs_set(const struct attr_ops *k, struct pci_addr a, const char *attr, const char *text)
{
	char path[SYSFS_PATH_MAX];

	return k->write(k->ctx, sysfs_path(a, attr, path), text);
}

int sysfs_driver(const struct attr_ops *k, struct pci_addr a, char buf[PCI_DRIVER_MAX])
{
	char path[SYSFS_PATH_MAX];
	int r = k->link(k->ctx, sysfs_path(a, "driver", path), buf, PCI_DRIVER_MAX);

	if (r == -ENOENT) {
		buf[0] = '\0';
		return 0;
	}
	return r;
}

int sysfs_set_override(const struct attr_ops *k, struct pci_addr a, const char *driver)
{
	char text[PCI_DRIVER_MAX + 1];
	int n = snprintf(text, sizeof(text), "%s\n", driver ? driver : "");

	if (n < 0 || (size_t)n >= sizeof(text))
		return -ENAMETOOLONG;
	return sysfs_set(k, a, "driver_override", text);
}

int sysfs_unbind(const struct attr_ops *k, struct pci_addr a, const char *driver)
{
	char path[SYSFS_PATH_MAX], addr[PCI_ADDR_BUF];
	int n = snprintf(path, sizeof(path), ROOT_PCI_DRIVERS "/%s/unbind", driver);

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	return k->write(k->ctx, path, pci_addr_format(a, addr));
}

int sysfs_probe(const struct attr_ops *k, struct pci_addr a)
{
	char addr[PCI_ADDR_BUF];

	return k->write(k->ctx, ROOT_PCI_BUS "/drivers_probe", pci_addr_format(a, addr));
}

/* linux/ioport.h; of a ROM's flags bit 1 is IORESOURCE_ROM_SHADOW. */
#define FLAG_MEMORY 0x200ull
#define FLAG_UNSET 0x20000000ull
#define FLAG_SHADOW 0x2ull
#define SHADOW_AT 0xc0000ull /* arch/x86/pci/fixup.c pci_fixup_video */

/* A line of "resource", as the kernel prints it: "0x%016llx 0x%016llx 0x%016llx". */
static bool read_resource(const char *line, struct pci_resource *ret)
{
	unsigned long long n[3];
	char *end;

	for (int i = 0; i < 3; i++, line = end) {
		n[i] = strtoull(line, &end, 16);
		if (end == line)
			return false;
	}
	*ret = (struct pci_resource){n[0], n[1], n[2]};
	return true;
}

int pci_resource(const struct attr_ops *k, struct pci_addr a, int line, struct pci_resource *ret)
{
	char path[SYSFS_PATH_MAX], text[1024];
	ssize_t n = k->read(k->ctx, sysfs_path(a, "resource", path), text, sizeof(text) - 1, 0);
	const char *at = text;

	if (n < 0)
		return (int)n;
	text[n] = '\0';
	for (int i = 0; i < line && at; i++)
		at = (at = strchr(at, '\n')) ? at + 1 : NULL;
	return at && read_resource(at, ret) ? 0 : -EBADMSG;
}

bool pci_resource_is_memory(const struct pci_resource *r, unsigned long long bytes)
{
	return (r->flags & FLAG_MEMORY) && !(r->flags & FLAG_UNSET) && r->start &&
	       r->end > r->start && r->end - r->start >= bytes - 1;
}

bool pci_resource_is_shadow(const struct pci_resource *rom)
{
	return rom->start == SHADOW_AT && (rom->flags & FLAG_SHADOW);
}
