#include "seams.h"

#include "sys/clock.h"
#include "cmd/cmd.h"
#include "sys/scan.h"
#include "world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

size_t seams_dies_at;

int __real_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to);
int __real_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags);
int __real_symlinkat(const char *target, int fd, const char *path);
int __wrap_symlinkat(const char *target, int fd, const char *path);
int __real_unlinkat(int fd, const char *path, int flags);
int __wrap_unlinkat(int fd, const char *path, int flags);
int __real_mkdirat(int fd, const char *path, mode_t mode);
int __wrap_mkdirat(int fd, const char *path, mode_t mode);
int __wrap_fsync(int fd);
int __wrap_deadline_run(unsigned ms, int (*fn)(void *arg), void *arg);
int __wrap_pciscan(const struct root *root, struct pci_scan *ret, struct pciscan_trouble *trouble);
void __wrap_clock_now(char ret[TEXT_TIME_MAX]);

static void count(void)
{
	if (seams_dies_at && --seams_dies_at == 0)
		_exit(137);
}

int __wrap_renameat(int from_fd, const char *from, int to_fd, const char *to)
{
	count();
	return __real_renameat(from_fd, from, to_fd, to);
}

int __wrap_linkat(int from_fd, const char *from, int to_fd, const char *to, int flags)
{
	count();
	return __real_linkat(from_fd, from, to_fd, to, flags);
}

int __wrap_symlinkat(const char *target, int fd, const char *path)
{
	count();
	return __real_symlinkat(target, fd, path);
}

int __wrap_unlinkat(int fd, const char *path, int flags)
{
	count();
	return __real_unlinkat(fd, path, flags);
}

int __wrap_mkdirat(int fd, const char *path, mode_t mode)
{
	count();
	return __real_mkdirat(fd, path, mode);
}

/* What a power cut leaves is tests/crash/run's to see. */
int __wrap_fsync(int fd)
{
	(void)fd;
	return 0;
}

int __wrap_deadline_run(unsigned ms, int (*fn)(void *arg), void *arg)
{
	(void)ms;
	return fn(arg);
}

int __wrap_pciscan(const struct root *root, struct pci_scan *ret, struct pciscan_trouble *trouble)
{
	struct pci_fn *fn = calloc(SLOTS, sizeof(*fn));

	(void)root;
	*trouble = (struct pciscan_trouble){.skipped = world.blind};
	if (!fn)
		return -ENOMEM;
	for (size_t i = 0; i < world.report.n; i++) {
		const struct boot_card *c = &world.boot[i];

		fn[i] = (struct pci_fn){.addr = c->card.addr,
					.ids = c->card.fn[0].ids,
					.class = c->card.fn[0].class,
					.iommu_group = (int)i,
					.serial = c->card.serial};
		snprintf(fn[i].path, sizeof(fn[i].path), "%s", c->card.path);
	}
	*ret = (struct pci_scan){.fn = fn, .n = world.report.n};
	return 0;
}

/* An hour later each time. */
void __wrap_clock_now(char ret[TEXT_TIME_MAX])
{
	const unsigned h = world.hours++;

	snprintf(ret, TEXT_TIME_MAX, "2%03u-%02u-%02uT%02u:00:00Z", h / 8064, h / 672 % 12 + 1,
		 h / 24 % 28 + 1, h % 24);
}
