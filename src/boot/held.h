/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How far a card is on its way from the host to the drivers asked for (b->wanted), as the kernel
 * says now. A claim or a hand-over may have been ended half way (a unit's limit, a kill, a probe
 * that took too long); the next step goes on from here. */
#ifndef GPUROM_BOOT_HELD_H
#define GPUROM_BOOT_HELD_H

#include "boot/card.h"
#include "sys/root.h"

#define HELD_ONE_MS 250	 /* for reading one function: a driver's callback may have its lock */
#define HELD_ALL_MS 1000 /* for the whole card */

enum held {
	HELD_UNKNOWN, /* a function cannot be read */
	HELD_NONE,    /* no function has the hold, and not all have the driver asked for */
	HELD_PART,    /* some have the hold, others not; or one that has it is on a host driver */
	HELD_ALL,     /* all have the hold and no driver, as claim left them */
	HELD_MIDWAY,  /* each has the hold or the driver's override, each no driver or that one */
	HELD_HANDED,  /* all have the driver's override and are on it */
};

/* Sets the driver of each function of b->card. Reads in a child, with the deadlines above. */
enum held held_read(const struct root *root, struct boot_card *b);

#endif
