/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exit statuses of both programs. */
#ifndef GPUROM_HOST_EXIT_H
#define GPUROM_HOST_EXIT_H

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2, EXIT_ATTENTION = 3 };

#endif
