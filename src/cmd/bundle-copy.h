/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies what gpurom's answers depend on into a folder: the files of a bundle (cmd/bundle.c). The
 * table in bundle-copy.c says which, and what of them. */
#ifndef GPUROM_CMD_BUNDLE_COPY_H
#define GPUROM_CMD_BUNDLE_COPY_H

#include "cmd/bundle-text.h"
#include "host/host.h"

#define BUNDLE_LEFT_OUT "left-out"     /* in the folder: files that could not be read, and why */
#define BUNDLE_KERNEL_LOG "kernel.log" /* in the folder: lines of the kernel log */

/* What came of it; bundle_copy fills it, cmd/bundle.c prints it. */
struct bundle_copied {
	size_t files;	 /* files, links and folders in the bundle */
	size_t left_out; /* that are there and could not be read */
	char first[160]; /* the first of these, and why; "" none */
};

/* Copies into the folder `to`, an absolute path, which must be empty. Each file is read in a child
 * that may be left behind. progress is called now and then. h: with its scan. Returns 0, or -errno
 * where there is no memory or no process, or `to` cannot be written. */
int bundle_copy(const struct host *h, const struct bundle_secrets *s, const char *to,
		void (*progress)(size_t done, size_t all), struct bundle_copied *ret);

#endif
