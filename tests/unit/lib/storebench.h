/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine of a few cards and its store, across boots: each boot stages what it read, and commits.
 */
#ifndef GPUROM_TEST_STOREBENCH_H
#define GPUROM_TEST_STOREBENCH_H

#include "boot/commit.h"

#include <sys/types.h>

#define STORE "/var/lib/gpurom"
#define IN_STORE "var/lib/gpurom/"
#define IN_VOLATILE "run/gpurom/store/"
#define PATH "pci0000-uid0-01.0-00.0"
#define PATH2 "pci0000-uid0-02.0-00.0"
#define ROM_SIZE 1024
#define CARDS 4

struct image {
	uint8_t b[ROM_SIZE];
};

struct bench {
	struct root root;
	struct report r;
	struct boot_card card[CARDS];
};

extern struct commit_result result; /* of the last commit */

/* A whole x86 chain of that device; fill makes one ROM differ from another. */
struct image image_of(uint16_t device, uint8_t fill);
struct bytes bytes_of(const struct image *i);

/* One card, 10de:2204 of 1462:3892 at PATH; nothing is read yet. */
void bench_make(struct bench *b, void **state);
void bench_close(struct bench *b);
/* The next boot: no card has read anything. */
void bench_boot(struct bench *b, const char *id);
void bench_set_card(struct bench *b, size_t i, const char *path, uint16_t device, uint16_t sub);
/* Stages this boot's reading of card i. */
void bench_stage(struct bench *b, size_t i, const struct image *rom, enum verdict v);
void bench_stage_raw(struct bench *b, size_t i, const char *raw);
/* An earlier boot, in which card 0 read rom. */
void bench_first_boot(struct bench *b, const struct image *rom, enum verdict v);

int bench_commit(const struct bench *b);
/* Commits to the configured store, with this outcome for card i. */
void assert_outcome(const struct bench *b, size_t i, enum rom_outcome o);

bool file_has(const struct bench *b, const char *path, const struct image *rom);
bool path_shows(const struct bench *b, const char *path, const struct image *rom);
bool path_shows_nothing(const struct bench *b, const char *path);
bool store_has(const struct bench *b, const struct image *rom);
bool record_has(const struct bench *b, const char *path, const struct image *rom);
cJSON *record_read(const struct bench *b, const char *path);
const char *rom_path(const struct image *rom); /* below the root; static */
size_t count_roms(const struct bench *b);
ino_t inode_of(const struct bench *b, const char *path);

#endif
