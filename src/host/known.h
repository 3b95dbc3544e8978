/* What the store knows of cards, for those who only look. */
#ifndef GPUROM_HOST_KNOWN_H
#define GPUROM_HOST_KNOWN_H

#include "record/record.h"
#include "store/store.h"

/* The record of the configured store, else that of the volatile one; -ENOENT where there is
 * neither, -EBADMSG, -ENOTSUP as record_load of the former. record_free in case of success. */
int known_load(const struct root *root, const char *store, struct record *ret);

#endif
