/* Cards whose hand-over claim, capture or settle did not come to the end of, and can now: a driver
 * that let go after all, a settle that was ended, a probe that took longer than settle waits. It is
 * finished late rather than never: half a card is no use to host or VM. */
#ifndef GPUROM_BOOT_RETRY_H
#define GPUROM_BOOT_RETRY_H

#include "sys/root.h"

/* For each card of this boot's report, by what the kernel says of it now: one that is held and free
 * is marked HELD, for capture to read; one that is handed over in part is handed over wholly (no
 * function of it is on a driver but the report's, none has an override but that or the hold). How
 * many changed; -errno of the report. */
int retry(const struct root *root);

#endif
