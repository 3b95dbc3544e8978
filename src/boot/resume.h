/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A card that claim did not finish, because it was killed or the unit's time was over. The next
 * step (capture, settle, commit) goes on from what the kernel says. */
#ifndef GPUROM_BOOT_RESUME_H
#define GPUROM_BOOT_RESUME_H

#include "boot/held.h"
#include "boot/report.h"

#define RESUME_ONE_MS 10000 /* for holding and unbinding a card that was held in part */
#define RESUME_ALL_MS 40000 /* for all cards of a report */

/* For a card whose state is SELECTED or HELD, under its lock. Afterwards b->state is HELD where
 * every function is held and has no driver, LEFT where none is held (with the reason in b->why), or
 * STUCK where a driver does not let go of one. Where only some are held, the others are held and
 * unbound now, in children that end at until_us (as deadline_now_us) or at claim's deadlines. The
 * state stays where the hand-over has begun, or a function cannot be read. Returns
 * what the kernel says of it now. */
enum held resume_card(const struct root *root, unsigned long long until_us, struct boot_card *b);

/* The same for every card of this boot's report that is SELECTED; saves each card. */
void resume_selected(const struct root *root);

#endif
