/* The time of day as the record writes it. */
#ifndef GPUROM_CLOCK_H
#define GPUROM_CLOCK_H

#include "record.h"

/* "2026-01-31T12:59:59Z", UTC; "" where there is no clock. */
void clock_now(char ret[RECORD_TIME_MAX]);

#endif
