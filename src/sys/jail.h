/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work on foreign bytes in a process that can do nothing but compute and answer: no system call
 * but exit (seccomp strict), no open file, no memory beyond what it was born with, some seconds of
 * CPU. Code that takes it over can reach nothing but its own answer. */
#ifndef GPUROM_SYS_JAIL_H
#define GPUROM_SYS_JAIL_H

#include <stddef.h>

#define JAIL_CPU_SECONDS 5	   /* the largest ROM file takes a fraction of one */
#define JAIL_STACK (1024u * 1024u) /* bytes */

/* Runs fn(arg, answer) there, with size bytes of zeros for its answer, and copies them to *answer.
 * What fn writes anywhere else is lost. fn may make no system call; its answer counts as written by
 * an enemy. Returns 0; -ECHILD where the process died, of the signal *ret_signal (0: without one);
 * -EAGAIN or -ENOMEM where there was no process. *answer is untouched on failure. */
int jail_run(void (*fn)(const void *arg, void *answer), const void *arg, void *answer, size_t size,
	     int *ret_signal);

#endif
