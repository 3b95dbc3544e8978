/* Items that may never return, in a child: each costs its own time, the rest goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "deadline.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

static unsigned ms(void *arg, size_t i, size_t hung)
{
	(void)arg;
	(void)i;
	return hung ? 50 : 200;
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
	run(&b, 270, ret);
	assert_int_equal(ret[0], -ETIMEDOUT);
	assert_int_equal(ret[ITEMS - 1], -ETIME);
	assert_int_equal(b.seen[ITEMS - 1], 0);
	deadline_unshare(b.seen, ITEMS * sizeof(int));
}

/* One that hangs is ended, by the one signal that nothing keeps from ending it. */
static int hang_deaf(void *arg)
{
	pid_t *pid = arg;

	signal(SIGTERM, SIG_IGN);
	*pid = getpid();
	for (;;)
		pause();
	return 0;
}

static bool is_gone(pid_t pid)
{
	for (int i = 0; i < 1000 && kill(pid, 0) == 0; i++) {
		(void)waitpid(pid, NULL, WNOHANG);
		nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
	}
	return kill(pid, 0) < 0;
}

static void test_a_child_in_vain_is_ended(void **state)
{
	pid_t *pid = deadline_shared(sizeof(*pid));

	(void)state;
	assert_non_null(pid);
	assert_int_equal(deadline_run(100, hang_deaf, pid), -ETIMEDOUT);
	assert_true(*pid > 0);
	assert_true(is_gone(*pid));
	deadline_unshare(pid, sizeof(*pid));
}

/* A reader of our output sees its end though a child stays behind. Here the child is not in the
 * kernel, so it is kept alive by a fork of its own. */
static int leave_behind(void *arg, size_t i)
{
	(void)arg;
	(void)i;
	if (fork() == 0) {
		poll(NULL, 0, 3000);
		_exit(0);
	}
	return 0;
}

static void test_output_is_not_kept_open(void **state)
{
	const struct deadline_list list = {
		.n = 1, .one = leave_behind, .ms = ms, .until_us = deadline_now_us() + 60000000};
	int fd[2], ret, status;
	struct pollfd end;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fd[1], STDOUT_FILENO);
		dup2(fd[1], STDERR_FILENO);
		close(fd[0]);
		close(fd[1]);
		_exit(deadline_each(&list, &ret) < 0);
	}
	close(fd[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	end = (struct pollfd){.fd = fd[0], .events = POLLIN};
	assert_int_equal(poll(&end, 1, 0), 1);
	close(fd[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_return),
		cmocka_unit_test(test_some_hang_or_die),
		cmocka_unit_test(test_the_time_for_all_ends),
		cmocka_unit_test(test_a_child_in_vain_is_ended),
		cmocka_unit_test(test_output_is_not_kept_open),
	};

	return cmocka_run_group_tests_name("deadline", tests, NULL, NULL);
}
