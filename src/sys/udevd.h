/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether udev's daemon runs; one that has ended and was not waited for yet (a zombie) does not.
 * Where systemd starts it, systemd itself listens on its control socket long before
 * (systemd-udevd-control.socket), so that the socket alone says nothing. */
#ifndef GPUROM_SYS_UDEVD_H
#define GPUROM_SYS_UDEVD_H

#include "sys/root.h"

#include <stdbool.h>

bool udevd_runs(const struct root *root);

#endif
