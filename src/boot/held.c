#include "boot/held.h"

#include "sys/deadline.h"
#include "sys/sysfs.h"

#include <string.h>

struct function {
	char driver[PCI_DRIVER_MAX], override[PCI_DRIVER_MAX];
};

struct look {
	struct attr_ops k;
	const struct boot_card *b;
	struct function *to; /* shared with the child */
};

static int look_one(void *arg, size_t i)
{
	const struct look *l = arg;
	struct function *to = &l->to[i];
	int r = sysfs_driver(&l->k, l->b->card.fn[i].addr, to->driver);

	return r < 0 ? r
		     : sysfs_get(&l->k, l->b->card.fn[i].addr, "driver_override", to->override,
				 sizeof(to->override));
}

static unsigned one_ms(void *arg, size_t i, size_t hung)
{
	(void)arg;
	(void)i;
	(void)hung;
	return HELD_ONE_MS;
}

static enum held judge(const struct function *f, size_t n, const char *driver)
{
	size_t holds = 0, free = 0, asked = 0, on = 0;

	for (size_t i = 0; i < n; i++) {
		holds += strcmp(f[i].override, PLAN_HOLD_DRIVER) == 0;
		asked += strcmp(f[i].override, driver) == 0;
		free += !f[i].driver[0];
		on += strcmp(f[i].driver, driver) == 0;
	}
	if (asked == n && on == n)
		return HELD_HANDED;
	if (holds == n && free == n)
		return HELD_ALL;
	if (holds + asked == n && free + on == n)
		return HELD_MIDWAY;
	return holds ? HELD_PART : HELD_NONE;
}

enum held held_read(const struct root *root, const char *driver, struct boot_card *b)
{
	const size_t size = PCI_CARD_FUNCTIONS_MAX * sizeof(struct function);
	struct look l = {.k = attr_ops_real(root), .b = b, .to = deadline_shared(size)};
	const struct deadline_list list = {.n = b->card.n,
					   .one = look_one,
					   .ms = one_ms,
					   .arg = &l,
					   .keep_fd = root->fd,
					   .until_us = deadline_now_us() + HELD_ALL_MS * 1000ull};
	int r[PCI_CARD_FUNCTIONS_MAX];
	enum held ret = HELD_UNKNOWN;

	if (!l.to)
		return ret;
	if (deadline_each(&list, r) == 0) {
		ret = judge(l.to, b->card.n, driver);
		for (size_t i = 0; i < b->card.n; i++) {
			memcpy(b->card.fn[i].driver, l.to[i].driver, sizeof(b->card.fn[i].driver));
			if (r[i] < 0)
				ret = HELD_UNKNOWN;
		}
	}
	deadline_unshare(l.to, size);
	return ret;
}
