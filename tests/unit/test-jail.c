/* What the jail lets out, and what it does not. */
#include "jail.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers),
		cmocka_unit_test(only_computing_comes_back),
		cmocka_unit_test(no_descriptor_is_left),
	};

	return cmocka_run_group_tests_name("jail", tests, NULL, NULL);
}
