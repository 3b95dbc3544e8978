/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The version of this build, as `gpurom --version` has it. */
#ifndef GPUROM_SYS_VERSION_H
#define GPUROM_SYS_VERSION_H

extern const char program_version[];

#endif
