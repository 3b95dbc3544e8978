/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cards whose hand-over claim, capture or settle did not finish, and which can be handed over now:
 * the driver released them after all, settle was ended, or a probe took longer than settle waits.
 * Half a card is no use to host or VM. */
#ifndef GPUROM_BOOT_RETRY_H
#define GPUROM_BOOT_RETRY_H

#include "sys/root.h"

/* For each card of this boot's report, by what the kernel says of it now. One that is held and has
 * no driver becomes HELD: capture reads it. A hand-over that has begun is finished (no function has
 * a driver but the one asked for, nor an override but that or the hold). Returns how many cards
 * changed, or the -errno of the report. */
int retry(const struct root *root);

#endif
