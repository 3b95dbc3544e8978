// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/held.h"

#include "pci/modalias.h"
#include "sys/deadline.h"
#include "sys/sysfs.h"

#include <string.h>

struct function {
	char driver[PCI_DRIVER_MAX], override[PCI_DRIVER_MAX];
};

struct read_job {
	struct attr_ops k;
	const struct boot_card *b;
	struct function *fn; /* shared with the child */
};

static int read_one(void *arg, size_t i)
{
	const struct read_job *job = arg;
	struct function *fn = &job->fn[i];
	int r = sysfs_driver(&job->k, job->b->card.fn[i].addr, fn->driver);

	return r < 0 ? r
		     : sysfs_get(&job->k, job->b->card.fn[i].addr, "driver_override", fn->override,
				 sizeof(fn->override));
}

static unsigned one_ms(void *arg, size_t i, size_t hung)
{
	(void)arg;
	(void)i;
	(void)hung;
	return HELD_ONE_MS;
}

/* Names with - and _ swapped are equal: a hand-over that was ended half way has written the
 * kernel's name, and not saved it. */
static enum held judge(const struct function *f, size_t n, char (*wanted)[PCI_DRIVER_MAX])
{
	size_t holds = 0, free = 0, asked = 0, on = 0;

	for (size_t i = 0; i < n; i++) {
		holds += strcmp(f[i].override, PLAN_HOLD_DRIVER) == 0;
		asked += modalias_same_name(f[i].override, wanted[i]);
		free += !f[i].driver[0];
		on += modalias_same_name(f[i].driver, wanted[i]);
	}
	if (asked == n && on == n)
		return HELD_HANDED;
	if (holds == n && free == n)
		return HELD_ALL;
	if (holds + asked == n && free + on == n)
		return HELD_MIDWAY;
	return holds ? HELD_PART : HELD_NONE;
}

enum held held_read(const struct root *root, struct boot_card *b)
{
	const size_t size = PCI_CARD_FUNCTIONS_MAX * sizeof(struct function);
	struct read_job job = {.k = attr_ops_real(root), .b = b, .fn = deadline_shared(size)};
	const struct deadline_list list = {.n = b->card.n,
					   .one = read_one,
					   .ms = one_ms,
					   .arg = &job,
					   .keep_fd = root->fd,
					   .until_us = deadline_now_us() + HELD_ALL_MS * 1000ull};
	int r[PCI_CARD_FUNCTIONS_MAX];
	enum held ret = HELD_UNKNOWN;

	if (!job.fn)
		return ret;
	if (deadline_each(&list, r) == 0) {
		ret = judge(job.fn, b->card.n, b->wanted);
		for (size_t i = 0; i < b->card.n; i++) {
			memcpy(b->card.fn[i].driver, job.fn[i].driver,
			       sizeof(b->card.fn[i].driver));
			if (r[i] < 0)
				ret = HELD_UNKNOWN;
		}
	}
	deadline_unshare(job.fn, size);
	return ret;
}
