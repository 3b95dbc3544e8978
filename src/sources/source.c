#include "sources/job.h"

#include "sys/deadline.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENABLE_COUNT_MAX 16 /* a count beyond is not ours to bring down */

/* drivers/pci/pci-sysfs.c: exactly "0\n" disables; anything else, a bare "0" too, enables. */
static const char rom_off[] = "0\n";

static int enable_count(const struct attr_ops *k, struct pci_addr a)
{
	char text[16];

	return sysfs_get(k, a, "enable", text, sizeof(text)) < 0 ? -1 : atoi(text);
}

struct romread_before romread_look(const struct attr_ops *k, struct pci_addr a)
{
	char power[16];

	return (struct romread_before){
		.count = enable_count(k, a),
		.power_auto = sysfs_get(k, a, "power/control", power, sizeof(power)) == 0 &&
			      strcmp(power, "auto") == 0};
}

void romread_put_right(const struct root *root, const struct attr_ops *k, struct pci_addr a,
		       const struct romread_before *before)
{
	(void)sysfs_set(k, a, "rom", rom_off);
	/* While `enable` still keeps the card awake. */
	romread_prom_put_right(root, a, before);
	for (int i = 0; before->count >= 0 && i < ENABLE_COUNT_MAX; i++)
		if (enable_count(k, a) <= before->count || sysfs_set(k, a, "enable", "0") < 0)
			break;
	if (before->power_auto)
		(void)sysfs_set(k, a, "power/control", "auto");
}

static bool stopped(const struct romread_job *j)
{
	return j->stop && *j->stop;
}

bool romread_late(const struct romread_job *j)
{
	return stopped(j) || deadline_now_us() > j->until_us;
}

void romread_progress(const struct romread_job *j, size_t done, size_t whole)
{
	if (j->progress)
		j->progress(j->ctx, done, whole);
}

int romread_fail(struct romread *ret, int err, const char *text, ...)
{
	va_list ap;

	va_start(ap, text);
	vsnprintf(ret->outcome, sizeof(ret->outcome), text, ap);
	va_end(ap);
	return err;
}

/* What a bus answers for a card that has left it, also in configuration space. */
static bool gone(const struct romread_job *j)
{
	char path[SYSFS_PATH_MAX];
	uint8_t id[4] = {0};

	return j->k->read(j->k->ctx, sysfs_path(j->addr, "config", path), (char *)id, sizeof(id),
			  0) == sizeof(id) &&
	       (id[0] & id[1] & id[2] & id[3]) == 0xff;
}

int romread_awake(const struct romread_job *j, struct romread *ret, romreader *fn)
{
	const struct romread_before before = romread_look(j->k, j->addr);
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
		if (gone(j))
			r = romread_fail(
				ret, -ENXIO,
				"the card has left the bus (its configuration space reads "
				"FF): power, riser or slot; a cold start may bring it back");
		(void)sysfs_set(j->k, j->addr, "enable", "0");
	}
	if (before.power_auto)
		(void)sysfs_set(j->k, j->addr, "power/control", "auto");
	return r;
}

static const char *why(int r)
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

static romreader *reader_of(enum rom_source s)
{
	switch (s) {
	case SOURCE_SYSFS:
	case SOURCE_SHADOW:
		return romread_sysfs;
	case SOURCE_PROM:
		return romread_prom;
	case SOURCE_VFIO:
		return romread_vfio;
	case SOURCE_EFI:
		return romread_efi;
	case SOURCE_FILE:
		break;
	}
	return NULL;
}

int romread(enum rom_source s, const struct romread_job *j, struct romread *ret)
{
	romreader *fn = reader_of(s);
	int r;

	*ret = (struct romread){0};
	if (!fn)
		return romread_fail(ret, -ENODEV, "no source of this name reads cards");
	r = romread_late(j) ? -ETIMEDOUT : fn(j, ret);
	if (r == -ETIMEDOUT && stopped(j))
		r = -EINTR;
	if (r == 0 && ret->n == 0)
		r = -ENODATA;
	if (r == 0) {
		snprintf(ret->outcome, sizeof(ret->outcome), "read");
		return 0;
	}
	if (!ret->outcome[0])
		romread_fail(ret, r, "%s", why(r));
	free(ret->bytes);
	ret->bytes = NULL;
	ret->n = 0;
	return r;
}
