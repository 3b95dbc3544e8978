// SPDX-License-Identifier: GPL-2.0-or-later
#include "sources/job.h"

#include "sys/deadline.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int job_enable_count(const struct attr_ops *k, struct pci_addr a)
{
	char text[16];

	return sysfs_get(k, a, "enable", text, sizeof(text)) < 0 ? -1 : atoi(text);
}

struct source_before job_card_state(const struct attr_ops *k, struct pci_addr a)
{
	char power[16];

	return (struct source_before){
		.count = job_enable_count(k, a),
		.power_auto = sysfs_get(k, a, "power/control", power, sizeof(power)) == 0 &&
			      strcmp(power, "auto") == 0};
}

bool job_stopped(const struct source_job *j)
{
	return j->stop && *j->stop;
}

bool job_late(const struct source_job *j)
{
	return job_stopped(j) || deadline_now_us() > j->until_us;
}

void job_progress(const struct source_job *j, size_t done, size_t whole)
{
	if (j->progress)
		j->progress(j->ctx, done, whole);
}

int job_fail(struct source_bytes *ret, int err, const char *text, ...)
{
	va_list ap;

	va_start(ap, text);
	vsnprintf(ret->outcome, sizeof(ret->outcome), text, ap);
	va_end(ap);
	return err;
}

/* All ones is what a bus answers for a card that has left it. */
static bool is_gone(const struct source_job *j)
{
	char path[SYSFS_PATH_MAX];
	uint8_t id[4] = {0};

	return j->k->read(j->k->ctx, sysfs_path(j->addr, "config", path), (char *)id, sizeof(id),
			  0) == sizeof(id) &&
	       (id[0] & id[1] & id[2] & id[3]) == 0xff;
}

int job_awake(const struct source_job *j, struct source_bytes *ret, source_reader *fn)
{
	const struct source_before before = job_card_state(j->k, j->addr);
	int r = 0;

	if (j->bound)
		return fn(j, ret);
	if (j->remember)
		r = j->remember(j->ctx, &before);
	if (r < 0)
		return r;
	/* `enable` brings the card to D0 (pci_enable_device); `on` keeps its port awake too. */
	if (before.power_auto)
		(void)sysfs_set(j->k, j->addr, "power/control", "on");
	r = sysfs_set(j->k, j->addr, "enable", "1");
	if (r == 0) {
		r = fn(j, ret);
		/* Half a ROM and FF after it looks like other faults. */
		if (is_gone(j))
			r = job_fail(ret, -ENXIO,
				     "the card has left the bus (its configuration space reads "
				     "FF): power, riser or slot; a cold start may bring it back");
		(void)sysfs_set(j->k, j->addr, "enable", "0");
	}
	if (before.power_auto)
		(void)sysfs_set(j->k, j->addr, "power/control", "auto");
	return r;
}
