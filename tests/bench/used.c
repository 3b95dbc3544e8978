// SPDX-License-Identifier: GPL-2.0-or-later
/* used COMMAND [ARGUMENT...]: runs it and prints "WALL CPU RSS": microseconds until it had ended,
 * microseconds of CPU that it and its children took, user and system, and the most memory that one
 * of them had, in KiB. What the command prints on its standard output is dropped. Its exit status;
 * 125 where it cannot be run.
 *
 * Children that nobody waited for are not counted. The memory is never less than this program's
 * own, which is why it is static and small. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static long long in_us(struct timeval t)
{
	return t.tv_sec * 1000000ll + t.tv_usec;
}

static void run(char **argv)
{
	int null = open("/dev/null", O_WRONLY);

	if (null >= 0)
		dup2(null, STDOUT_FILENO);
	execvp(argv[0], argv);
	perror(argv[0]);
	_exit(125);
}

int main(int argc, char **argv)
{
	struct rusage u;
	long long from;
	int status;
	pid_t pid;

	if (argc < 2) {
		fprintf(stderr, "usage: used COMMAND [ARGUMENT...]\n");
		return 125;
	}
	from = now_us();
	pid = fork();
	if (pid == 0)
		run(argv + 1);
	if (pid < 0 || wait4(pid, &status, 0, &u) < 0) {
		perror("used");
		return 125;
	}
	printf("%lld %lld %ld\n", now_us() - from, in_us(u.ru_utime) + in_us(u.ru_stime),
	       u.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
