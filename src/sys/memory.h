/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Memory for many bytes at once: a page that is touched for the first time costs time, and in a
 * virtual machine much of it. */
#ifndef GPUROM_SYS_MEMORY_H
#define GPUROM_SYS_MEMORY_H

#include <stddef.h>

/* As malloc, with free and realloc. From 1 MiB on it asks for huge pages, which Linux gives where
 * it has them and may (/sys/kernel/mm/transparent_hugepage/enabled: "madvise" or "always"). */
void *memory_new(size_t n);

#endif
