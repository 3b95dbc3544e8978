/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the model stands in for the machine: the linker sends these calls of the program here. */
#ifndef GPUROM_TEST_SEAMS_H
#define GPUROM_TEST_SEAMS_H

#include <stddef.h>

/* The process is ended in place of its n-th call that changes a folder; 0: never. */
extern size_t seams_dies_at;

#endif
