// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/host-bridges.h"

#include "sys/file.h"

#include "pci/path.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void read_uid(const struct attr_ops *k, const char *real, size_t n,
		     char ret[HOST_BRIDGE_UID_MAX])
{
	char path[PATH_MAX];
	ssize_t got;

	snprintf(path, sizeof(path), "sys/%.*s/firmware_node/uid", (int)n, real);
	got = k->read(k->ctx, path, ret, HOST_BRIDGE_UID_MAX - 1, 0);
	ret[got > 0 ? got : 0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

size_t host_bridge_find(struct host_bridges *all, const struct attr_ops *k, const char *real,
			size_t n)
{
	struct host_bridge one = {0};
	size_t i = 0;

	if (!pcipath_bridge(real, n, &one.domain, &one.bus))
		return HOST_BRIDGES_MAX;
	while (i < all->n && (all->b[i].domain != one.domain || all->b[i].bus != one.bus))
		i++;
	if (i < all->n || i == HOST_BRIDGES_MAX)
		return i;
	read_uid(k, real, n, one.uid);
	all->b[i] = one;
	return all->n++;
}

void host_bridges_read(struct host_bridges *all, const struct root *root, const struct attr_ops *k)
{
	DIR *d = dir_open(root->fd, ROOT_DEVICES, 0);
	char path[sizeof("devices/") + NAME_MAX];
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "devices/%s", e->d_name);
		(void)host_bridge_find(all, k, path, strlen(path));
	}
	if (d)
		closedir(d);
}

const char *host_bridge_uid(const struct host_bridges *all, size_t i)
{
	return i < all->n ? all->b[i].uid : "";
}

bool host_bridge_shares_uid(const struct host_bridges *all, size_t i)
{
	for (size_t k = 0; i < all->n && k < all->n; k++)
		if (k != i && all->b[k].domain == all->b[i].domain && all->b[i].uid[0] &&
		    strcmp(all->b[k].uid, all->b[i].uid) == 0)
			return true;
	return false;
}
