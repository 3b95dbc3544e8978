/* Work on foreign bytes in a process that can do nothing but compute and answer: no system call
 * but exit (seccomp strict), no open file, no memory beyond what it was born with, some seconds of
 * CPU. What takes it over has nothing to reach but its own answer. */
#ifndef GPUROM_SYS_JAIL_H
#define GPUROM_SYS_JAIL_H

#include <stddef.h>

#define JAIL_CPU_SECONDS 5	   /* the largest ROM file takes a fraction of one */
#define JAIL_STACK (1024u * 1024u) /* bytes */

/* Runs fn(arg, answer) there, answer being size bytes of zeros, and copies them back. What fn
 * writes anywhere else is lost. fn may not call what makes system calls; what it answers is to be
 * taken as written by an enemy. 0; -ECHILD where the process died, *ret_signal telling of what;
 * -EAGAIN, -ENOMEM where there could be none. *answer is untouched on failure. */
int jail_run(void (*fn)(const void *arg, void *answer), const void *arg, void *answer, size_t size,
	     int *ret_signal);

#endif
