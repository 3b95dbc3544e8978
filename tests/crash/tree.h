/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folders as the tests of the store need them: copied, removed, and told as text. */
#ifndef GPUROM_TEST_TREE_H
#define GPUROM_TEST_TREE_H

#include <stdbool.h>
#include <stddef.h>

#define TREE_PATH_MAX 1024

/* All of these end the program, with a word, where the machine lets them down. */
void tree_copy(const char *from, const char *to); /* files, folders, symbolic links, with modes */
void tree_empty(const char *path);		  /* leaves the folder itself */
/* A line for each name below: path, kind, mode, and a link's target or a digest of the bytes (of
 * JSON: of tree_canon); temporary files by their prefix alone. "" where the folder is not there. */
char *tree_text(const char *path);

/* The whole file with a NUL behind it; NULL where it is not there or no plain file. */
char *tree_read(const char *path, size_t *ret_n);
/* What of cJSON's printed text does not depend on when it was written: times and ids masked, no ids
 * of boots, and the lines sorted, for the order of an object's keys says nothing. The caller frees
 * it.
 */
char *tree_canon(const char *json);
/* "A/B", in buf of TREE_PATH_MAX. */
const char *tree_join(char *buf, const char *a, const char *b);

_Noreturn void tree_die(const char *what);

#endif
