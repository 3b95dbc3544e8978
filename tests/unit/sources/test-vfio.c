// SPDX-License-Identifier: GPL-2.0-or-later
/* What the source vfio reads once the device is open, and that all is put back. */
#include "tempdir.h"
#include "vfiobench.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Sizes that are no multiple of a piece, and the most that is read. */
static void sizes(void **state)
{
	static const struct {
		uint64_t region;
		size_t read;
	} cases[] = {{2, 2},
		     {4095, 4095},
		     {4097, 4097},
		     {ROM_FILE_MAX, ROM_FILE_MAX},
		     {ROM_FILE_MAX + 1, ROM_FILE_MAX}};
	struct vfiobench b;

	vfiobench_make(&b, state);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fakevfio f = fakevfio_make();

		f.rom_size = cases[i].region;
		assert_int_equal(vfiobench_run(&b, &f), 0);
		assert_true(vfiobench_is_rom(&b, cases[i].read));
	}
	vfiobench_close(&b);
}

#define SHADOW                                                                                     \
	"0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n0x0 0x0 0x0\n"           \
	"0x00000000000c0000 0x00000000000dffff 0x0000000000000212\n"

/* The ROM region gives nothing: the flash window does, or both are reported. */
static void the_flash_window(void **state)
{
	static const struct {
		enum fakevfio_rom rom;
		uint64_t size;
		const char *resource, *why;
	} cases[] = {
		{ROM_ABSENT, 0, "", "none"},
		{ROM_WRITE_ONLY, 4096, "", "none"},
		{ROM_UNREADABLE, 4096, "", "Input/output error"},
		{ROM_FF, 131072, "", "does not begin with 55AA"},
		{ROM_NO_HEAD, 131072, "", "does not begin with 55AA"},
		{ROM_GOOD, 1, "", "does not begin with 55AA"},
		{ROM_GOOD, 131072, SHADOW, "the boot display's copy in RAM"},
	};
	struct vfiobench b;

	vfiobench_make(&b, state);
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct fakevfio f = fakevfio_make(), other = fakevfio_make();
		char both[ROM_OUTCOME_MAX];

		tempdir_put_text(b.root.fd, CARD "/resource", cases[i].resource);
		f.rom = other.rom = cases[i].rom;
		f.rom_size = other.rom_size = cases[i].size;
		assert_int_equal(vfiobench_run(&b, &f), 0);
		assert_true(fakebar_is_flash(&b.ret));
		assert_int_equal(f.bar.writes, 2);
		b.job.ids.vendor = 0x1002;
		assert_int_equal(vfiobench_run(&b, &other), -ENODEV);
		snprintf(both, sizeof(both),
			 "ROM region: %s; flash window: only NVIDIA's cards have one",
			 cases[i].why);
		assert_string_equal(b.ret.outcome, both);
		assert_null(b.ret.bytes);
		assert_int_equal(other.bar.accesses, 0);
		b.job.ids.vendor = PCI_VENDOR_NVIDIA;
	}
	vfiobench_close(&b);
}

static void no_window_either(void **state)
{
	struct fakevfio f = fakevfio_make();
	struct vfiobench b;

	vfiobench_make(&b, state);
	f.rom = ROM_FF;
	f.bar_size = PROM_BAR_MIN - 4096;
	assert_int_equal(vfiobench_run(&b, &f), -ENODEV);
	assert_string_equal(b.ret.outcome, "ROM region: does not begin with 55AA; flash window: "
					   "BAR 0 is not available, or shorter than 4 MiB");
	f.bar_size = PROM_BAR_MIN;
	f.bar.boot = 0xffffffff;
	assert_int_equal(vfiobench_run(&b, &f), -EIO);
	assert_string_equal(b.ret.outcome, "ROM region: does not begin with 55AA; flash window: "
					   "the card does not answer: BAR 0 reads ffffffff");
	vfiobench_close(&b);
}

/* No other way is begun after it. */
static void deadline(void **state)
{
	static const size_t at[] = {4096, 65536};
	struct vfiobench b;

	vfiobench_make(&b, state);
	for (int window = 0; window < 2; window++)
		for (size_t i = 0; i < COUNT(at); i++) {
			struct fakevfio f = fakevfio_make();

			f.rom = window ? ROM_ABSENT : ROM_GOOD;
			b.late_at = at[i];
			assert_int_equal(vfiobench_run(&b, &f), -ETIMEDOUT);
			assert_int_equal(b.ret.n, at[i]);
			assert_int_equal(f.bar.accesses != 0, window);
		}
	vfiobench_close(&b);
}

static void decode_is_on_already(void **state)
{
	struct fakevfio f = fakevfio_make();
	struct vfiobench b;
	const struct vfio_ops ops = fakevfio_ops(&f);

	vfiobench_make(&b, state);
	f.command[0] = 7;
	assert_int_equal(source_read_vfio_by(&ops, &b.job, &b.ret), 0);
	assert_int_equal(f.config_writes, 0);
	assert_int_equal(f.command[0], 7);
	vfiobench_close(&b);
}

/* Each call in turn: another way gives the bytes, or the failure is reported; and nothing stays. */
static void each_call_fails(void **state)
{
	unsigned given = 0, failed = 0;
	struct vfiobench b;

	vfiobench_make(&b, state);
	for (unsigned kind = 0; kind < 4; kind++)
		for (unsigned at = 1; at <= 60; at++) {
			struct fakevfio f = fakevfio_make();
			int r;

			f.fail_at = at;
			f.open_err[FD_IOMMUFD] = kind & 1 ? -ENOENT : 0;
			f.rom = kind & 2 ? ROM_FF : ROM_GOOD;
			f.rom_size = 16384;
			r = vfiobench_run(&b, &f);
			if (r == 0) {
				given++;
				assert_true(vfiobench_is_rom(&b, 16384) ||
					    fakebar_is_flash(&b.ret));
			} else {
				failed++;
				assert_true(b.ret.outcome[0]);
			}
		}
	assert_true(given > 100);
	assert_true(failed > 50);
	vfiobench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(sizes),    WITH_DIR(the_flash_window),	    WITH_DIR(no_window_either),
		WITH_DIR(deadline), WITH_DIR(decode_is_on_already), WITH_DIR(each_call_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
