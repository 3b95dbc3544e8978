/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that the first process of an initramfs runs and waits for, but not for ever. */
#ifndef GPUROM_INIT_STEP_H
#define GPUROM_INIT_STEP_H

/* Runs argv[0] with the process's own environment, in a process group of its own, and waits at most
 * ms milliseconds; then the group is killed and left behind. Children that the first process
 * inherits meanwhile are waited for, too. Returns the exit status, or -ETIMEDOUT; -ECHILD where a
 * signal ended the program; or -errno where it could not be started. */
int step_run(const char *const *argv, unsigned ms);

#endif
