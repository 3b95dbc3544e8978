// SPDX-License-Identifier: GPL-2.0-or-later
/* Work with a deadline: its answer, its end, and the clock by which every process of a boot counts.
 */
#include "sys/deadline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SOON_MS 100
#define LONG_MS 60000
#define GENEROUS_MS 20000

static unsigned long long boottime_us(void)
{
	struct timespec t;

	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &t), 0);
	return (unsigned long long)t.tv_sec * 1000000u + (unsigned long long)t.tv_nsec / 1000u;
}

/* A machine without a battery sets its time of day in the middle of the boot. */
static void the_time_of_day_does_not_matter(void **state)
{
	unsigned long long before = boottime_us(), is = deadline_now_us(), after = boottime_us();

	(void)state;
	assert_true(before <= is && is <= after);
}

static int gives(void *arg)
{
	return *(const int *)arg;
}

static int dies(void *arg)
{
	(void)arg;
	_exit(0);
}

static void answers_come_back(void **state)
{
	static const int answers[] = {0, -EIO, -ENODEV, -EBUSY};

	(void)state;
	for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		int want = answers[i];

		assert_int_equal(deadline_run(LONG_MS, gives, &want), want);
	}
	assert_int_equal(deadline_run(LONG_MS, dies, NULL), -ECHILD);
}

/* A child leaves its pid where we see it, and never comes back. */
static int never_ends(void *arg)
{
	*(volatile pid_t *)arg = getpid();
	for (;;)
		pause();
	return 0;
}

/* Whether the child is gone, by the kernel's or by our waiting, within a generous time. */
static bool has_ended(pid_t pid)
{
	unsigned long long until = deadline_now_us() + GENEROUS_MS * 1000ull;
	int status;

	while (deadline_now_us() < until) {
		pid_t r = waitpid(pid, &status, WNOHANG);

		if (r == pid || (r < 0 && errno == ECHILD))
			return true;
		usleep(1000);
	}
	return false;
}

/* Work that was given up must not act on the card later. */
static void late_work_is_ended(void **state)
{
	volatile pid_t *pid =
		mmap(NULL, sizeof(*pid), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	unsigned long long from = deadline_now_us(), took;

	(void)state;
	assert_true(pid != MAP_FAILED);
	assert_int_equal(deadline_run(SOON_MS, never_ends, (void *)pid), -ETIMEDOUT);
	took = (deadline_now_us() - from) / 1000;
	assert_true(took >= SOON_MS && took < GENEROUS_MS);
	/* Under load it may be ended before it came to leave its number. */
	if (*pid && !has_ended(*pid)) {
		kill(*pid, SIGKILL);
		fail_msg("the child goes on after its deadline");
	}
	munmap((void *)pid, sizeof(*pid));
}

#define ITEMS 8

struct bench {
	size_t hangs[ITEMS]; /* 1: never returns, 2: dies */
	int *seen;	     /* shared */
};

static int one(void *arg, size_t i)
{
	struct bench *b = arg;

	b->seen[i]++;
	if (b->hangs[i] == 2)
		raise(SIGKILL);
	while (b->hangs[i])
		pause();
	return i == 3 ? -EIO : 0;
}

/* Enough for a child that an emulator runs on a machine with other work. */
#define CHILD_MS 1000u

static unsigned ms(void *arg, size_t i, size_t hung)
{
	(void)arg;
	(void)i;
	return hung ? CHILD_MS / 4 : CHILD_MS;
}

static void set_up(struct bench *b)
{
	*b = (struct bench){.seen = deadline_shared(ITEMS * sizeof(int))};
	assert_non_null(b->seen);
}

static unsigned long long run(struct bench *b, unsigned all_ms, int ret[ITEMS])
{
	unsigned long long start = deadline_now_us();
	const struct deadline_list list = {
		.n = ITEMS, .one = one, .ms = ms, .arg = b, .until_us = start + all_ms * 1000ull};

	assert_int_equal(deadline_each(&list, ret), 0);
	return (deadline_now_us() - start) / 1000;
}

static void test_all_return(void **state)
{
	struct bench b;
	int ret[ITEMS];

	(void)state;
	set_up(&b);
	run(&b, 60000, ret);
	for (size_t i = 0; i < ITEMS; i++) {
		assert_int_equal(ret[i], i == 3 ? -EIO : 0);
		assert_int_equal(b.seen[i], 1);
	}
	deadline_unshare(b.seen, ITEMS * sizeof(int));
}

static void test_some_hang_or_die(void **state)
{
	struct bench b;
	int ret[ITEMS];

	(void)state;
	set_up(&b);
	b.hangs[0] = 1;
	b.hangs[4] = 2;
	b.hangs[7] = 1;
	assert_true(run(&b, 60000, ret) < 30000);
	for (size_t i = 0; i < ITEMS; i++) {
		int want = i == 0 || i == 7 ? -ETIMEDOUT : i == 4 ? -ECHILD : i == 3 ? -EIO : 0;

		assert_int_equal(ret[i], want);
		assert_int_equal(b.seen[i], 1);
	}
	deadline_unshare(b.seen, ITEMS * sizeof(int));
}

static void test_the_time_for_all_ends(void **state)
{
	struct bench b;
	int ret[ITEMS];

	(void)state;
	set_up(&b);
	for (size_t i = 0; i < ITEMS; i++)
		b.hangs[i] = 1;
	run(&b, CHILD_MS + 70, ret);
	assert_int_equal(ret[0], -ETIMEDOUT);
	assert_int_equal(ret[ITEMS - 1], -ETIME);
	assert_int_equal(b.seen[ITEMS - 1], 0);
	deadline_unshare(b.seen, ITEMS * sizeof(int));
}

/* A reader of our output sees its end though a child stays behind. Here the child is not in the
 * kernel, so it is kept alive by a fork of its own. */
static int leave_behind(void *arg)
{
	(void)arg;
	if (fork() == 0) {
		poll(NULL, 0, 3000);
		_exit(0);
	}
	return 0;
}

static int leave_behind_one(void *arg, size_t i)
{
	(void)i;
	return leave_behind(arg);
}

static int run_each(void)
{
	const struct deadline_list list = {.n = 1,
					   .one = leave_behind_one,
					   .ms = ms,
					   .keep_fd = -1,
					   .until_us = deadline_now_us() + 60000000};
	int ret;

	return deadline_each(&list, &ret);
}

static int run_one(void)
{
	return deadline_run(LONG_MS, leave_behind, NULL);
}

/* In both directions: nor does who writes into our input wait. */
static void reader_comes_to_the_end(int (*run_it)(void), int type)
{
	int fd[2], status;
	struct pollfd end;
	pid_t pid;

	assert_int_equal(type ? socketpair(AF_UNIX, type, 0, fd) : pipe(fd), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fd[1], STDIN_FILENO);
		dup2(fd[1], STDOUT_FILENO);
		dup2(fd[1], STDERR_FILENO);
		close(fd[0]);
		close(fd[1]);
		_exit(run_it() < 0);
	}
	close(fd[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	end = (struct pollfd){.fd = fd[0], .events = POLLIN};
	assert_int_equal(poll(&end, 1, 0), 1);
	close(fd[0]);
}

static void test_output_is_not_kept_open(void **state)
{
	(void)state;
	reader_comes_to_the_end(run_each, 0);
	reader_comes_to_the_end(run_one, 0);
	reader_comes_to_the_end(run_one, SOCK_STREAM);
}

static bool is_null(int fd)
{
	struct stat is, null;

	return fstat(fd, &is) == 0 && stat("/dev/null", &null) == 0 && is.st_rdev == null.st_rdev;
}

/* What the child of deadline_run logs goes to the file or terminal that the parent logs to; in the
 * place of a pipe there is /dev/null, and nothing else that is opened later. */
static int writes_a_line(void *arg)
{
	(void)arg;
	return write(STDERR_FILENO, "line\n", 5) == 5 && is_null(STDIN_FILENO) ? 0 : -EBADF;
}

static void a_file_stays_open(void **state)
{
	int fd[2], file = memfd_create("error", 0), status;
	struct stat st;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fd[0], STDIN_FILENO);
		dup2(file, STDERR_FILENO);
		_exit(deadline_run(LONG_MS, writes_a_line, NULL) < 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(fstat(file, &st), 0);
	assert_int_equal(st.st_size, 5);
	close(file);
	close(fd[0]);
	close(fd[1]);
}

/* Where no standard file is open, the answer's own pipe may get such a number. */
static int answers_through_a_low_pipe(void *arg)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		close(fd);
	return deadline_run(LONG_MS, gives, arg);
}

static void its_own_pipe_stays_open(void **state)
{
	int want = -EIO;

	(void)state;
	assert_int_equal(deadline_run(LONG_MS, answers_through_a_low_pipe, &want), want);
}

/* The result: how many files are open beside the standard ones, which are /dev/null; -1 where the
 * one to keep is not open, -2 where a standard file is another one. */
static int count_files(void *arg, size_t i)
{
	const int *keep = arg;
	int n = 0;

	(void)i;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fd != *keep && !is_null(fd))
			return -2;
	for (int fd = STDERR_FILENO + 1; fd < 300; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return fcntl(*keep, F_GETFD) >= 0 ? n : -1;
}

static void only_what_is_asked_for_stays_open(void **state)
{
	int keep[] = {dup(STDIN_FILENO), 250, 0}, none = -1, ret;
	struct deadline_list list = {
		.n = 1, .one = count_files, .ms = ms, .until_us = deadline_now_us() + 60000000};

	(void)state;
	assert_int_equal(dup2(keep[0], keep[1]), keep[1]);
	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++) {
		list.arg = &keep[i];
		list.keep_fd = keep[i];
		assert_int_equal(deadline_each(&list, &ret), 0);
		assert_int_equal(ret, keep[i] > STDERR_FILENO ? 2 : 1); /* with the pipe */
	}
	list.arg = &none;
	list.keep_fd = none;
	assert_int_equal(deadline_each(&list, &ret), 0);
	assert_int_equal(ret, -1);
	close(keep[0]);
	close(keep[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_time_of_day_does_not_matter),
		cmocka_unit_test(answers_come_back),
		cmocka_unit_test(late_work_is_ended),
		cmocka_unit_test(test_all_return),
		cmocka_unit_test(test_some_hang_or_die),
		cmocka_unit_test(test_the_time_for_all_ends),
		cmocka_unit_test(test_output_is_not_kept_open),
		cmocka_unit_test(a_file_stays_open),
		cmocka_unit_test(its_own_pipe_stays_open),
		cmocka_unit_test(only_what_is_asked_for_stays_open),
	};

	return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}
