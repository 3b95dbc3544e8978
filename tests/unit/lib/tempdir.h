/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder for one test, and short ways to put files there and look at them. */
#ifndef GPUROM_TEST_TEMPDIR_H
#define GPUROM_TEST_TEMPDIR_H

#include <stdbool.h>
#include <stddef.h>

/* cmocka setup and teardown: *state is the folder's path; the process's umask is 022. */
int tempdir_make(void **state);
int tempdir_remove(void **state);

/* Open O_PATH descriptor of the folder. */
int tempdir_open(const char *path);

/* Runs commands of sh in the folder; the last one succeeds. At most 2 KiB. */
void tempdir_shell(int dir, const char *commands);

/* Folders on the way are made. */
void tempdir_put(int dir, const char *path, const void *data, size_t n);
void tempdir_put_text(int dir, const char *path, const char *text);
/* Whole file as text, at most 64 KiB; the caller frees. NULL where it cannot be read. */
char *tempdir_text(int dir, const char *path);
bool tempdir_is(int dir, const char *path, const char *text);
bool tempdir_exists(int dir, const char *path); /* a dangling link exists */
/* Names in a folder that begin with prefix. */
size_t tempdir_count(int dir, const char *path, const char *prefix);

/* Runs fn(arg) in a child in which every call of that number fails with err; its result. */
int tempdir_failing(long call, int err, int (*fn)(void *arg), void *arg);

#endif
