/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settle: waits for the workers before the real root, up to a deadline, and hands over unread the
 * cards that they have not finished. */
#ifndef GPUROM_BOOT_SETTLE_H
#define GPUROM_BOOT_SETTLE_H

#include "sys/root.h"

/* Returns 0, or the -errno of the report. */
int settle(const struct root *root);

/* The same, with capture in a process beside it. */
int settle_capture(const struct root *root);

#endif
