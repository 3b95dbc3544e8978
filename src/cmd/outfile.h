/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An output file that a person names: never the input, never over another without --force, written
 * whole or not at all. */
#ifndef GPUROM_CMD_OUTFILE_H
#define GPUROM_CMD_OUTFILE_H

#include "util/bytes.h"

#include <stdbool.h>
#include <sys/stat.h>

/* Returns why out may not be written (static text), or NULL. in: the input, which out must not be
 * by any name; NULL for none. */
const char *outfile_refused(const char *out, const struct stat *in, bool force);

/* Publishes b as out, readable for QEMU's own user. Returns 0, or -errno: -EEXIST where out was
 * made meanwhile and force is not set. */
int outfile_publish(const char *out, struct bytes b, bool force);

#endif
