/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loads the configuration: vendor file, /etc/gpurom.conf, /etc/gpurom.conf.d in name order, the
 * kernel command line. */
#ifndef GPUROM_SYS_CONFIG_FILES_H
#define GPUROM_SYS_CONFIG_FILES_H

#include "plan/config.h"
#include "sys/root.h"

#define CONFIG_FILE_MAX (64u << 10)    /* bytes of a configuration file */
#define CONFIG_CMDLINE_MAX (64u << 10) /* the kernel's own limit is 2 to 4 KiB */
#define CONFIG_FILES_MAX 64	       /* in gpurom.conf.d */
#define CONFIG_BAD_MAX 256	       /* bytes of a complaint as a sentence */

/* Sets *ret, and *bad to a complaint for each word that has no effect. Never fails and never waits:
 * a file that cannot be read, or is no text, is one complaint, and makes gpurom take fewer cards,
 * by config_unread() for a file and by mode=plan for the kernel command line. cmdline: its text;
 * NULL: that of /proc/cmdline. initramfs: rd.gpurom.KEY words apply.
 * Sets ret->files_digest to a digest of the names and bytes of all files that are there, in the
 * order they are read; what cannot be used counts as such. An image and a host that have the same
 * files have the same one; the kernel command line is no part of it. */
void config_files_load(const struct root *root, const char *cmdline, bool initramfs,
		       struct config *ret, struct complaints *bad);

/* "/etc/gpurom.conf:3: 'tmeout=5': ..."; returns buf. */
const char *config_complaint(const struct complaint *c, char buf[CONFIG_BAD_MAX]);

#endif
