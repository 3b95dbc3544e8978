/* A card that claim did not come to the end of: it was killed, or the unit's time was over. Whoever
 * comes next (capture, settle, commit) goes on from what the kernel says. */
#ifndef GPUROM_BOOT_RESUME_H
#define GPUROM_BOOT_RESUME_H

#include "boot/held.h"
#include "boot/report.h"

#define RESUME_ONE_MS 10000 /* for holding and unbinding a card that was held in part */
#define RESUME_ALL_MS 40000 /* for those of a whole report */

/* For a card whose state is SELECTED or HELD, under its lock. Afterwards b->state is HELD where
 * every function is held and free, LEFT where none is held (with the reason in b->why), STUCK where
 * a driver does not let go of one. One that is held in part is held wholly now, in children that
 * until_us (of deadline_now_us) bounds as well as claim's deadlines. Where it is on its way to
 * r->driver already, or does not answer, its state stays. Returns what the kernel says of it now.
 */
enum held resume_card(const struct root *root, const struct report *r, unsigned long long until_us,
		      struct boot_card *b);

/* The same for every card of this boot's report that is SELECTED; saves what has changed. */
void resume_selected(const struct root *root);

#endif
