// SPDX-License-Identifier: GPL-2.0-or-later
#include "sources/source.h"

#include "sources/prom.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENABLE_COUNT_MAX 16 /* a higher count is not due to gpurom */

static const struct source sources[] = {
	[SOURCE_SYSFS] = {.read = source_read_sysfs, .needs_rom_bar = true, .kernel_walked = true},
	[SOURCE_EFI] = {.read = source_read_efi, .is_memory = true},
	[SOURCE_PROM] = {.read = source_read_prom},
	[SOURCE_VFIO] = {.read = source_read_vfio, .needs_vfio = true},
	[SOURCE_SHADOW] = {.read = source_read_sysfs,
			   .is_memory = true,
			   .needs_rom_bar = true,
			   .is_shadow = true},
	[SOURCE_FILE] = {.read = NULL},
};

const struct source *source_of(enum rom_source s)
{
	return &sources[s];
}

void source_put_right(const struct root *root, const struct attr_ops *k, struct pci_addr a,
		      const struct source_before *before)
{
	/* drivers/pci/pci-sysfs.c: exactly "0\n" disables; anything else, a bare "0" too, enables.
	 */
	(void)sysfs_set(k, a, "rom", "0\n");
	/* As long as `enable` keeps the card awake. */
	prom_put_right_mapped(root, a, before);
	for (int i = 0; before->count >= 0 && i < ENABLE_COUNT_MAX; i++)
		if (job_enable_count(k, a) <= before->count || sysfs_set(k, a, "enable", "0") < 0)
			break;
	if (before->power_auto)
		(void)sysfs_set(k, a, "power/control", "auto");
}

static const char *why_failed(int r)
{
	switch (r) {
	case -ETIMEDOUT:
		return "not done by the deadline; gpurom.timeout= gives it longer";
	case -EINTR:
		return "stopped by a signal";
	case -EFBIG:
		return "longer than any option ROM";
	case -EBUSY:
		return "a driver has the card: it is read before one is bound";
	default:
		return strerror(-r);
	}
}

int source_read(enum rom_source s, const struct source_job *j, struct source_bytes *ret)
{
	source_reader *fn = source_of(s)->read;
	int r;

	*ret = (struct source_bytes){0};
	if (!fn)
		return job_fail(ret, -ENODEV, "no source of this name reads cards");
	r = job_late(j) ? -ETIMEDOUT : fn(j, ret);
	if (r == -ETIMEDOUT && job_stopped(j))
		r = -EINTR;
	if (r == 0 && ret->n == 0)
		r = -ENODATA;
	if (r == 0) {
		snprintf(ret->outcome, sizeof(ret->outcome), "read");
		return 0;
	}
	if (!ret->outcome[0])
		job_fail(ret, r, "%s", why_failed(r));
	free(ret->bytes);
	ret->bytes = NULL;
	ret->n = 0;
	return r;
}
