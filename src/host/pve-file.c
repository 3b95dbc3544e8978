// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/pve-file.h"

#include "sys/deadline.h"
#include "sys/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTNAME "proc/sys/kernel/hostname"

struct job {
	int (*fn)(void *arg);
	void *arg;
};

static int run_one(void *arg, size_t i)
{
	const struct job *j = arg;

	(void)i;
	return j->fn(j->arg);
}

static unsigned all_ms(void *arg, size_t i, size_t hung)
{
	(void)arg, (void)i, (void)hung;
	return PVE_FILE_MS;
}

int pvefile_run(int keep_fd, int (*fn)(void *arg), void *arg)
{
	struct job job = {fn, arg};
	const struct deadline_list list = {.n = 1,
					   .one = run_one,
					   .ms = all_ms,
					   .arg = &job,
					   .keep_fd = keep_fd,
					   .until_us = deadline_now_us() + PVE_FILE_MS * 1000ull};
	int result, err = deadline_each(&list, &result);

	return err ? err : result;
}

struct shared {
	size_t n;
	uint8_t bytes[PVE_FILE_MAX];
};

struct reading {
	int dirfd;
	const char *path;
	struct shared *to;
};

static int read_it(void *arg)
{
	struct reading *r = arg;
	uint8_t *bytes;
	size_t n;
	int err = file_read_regular(r->dirfd, r->path, PVE_FILE_MAX, &bytes, &n);

	if (err)
		return err;
	memcpy(r->to->bytes, bytes, n);
	r->to->n = n;
	free(bytes);
	return 0;
}

int pvefile_read(int dirfd, const char *path, struct pvefile *ret)
{
	struct reading r = {dirfd, path, deadline_shared(sizeof(struct shared))};
	int err;

	if (!r.to)
		return -ENOMEM;
	err = pvefile_run(dirfd, read_it, &r);
	if (err) {
		deadline_unshare(r.to, sizeof(*r.to));
		return err;
	}
	*ret = (struct pvefile){{r.to->bytes, r.to->n}, r.to};
	return 0;
}

const char *pvefile_why(int err)
{
	return err == -ETIMEDOUT ? "no answer in time; 'systemctl status pve-cluster' says how the "
				   "cluster's file system is"
				 : strerror(-err);
}

void pvefile_free(struct pvefile *f)
{
	if (f->shared)
		deadline_unshare(f->shared, sizeof(struct shared));
	*f = (struct pvefile){{NULL, 0}, NULL};
}

void pvefile_host(const struct root *root, char ret[PVE_HOST_MAX])
{
	uint8_t *text;
	size_t n;

	ret[0] = '\0';
	if (file_read_regular(root->fd, HOSTNAME, PVE_HOST_MAX, &text, &n) < 0)
		return;
	snprintf(ret, PVE_HOST_MAX, "%.*s", (int)strcspn((char *)text, "\n"), (char *)text);
	free(text);
}
