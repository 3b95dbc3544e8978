/* Whole files: bounded reads, and publishing (temp in the same folder, fsync, rename, fsync of
 * the folder), so that a name shows the old content or the new one, whole, at any instant. */
#ifndef GPUROM_FILEIO_H
#define GPUROM_FILEIO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Whole of dirfd/path, at most cap bytes (-EFBIG beyond). A NUL stands behind the bytes and is
 * not counted. The caller frees *ret. */
int file_read(int dirfd, const char *path, size_t cap, uint8_t **ret, size_t *ret_n);

/* Publishes n bytes as dirfd/path. The temp file is removed on failure; the old content stays.
 * EINVAL/ENOTSUP of the folder's fsync is no failure (some file systems cannot). */
int file_publish(int dirfd, const char *path, const void *data, size_t n, mode_t mode);

/* The same, but -EEXIST where the name is there already. */
int file_publish_new(int dirfd, const char *path, const void *data, size_t n, mode_t mode);

/* Publishes a symbolic link; replaces a link, refuses (-EEXIST) to replace anything else.
 * Nothing is written where it already points there. */
int link_publish(int dirfd, const char *path, const char *target);

/* mkdir -p with every new name made durable; -ENOTDIR or -ELOOP where a part is no folder. */
int dir_make(int dirfd, const char *path, mode_t mode);

#endif
