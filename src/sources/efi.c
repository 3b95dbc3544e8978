// SPDX-License-Identifier: GPL-2.0-or-later
/* The firmware's own copy (rom/setupdata.h), which the kernel shows under boot_params. */
#include "rom/setupdata.h"
#include "sources/job.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NODES_MAX 256 /* a node for each device with a ROM, and some others */
#define NODE_PATH_MAX 80
#define TYPE_TEXT_MAX 32

static bool is_pci(int dir, const char *node)
{
	char path[NODE_PATH_MAX];
	uint8_t *text;
	size_t n;
	bool yes;

	if ((size_t)snprintf(path, sizeof(path), "%s/type", node) >= sizeof(path) ||
	    file_read(dir, path, TYPE_TEXT_MAX, &text, &n) < 0)
		return false;
	yes = strtoul((char *)text, NULL, 0) == SETUPDATA_TYPE_PCI;
	free(text);
	return yes;
}

/* Returns 1 where this node has the card's ROM, now in *ret; 0 where not; or -errno. */
static int read_node(int dir, const char *node, const struct source_job *j,
		     struct source_bytes *ret)
{
	char path[NODE_PATH_MAX];
	struct setupdata s;
	uint8_t *data;
	size_t n;
	int r;

	if (*node == '.' || !is_pci(dir, node) ||
	    (size_t)snprintf(path, sizeof(path), "%s/data", node) >= sizeof(path))
		return 0;
	r = file_read(dir, path, SETUPDATA_HEADER_SIZE + ROM_FILE_MAX, &data, &n);
	if (r < 0)
		return r;
	if (setupdata_read((struct bytes){data, n}, &s) &&
	    setupdata_matches(&s, j->addr, &j->ids) && s.rom.n > 0) {
		/* Moved to the front: the caller frees from there. */
		memmove(data, s.rom.p, s.rom.n);
		ret->bytes = data;
		ret->n = s.rom.n;
		return 1;
	}
	free(data);
	return 0;
}

static int read_nodes(DIR *nodes, const struct source_job *j, struct source_bytes *ret)
{
	const struct dirent *e;
	int r = 0;

	for (int i = 0; i < NODES_MAX && r == 0 && (e = readdir(nodes)); i++)
		r = read_node(dirfd(nodes), e->d_name, j, ret);
	return r;
}

int source_read_efi(const struct source_job *j, struct source_bytes *ret)
{
	int r, fd = openat(j->root->fd, ROOT_SETUP_DATA, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *nodes = fd >= 0 ? fdopendir(fd) : NULL;

	if (!nodes) {
		if (fd >= 0)
			close(fd);
		return job_fail(ret, -ENODEV,
				"the firmware left no copies: no UEFI boot through the "
				"kernel's EFI stub, or a kexec");
	}
	r = read_nodes(nodes, j, ret);
	closedir(nodes);
	if (r == 0)
		return job_fail(ret, -ENODEV, "the firmware left no copy of this card's ROM");
	return r < 0 ? r : 0;
}
