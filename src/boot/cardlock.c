#include "boot/cardlock.h"

#include "boot/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

int cardlock_take(const struct root *root, struct pci_addr a)
{
	char name[PCI_ADDR_BUF + 8], path[sizeof(ROOT_CARDS) + sizeof(name)];
	int fd, r;

	snprintf(path, sizeof(path), ROOT_CARDS "/%s", report_card_name(a, ".lock", name));
	fd = openat(root->fd, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		r = errno == EWOULDBLOCK ? -EAGAIN : -errno;
		close(fd);
		return r;
	}
	return fd;
}
