/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The time of day as the record writes it. */
#ifndef GPUROM_SYS_CLOCK_H
#define GPUROM_SYS_CLOCK_H

#include "util/text.h"

/* "2026-01-31T12:59:59Z", UTC; "" where there is no clock. */
void clock_now(char ret[TEXT_TIME_MAX]);
/* The same of the moment when the kernel began. */
void clock_boot(char ret[TEXT_TIME_MAX]);

#endif
