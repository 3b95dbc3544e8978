#include "deadline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

unsigned long long deadline_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (unsigned long long)t.tv_sec * 1000000u + (unsigned long long)t.tv_nsec / 1000u;
}

static void child(int fd, int (*fn)(void *), void *arg)
{
	int r = fn(arg);

	_exit(write(fd, &r, sizeof(r)) == (ssize_t)sizeof(r) ? 0 : 1);
}

/* Readable within ms: the child has answered or died. */
static int answer(int fd, unsigned ms)
{
	unsigned long long end = deadline_now_us() + ms * 1000ull, now;
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int r = -ECHILD, got;

	for (;;) {
		now = deadline_now_us();
		got = poll(&p, 1, now < end ? (int)((end - now + 999) / 1000) : 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? -errno : -ETIMEDOUT;
		return read(fd, &r, sizeof(r)) == (ssize_t)sizeof(r) ? r : -ECHILD;
	}
}

int deadline_run(unsigned ms, int (*fn)(void *arg), void *arg)
{
	int fd[2], r;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		close(fd[0]);
		child(fd[1], fn, arg);
	}
	close(fd[1]);
	r = pid < 0 ? -errno : answer(fd[0], ms);
	close(fd[0]);
	if (pid > 0) {
		if (r == -ETIMEDOUT)
			kill(pid, SIGKILL);
		/* One asleep in the kernel does not die: it is left to init. */
		(void)waitpid(pid, NULL, r == -ETIMEDOUT ? WNOHANG : 0);
	}
	return r;
}
