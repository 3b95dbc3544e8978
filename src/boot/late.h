/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cards that come after the boot's claim: hot-plugged, authorised (Thunderbolt), or found by a
 * rescan. udev's rule holds such a card before udev loads a driver, function by function; a unit
 * then does for it what the four steps do at boot. A card that went and comes back is a new one to
 * the kernel: its driver_override is lost. */
#ifndef GPUROM_BOOT_LATE_H
#define GPUROM_BOOT_LATE_H

#include "boot/report.h"

#include <stdbool.h>

#define LATE_LOCK_MS                                                                               \
	60000 /* for another process that changes the report; then without the lock                \
	       */
#define LATE_HOLD_LOCK_MS 2000 /* for another function's hold, likewise */
#define LATE_CARD_MS 10000     /* for holding and unbinding one card, after the scan */
#define LATE_REPORT_LOCK ROOT_RUN "/late.lock" /* the file behind late_lock */
#define LATE_HOLD_LOCK ROOT_RUN "/hold.lock"   /* from the scan to the holds that follow it */

/* For udev's rule, at the add event of one function: by the configuration (cmdline NULL:
 * /proc/cmdline; rd.gpurom. words do not count) and a scan of the whole host, holds each function
 * of its card that exists by now and that nobody has given a driver_override. Returns whether the
 * card is to be taken: late_claim must follow. A card that stays with the host is logged at the
 * event of its display function. Bounded in time, well below udev's own limit of 180 seconds. */
bool late_hold(const struct root *root, const char *cmdline, struct pci_addr a);

/* For the unit, after late_hold: claims the card at this address as claim does, unbinds the drivers
 * that were quicker, and adds the card to this boot's report, which it begins where there is none.
 * A card that this boot has finished, and whose functions show it still, stays as it is; of one to
 * which a function was added, what it has handed over stays bound. Returns 1 where the card is to
 * be captured and committed now, or where a card of the report has gone from this address, which a
 * commit finds missing; 0 where there is nothing to do; or -errno of the report. */
int late_claim(const struct root *root, const char *cmdline, struct pci_addr a);

/* Takes cards that are not on the bus any more out of the report, in memory. Returns their number.
 * The next commit finds them missing (boot/commit-identity.h). */
size_t late_drop_gone(const struct root *root, struct report *r);

/* Loads this boot's report. What claim read of the configuration stays: mode, driver, store; where
 * there is no report it begins one with what c says. Returns as report_load. */
int late_load_report(const struct root *root, const struct config *c, struct report *ret);
/* The card's place in the report, a new one where it has none. NULL: no room. */
struct boot_card *late_add_card(struct report *r, struct pci_addr a);

/* Who changes the report beside late_claim takes this lock. Returns a descriptor to close; or
 * -errno, also where another process kept it for LATE_LOCK_MS: the caller goes on without it, which
 * is better than a card that nobody finishes. */
int late_lock(const struct root *root);

#endif
