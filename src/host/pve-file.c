// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/pve-file.h"

#include "sys/deadline.h"
#include "sys/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTNAME "proc/sys/kernel/hostname"

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
	err = deadline_run(PVE_FILE_MS, read_it, &r);
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
