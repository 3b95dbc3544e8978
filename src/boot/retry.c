// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/retry.h"

#include "boot/bind.h"
#include "boot/capture.h"
#include "boot/handover.h"
#include "boot/held.h"
#include "boot/messages.h"
#include "boot/report.h"
#include "sys/deadline.h"
#include "sys/log.h"

#include <errno.h>
#include <unistd.h>

struct handover_job {
	const struct root *root;
	struct boot_card *card;
};

/* -EALREADY where nothing changed: without an IOMMU vfio-pci refuses the card again. */
static int hand_over_late(void *arg)
{
	const struct handover_job *job = arg;
	enum card_state before = job->card->state;
	char addr[PCI_ADDR_BUF];

	hand_over(job->root, job->card);
	if (job->card->state == before)
		return -EALREADY;
	if (job->card->state == CARD_BOUND) {
		console_release(job->root, job->card);
		log_info(job->root, "%s: its hand-over is finished late",
			 pci_addr_format_card(job->card->card.addr, addr));
	}
	log_card(job->root, job->card);
	job->card->worker = 0;
	return report_save_card(job->root, job->card);
}

static void set_state(const struct root *root, struct boot_card *b, enum card_state state,
		      const char *text)
{
	char addr[PCI_ADDR_BUF];

	b->state = state;
	b->why[0] = '\0';
	b->worker = 0;
	log_info(root, "%s: %s", pci_addr_format_card(b->card.addr, addr), text);
	(void)report_save_card(root, b);
}

/* Under the card's lock. True where its state has changed. */
static bool retry_card(const struct root *root, struct boot_card *b)
{
	struct handover_job job = {root, b};

	switch (held_read(root, b)) {
	case HELD_ALL:
		set_state(root, b, CARD_HELD, "free by now: its hand-over is finished late");
		return true;
	case HELD_MIDWAY:
		return deadline_run(BIND_PROBE_MS, hand_over_late, &job) == 0;
	case HELD_HANDED:
		if (b->state == CARD_BOUND)
			return false;
		set_state(root, b, CARD_BOUND, "every function is on its driver by now");
		return true;
	case HELD_UNKNOWN:
	case HELD_NONE:
	case HELD_PART:
		break;
	}
	return false;
}

int retry(const struct root *root)
{
	struct report r;
	int n = 0, lock, err = report_load(root, &r);

	if (err < 0)
		return err;
	for (size_t i = 0; i < r.n; i++) {
		if (r.card[i].state == CARD_LEFT || r.card[i].state == CARD_RELEASED)
			continue;
		lock = cardlock_take(root, r.card[i].card.addr);
		if (lock < 0)
			continue;
		n += retry_card(root, &r.card[i]);
		close(lock);
	}
	report_free(&r);
	return n;
}
