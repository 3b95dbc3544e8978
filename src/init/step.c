// SPDX-License-Identifier: GPL-2.0-or-later
#include "init/step.h"

#include "sys/deadline.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* In the child: tells through `failed`, which a successful exec closes, why there is none. */
static _Noreturn void become(const char *const *argv, const sigset_t *mask, int failed)
{
	int err;

	(void)setpgid(0, 0);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	execv(argv[0], (char *const *)argv);
	err = -errno;
	(void)!write(failed, &err, sizeof(err));
	_exit(1);
}

static int exit_status(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : -ECHILD;
}

/* SIGCHLD is blocked: it stays pending, and one that comes between the two calls is not missed. */
static int wait_for(pid_t child, unsigned ms)
{
	const unsigned long long until = deadline_now_us() + 1000ull * ms;
	struct timespec left;
	sigset_t chld;
	unsigned rest;
	pid_t pid;
	int status;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	while (true) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			if (pid == child)
				return exit_status(status);
		rest = deadline_left_ms(until);
		if (!rest)
			break;
		left = (struct timespec){rest / 1000, rest % 1000 * 1000000l};
		(void)sigtimedwait(&chld, NULL, &left);
	}
	(void)kill(-child, SIGKILL);
	return -ETIMEDOUT;
}

int step_run(const char *const *argv, unsigned ms)
{
	sigset_t chld, before;
	int failed[2], err = 0, r;
	pid_t child;

	if (pipe2(failed, O_CLOEXEC) < 0)
		return -errno;
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &chld, &before);
	child = fork();
	if (child == 0)
		become(argv, &before, failed[1]);
	r = child < 0 ? -errno : 0;
	close(failed[1]);
	if (child > 0) {
		(void)setpgid(child, child); /* whoever of the two comes first */
		if (read(failed[0], &err, sizeof(err)) != sizeof(err))
			err = 0;
		r = wait_for(child, ms);
	}
	close(failed[0]);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return err < 0 ? err : r;
}
