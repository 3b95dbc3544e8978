/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a program and makes one of its system calls go wrong, by ptrace(2): static programs too, and
 * without a change to them. x86-64 only. The program's own first thread is followed, from its exec
 * on; what it forks is not. */
#ifndef GPUROM_TEST_TRACE_H
#define GPUROM_TEST_TRACE_H

#include <stdbool.h>

enum trace_how {
	TRACE_NOTHING,	   /* only counts */
	TRACE_SLOW,	   /* each call waits for 2 ms first */
	TRACE_ERRNO,	   /* the call is not made, and fails; close is made (see trace.c) */
	TRACE_SHORT,	   /* a write is made with half of its bytes */
	TRACE_KILL_BEFORE, /* SIGKILL, and the call is not made */
	TRACE_KILL_AFTER,  /* SIGKILL, once the call is made */
	TRACE_NO_SYNC,	   /* every call that makes durable is not made, and succeeds */
};

struct trace_fault {
	enum trace_how how;
	unsigned long at; /* which call, from 1; not for TRACE_SLOW, TRACE_NO_SYNC */
	int err;	  /* TRACE_ERRNO: EIO, ... */
	/* Told of each call before it is made; args as the kernel gets them. NULL: nobody asks. */
	void (*seen)(void *ctx, long nr, const unsigned long long args[6]);
	void *ctx;
};

struct trace_ran {
	unsigned long calls; /* seen; not all of them, where the fault was made before the end */
	long nr;	     /* of the call at which the fault was, -1 where it never came */
	bool made;	     /* false also where this call cannot fail so */
	int status;	     /* as waitpid gives it */
};

/* argv[0] is a path. out: where its output goes, or -1. 0, or -errno where it cannot be traced. */
int trace_run(char *const argv[], int out, const struct trace_fault *f, struct trace_ran *ret);

/* "openat", or "call 437" for what commit is not known to use; static. */
const char *trace_name(long nr);

#endif
