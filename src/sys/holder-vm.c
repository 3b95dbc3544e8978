// SPDX-License-Identifier: GPL-2.0-or-later
/* Which VM a QEMU process runs. A file of its own: the initramfs's program does not need it. */
#include "sys/holders.h"

#include "sys/deadline.h"
#include "util/text.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CMDLINE_MAX 65536 /* libvirt's are some kilobytes, -name stands in front */

struct vm_search {
	const struct root *root;
	int pid;
	char *name; /* HOLDER_VM_MAX, shared with the child */
};

/* Of "guest=NAME,debug-threads=on", or the older "NAME,process=...". */
static void copy_name(const char *value, char *ret)
{
	if (strncmp(value, "guest=", strlen("guest=")) == 0)
		value += strlen("guest=");
	snprintf(ret, HOLDER_VM_MAX, "%.*s", (int)strcspn(value, ","), value);
	text_clean(ret, "");
}

static int search(void *arg)
{
	static char text[CMDLINE_MAX + 2]; /* ends with two NULs: an empty word is the end */
	const struct vm_search *s = arg;
	char path[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), ROOT_PROC "/%d/cmdline", s->pid);
	fd = openat(s->root->fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	n = fd < 0 ? -1 : read(fd, text, CMDLINE_MAX);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return 0;
	for (const char *word = text; *word; word += strlen(word) + 1)
		if (strcmp(word, "-name") == 0) {
			copy_name(word + strlen(word) + 1, s->name);
			break;
		}
	return 0;
}

/* In a child: the kernel takes the process's memory lock to show its command line. */
const char *holder_vm(const struct root *root, int pid, char buf[HOLDER_VM_MAX])
{
	struct vm_search s = {root, pid, deadline_shared(HOLDER_VM_MAX)};

	buf[0] = '\0';
	if (!s.name)
		return buf;
	if (deadline_run(HOLDERS_MS, search, &s) == 0)
		snprintf(buf, HOLDER_VM_MAX, "%s", s.name);
	deadline_unshare(s.name, HOLDER_VM_MAX);
	return buf;
}
