// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/proxmox-link.h"

#include "plan/config.h"
#include "sys/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BY_PATH "/by-path"

/* It leads to a store, this one or another. */
static bool is_ours(const char *target)
{
	size_t n = strlen(target);

	return n >= strlen(BY_PATH) && strcmp(target + n - strlen(BY_PATH), BY_PATH) == 0;
}

int proxmox_link_publish(const struct root *root, const char *store)
{
	char is[FILE_LINK_MAX], wanted[CONFIG_STORE_MAX + sizeof(BY_PATH)];
	int err = link_read(root->fd, KVMLINK, is);

	if (err == -EINVAL || (err == 0 && !is_ours(is)))
		return -EEXIST;
	if (err && err != -ENOENT)
		return err == -ENOTDIR ? 0 : err;
	snprintf(wanted, sizeof(wanted), "%s" BY_PATH, store);
	err = link_publish(root->fd, KVMLINK, wanted);
	return err == -ENOENT || err == -ENOTDIR ? 0 : err;
}
