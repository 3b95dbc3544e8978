// SPDX-License-Identifier: GPL-2.0-or-later
/* The flash window, whatever BAR 0 is reached by: what is read, and that the register is put back.
 */
#include "fakebar.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define NEVER (~0ull)
#define GA102 0x172000a1u

/* A reading, and what its owner got to remember. */
struct bench {
	struct source_job job;
	struct source_before before;
	struct source_bytes ret;
	struct fakebar *bar;
	unsigned calls;		/* of remember */
	unsigned writes_before; /* writes made when it was called */
	struct source_before remembered;
	int refuse;	      /* what it returns */
	size_t late_at, done; /* bytes after which the deadline has passed; bytes reported */
};

static int remember(void *ctx, const struct source_before *before)
{
	struct bench *b = ctx;

	b->calls++;
	b->remembered = *before;
	b->writes_before = b->bar->writes;
	return b->refuse;
}

static void progress(void *ctx, size_t done, size_t whole)
{
	struct bench *b = ctx;

	assert_int_equal(whole, PROM_SIZE);
	assert_int_equal(done, b->done + 4096);
	b->done = done;
	if (b->late_at && done >= b->late_at)
		b->job.until_us = 0;
}

static int run(struct bench *b, struct fakebar *bar)
{
	const struct prom_bar ops = fakebar_ops(bar);

	b->bar = bar;
	b->job = (struct source_job){.ids = {.vendor = PCI_VENDOR_NVIDIA},
				     .until_us = NEVER,
				     .remember = remember,
				     .progress = progress,
				     .ctx = b};
	b->before = (struct source_before){.count = 3, .power_auto = true};
	return prom_read(&ops, &b->job, &b->before, &b->ret);
}

static void done_with(struct bench *b)
{
	free(b->ret.bytes);
	*b = (struct bench){0};
}

/* BOOT_0 of each age, and where its register is. */
static void chips(void **state)
{
	static const struct {
		uint32_t boot, mirror;
	} cases[] = {
		{0x20004000, MIRROR_OLD}, /* NV04 */
		{0x20134000, MIRROR_OLD}, /* NV05 */
		{0x010000b1, MIRROR_OLD}, /* NV10 */
		{0x025300a1, MIRROR_OLD}, /* NV25 */
		{0x036100a2, MIRROR_OLD}, /* NV36 */
		{0x040000a2, MIRROR_NEW}, /* NV40 */
		{0x04b200a1, MIRROR_NEW}, /* NV4B: a card of its own */
		{0x084300a2, MIRROR_NEW}, /* G84 */
		{0x0aa000a1, MIRROR_NEW}, /* MCP77: from NV50 on a chipset's graphics have one */
		{0x0c0000a3, MIRROR_NEW}, /* GF100 */
		{0x0e4000a2, MIRROR_NEW}, /* GK104 */
		{0x108000a1, MIRROR_NEW}, /* GK208 */
		{0x124000a1, MIRROR_NEW}, /* GM204 */
		{0x132000a1, MIRROR_NEW}, /* GP102 */
		{0x140000a1, MIRROR_NEW}, /* GV100 */
		{0x162000a1, MIRROR_NEW}, /* TU102 */
		{0x170000a1, MIRROR_NEW}, /* GA100 */
		{GA102, MIRROR_NEW},	  {0x192000a1, MIRROR_NEW}, /* AD102 */
		{0x180000a1, 0}, /* GH100: none is known from here on */
		{0x1a2000a1, 0}, /* GB102 */
		{0x1b2000a1, 0}, /* GB202 */
		{0x1f0000a1, 0}, /* of the years to come */
		{0x150000a1, 0}, /* no chip of this number is a card */
		{0x00030020, 0}, /* NV03 */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		/* Where none is known the fake has one all the same: it must not be written. */
		const uint32_t at = cases[i].mirror ? cases[i].mirror : MIRROR_NEW;
		struct fakebar bar = fakebar_of(cases[i].boot, at);
		struct bench b = {0};

		assert_int_equal(run(&b, &bar), 0);
		assert_int_equal(b.done, PROM_SIZE);
		assert_int_equal(bar.reg, FAKEBAR_REGISTER);
		if (cases[i].mirror) {
			assert_true(fakebar_is_flash(&b.ret));
			assert_int_equal(bar.writes, 2);
			assert_int_equal(b.calls, 1);
			assert_int_equal(b.writes_before, 0);
			assert_int_equal(b.remembered.prom_register, cases[i].mirror);
			assert_int_equal(b.remembered.prom_value, FAKEBAR_REGISTER);
			assert_int_equal(b.remembered.count, 3);
			assert_true(b.remembered.power_auto);
		} else {
			assert_true(fakebar_is_copy(&b.ret));
			assert_int_equal(bar.writes, 0);
			assert_int_equal(b.calls, 0);
		}
		done_with(&b);
	}
}

/* What is read without a write: the register shows the flash already, or does not answer. */
static void nothing_to_write(void **state)
{
	static const struct {
		uint32_t reg;
		bool flash;
	} cases[] = {{FAKEBAR_REGISTER & ~1u, true},
		     {0, true},
		     {0xffffffff, false},
		     {0xbadf5041, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fakebar bar = fakebar_of(GA102, MIRROR_NEW);
		struct bench b = {0};

		bar.reg = cases[i].reg;
		assert_int_equal(run(&b, &bar), 0);
		assert_true(cases[i].flash ? fakebar_is_flash(&b.ret) : fakebar_is_copy(&b.ret));
		assert_int_equal(bar.writes, 0);
		assert_int_equal(b.calls, 0);
		done_with(&b);
	}
}

/* Reported in words, without a write. */
static void refused(void **state)
{
	static const struct {
		uint32_t boot;
		int err;
		const char *outcome;
	} cases[] = {
		{0xffffffff, -EIO, "the card does not answer: BAR 0 reads ffffffff"},
		{0, -EIO, "the card does not answer: BAR 0 reads 00000000"},
		{0xbadf1000, -EIO, "the card does not answer: BAR 0 reads badf1000"},
		{0x04c000a2, -ENODEV, "NV4C has no flash: its ROM is in the board's firmware"},
		{0x04e000a2, -ENODEV, "NV4E has no flash: its ROM is in the board's firmware"},
		{0x063000a2, -ENODEV, "NV63 has no flash: its ROM is in the board's firmware"},
		{0x068000a2, -ENODEV, "NV68 has no flash: its ROM is in the board's firmware"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fakebar bar = fakebar_of(cases[i].boot, MIRROR_NEW);
		struct bench b = {0};

		assert_int_equal(run(&b, &bar), cases[i].err);
		assert_string_equal(b.ret.outcome, cases[i].outcome);
		assert_int_equal(b.calls, 0);
		assert_int_equal(bar.writes, 0);
		assert_int_equal(b.ret.n, 0);
		done_with(&b);
	}
}

static void a_register_that_keeps_its_bit(void **state)
{
	struct fakebar bar = fakebar_of(GA102, MIRROR_NEW);
	struct bench b = {0};

	(void)state;
	bar.stuck = true;
	assert_int_equal(run(&b, &bar), -EIO);
	assert_string_equal(b.ret.outcome, "the card shows a copy in RAM instead of its flash: "
					   "bit 0 of register 88050 stays set");
	assert_int_equal(bar.reg, FAKEBAR_REGISTER);
	done_with(&b);
}

static void not_noted_not_written(void **state)
{
	struct fakebar bar = fakebar_of(GA102, MIRROR_NEW);
	struct bench b = {.refuse = -ENOSPC};

	(void)state;
	assert_int_equal(run(&b, &bar), -ENOSPC);
	assert_int_equal(b.calls, 1);
	assert_int_equal(bar.writes, 0);
	done_with(&b);
}

static void nobody_remembers(void **state)
{
	struct fakebar bar = fakebar_of(GA102, MIRROR_NEW);
	const struct prom_bar ops = fakebar_ops(&bar);
	const struct source_before before = {.count = 0};
	struct source_job job = {.until_us = NEVER};
	struct source_bytes ret = {0};

	(void)state;
	assert_int_equal(prom_read(&ops, &job, &before, &ret), 0);
	assert_true(fakebar_is_flash(&ret));
	assert_int_equal(bar.reg, FAKEBAR_REGISTER);
	free(ret.bytes);
}

/* Looked at before each 4 KiB; what was read stays with the caller, who drops it. */
static void deadline(void **state)
{
	static const size_t cases[] = {4096, 8192, PROM_SIZE / 2, PROM_SIZE - 4096};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fakebar bar = fakebar_of(GA102, MIRROR_NEW);
		struct bench b = {.late_at = cases[i]};

		assert_int_equal(run(&b, &bar), -ETIMEDOUT);
		assert_int_equal(b.ret.n, cases[i]);
		assert_int_equal(bar.reg, FAKEBAR_REGISTER);
		assert_int_equal(bar.writes, 2);
		done_with(&b);
	}
}

struct slow_bar {
	struct prom_bar bar;
	struct bench *b;
	unsigned words; /* until it is late */
};

static int slow_read(void *ctx, uint32_t at, uint32_t *ret)
{
	struct slow_bar *s = ctx;

	if (at >= PROM_AT && s->words-- == 0)
		s->b->job.until_us = 0;
	return s->bar.read(s->bar.ctx, at, ret);
}

static int slow_write(void *ctx, uint32_t at, uint32_t value)
{
	struct slow_bar *s = ctx;

	return s->bar.write(s->bar.ctx, at, value);
}

/* Of a card that takes a millisecond a word no page is waited for: half a KiB is. */
static void slow_words(void **state)
{
	struct fakebar bar = fakebar_of(GA102, MIRROR_NEW);
	struct bench b = {.bar = &bar};
	struct slow_bar slow = {fakebar_ops(&bar), &b, 300};
	const struct prom_bar ops = {.read = slow_read, .write = slow_write, .ctx = &slow};

	(void)state;
	b.job = (struct source_job){.until_us = NEVER};
	assert_int_equal(prom_read(&ops, &b.job, &b.before, &b.ret), -ETIMEDOUT);
	assert_int_equal(b.ret.n, 1536); /* 300 words are 1200 bytes */
	assert_int_equal(bar.reg, FAKEBAR_REGISTER);
	done_with(&b);
}

/* Each access failing in turn. BOOT_0, the register, its write, its read back; then the window. */
static void each_access_fails(void **state)
{
	static const unsigned extra[] = {100, 1028, 1029, 200000, 4 + PROM_SIZE / 4};
	unsigned at = 0;

	(void)state;
	for (size_t i = 0; i < 8 + COUNT(extra); i++) {
		struct fakebar bar = fakebar_of(GA102, MIRROR_NEW);
		struct bench b = {0};

		at = i < 8 ? at + 1 : extra[i - 8];
		bar.fail_at = at;
		if (run(&b, &bar) != -EREMOTEIO)
			fail_msg("access %u", at);
		assert_int_equal(bar.reg, FAKEBAR_REGISTER);
		assert_int_equal(bar.writes, at < 3 ? 0 : 2);
		done_with(&b);
	}
}

static void put_right(void **state)
{
	static const struct {
		struct source_before before;
		uint32_t mirror;
		bool written;
	} cases[] = {
		{{.prom_register = MIRROR_NEW, .prom_value = FAKEBAR_REGISTER}, MIRROR_NEW, true},
		{{.prom_register = MIRROR_OLD, .prom_value = FAKEBAR_REGISTER}, MIRROR_OLD, true},
		{{.prom_register = 0, .prom_value = FAKEBAR_REGISTER}, MIRROR_NEW, false},
		{{.prom_register = 4, .prom_value = 1}, MIRROR_NEW, false},
		{{.prom_register = 0x88051, .prom_value = 1}, MIRROR_NEW, false},
		{{.prom_register = 0x300000, .prom_value = 1}, MIRROR_NEW, false},
		{{.prom_register = 0xfffffffc, .prom_value = 1}, MIRROR_NEW, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fakebar bar = fakebar_of(GA102, cases[i].mirror);
		const struct prom_bar ops = fakebar_ops(&bar);

		bar.reg &= ~1u;
		prom_put_right(&ops, &cases[i].before);
		assert_int_equal(bar.writes, cases[i].written);
		assert_int_equal(bar.reg, FAKEBAR_REGISTER & (cases[i].written ? ~0u : ~1u));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chips),
		cmocka_unit_test(nothing_to_write),
		cmocka_unit_test(refused),
		cmocka_unit_test(a_register_that_keeps_its_bit),
		cmocka_unit_test(not_noted_not_written),
		cmocka_unit_test(nobody_remembers),
		cmocka_unit_test(deadline),
		cmocka_unit_test(slow_words),
		cmocka_unit_test(each_access_fails),
		cmocka_unit_test(put_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
