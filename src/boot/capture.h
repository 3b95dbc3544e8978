/* capture: the held cards worked at the same time, one process each: ROM read, judged, staged
 * under /run/gpurom, then the card handed over. */
#ifndef GPUROM_BOOT_CAPTURE_H
#define GPUROM_BOOT_CAPTURE_H

#include "boot/report.h"

/* Returns when every worker has ended. 0, or the -errno of the report. */
int capture(const struct root *root);

/* The part of it that settle does for a card whose worker died: hand over, or give back. */
void capture_finish(const struct root *root, const struct report *r, struct boot_card *b);

#endif
