// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/jail.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* musl's setrlimit is made for threads: it would bring their code into the program. */
static void limit(int what, rlim_t most)
{
	(void)prlimit(0, what, &(struct rlimit){most, most}, NULL);
}

/* On a kernel that was built without seccomp the limits are all there is. */
static void seal(void)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)prctl(PR_SET_DUMPABLE, 0);
	(void)syscall(SYS_close_range, 0u, ~0u, 0u);
	limit(RLIMIT_NOFILE, 0);
	limit(RLIMIT_FSIZE, 0);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_STACK, JAIL_STACK);
	limit(RLIMIT_DATA, 0);
	limit(RLIMIT_CPU, JAIL_CPU_SECONDS);
	(void)prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
}

/* _exit calls exit_group, which seccomp does not allow. */
static _Noreturn void leave(void)
{
	for (;;)
		(void)syscall(SYS_exit, 0);
}

static int wait_for(pid_t pid, int *ret_signal)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -ECHILD;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	*ret_signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
	return -ECHILD;
}

int jail_run(void (*fn)(const void *arg, void *answer), const void *arg, void *answer, size_t size,
	     int *ret_signal)
{
	void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;
	int r;

	if (shared == MAP_FAILED)
		return -ENOMEM;
	pid = fork();
	if (pid == 0) {
		seal();
		fn(arg, shared);
		leave();
	}
	r = pid < 0 ? -errno : wait_for(pid, ret_signal);
	if (r == 0)
		memcpy(answer, shared, size);
	(void)munmap(shared, size);
	return r;
}
