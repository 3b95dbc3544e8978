/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One folder of the archive, name by name. */
#ifndef GPUROM_INIT_FOLDER_H
#define GPUROM_INIT_FOLDER_H

#include <sys/stat.h>

/* name: in from; st: of it, links not followed. */
typedef int folder_fn(int from, int to, const char *name, const struct stat *st);

/* Calls fn for each name in the folder from, until one call fails: its error, or a -errno of our
 * own. to: passed on. */
int folder_each(int from, int to, folder_fn *fn);

#endif
