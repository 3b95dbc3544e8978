/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration that the extra archive brings, put where gpurom looks for it. */
#ifndef GPUROM_INIT_CONF_H
#define GPUROM_INIT_CONF_H

#include "sys/root.h"

/* Its files, under their paths below this folder. */
#define CONF_FOLDER "gpurom/conf"

/* Links each file to its place below the root. A file that the image has itself stays. By links, so
 * that none is there in part. Returns 0, also where the archive brings none, or the -errno of the
 * first file that got no place. */
int conf_put(const struct root *root);

#endif
