/* Which lines of a machine's texts a bundle keeps (cmd/bundle-copy.c), for bundle_lines: pure. */
#ifndef GPUROM_CMD_BUNDLE_LINES_H
#define GPUROM_CMD_BUNDLE_LINES_H

#include <stdbool.h>
#include <stddef.h>

/* host: a struct host whose scan and configuration name drivers. */
bool bundle_keep_modprobe(void *host, const char *line);
bool bundle_keep_modules(void *host, const char *line);
bool bundle_keep_log(void *host, const char *line);
/* is_nvidia: a bool, false before the first line. */
bool bundle_keep_names(void *is_nvidia, const char *line);
bool bundle_keep_iomem(void *unused, const char *line);

/* Of /proc/modules: "vfio_pci 16384 0 - Live 0xffffffffc0a00000". */
void bundle_hide_addresses(char *text, size_t n);

#endif
