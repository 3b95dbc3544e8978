/* capture: the held cards worked at the same time, one process each: ROM read, judged, staged
 * under /run/gpurom, then the card handed over. */
#ifndef GPUROM_BOOT_CAPTURE_H
#define GPUROM_BOOT_CAPTURE_H

#include "boot/report.h"
#include "boot/card.h"
#include "sources/attempt.h"
#include "sys/root.h"

/* Returns when every worker has ended. 0, or the -errno of the report. */
int capture(const struct root *root);

/* The part of it that settle does for a card whose worker died: hand over, or give back. */
void capture_finish(const struct root *root, const struct report *r, struct boot_card *b);

/* The host's console on a card that was handed over: what the card's new driver left of the
 * firmware's framebuffer is taken off it. Says so in the log and in b->console. Bounded in time. */
void console_release(const struct root *root, struct boot_card *b);

/* Puts a reading under /run/gpurom/staged, by its digest, where commit finds it: the romfile, and
 * the bytes as they came where they say more. Sets told's digests and sizes to what lies there; a
 * failure is logged, and its digest is "". What told says lies there already is not written again.
 * The folder must be there. */
void staging_put(const struct root *root, const struct reading *best, struct rom_reading *told);

#endif
