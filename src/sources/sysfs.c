// SPDX-License-Identifier: GPL-2.0-or-later
/* The `rom` attribute (drivers/pci/pci-sysfs.c, rom/rom.c). */
#include "sources/job.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define PAGE 4096u /* kernfs returns at most a page a read (fs/kernfs/file.c) */
#define FIRST (256u * 1024)

static int grow(struct source_bytes *r, size_t *cap)
{
	size_t to = *cap ? *cap * 2 : FIRST;
	uint8_t *p = realloc(r->bytes, to);

	if (!p)
		return -ENOMEM;
	r->bytes = p;
	*cap = to;
	return 0;
}

/* The attribute, open for all of its pages where it can be. */
struct rom_file {
	const struct attr_ops *k;
	char path[SYSFS_PATH_MAX];
	int fd;
};

static ssize_t read_page(const struct rom_file *f, char *buf, off_t off)
{
	return f->fd >= 0 ? attr_read_at(f->fd, buf, PAGE, off)
			  : f->k->read(f->k->ctx, f->path, buf, PAGE, off);
}

static int read_pages(const struct source_job *j, const struct rom_file *f,
		      struct source_bytes *ret)
{
	size_t cap = 0;
	ssize_t n;
	int r;

	for (;;) {
		if (job_late(j))
			return -ETIMEDOUT;
		if (ret->n + PAGE > ROM_FILE_MAX)
			return -EFBIG;
		if (ret->n + PAGE > cap && (r = grow(ret, &cap)) < 0)
			return r;
		n = read_page(f, (char *)ret->bytes + ret->n, (off_t)ret->n);
		if (n < 0)
			return (int)n;
		if (n == 0)
			return ret->n ? 0 : -ENODATA;
		ret->n += (size_t)n;
		job_progress(j, ret->n, 0);
	}
}

static int read_whole(const struct source_job *j, struct source_bytes *ret)
{
	struct rom_file f = {.k = j->k, .fd = -1};
	int r;

	sysfs_path(j->addr, "rom", f.path);
	if (j->k->open)
		f.fd = j->k->open(j->k->ctx, f.path);
	r = read_pages(j, &f, ret);
	if (f.fd >= 0)
		close(f.fd);
	return r;
}

/* "1\n" enables and exactly "0\n" disables; anything else, a bare "0" too, enables. */
static int read_enabled(const struct source_job *j, struct source_bytes *ret)
{
	int r = sysfs_set(j->k, j->addr, "rom", "1\n");

	if (r == 0)
		r = read_whole(j, ret);
	(void)sysfs_set(j->k, j->addr, "rom", "0\n");
	if (r == -EIO || r == -ENODATA)
		return job_fail(ret, r,
				"no option ROM behind the ROM BAR (card asleep, memory decode "
				"off, no room in the bridge window, flash hidden); dmesg has "
				"the bytes the kernel met");
	return r;
}

int source_read_sysfs(const struct source_job *j, struct source_bytes *ret)
{
	return job_awake(j, ret, read_enabled);
}
