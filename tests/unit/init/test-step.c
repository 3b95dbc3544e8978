// SPDX-License-Identifier: GPL-2.0-or-later
/* A program that the first process waits for: its status, its end when it takes too long, and what
 * the next program is started with. */
#include "init/step.h"

#include "sys/deadline.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define SOON_MS 200
#define GENEROUS_MS 20000

static int shell(const char *text, unsigned ms)
{
	const char *const argv[] = {"/bin/sh", "-c", text, NULL};

	return step_run(argv, ms);
}

static void the_status_comes_back(void **state)
{
	(void)state;
	assert_int_equal(shell("exit 0", GENEROUS_MS), 0);
	assert_int_equal(shell("exit 3", GENEROUS_MS), 3);
	assert_int_equal(shell("kill -9 $$", GENEROUS_MS), -ECHILD);
}

static void what_cannot_be_started_is_named(void **state)
{
	static const char *const missing[] = {"/nothing/here", NULL};
	static const char *const folder[] = {"/", NULL};

	(void)state;
	assert_int_equal(step_run(missing, GENEROUS_MS), -ENOENT);
	assert_int_equal(step_run(folder, GENEROUS_MS), -EACCES);
}

/* The shell's child keeps the pipe open: its end shows that the whole group was killed. */
static void what_does_not_return_is_killed_with_its_children(void **state)
{
	unsigned long long began = deadline_now_us();
	char text[64];
	char byte;
	int p[2];

	(void)state;
	assert_int_equal(pipe(p), 0);
	snprintf(text, sizeof(text), "sleep 60 >&%d & wait; sleep 60", p[1]);
	assert_int_equal(shell(text, SOON_MS), -ETIMEDOUT);
	close(p[1]);
	assert_int_equal(read(p[0], &byte, 1), 0);
	close(p[0]);
	assert_in_range(deadline_now_us() - began, SOON_MS * 1000, GENEROUS_MS * 1000);
}

/* The first process inherits what others leave behind: here a child that was there before. */
static void another_child_is_waited_for_and_not_taken_for_the_program(void **state)
{
	pid_t other = fork();

	(void)state;
	if (other == 0)
		_exit(9);
	assert_int_equal(shell("sleep 0.3; exit 4", GENEROUS_MS), 4);
	assert_int_equal(waitpid(other, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

/* The next init gets the signals as the kernel gave them to us, and so does the program. */
static void blocked_signals_are_as_before(void **state)
{
	sigset_t before, after;

	(void)state;
	sigprocmask(SIG_SETMASK, NULL, &before);
	assert_int_equal(shell("grep -q '^SigBlk:[[:space:]]*0*$' /proc/self/status", GENEROUS_MS),
			 0);
	sigprocmask(SIG_SETMASK, NULL, &after);
	assert_int_equal(sigismember(&before, SIGCHLD), 0);
	assert_int_equal(sigismember(&after, SIGCHLD), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_status_comes_back),
		cmocka_unit_test(what_cannot_be_started_is_named),
		cmocka_unit_test(what_does_not_return_is_killed_with_its_children),
		cmocka_unit_test(another_child_is_waited_for_and_not_taken_for_the_program),
		cmocka_unit_test(blocked_signals_are_as_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
