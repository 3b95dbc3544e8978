/* settle: the wait before the real root, with a deadline; what is left over is handed over unread
 * and told. */
#ifndef GPUROM_BOOT_SETTLE_H
#define GPUROM_BOOT_SETTLE_H

#include "sys/root.h"

/* 0, or the -errno of the report. */
int settle(const struct root *root);

/* The same, with capture beside it. */
int settle_capture(const struct root *root);

#endif
