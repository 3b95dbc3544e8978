// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/version.h"

/* The Makefile says it to this file alone. */
#ifndef GPUROM_VERSION
#define GPUROM_VERSION "unknown"
#endif

const char program_version[] = GPUROM_VERSION;
