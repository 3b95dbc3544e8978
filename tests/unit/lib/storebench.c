// SPDX-License-Identifier: GPL-2.0-or-later
#include "storebench.h"

#include "rom/oprom.h"
#include "romimage.h"
#include "store/record-file.h"
#include "sys/file.h"
#include "tempdir.h"
#include "util/sha256.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct image image_of(uint16_t device, uint8_t fill)
{
	struct image i = {{0}};

	romimage_put(i.b, &(struct romimage){.blocks = ROM_SIZE / OPROM_BLOCK,
					     .last = true,
					     .vendor = PCI_VENDOR_NVIDIA,
					     .device = device});
	memset(i.b + 0x100, fill, 0x100);
	romimage_sum(i.b, ROM_SIZE);
	return i;
}

struct bytes bytes_of(const struct image *i)
{
	return (struct bytes){i->b, ROM_SIZE};
}

struct commit_result result;

void bench_boot(struct bench *b, const char *id)
{
	tempdir_put_text(b->root.fd, "proc/sys/kernel/random/boot_id", id);
	for (size_t i = 0; i < CARDS; i++) {
		b->card[i].rom = (struct rom_reading){.tried = true, .source = "sysfs"};
		strcpy(b->card[i].rom.outcome, "reads FF: card in D3hot");
	}
}

void bench_set_card(struct bench *b, size_t i, const char *path, uint16_t device, uint16_t sub)
{
	struct boot_card *c = &b->card[i];

	*c = (struct boot_card){
		.card.addr = {0, (uint8_t)(i + 1), 0, 0}, .state = CARD_BOUND, .card.n = 1};
	strcpy(c->card.path, path);
	c->card.fn[0] = (struct pci_fn){
		.addr = c->card.addr, .ids = {0x10de, device, 0x1462, sub}, .class = 0x030000};
	if (b->r.n <= i)
		b->r.n = i + 1;
}

void bench_make(struct bench *b, void **state)
{
	*b = (struct bench){.root = {.path = *state, .fd = tempdir_open(*state)}};
	b->r = (struct report){.mode = MODE_FULL, .store = STORE, .card = b->card};
	bench_boot(b, "boot-1\n");
	bench_set_card(b, 0, PATH, 0x2204, 0x3892);
}

void bench_close(struct bench *b)
{
	close(b->root.fd);
}

static void stage(const struct bench *b, struct bytes data, const char *suffix,
		  char ret_sha256[SHA256_HEX])
{
	char path[160];

	digest_sha256(data, ret_sha256);
	snprintf(path, sizeof(path), ROOT_STAGED "/%s%s", ret_sha256, suffix);
	tempdir_put(b->root.fd, path, data.p, data.n);
}

void bench_stage(struct bench *b, size_t i, const struct image *rom, enum verdict v)
{
	struct rom_reading *r = &b->card[i].rom;

	*r = (struct rom_reading){.tried = true,
				  .source = "sysfs",
				  .outcome = "read",
				  .verdict = v,
				  .raw_size = ROM_SIZE,
				  .rom_size = ROM_SIZE};
	snprintf(r->version, sizeof(r->version), "94.02.26.40.%02x", rom->b[0x100]);
	stage(b, bytes_of(rom), ".rom", r->sha256);
	strcpy(r->raw_sha256, r->sha256);
}

void bench_stage_raw(struct bench *b, size_t i, const char *raw)
{
	struct bytes data = {(const uint8_t *)raw, strlen(raw)};

	stage(b, data, ".bin", b->card[i].rom.raw_sha256);
	b->card[i].rom.raw_size = data.n;
}

int bench_commit(const struct bench *b)
{
	return commit_report(&b->root, &b->r, &result);
}

void assert_outcome(const struct bench *b, size_t i, enum rom_outcome o)
{
	assert_int_equal(bench_commit(b), 0);
	assert_false(result.is_volatile);
	assert_int_equal(result.n, b->r.n);
	assert_ptr_equal(result.card[i].card, &b->card[i]);
	assert_int_equal(result.card[i].outcome, o);
}

bool file_has(const struct bench *b, const char *path, const struct image *rom)
{
	uint8_t *data;
	size_t n;
	bool same;

	if (file_read(b->root.fd, path, ROM_SIZE * 2, &data, &n) < 0)
		return false;
	same = n == ROM_SIZE && memcmp(data, rom->b, n) == 0;
	free(data);
	return same;
}

bool path_shows(const struct bench *b, const char *path, const struct image *rom)
{
	char link[256];

	snprintf(link, sizeof(link), IN_STORE "by-path/%s.rom", path);
	return file_has(b, link, rom);
}

bool path_shows_nothing(const struct bench *b, const char *path)
{
	char link[256];

	snprintf(link, sizeof(link), IN_STORE "by-path/%s.rom", path);
	return !tempdir_exists(b->root.fd, link);
}

const char *rom_path(const struct image *rom)
{
	static char path[160];
	char sha256[SHA256_HEX];

	digest_sha256(bytes_of(rom), sha256);
	snprintf(path, sizeof(path), IN_STORE "roms/%s.rom", sha256);
	return path;
}

bool store_has(const struct bench *b, const struct image *rom)
{
	return file_has(b, rom_path(rom), rom);
}

size_t count_roms(const struct bench *b)
{
	return tempdir_count(b->root.fd, IN_STORE "roms", "");
}

cJSON *record_read(const struct bench *b, const char *path)
{
	char *text = tempdir_text(b->root.fd, IN_STORE RECORD_FILE);
	cJSON *o = cJSON_Parse(text), *card;

	card = cJSON_DetachItemFromObject(cJSON_GetObjectItem(o, "cards"), path);
	cJSON_Delete(o);
	free(text);
	return card;
}

bool record_has(const struct bench *b, const char *path, const struct image *rom)
{
	cJSON *card = record_read(b, path);
	const char *is = cJSON_GetStringValue(
		cJSON_GetObjectItem(cJSON_GetObjectItem(card, "rom"), "sha256"));
	char sha256[SHA256_HEX];
	bool same;

	digest_sha256(bytes_of(rom), sha256);
	same = is && strcmp(is, sha256) == 0;
	cJSON_Delete(card);
	return same;
}

ino_t inode_of(const struct bench *b, const char *path)
{
	struct stat st;

	assert_int_equal(fstatat(b->root.fd, path, &st, AT_SYMLINK_NOFOLLOW), 0);
	return st.st_ino;
}

void bench_first_boot(struct bench *b, const struct image *rom, enum verdict v)
{
	bench_stage(b, 0, rom, v);
	assert_outcome(b, 0, ROM_NEW);
	bench_boot(b, "boot-2\n");
}
