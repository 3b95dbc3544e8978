// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/deadline.h"

#include "sys/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FILES_MAX 256	  /* gpurom never has as many open */
#define MS_MAX (1u << 30) /* some days: poll takes an int */

unsigned long long deadline_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (unsigned long long)t.tv_sec * 1000000u + (unsigned long long)t.tv_nsec / 1000u;
}

/* The pipe is readable once the child has answered or died. */
static int await_answer(int fd, unsigned ms)
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

void deadline_leave_readers(int keep_fd)
{
	struct stat st;

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fd != keep_fd && fstat(fd, &st) == 0 &&
		    (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
			close(fd);
	standardfiles_open();
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
		deadline_leave_readers(fd[1]);
		r = fn(arg);
		_exit(write(fd[1], &r, sizeof(r)) == (ssize_t)sizeof(r) ? 0 : 1);
	}
	close(fd[1]);
	r = pid < 0 ? -errno : await_answer(fd[0], ms);
	close(fd[0]);
	if (pid > 0) {
		if (r == -ETIMEDOUT)
			kill(pid, SIGKILL);
		/* One asleep in the kernel does not die: it is left to init. */
		(void)waitpid(pid, NULL, r == -ETIMEDOUT ? WNOHANG : 0);
	}
	return r;
}

unsigned deadline_left_ms(unsigned long long until_us)
{
	unsigned long long now = deadline_now_us();
	unsigned long long ms = now < until_us ? (until_us - now) / 1000 : 0;

	return ms < MS_MAX ? (unsigned)ms : MS_MAX;
}

void *deadline_shared(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void deadline_unshare(void *p, size_t size)
{
	if (p)
		munmap(p, size);
}

/* The child fills it in, the parent reads it. since_us is written before `at` and read after it: a
 * parent that sees an old item with a new time waits too long, never too short. */
struct progress {
	size_t at;		     /* the item that runs now; n at the end */
	unsigned long long since_us; /* when it began */
	int result[];
};

static void close_from_to(unsigned first, unsigned last)
{
	if (first > last)
		return;
	/* Linux 5.9; before it, one by one. */
	if (syscall(SYS_close_range, first, last, 0) < 0)
		for (unsigned fd = first; fd <= last && fd < FILES_MAX; fd++)
			close((int)fd);
}

/* Every file but these two; other may be none. */
static void close_others(int end, int other)
{
	const unsigned a = (unsigned)end, b = (unsigned)(other < 0 ? end : other);
	const unsigned low = a < b ? a : b, high = a < b ? b : a;

	if (low)
		close_from_to(0, low - 1);
	if (high > low)
		close_from_to(low + 1, high - 1);
	close_from_to(high + 1, INT_MAX);
}

static _Noreturn void run_items(const struct deadline_list *list, struct progress *p, int end)
{
	close_others(end, list->keep_fd);
	standardfiles_open();
	while (p->at < list->n) {
		p->result[p->at] = list->one(list->arg, p->at);
		__atomic_store_n(&p->since_us, deadline_now_us(), __ATOMIC_SEQ_CST);
		__atomic_store_n(&p->at, p->at + 1, __ATOMIC_SEQ_CST);
	}
	_exit(0);
}

/* Returns 0 once the child has ended, -ETIMEDOUT once the time of its item, or of all, is over. The
 * child writes nothing into the pipe; its end is what poll waits for. */
static int await_items(const struct deadline_list *list, const struct progress *p, size_t hung,
		       int fd)
{
	for (;;) {
		const size_t at = __atomic_load_n(&p->at, __ATOMIC_SEQ_CST);
		unsigned long long since = __atomic_load_n(&p->since_us, __ATOMIC_SEQ_CST);
		unsigned ms = at < list->n ? list->ms(list->arg, at, hung) : 1000;
		unsigned left = deadline_left_ms(since + ms * 1000ull);
		unsigned all = deadline_left_ms(list->until_us);
		struct pollfd end = {.fd = fd, .events = POLLIN};

		if ((left == 0 || all == 0) && at == __atomic_load_n(&p->at, __ATOMIC_SEQ_CST))
			return -ETIMEDOUT;
		if (poll(&end, 1, (int)((left < all ? left : all) + 1)) > 0)
			return 0;
	}
}

/* One child runs the items from p->at on. */
static int run_child(const struct deadline_list *list, struct progress *p, size_t hung)
{
	int fd[2], r;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC) < 0)
		return -errno;
	p->since_us = deadline_now_us();
	pid = fork();
	if (pid == 0) {
		close(fd[0]);
		run_items(list, p, fd[1]);
	}
	r = pid < 0 ? -errno : 0;
	close(fd[1]);
	if (pid > 0) {
		r = await_items(list, p, hung, fd[0]);
		if (r < 0)
			kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, r < 0 ? WNOHANG : 0);
	}
	close(fd[0]);
	return r < 0 || p->at == list->n ? r : -ECHILD;
}

int deadline_each(const struct deadline_list *list, int *ret)
{
	size_t size = sizeof(struct progress) + list->n * sizeof(int), hung = 0;
	struct progress *p = deadline_shared(size);
	int r = 0;

	if (!p)
		return -ENOMEM;
	while (p->at < list->n && r == 0 && deadline_left_ms(list->until_us) > 0) {
		r = run_child(list, p, hung);
		if (r == -ETIMEDOUT || r == -ECHILD) {
			if (p->at < list->n)
				p->result[p->at++] = r;
			hung++;
			r = 0;
		}
	}
	for (size_t i = p->at; i < list->n; i++)
		p->result[i] = r < 0 ? r : -ETIME;
	r = p->at == 0 ? r : 0;
	memcpy(ret, p->result, list->n * sizeof(int));
	deadline_unshare(p, size);
	return r;
}
