/* SPDX-License-Identifier: GPL-2.0-or-later */
/* capture: one process for each held card, all at the same time, reads the ROM, judges it, stages
 * it under /run/gpurom, and then hands the card over. */
#ifndef GPUROM_BOOT_CAPTURE_H
#define GPUROM_BOOT_CAPTURE_H

#include "boot/report.h"
#include "boot/card.h"
#include "sources/attempt.h"
#include "sys/root.h"

/* Returns 0 when every worker has ended, or the -errno of the report. */
int capture(const struct root *root);

/* Hands a card over, or in mode=dump gives it back, and logs its state. settle does it for a card
 * whose worker died. */
void capture_finish(const struct root *root, const struct report *r, struct boot_card *b);

/* Takes the host's console (the rest of the firmware's framebuffer that the card's new driver left)
 * off a card that was handed over. Says so in the log and in b->console. Bounded in time. */
void console_release(const struct root *root, struct boot_card *b);

/* Stages a reading under /run/gpurom/staged by its digest, where commit finds it: the romfile, and
 * the raw bytes where they have more. In: the digests in ret of what is staged already, which is
 * not written again. Sets ret's digests and sizes to what is staged now; a failure is logged, and
 * its digest is "". The folder must exist. */
void staging_put(const struct root *root, const struct reading *best, struct rom_reading *ret);

#endif
