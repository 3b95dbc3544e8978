#include "sys/clock.h"

#include <stdio.h>
#include <time.h>

/* Not strftime: it brings the time zones with it, 6 KiB of the program. */
void clock_now(char ret[TEXT_TIME_MAX])
{
	time_t t = time(NULL);
	struct tm tm;

	ret[0] = '\0';
	if (gmtime_r(&t, &tm))
		snprintf(ret, TEXT_TIME_MAX, "%04u-%02u-%02uT%02u:%02u:%02uZ",
			 (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)(tm.tm_mon + 1) % 100,
			 (unsigned)tm.tm_mday % 100, (unsigned)tm.tm_hour % 100,
			 (unsigned)tm.tm_min % 100, (unsigned)tm.tm_sec % 100);
}
