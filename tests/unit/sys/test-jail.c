// SPDX-License-Identifier: GPL-2.0-or-later
/* What the jail lets out, and what it does not. */
#include "sys/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct answer {
	long call; /* what a system call gave */
	unsigned sum;
};

static void computes(const void *arg, void *answer)
{
	const char *text = arg;
	struct answer *a = answer;

	for (size_t i = 0; text[i]; i++)
		a->sum += (unsigned char)text[i];
}

static void opens(const void *arg, void *answer)
{
	((struct answer *)answer)->call = syscall(SYS_openat, AT_FDCWD, arg, O_RDONLY, 0);
}

static void makes_socket(const void *arg, void *answer)
{
	(void)arg;
	((struct answer *)answer)->call = syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
}

static void forks(const void *arg, void *answer)
{
	(void)arg;
	((struct answer *)answer)->call = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void maps(const void *arg, void *answer)
{
	(void)arg;
	((struct answer *)answer)->call = syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE,
						  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void kills_parent(const void *arg, void *answer)
{
	((struct answer *)answer)->call = syscall(SYS_kill, *(const pid_t *)arg, 0);
}

static void crashes(const void *arg, void *answer)
{
	(void)answer;
	(void)signal(SIGSEGV, SIG_DFL); /* not the sanitizer's word: it is the death that counts */
	*(volatile char *)(uintptr_t) * (const unsigned *)arg = 1;
}

static void never_ends(const void *arg, void *answer)
{
	(void)arg;
	for (;;)
		((volatile struct answer *)answer)->sum++;
}

static const pid_t *self(void)
{
	static pid_t pid;

	pid = getpid();
	return &pid;
}

static void only_computing_comes_back(void **state)
{
	static const unsigned nowhere = 8;
	const struct {
		const char *name;
		void (*fn)(const void *, void *);
		const void *arg;
	} t[] = {
		{"a file", opens, "/dev/null"},	    {"a socket", makes_socket, NULL},
		{"a process", forks, NULL},	    {"memory", maps, NULL},
		{"a signal", kills_parent, self()}, {"a bad address", crashes, &nowhere},
		{"no end", never_ends, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct answer a = {.call = 77, .sum = 77};
		int signal = 0, r = jail_run(t[i].fn, t[i].arg, &a, sizeof(a), &signal);

		if (r != -ECHILD || signal == 0)
			fail_msg("%s: %d, signal %d", t[i].name, r, signal);
		/* Nothing of what it said before it died. */
		assert_int_equal(a.call, 77);
		assert_int_equal(a.sum, 77);
	}
}

static void answers(void **state)
{
	struct answer a = {.call = 77};
	int signal = 0;

	(void)state;
	assert_int_equal(jail_run(computes, "\x01\x02\x03", &a, sizeof(a), &signal), 0);
	assert_int_equal(a.sum, 6);
	assert_int_equal(a.call, 0);
}

static void reads_descriptor(const void *arg, void *answer)
{
	char c;

	/* read() is a call that seccomp leaves: there must be nothing to read from. */
	((struct answer *)answer)->call = syscall(SYS_read, *(const int *)arg, &c, 1);
	((struct answer *)answer)->sum = 1;
}

static void no_descriptor_is_left(void **state)
{
	struct answer a = {0};
	int signal = 0, fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(jail_run(reads_descriptor, &fd, &a, sizeof(a), &signal), 0);
	close(fd);
	assert_int_equal(a.sum, 1);
	assert_true(a.call < 0);
}

/* So deep that the stack grows far beyond what it may have. */
static __attribute__((noinline)) unsigned deep(unsigned frames)
{
	volatile char frame[16384];

	memset((char *)frame, (int)frames, sizeof(frame));
	return frames ? deep(frames - 1) + (unsigned char)frame[frames] : 0;
}

static void goes_deep(const void *arg, void *answer)
{
	((struct answer *)answer)->sum = deep(*(const unsigned *)arg) | 1;
}

static void the_stack_has_an_end(void **state)
{
	static const unsigned enough = JAIL_STACK / 16384 / 4, too_deep = JAIL_STACK / 16384 * 2;
	/* Not the sanitizer's word: it is the death that counts. */
	void (*was)(int) = signal(SIGSEGV, SIG_DFL);
	struct answer a = {0};
	int died_of = 0;

	(void)state;
	assert_int_equal(jail_run(goes_deep, &enough, &a, sizeof(a), &died_of), 0);
	assert_int_equal(jail_run(goes_deep, &too_deep, &a, sizeof(a), &died_of), -ECHILD);
	assert_int_equal(died_of, SIGSEGV);
	(void)signal(SIGSEGV, was);
}

/* All that a prisoner could want of the kernel, where seccomp does not keep it from asking. */
static void asks_for_all(const void *arg, void *answer)
{
	struct answer *a = answer;
	int want = 0;

	(void)arg;
	maps(NULL, a);
	want |= a->call >= 0 ? 1 : 0;
	opens("/dev/null", a);
	want |= a->call >= 0 ? 2 : 0;
	want |= prctl(PR_GET_DUMPABLE) != 0 ? 4 : 0;
	a->sum = (unsigned)want | 0x100;
}

/* As on a kernel that was built without it: one filter there keeps the strict mode from being set.
 */
static void without_seccomp(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	const struct sock_fprog prog = {1, &allow};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		_exit(99);
}

static void the_limits_hold_without_seccomp(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		struct answer a = {0};
		int signal = 0;

		without_seccomp();
		if (jail_run(asks_for_all, NULL, &a, sizeof(a), &signal) < 0)
			_exit(98);
		_exit(a.sum == 0x100 ? 0 : (int)(a.sum & 7));
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	/* 1: memory, 2: a file, 4: a core dump */
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Says in shared memory that it is there, for as long as it lives. */
static void counts(const void *arg, void *answer)
{
	(void)answer;
	for (;;)
		++**(volatile unsigned *const *)arg;
}

static bool goes_on(volatile unsigned *count)
{
	unsigned was = *count;

	for (int i = 0; i < 20 && *count == was; i++)
		usleep(10000);
	return *count != was;
}

/* settle ends a worker that takes too long: its prisoner must not live on. */
static void ends_with_its_parent(void **state)
{
	volatile unsigned *count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE,
					MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	(void)state;
	assert_true(count != MAP_FAILED);
	pid = fork();
	if (pid == 0) {
		struct answer a;
		int signal;

		_exit(jail_run(counts, &count, &a, sizeof(a), &signal) == 0);
	}
	assert_true(pid > 0);
	for (int i = 0; i < 1000 && !*count; i++)
		usleep(10000);
	assert_true(*count > 0);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	usleep(10000);
	assert_false(goes_on(count));
	munmap((void *)count, sizeof(*count));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(only_computing_comes_back),
		cmocka_unit_test(no_descriptor_is_left),
		cmocka_unit_test(the_stack_has_an_end),
		cmocka_unit_test(the_limits_hold_without_seccomp),
		cmocka_unit_test(ends_with_its_parent),
	};

	return cmocka_run_group_tests_name("jail", tests, NULL, NULL);
}
