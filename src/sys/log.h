/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line for each decision: to the kernel log, which outlives the initramfs and reaches the
 * serial console; to stderr where a person is at the terminal or there is no kernel log. */
#ifndef GPUROM_SYS_LOG_H
#define GPUROM_SYS_LOG_H

#include "sys/root.h"

#include <stdbool.h>

#define LOG_LINE_MAX 900 /* bytes; the kernel cuts a record at 1024 less its prefix (printk.c) */

/* Never also on a terminal: in an initramfs the terminal shows the kernel log already. */
void log_kernel_only(bool yes);

/* errno is kept. What is no text is shown as '?' (util/text.h): some of it comes out of a ROM. */
void log_info(const struct root *root, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void log_warn(const struct root *root, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
