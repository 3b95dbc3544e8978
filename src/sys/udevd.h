/* Whether udev's daemon runs. systemd of version 257 and later listens on its control socket before
 * it runs, so that the socket alone says nothing. */
#ifndef GPUROM_UDEVD_H
#define GPUROM_UDEVD_H

#include "root.h"

#include <stdbool.h>

bool udevd_runs(const struct root *root);

#endif
