// SPDX-License-Identifier: GPL-2.0-or-later
#include "seams.h"

#include "cmd/cmd.h"
#include "sys/clock.h"
#include "sys/deadline.h"
#include "sys/scan.h"
#include "world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

size_t seams_dies_at;

/* By the types of what they stand for: a change of a signature that is not made here does not
 * compile. */
__typeof__(renameat) __real_renameat, __wrap_renameat;
__typeof__(linkat) __real_linkat, __wrap_linkat;
__typeof__(symlinkat) __real_symlinkat, __wrap_symlinkat;
__typeof__(unlinkat) __real_unlinkat, __wrap_unlinkat;
__typeof__(mkdirat) __real_mkdirat, __wrap_mkdirat;
__typeof__(fsync) __wrap_fsync;
__typeof__(deadline_run) __wrap_deadline_run;
__typeof__(pciscan) __wrap_pciscan;
__typeof__(clock_now) __wrap_clock_now;

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

int __wrap_pciscan(const struct root *root, enum pciscan_what what, struct pci_scan *ret,
		   struct pciscan_trouble *trouble)
{
	struct pci_fn *fn = calloc(SLOTS, sizeof(*fn));

	(void)root;
	(void)what;
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
