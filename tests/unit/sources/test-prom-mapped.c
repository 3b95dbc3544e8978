// SPDX-License-Identifier: GPL-2.0-or-later
/* The source prom on a tree of files: mapped, kept awake, everything put back. */
#include "fakebar.h"
#include "sources/source.h"
#include "tempdir.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CARD ROOT_PCI_DEVICES "/0000:01:00.0/"
#define BAR_16M "0x00000000f6000000 0x00000000f6ffffff 0x0000000000040200\n"
#define GA102 0x172000a1u

static const struct pci_addr card = {0, 1, 0, 0};

struct bench {
	struct root root;
	struct attr_ops k;
	struct source_job job;
	unsigned calls;
	struct source_before remembered[4];
	uint32_t reg_then[4];
};

static uint32_t word_at(const struct bench *b, uint32_t at)
{
	int fd = openat(b->root.fd, CARD "resource0", O_RDONLY | O_CLOEXEC);
	uint32_t v = 0;

	assert_int_equal(pread(fd, &v, sizeof(v), at), sizeof(v));
	close(fd);
	return v;
}

static void put_at(const struct bench *b, uint32_t at, const void *data, size_t n)
{
	int fd = openat(b->root.fd, CARD "resource0", O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, data, n, at), n);
	close(fd);
}

static int remember(void *ctx, const struct source_before *before)
{
	struct bench *b = ctx;

	assert_true(b->calls < COUNT(b->remembered));
	b->remembered[b->calls] = *before;
	b->reg_then[b->calls++] = word_at(b, MIRROR_NEW);
	return 0;
}

/* A file is in BAR 0's place: the register gates nothing, but is read and written like one. */
static void bench_make(struct bench *b, void **state)
{
	const uint32_t boot = GA102, reg = FAKEBAR_REGISTER;
	uint8_t *flash = malloc(PROM_SIZE);

	*b = (struct bench){.root = {.path = *state, .fd = tempdir_open(*state)}};
	b->k = attr_ops_real(&b->root);
	b->job = (struct source_job){.root = &b->root,
				     .k = &b->k,
				     .addr = card,
				     .ids = {.vendor = PCI_VENDOR_NVIDIA},
				     .until_us = ~0ull,
				     .remember = remember,
				     .ctx = b};
	tempdir_put_text(b->root.fd, CARD "resource", BAR_16M);
	tempdir_put_text(b->root.fd, CARD "enable", "0");
	tempdir_put_text(b->root.fd, CARD "power/control", "auto");
	tempdir_put_text(b->root.fd, CARD "rom", "");
	tempdir_put_text(b->root.fd, CARD "resource0", "");
	for (size_t i = 0; i < PROM_SIZE; i++)
		flash[i] = fakebar_flash(i);
	put_at(b, 0, &boot, sizeof(boot));
	put_at(b, MIRROR_NEW, &reg, sizeof(reg));
	put_at(b, PROM_AT, flash, PROM_SIZE);
	free(flash);
}

static void bind_driver(const struct bench *b, const char *name)
{
	char target[64];

	snprintf(target, sizeof(target), "../../drivers/%s", name);
	assert_int_equal(symlinkat(target, b->root.fd, CARD "driver"), 0);
}

/* What a reading may not leave behind. */
static void as_before(const struct bench *b)
{
	assert_int_equal(word_at(b, MIRROR_NEW), FAKEBAR_REGISTER);
	assert_true(tempdir_is(b->root.fd, CARD "enable", "0"));
	assert_true(tempdir_is(b->root.fd, CARD "power/control", "auto"));
}

static void whole(void **state)
{
	struct source_bytes ret;
	struct bench b;

	bench_make(&b, state);
	assert_int_equal(source_read(SOURCE_PROM, &b.job, &ret), 0);
	assert_true(fakebar_is_flash(&ret));
	assert_string_equal(ret.outcome, "read");
	as_before(&b);
	/* Remembered twice: before the card was woken, and before the register was written. */
	assert_int_equal(b.calls, 2);
	assert_int_equal(b.remembered[0].prom_register, 0);
	assert_int_equal(b.remembered[1].prom_register, MIRROR_NEW);
	assert_int_equal(b.remembered[1].prom_value, FAKEBAR_REGISTER);
	assert_int_equal(b.reg_then[1], FAKEBAR_REGISTER);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(b.remembered[i].count, 0);
		assert_true(b.remembered[i].power_auto);
	}
	free(ret.bytes);
	close(b.root.fd);
}

/* Whatever was read of it: its bytes are half a ROM and FF. What can be put back is. */
static void gone_meanwhile(void **state)
{
	static const struct {
		const char *config;
		bool gone;
	} cases[] = {{"\xff\xff\xff\xff", true},
		     {"\xff\xff\xff\x22", false},
		     {"\xde\x10\xff\xff", false}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct source_bytes ret;
		struct bench b;

		bench_make(&b, state);
		tempdir_put_text(b.root.fd, CARD "config", cases[i].config);
		assert_int_equal(source_read(SOURCE_PROM, &b.job, &ret),
				 cases[i].gone ? -ENXIO : 0);
		assert_int_equal(!ret.bytes, cases[i].gone);
		assert_int_equal(!!strstr(ret.outcome, "has left the bus"), cases[i].gone);
		as_before(&b);
		free(ret.bytes);
		close(b.root.fd);
	}
}

/* The reason is given, and nothing is written: it is not even noted down that something would be.
 */
static void refused(void **state)
{
	static const struct {
		const char *resource;
		uint16_t vendor;
		bool bound;
		int err;
		const char *outcome;
	} cases[] = {
		{BAR_16M, 0x1002, false, -ENODEV, "only NVIDIA's cards have a flash window"},
		{BAR_16M, PCI_VENDOR_NVIDIA, true, -EBUSY,
		 "a driver has the card: it is read before one is bound"},
		{"0x00000000f6000000 0x00000000f63ffffe 0x0000000000040200\n", PCI_VENDOR_NVIDIA,
		 false, -ENODEV, "BAR 0 is no memory of 4 MiB or more that has an address"},
		{"0x0000000000001000 0x00000000f6ffffff 0x0000000000040101\n", PCI_VENDOR_NVIDIA,
		 false, -ENODEV, "BAR 0 is no memory of 4 MiB or more that has an address"},
		{"0x0000000000000000 0x0000000000ffffff 0x0000000020040200\n", PCI_VENDOR_NVIDIA,
		 false, -ENODEV, "BAR 0 is no memory of 4 MiB or more that has an address"},
		{"0x0000000000000000 0x0000000000000000 0x0000000000000000\n", PCI_VENDOR_NVIDIA,
		 false, -ENODEV, "BAR 0 is no memory of 4 MiB or more that has an address"},
		{"", PCI_VENDOR_NVIDIA, false, -ENODEV,
		 "BAR 0 is no memory of 4 MiB or more that has an address"},
	};
	struct source_bytes ret;
	struct bench b;

	bench_make(&b, state);
	for (size_t i = 0; i < COUNT(cases); i++) {
		tempdir_put_text(b.root.fd, CARD "resource", cases[i].resource);
		b.job.ids.vendor = cases[i].vendor;
		b.job.bound = cases[i].bound;
		assert_int_equal(source_read(SOURCE_PROM, &b.job, &ret), cases[i].err);
		assert_string_equal(ret.outcome, cases[i].outcome);
		assert_null(ret.bytes);
		assert_int_equal(b.calls, 0);
		as_before(&b);
	}
	close(b.root.fd);
}

/* The least BAR 0 that has a whole window. */
static void four_mebibytes(void **state)
{
	struct source_bytes ret;
	struct bench b;

	bench_make(&b, state);
	tempdir_put_text(b.root.fd, CARD "resource",
			 "0x00000000f6000000 0x00000000f63fffff 0x0000000000040200\n");
	assert_int_equal(source_read(SOURCE_PROM, &b.job, &ret), 0);
	free(ret.bytes);
	close(b.root.fd);
}

/* A card that does not answer was woken all the same. */
static void put_back_on_failure(void **state)
{
	const uint32_t gone = 0xffffffff;
	struct source_bytes ret;
	struct bench b;

	bench_make(&b, state);
	put_at(&b, 0, &gone, sizeof(gone));
	assert_int_equal(source_read(SOURCE_PROM, &b.job, &ret), -EIO);
	assert_string_equal(ret.outcome, "the card does not answer: BAR 0 reads ffffffff");
	assert_int_equal(b.calls, 1);
	as_before(&b);
	b.job.remember = NULL;
	assert_int_equal(unlinkat(b.root.fd, CARD "resource0", 0), 0);
	assert_int_equal(source_read(SOURCE_PROM, &b.job, &ret), -ENOENT);
	assert_string_equal(ret.outcome, "BAR 0 cannot be mapped: No such file or directory");
	assert_true(tempdir_is(b.root.fd, CARD "enable", "0"));
	assert_true(tempdir_is(b.root.fd, CARD "power/control", "auto"));
	close(b.root.fd);
}

/* From here on mapping BAR 0, and nothing else, fails. */
static void refuse_mapping(int err)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROM_BAR_MIN, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)err),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	const struct sock_fprog prog = {COUNT(filter), filter};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		_exit(2);
}

static bool refused_with(const struct bench *b, int err, const char *outcome)
{
	struct source_bytes ret;

	refuse_mapping(err);
	return source_read(SOURCE_PROM, &b->job, &ret) == -err && strcmp(ret.outcome, outcome) == 0;
}

static volatile sig_atomic_t stop;

static void stop_after_a_step(void *ctx, size_t done, size_t all)
{
	(void)ctx, (void)all;
	stop = done > 0;
}

/* What a signal's handler does, in the middle of the window. */
static void stopped(void **state)
{
	struct source_bytes ret;
	struct bench b;

	bench_make(&b, state);
	stop = 0;
	b.job.stop = &stop;
	b.job.progress = stop_after_a_step;
	assert_int_equal(source_read(SOURCE_PROM, &b.job, &ret), -EINTR);
	assert_string_equal(ret.outcome, "stopped by a signal");
	assert_null(ret.bytes);
	as_before(&b);
	/* And nothing is begun after it. */
	b.calls = 0;
	assert_int_equal(source_read(SOURCE_PROM, &b.job, &ret), -EINTR);
	assert_int_equal(b.calls, 0);
	close(b.root.fd);
}

static void mapping_refused(void **state)
{
	static const struct {
		int err;
		const char *outcome;
	} cases[] = {
		{EPERM, "BAR 0 cannot be mapped: kernel lockdown (Secure Boot); the source vfio "
			"can read it there"},
		{EINVAL, "BAR 0 cannot be mapped: it is busy, a driver has it "
			 "(CONFIG_IO_STRICT_DEVMEM)"},
		{ENODEV, "BAR 0 cannot be mapped: No such device"},
	};
	struct bench b;

	bench_make(&b, state);
	for (size_t i = 0; i < COUNT(cases); i++) {
		int status = 0;
		pid_t pid = fork();

		if (pid == 0)
			_exit(!refused_with(&b, cases[i].err, cases[i].outcome));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		as_before(&b);
	}
	close(b.root.fd);
}

/* What a killed reader left, by what it had noted; where a driver is bound nothing is touched. */
static void after_a_kill(void **state)
{
	static const struct source_before before = {.count = 0,
						    .power_auto = true,
						    .prom_register = MIRROR_NEW,
						    .prom_value = FAKEBAR_REGISTER};
	static const struct source_before no_register = {.count = 0, .power_auto = true};
	const uint32_t left = FAKEBAR_REGISTER & ~1u;
	struct bench b;

	bench_make(&b, state);
	put_at(&b, MIRROR_NEW, &left, sizeof(left));
	tempdir_put_text(b.root.fd, CARD "enable", "1");
	tempdir_put_text(b.root.fd, CARD "power/control", "on");
	source_put_right(&b.root, &b.k, card, &no_register);
	assert_int_equal(word_at(&b, MIRROR_NEW), left);
	bind_driver(&b, "vfio-pci");
	source_put_right(&b.root, &b.k, card, &before);
	assert_int_equal(word_at(&b, MIRROR_NEW), left);
	assert_int_equal(unlinkat(b.root.fd, CARD "driver", 0), 0);
	source_put_right(&b.root, &b.k, card, &before);
	as_before(&b);
	close(b.root.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(gone_meanwhile),
		WITH_DIR(whole),
		WITH_DIR(refused),
		WITH_DIR(four_mebibytes),
		WITH_DIR(put_back_on_failure),
		WITH_DIR(mapping_refused),
		WITH_DIR(after_a_kill),
		WITH_DIR(stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
