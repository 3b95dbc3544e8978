/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files: bounded reads, and publishing (temp in the same folder, fsync, rename, fsync of
 * the folder), so that a name shows the old content or the new one, whole, at any instant.
 * Rules and their reasons: fsync(2), rename(2); EINVAL/ENOTSUP from the fsync of a *folder* is no
 * failure (vfat, 9p and some FUSE file systems cannot). Interrupted calls are made again, except
 * a failed fsync: the kernel reports an error once and may have dropped the pages. */
#ifndef GPUROM_SYS_FILE_H
#define GPUROM_SYS_FILE_H

#include <dirent.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <sys/types.h>

#define FILE_TEMP_PREFIX ".tmp." /* names of unpublished files: ".tmp.<pid>.<n>" */
#define FILE_TEMP_TRIES 1000	 /* names tried before -EEXIST */
#define FILE_LINK_MAX 256	 /* longest target of a link read back, with its NUL */

/* Reads the whole of dirfd/path, at most cap bytes (-EFBIG beyond). A NUL follows the bytes and is
 * not counted. The caller frees *ret. */
int file_read(int dirfd, const char *path, size_t cap, uint8_t **ret, size_t *ret_n);

/* The same, of a regular file or a link to one, -EINVAL for anything else: opening it never waits,
 * as for the writer of a FIFO. */
int file_read_regular(int dirfd, const char *path, size_t cap, uint8_t **ret, size_t *ret_n);

/* The same, of a regular file only, and never through a symbolic link as the last part: -ELOOP
 * for a link, -EINVAL for anything else that is no file. */
int file_read_plain(int dirfd, const char *path, size_t cap, uint8_t **ret, size_t *ret_n);

/* Publishes n bytes as dirfd/path. On failure the temp file is removed and the old content stays;
 * only where the folder's own fsync fails may the new content, whole, show already. */
int file_publish(int dirfd, const char *path, const void *data, size_t n, mode_t mode);

/* The same, but -EEXIST where the name exists, whatever it is. */
int file_publish_new(int dirfd, const char *path, const void *data, size_t n, mode_t mode);

/* Publishes a symbolic link; replaces a link, refuses (-EEXIST) to replace anything else.
 * Nothing is written where it has that target already. */
int link_publish(int dirfd, const char *path, const char *target);

/* Removes a symbolic link, durably. Returns 0 also where there is none, -EEXIST where it is no
 * link. */
int link_remove(int dirfd, const char *path);

/* Reads the target of the link dirfd/path; -ENOENT, -EINVAL where it is no link, -ENAMETOOLONG. */
int link_read(int dirfd, const char *path, char ret[FILE_LINK_MAX]);

/* mkdir -p with every new name made durable; -ENOTDIR where a part is no folder, and where the
 * last part is a symbolic link. Parts before the last may be links to folders. */
int dir_make(int dirfd, const char *path, mode_t mode);

/* Waits at most ms milliseconds for the lock that this file stands for, and makes the file (not its
 * folder). Returns a descriptor, closing which releases the lock; -EBUSY where another process kept
 * it; or -errno. A file system without locks (some NFS) keeps nobody out. */
int file_lock(int dirfd, const char *path, unsigned ms);

/* Closes it and releases the lock, also where a child that was left behind has the descriptor
 * still. Negative: does nothing. */
void file_unlock(int lock);

/* fsync of an open folder, by the rule above. */
int dir_sync(int fd);

/* Opens a folder to be listed, with closedir; flags: 0, or more for openat (O_NOFOLLOW). NULL, and
 * errno, where it cannot be. */
DIR *dir_open(int dirfd, const char *path, int flags);

/* Removes what interrupted publishes left in this open folder. The caller makes sure that nobody
 * else publishes there. */
int dir_sweep(int fd);

/* Opens /dev/null as each of standard input, output and error that is closed, as a daemon's child
 * may find them, so that no file of ours takes their place. Call it before anything else is opened.
 */
void standardfiles_open(void);

/* False also where its folder cannot be looked into. */
bool file_is_there(int dirfd, const char *path);

#endif
