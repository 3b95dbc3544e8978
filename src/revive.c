#include "revive.h"

#include "cardlock.h"
#include "deadline.h"
#include "log.h"
#include "report.h"
#include "sysfs.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS 250 /* reading driver_override waits for a driver at work, see overrides.h */

struct look {
	const struct root *root;
	const struct boot_card *b;
};

/* No driver, and our hold still on every function: nobody has decided otherwise since. */
static int is_free(void *arg)
{
	const struct look *l = arg;
	const struct attr_ops k = attr_ops_real(l->root);
	char text[PCI_DRIVER_MAX];
	int r;

	for (size_t i = 0; i < l->b->n; i++) {
		r = sysfs_driver(&k, l->b->fn[i].addr, text);
		if (r < 0 || text[0])
			return r < 0 ? r : -EBUSY;
		r = sysfs_get(&k, l->b->fn[i].addr, "driver_override", text, sizeof(text));
		if (r < 0 || strcmp(text, PLAN_HOLD_DRIVER) != 0)
			return r < 0 ? r : -EPERM;
	}
	return 0;
}

static bool revive_card(const struct root *root, struct boot_card *b)
{
	struct look l = {root, b};
	char addr[PCI_ADDR_BUF];
	int lock;

	if (b->state != CARD_STUCK && b->state != CARD_HELD)
		return false;
	lock = cardlock_take(root, b->addr);
	if (lock < 0)
		return false;
	if (deadline_run(LOOK_MS, is_free, &l) < 0) {
		close(lock);
		return false;
	}
	b->state = CARD_HELD;
	b->why[0] = '\0';
	b->worker = 0;
	log_info(root, "%s: free by now: its hand-over is finished late",
		 pci_addr_format_card(b->addr, addr));
	(void)report_save_card(root, b);
	close(lock);
	return true;
}

int revive(const struct root *root)
{
	struct report r;
	int n = 0, err = report_load(root, &r);

	if (err < 0)
		return err;
	for (size_t i = 0; i < r.n; i++)
		n += revive_card(root, &r.card[i]);
	report_free(&r);
	return n;
}
