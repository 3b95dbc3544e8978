// SPDX-License-Identifier: GPL-2.0-or-later
#include "fakekernel.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct fake_fn *find(struct fakekernel *k, const char *addr)
{
	char text[PCI_ADDR_BUF];

	for (size_t i = 0; i < k->n; i++)
		if (strcmp(pci_addr_format(k->fn[i].addr, text), addr) == 0)
			return &k->fn[i];
	return NULL;
}

static struct fake_fn *of_attribute(struct fakekernel *k, const char *path, const char *attr)
{
	char addr[PCI_ADDR_BUF], name[64];

	if (sscanf(path, ROOT_PCI_DEVICES "/%16[^/]/%63s", addr, name) != 2 ||
	    strcmp(name, attr) != 0)
		return NULL;
	return find(k, addr);
}

static void probe(struct fakekernel *k, struct fake_fn *f)
{
	const char *want = f->override[0] ? f->override : f->native;

	if (f->driver[0] || strcmp(want, "gpurom-hold") == 0)
		return;
	if (strstr(want, "vfio") && k->no_iommu)
		return;
	snprintf(f->driver, sizeof(f->driver), "%s", want);
}

static int effect(struct fakekernel *k, const char *path, const char *text)
{
	struct fake_fn *f = of_attribute(k, path, "driver_override");
	char driver[PCI_DRIVER_MAX];

	if (f) {
		snprintf(f->override, sizeof(f->override), "%.*s", (int)strcspn(text, "\n"), text);
		return 0;
	}
	f = find(k, text);
	if (f && strcmp(path, ROOT_PCI_BUS "/drivers_probe") == 0) {
		probe(k, f);
		return 0;
	}
	if (f && sscanf(path, ROOT_PCI_DRIVERS "/%39[^/]/unbind", driver) == 1 &&
	    strcmp(driver, f->driver) == 0) {
		f->driver[0] = '\0';
		return 0;
	}
	return -ENODEV;
}

static int fake_write(void *ctx, const char *path, const char *text)
{
	struct fakekernel *k = ctx;
	bool now = ++k->writes == k->fault_at;

	if (k->fault == FAULT_DEATH && k->fault_at && k->writes >= k->fault_at)
		return -EIO;
	if (now && k->fault == FAULT_REFUSED)
		return -EIO;
	if (now && k->fault == FAULT_EFFECTIVE) {
		(void)effect(k, path, text);
		return -EIO;
	}
	return effect(k, path, text);
}

static int fake_link(void *ctx, const char *path, char *buf, size_t size)
{
	struct fake_fn *f = of_attribute(ctx, path, "driver");

	if (!f || !f->driver[0])
		return -ENOENT;
	snprintf(buf, size, "%s", f->driver);
	return 0;
}

static ssize_t fake_read(void *ctx, const char *path, char *buf, size_t size, off_t off)
{
	(void)ctx;
	(void)path;
	(void)buf;
	(void)size;
	(void)off;
	return -ENOENT;
}

struct attr_ops fakekernel_ops(struct fakekernel *k)
{
	return (struct attr_ops){
		.read = fake_read, .write = fake_write, .link = fake_link, .ctx = k};
}
