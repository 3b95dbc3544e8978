// SPDX-License-Identifier: GPL-2.0-or-later
/* Several sources: their order, where it ends, what is reported. The ROM BAR is a fake kernel's,
 * the firmware's copies are files. */
#include "romimage.h"
#include "sources/read.h"
#include "sys/deadline.h"
#include "tempdir.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define HEAD 48 /* bytes before the ROM in a node's data */

enum { SECOND = 0x400, SIZE = 0x800 };

static const struct pci_ids card = {0x10de, 0x2204, 0x1462, 0x3896};

static void rom_put(uint8_t p[SIZE])
{
	romimage_put(p, &(struct romimage){0x00, 2, false, 0x10de, 0x2204});
	romimage_put(p + SECOND, &(struct romimage){0x03, 2, true, 0x10de, 0x2204});
	put16(p + SECOND + 0x0a, READING_GUEST_MACHINE); /* complete on any host */
	romimage_sum(p + SECOND, SIZE - SECOND);
}

struct bench {
	struct root root;
	struct attr_ops k;
	struct source_job job;
	uint8_t bar[SIZE]; /* what the ROM BAR gives */
	bool eio, gone;
	unsigned writes;
	struct rom_reading result;
	struct reading best;
};

static ssize_t bar_read(void *ctx, const char *path, char *buf, size_t size, off_t off)
{
	const struct bench *b = ctx;

	if (b->gone && strstr(path, "/config")) {
		memset(buf, 0xff, size);
		return (ssize_t)size;
	}
	if (!strstr(path, "/rom"))
		return -ENOENT;
	if (b->eio)
		return -EIO;
	if ((size_t)off >= SIZE)
		return 0;
	size = size < SIZE ? size : SIZE;
	memcpy(buf, b->bar, size);
	return (ssize_t)size;
}

static int bar_write(void *ctx, const char *path, const char *text)
{
	struct bench *b = ctx;

	(void)path;
	(void)text;
	b->writes++;
	return 0;
}

static int no_link(void *ctx, const char *path, char *buf, size_t size)
{
	(void)ctx;
	(void)path;
	(void)buf;
	(void)size;
	return -ENOENT;
}

static void start(struct bench *b, const char *dir)
{
	*b = (struct bench){.root = {.path = dir, .fd = tempdir_open(dir)}};
	b->k = (struct attr_ops){.read = bar_read, .write = bar_write, .link = no_link, .ctx = b};
	b->job = (struct source_job){.root = &b->root,
				     .k = &b->k,
				     .addr = {0, 1, 0, 0},
				     .ids = card,
				     .until_us = deadline_now_us() + 60000000};
	rom_put(b->bar);
	reading_none(&b->best);
}

static void stop(struct bench *b)
{
	reading_free(&b->best);
	root_close(&b->root);
}

/* Node n of the firmware's copies. */
static void node_put(const struct bench *b, int n, const char *type, uint8_t bus, const void *rom,
		     size_t size)
{
	uint8_t data[HEAD + SIZE] = {0};
	char path[96];

	put16(data, card.vendor);
	put16(data + 2, card.device);
	put32(data + 8, size);
	data[24] = bus;
	memcpy(data + HEAD, rom, size);
	snprintf(path, sizeof(path), ROOT_SETUP_DATA "/%d/type", n);
	tempdir_put_text(b->root.fd, path, type);
	snprintf(path, sizeof(path), ROOT_SETUP_DATA "/%d/data", n);
	tempdir_put(b->root.fd, path, data, HEAD + size);
}

static void assert_attempts(const struct bench *b, const char *want)
{
	char is[128] = "";

	for (size_t i = 0; i < b->result.n_attempts; i++)
		snprintf(is + strlen(is), sizeof(is) - strlen(is), "%s%s", i ? " " : "",
			 b->result.attempt[i].source);
	assert_string_equal(is, want);
}

static void try_all(struct bench *b, struct reading_order o)
{
	reading_try(&b->job, &o, ROM_TRIM_CHAIN, &b->result, &b->best);
}

static void the_first_complete_one_ends_it(void **state)
{
	struct bench b;

	start(&b, *state);
	node_put(&b, 0, "0x3\n", 1, b.bar, SIZE);
	try_all(&b,
		(struct reading_order){
			.source = {SOURCE_SYSFS, SOURCE_EFI, SOURCE_PROM, SOURCE_VFIO}, .n = 4});
	assert_attempts(&b, "sysfs");
	assert_string_equal(b.result.source, "sysfs");
	assert_int_equal(b.result.verdict, VERDICT_COMPLETE);
	assert_int_equal(b.result.rom_size, SIZE);
	stop(&b);
}

static void the_order_is_the_admins(void **state)
{
	struct bench b;

	start(&b, *state);
	node_put(&b, 0, "0x3\n", 1, b.bar, SIZE);
	try_all(&b, (struct reading_order){.source = {SOURCE_EFI, SOURCE_SYSFS}, .n = 2});
	assert_attempts(&b, "efi");
	assert_int_equal(b.best.source, SOURCE_EFI);
	assert_memory_equal(b.best.keep.p, b.bar, SIZE);
	assert_int_equal(b.writes, 0); /* no hardware was touched */
	stop(&b);
}

static void the_better_one_wins(void **state)
{
	struct bench b;

	start(&b, *state);
	node_put(&b, 0, "0x3\n", 1, b.bar, SIZE);
	b.bar[0x300]++; /* usable, with a wrong sum */
	try_all(&b, (struct reading_order){.source = {SOURCE_SYSFS, SOURCE_EFI}, .n = 2});
	assert_attempts(&b, "sysfs efi");
	assert_string_equal(b.result.source, "efi");
	assert_int_equal(b.result.verdict, VERDICT_COMPLETE);
	assert_int_equal(b.result.findings.n, 0);
	assert_int_equal(b.result.attempt[0].verdict, VERDICT_USABLE);
	stop(&b);
}

/* Whole by its sums, and made for another subsystem: no source has anything else. */
static void what_no_source_can_change_ends_it(void **state)
{
	struct bench b;

	start(&b, *state);
	node_put(&b, 0, "0x3\n", 1, b.bar, SIZE);
	put16(b.bar + 0x54, 0x1462);
	put16(b.bar + 0x56, 0x0201);
	romimage_sum(b.bar, SECOND);
	try_all(&b,
		(struct reading_order){
			.source = {SOURCE_SYSFS, SOURCE_EFI, SOURCE_PROM, SOURCE_VFIO}, .n = 4});
	assert_attempts(&b, "sysfs");
	assert_string_equal(b.result.outcome, "read");
	assert_int_equal(b.result.verdict, VERDICT_USABLE);
	assert_string_equal(b.result.findings.f[0].code, "subsystem-differs");
	assert_false(reading_wants_vfio(&(struct reading_order){{SOURCE_VFIO}, 1, false, false},
					&b.result, &b.best));
	stop(&b);
}

static void a_tie_goes_to_the_earlier(void **state)
{
	uint8_t other[SIZE];
	struct bench b;

	start(&b, *state);
	b.bar[0x300]++;
	memcpy(other, b.bar, SIZE);
	other[0x310]++;
	node_put(&b, 0, "0x3\n", 1, other, SIZE);
	try_all(&b, (struct reading_order){.source = {SOURCE_SYSFS, SOURCE_EFI}, .n = 2});
	assert_attempts(&b, "sysfs efi");
	assert_string_equal(b.result.source, "sysfs");
	assert_memory_equal(b.best.raw.bytes, b.bar, SIZE);
	stop(&b);
}

static void the_firmwares_copies(void **state)
{
	uint8_t other[SIZE];
	struct bench b;

	start(&b, *state);
	memset(other, 0xff, SIZE);
	node_put(&b, 0, "0x3\n", 2, other, SIZE); /* another card's */
	node_put(&b, 1, "0x2\n", 1, other, SIZE); /* no ROM at all */
	node_put(&b, 2, "", 1, other, SIZE);
	node_put(&b, 3, "0x3\n", 1, other, 0); /* the firmware left an empty one */
	tempdir_put_text(b.root.fd, ROOT_SETUP_DATA "/4/type", "0x3\n");
	node_put(&b, 5, "0x3\n", 1, b.bar, SIZE);
	b.eio = true;
	try_all(&b, (struct reading_order){.source = {SOURCE_SYSFS, SOURCE_EFI}, .n = 2});
	if (b.result.verdict != VERDICT_COMPLETE)
		fail_msg("%s", b.result.attempt[1].outcome);
	assert_string_equal(b.result.source, "efi");
	stop(&b);
}

static void no_copy(void **state)
{
	uint8_t other[SIZE] = {0};
	struct bench b;

	start(&b, *state);
	b.eio = true;
	try_all(&b, (struct reading_order){.source = {SOURCE_EFI, SOURCE_SYSFS}, .n = 2});
	assert_string_equal(b.result.source, "efi");
	assert_non_null(strstr(b.result.outcome, "no UEFI boot"));
	assert_int_equal(b.result.raw_size, 0);
	assert_int_equal(b.result.n_attempts, 2);
	b.result = (struct rom_reading){0};
	node_put(&b, 0, "0x3\n", 2, other, SIZE);
	try_all(&b, (struct reading_order){.source = {SOURCE_EFI}, .n = 1});
	assert_string_equal(b.result.outcome, "the firmware left no copy of this card's ROM");
	stop(&b);
}

static void a_shadow(void **state)
{
	struct bench b;

	start(&b, *state);
	try_all(&b, (struct reading_order){
			    .source = {SOURCE_SYSFS, SOURCE_EFI}, .n = 2, .rom_shadow = true});
	/* Nobody asked for it: read last, kept as it is. */
	assert_attempts(&b, "sysfs efi shadow");
	assert_string_equal(b.result.source, "shadow");
	assert_int_equal(b.result.verdict, VERDICT_REJECTED);
	assert_int_equal(b.result.raw_size, SIZE);
	assert_int_equal(b.result.rom_size, 0);
	reading_free(&b.best);
	b.result = (struct rom_reading){0};
	try_all(&b, (struct reading_order){
			    .source = {SOURCE_SHADOW, SOURCE_EFI}, .n = 2, .rom_shadow = true});
	assert_attempts(&b, "shadow efi");
	assert_int_equal(b.result.verdict, VERDICT_USABLE);
	assert_int_equal(b.result.rom_size, SIZE);
	stop(&b);
}

static void a_shadow_is_not_needed(void **state)
{
	struct bench b;

	start(&b, *state);
	node_put(&b, 0, "0x3\n", 1, b.bar, SIZE);
	try_all(&b, (struct reading_order){
			    .source = {SOURCE_SYSFS, SOURCE_EFI}, .n = 2, .rom_shadow = true});
	assert_attempts(&b, "sysfs efi");
	assert_int_equal(b.writes, 0);
	stop(&b);
}

static void without_a_rom_bar(void **state)
{
	struct bench b;

	start(&b, *state);
	try_all(&b, (struct reading_order){.source = {SOURCE_SYSFS, SOURCE_SHADOW, SOURCE_PROM},
					   .n = 3,
					   .no_rom_bar = true});
	assert_attempts(&b, "sysfs shadow prom");
	assert_string_equal(b.result.outcome, "no ROM BAR");
	assert_int_equal(b.writes, 0);
	stop(&b);
}

static void vfio_is_asked_for(void **state)
{
	const struct reading_order listed = {{SOURCE_VFIO}, 1, false, false};
	const struct reading_order no_bar = {{SOURCE_VFIO}, 1, true, false};
	const struct reading_order other = {{SOURCE_PROM}, 1, false, false};
	struct rom_reading result = {0};
	struct reading r;

	(void)state;
	reading_none(&r);
	assert_true(reading_wants_vfio(&listed, &result, &r));
	assert_true(reading_wants_vfio(&no_bar, &result, &r));
	assert_false(reading_wants_vfio(&other, &result, &r));
	/* The window is the same by whatever way it is read. */
	result.n_attempts = 1;
	strcpy(result.attempt[0].source, "prom");
	assert_true(reading_wants_vfio(&no_bar, &result, &r));
	result.attempt[0].size = 1;
	assert_true(reading_wants_vfio(&listed, &result, &r));
	assert_false(reading_wants_vfio(&no_bar, &result, &r));
	result.gone = true;
	assert_false(reading_wants_vfio(&listed, &result, &r));
	result.gone = false;
	r.judged.verdict = VERDICT_COMPLETE;
	assert_false(reading_wants_vfio(&listed, &result, &r));
}

/* No source is asked any more, not even for what looked whole. */
static void a_card_that_is_gone(void **state)
{
	struct bench b;

	start(&b, *state);
	b.gone = true;
	try_all(&b,
		(struct reading_order){{SOURCE_SYSFS, SOURCE_PROM, SOURCE_EFI}, 3, false, false});
	assert_attempts(&b, "sysfs");
	assert_true(b.result.gone);
	assert_int_equal(b.best.raw.n, 0);
	stop(&b);
}

static void too_late(void **state)
{
	struct bench b;

	start(&b, *state);
	b.job.until_us = 0;
	try_all(&b, (struct reading_order){.source = {SOURCE_SYSFS, SOURCE_EFI}, .n = 2});
	assert_non_null(strstr(b.result.outcome, "not done by the deadline"));
	assert_int_equal(b.writes, 0);
	stop(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(the_first_complete_one_ends_it),
		WITH_DIR(the_order_is_the_admins),
		WITH_DIR(the_better_one_wins),
		WITH_DIR(what_no_source_can_change_ends_it),
		WITH_DIR(a_tie_goes_to_the_earlier),
		WITH_DIR(the_firmwares_copies),
		WITH_DIR(no_copy),
		WITH_DIR(a_shadow),
		WITH_DIR(a_shadow_is_not_needed),
		WITH_DIR(without_a_rom_bar),
		WITH_DIR(a_card_that_is_gone),
		WITH_DIR(too_late),
		cmocka_unit_test(vfio_is_asked_for),
	};

	return cmocka_run_group_tests_name("reading", tests, NULL, NULL);
}
