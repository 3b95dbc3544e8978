// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/log.h"

#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The one setting of the process: main says once whether it runs in an initramfs. */
static bool kernel_only;

void log_kernel_only(bool yes)
{
	kernel_only = yes;
}

static __attribute__((format(printf, 4, 0))) size_t format_line(char *line, size_t size, int level,
								const char *fmt, va_list ap)
{
	int head = snprintf(line, size, "<%d>gpurom: ", level);
	int body = vsnprintf(line + head, size - (size_t)head - 1, fmt, ap);
	size_t n = (size_t)head + (body > 0 ? (size_t)body : 0);

	if (n > size - 2)
		n = size - 2;
	line[n] = '\0';
	text_clean(line, "");
	line[n++] = '\n';
	line[n] = '\0';
	return n;
}

static bool write_all(int fd, const char *p, size_t n)
{
	ssize_t put;

	do {
		put = write(fd, p, n);
	} while (put < 0 && errno == EINTR);
	return put == (ssize_t)n;
}

static __attribute__((format(printf, 3, 0))) void log_line(const struct root *root, int level,
							   const char *fmt, va_list ap)
{
	char line[LOG_LINE_MAX];
	int saved = errno;
	size_t n = format_line(line, sizeof(line), level, fmt, ap);
	/* Opened anew for each line: the kernel limits the rate of an open file (devkmsg_user). */
	int fd = openat(root->fd, ROOT_KMSG, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY);
	bool logged = fd >= 0 && write_all(fd, line, n);

	if (fd >= 0)
		close(fd);
	if (!logged || (!kernel_only && isatty(STDERR_FILENO)))
		(void)write_all(STDERR_FILENO, line + strlen("<6>"), n - strlen("<6>"));
	errno = saved;
}

void log_info(const struct root *root, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(root, 6, fmt, ap);
	va_end(ap);
}

void log_warn(const struct root *root, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	log_line(root, 4, fmt, ap);
	va_end(ap);
}
