// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/resume.h"

#include "boot/bind.h"
#include "boot/messages.h"
#include "boot/report.h"
#include "sys/deadline.h"

#include <stdio.h>
#include <unistd.h>

static void finish_claim(const struct root *root, unsigned long long until_us, struct boot_card *b)
{
	const struct attr_ops k = attr_ops_real(root);
	struct bind_hold hold;

	b->state = CARD_SELECTED;
	bind_hold(&k, b, 1, until_us, true, &hold);
	bind_claim(&k, &hold, until_us, true, b);
	log_card(root, b);
}

enum held resume_card(const struct root *root, unsigned long long until_us, struct boot_card *b)
{
	enum held now = held_read(root, b);

	if (now == HELD_ALL) {
		b->state = CARD_HELD;
	} else if (now == HELD_PART) {
		finish_claim(root, until_us, b);
		if (b->state == CARD_HELD)
			now = HELD_ALL;
	} else if (now == HELD_NONE) {
		snprintf(b->why, sizeof(b->why), "%s",
			 b->state == CARD_SELECTED ? "claim was ended before it came to this card"
						   : "its driver_override was changed since claim");
		b->state = CARD_LEFT;
		log_card(root, b);
	}
	return now;
}

void resume_selected(const struct root *root)
{
	unsigned long long until = deadline_now_us() + RESUME_ALL_MS * 1000ull;
	struct report r;
	int lock;

	if (report_load(root, &r) < 0)
		return;
	for (size_t i = 0; i < r.n; i++) {
		if (r.card[i].state != CARD_SELECTED)
			continue;
		lock = cardlock_take(root, r.card[i].card.addr);
		if (lock < 0)
			continue;
		(void)resume_card(root, until, &r.card[i]);
		(void)report_save_card(root, &r.card[i]);
		close(lock);
	}
	report_free(&r);
}
