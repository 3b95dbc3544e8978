/* A file that a person names to be written: never over what is dear, whole or not at all. */
#ifndef GPUROM_CMD_OUTFILE_H
#define GPUROM_CMD_OUTFILE_H

#include "util/bytes.h"

#include <stdbool.h>
#include <sys/stat.h>

/* Why out may not be written, NULL where it may. in: the file that it must not be, by whatever
 * name; NULL for none. Static text. */
const char *outfile_refused(const char *out, const struct stat *in, bool force);

/* Publishes b as out, readable for QEMU's own user. 0, or -errno: -EEXIST where out came to be
 * meanwhile and force is not set. */
int outfile_publish(const char *out, struct bytes b, bool force);

#endif
