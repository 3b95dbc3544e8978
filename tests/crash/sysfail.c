// SPDX-License-Identifier: GPL-2.0-or-later
/* sysfail HOW PROGRAM WORDS...: runs a program, one system call of which goes wrong. HOW:
 *	count		none
 *	list		none, and each is printed: "NUMBER NAME"
 *	EIO@K		the K-th call fails so (also ENOSPC EDQUOT EROFS EINTR ENOMEM EMFILE)
 *	short@K		the K-th call, a write, writes half
 *	kill@K		SIGKILL in the place of the K-th call; killed@K: after it
 *	slow		none, but each call waits for 2 ms first
 *	nosync		no fsync and the like is made, all succeed
 *
 * The last line on the standard error: "sysfail: CALLS calls, NAME: made" (or "not made": there is
 * no such call, or it cannot fail so). Exit status: the program's, 128 and the signal that ended
 * it, or 125 where nothing could be run. x86-64 only. */
#include "trace.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static const struct {
	const char *name;
	enum trace_how how;
	int err;
} ways[] = {
	{"slow", TRACE_SLOW, 0},	 {"count", TRACE_NOTHING, 0},
	{"list", TRACE_NOTHING, 0},	 {"nosync", TRACE_NO_SYNC, 0},
	{"short", TRACE_SHORT, 0},	 {"kill", TRACE_KILL_BEFORE, 0},
	{"killed", TRACE_KILL_AFTER, 0}, {"EIO", TRACE_ERRNO, EIO},
	{"ENOSPC", TRACE_ERRNO, ENOSPC}, {"EDQUOT", TRACE_ERRNO, EDQUOT},
	{"EROFS", TRACE_ERRNO, EROFS},	 {"EINTR", TRACE_ERRNO, EINTR},
	{"ENOMEM", TRACE_ERRNO, ENOMEM}, {"EMFILE", TRACE_ERRNO, EMFILE},
};

static bool parse(const char *word, struct trace_fault *ret)
{
	size_t n = strcspn(word, "@");
	char *end = NULL;

	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		if (strlen(ways[i].name) != n || strncmp(ways[i].name, word, n) != 0)
			continue;
		*ret = (struct trace_fault){.how = ways[i].how, .err = ways[i].err};
		if (ways[i].how == TRACE_NOTHING || ways[i].how == TRACE_SLOW ||
		    ways[i].how == TRACE_NO_SYNC)
			return !word[n];
		ret->at = word[n] ? strtoul(word + n + 1, &end, 10) : 0;
		return ret->at && !*end;
	}
	return false;
}

static void tell(void *ctx, long nr, const unsigned long long args[6])
{
	unsigned long *n = ctx;

	(void)args;
	fprintf(stderr, "%lu %s\n", ++*n, trace_name(nr));
}

int main(int argc, char **argv)
{
	unsigned long counted = 0;
	struct trace_fault f;
	struct trace_ran ran;
	int err;

	if (argc < 3 || !parse(argv[1], &f)) {
		fprintf(stderr,
			"usage: sysfail count|list|slow|nosync|ERRNO@K|short@K|kill@K|killed@K "
			"PROGRAM WORDS...\n");
		return 125;
	}
	if (strcmp(argv[1], "list") == 0) {
		f.seen = tell;
		f.ctx = &counted;
	}
	err = trace_run(argv + 2, -1, &f, &ran);
	if (err) {
		fprintf(stderr, "sysfail: %s: %s\n", argv[2],
			err == -ENOSYS ? "works on x86-64 only" : strerror(-err));
		return 125;
	}
	fprintf(stderr, "sysfail: %lu calls, %s: %s\n", ran.calls,
		ran.nr < 0 ? "none" : trace_name(ran.nr), ran.made ? "made" : "not made");
	return WIFEXITED(ran.status) ? WEXITSTATUS(ran.status) : 128 + WTERMSIG(ran.status);
}
