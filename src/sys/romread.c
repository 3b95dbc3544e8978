#include "romread.h"

#include "deadline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE 4096u	    /* kernfs gives at most a page a read (fs/kernfs/file.c) */
#define ENABLE_COUNT_MAX 16 /* a count beyond is not ours to bring down */

/* drivers/pci/pci-sysfs.c: exactly "0\n" disables; anything else, a bare "0" too, enables. */
static const char rom_on[] = "1\n", rom_off[] = "0\n";

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

void romread_put_right(const struct attr_ops *k, struct pci_addr a, struct romread_before before)
{
	(void)sysfs_set(k, a, "rom", rom_off);
	for (int i = 0; before.count >= 0 && i < ENABLE_COUNT_MAX; i++)
		if (enable_count(k, a) <= before.count || sysfs_set(k, a, "enable", "0") < 0)
			break;
	if (before.power_auto)
		(void)sysfs_set(k, a, "power/control", "auto");
}

static int grow(struct romread *r, size_t *cap)
{
	size_t to = *cap ? *cap * 2 : 256 * 1024;
	uint8_t *p = realloc(r->bytes, to);

	if (!p)
		return -ENOMEM;
	r->bytes = p;
	*cap = to;
	return 0;
}

static int read_pages(const struct attr_ops *k, struct pci_addr a, unsigned long long until,
		      struct romread *ret)
{
	char path[SYSFS_PATH_MAX];
	size_t cap = 0;
	ssize_t n;
	int r;

	sysfs_path(a, "rom", path);
	for (;;) {
		if (deadline_now_us() > until)
			return -ETIMEDOUT;
		if (ret->n + PAGE > ROM_FILE_MAX)
			return -EFBIG;
		if (ret->n + PAGE > cap && (r = grow(ret, &cap)) < 0)
			return r;
		n = k->read(k->ctx, path, (char *)ret->bytes + ret->n, PAGE, (off_t)ret->n);
		if (n < 0)
			return (int)n;
		if (n == 0)
			return ret->n ? 0 : -ENODATA;
		ret->n += (size_t)n;
	}
}

static void tell(struct romread *ret, int r)
{
	const char *why = strerror(-r);

	if (r == -EIO || r == -ENODATA)
		why = "no option ROM behind the ROM BAR (card asleep, memory decode off, no room "
		      "in the bridge window, flash hidden); dmesg has the bytes the kernel met";
	else if (r == -ETIMEDOUT)
		why = "not done by the deadline; gpurom.timeout= gives it longer";
	else if (r == -EFBIG)
		why = "longer than any option ROM";
	snprintf(ret->outcome, sizeof(ret->outcome), "%.*s", (int)sizeof(ret->outcome) - 1, why);
}

static int read_enabled(const struct attr_ops *k, struct pci_addr a, unsigned long long until,
			struct romread *ret)
{
	int r = sysfs_set(k, a, "rom", rom_on);

	if (r == 0)
		r = read_pages(k, a, until, ret);
	(void)sysfs_set(k, a, "rom", rom_off);
	return r;
}

int romread_sysfs(const struct attr_ops *k, struct pci_addr a, unsigned long long until_us,
		  struct romread *ret)
{
	const struct romread_before before = romread_look(k, a);
	int r;

	*ret = (struct romread){0};
	/* `enable` brings the card to D0 (pci_enable_device); `on` keeps its port awake too. */
	if (before.power_auto)
		(void)sysfs_set(k, a, "power/control", "on");
	r = sysfs_set(k, a, "enable", "1");
	if (r == 0) {
		r = read_enabled(k, a, until_us, ret);
		(void)sysfs_set(k, a, "enable", "0");
	}
	if (before.power_auto)
		(void)sysfs_set(k, a, "power/control", "auto");
	if (r == 0) {
		snprintf(ret->outcome, sizeof(ret->outcome), "read");
		return 0;
	}
	tell(ret, r);
	free(ret->bytes);
	ret->bytes = NULL;
	ret->n = 0;
	return r;
}
