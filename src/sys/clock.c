// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/clock.h"

#include <stdio.h>
#include <time.h>

/* Not strftime: it brings the time zones with it, 6 KiB of the program. */
static void format(time_t t, char ret[TEXT_TIME_MAX])
{
	struct tm tm;

	ret[0] = '\0';
	if (gmtime_r(&t, &tm))
		snprintf(ret, TEXT_TIME_MAX, "%04u-%02u-%02uT%02u:%02u:%02uZ",
			 (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
			 (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
			 (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}

void clock_now(char ret[TEXT_TIME_MAX])
{
	format(time(NULL), ret);
}

void clock_boot(char ret[TEXT_TIME_MAX])
{
	struct timespec up = {0};

	clock_gettime(CLOCK_BOOTTIME, &up);
	format(time(NULL) - up.tv_sec, ret);
}
