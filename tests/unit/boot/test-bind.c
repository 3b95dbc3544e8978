// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel that fails at its k-th write, for every k: a claimed function ends on the driver asked
 * for, or driverless with its override set, and the report says which; a card that is left is as
 * before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "boot/bind.h"
#include "fakekernel.h"
#include "sys/deadline.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define WRITES_MAX 64 /* more than any run of these machines makes */

/* A machine of one card; index 1 has an override already, index 3 no driver. */
static const struct fakekernel machine = {
	.fn = {{.addr = {0, 1, 0, 0}, .driver = "nouveau", .native = "nouveau"},
	       {.addr = {0, 1, 0, 1}, .driver = "pci-stub", .override = "pci-stub", .native = ""},
	       {.addr = {0, 1, 0, 2}, .driver = "xhci_hcd", .native = "xhci_hcd"},
	       {.addr = {0, 1, 0, 3}, .native = ""}},
	.n = 4};

/* The variant of function 0 is not the others' driver. */
static const char *const wanted[] = {"nvgrace_gpu_vfio_pci", "vfio-pci", "vfio-pci", "vfio-pci"};

struct bench {
	struct fakekernel k;
	struct pci_fn fn[FAKE_FUNCTIONS_MAX];
	struct pci_scan scan;
	struct config config;
	struct plan plan;
	struct boot_card card;
};

static void scan(struct bench *b)
{
	for (size_t i = 0; i < b->k.n; i++) {
		struct pci_fn *f = &b->fn[i];

		*f = (struct pci_fn){.addr = b->k.fn[i].addr,
				     .ids = {.vendor = PCI_VENDOR_NVIDIA, .device = 0x2204},
				     .class = i == 0 ? 0x030000 : 0x040300,
				     .iommu_group = b->k.no_iommu ? -1 : 14,
				     .rom_bar = i == 0};
		strcpy(f->driver, b->k.fn[i].driver);
		strcpy(f->override, b->k.fn[i].override);
	}
	b->scan = (struct pci_scan){.fn = b->fn, .n = b->k.n};
}

static void set_up(struct bench *b, enum fake_fault fault, unsigned at)
{
	*b = (struct bench){.k = machine};
	b->k.fault = fault;
	b->k.fault_at = at;
	config_default(&b->config);
}

static void claim_by(struct bench *b, const struct attr_ops *k, bool in_child)
{
	struct bind_hold hold;

	scan(b);
	plan_make(&b->config, &b->scan, GROUP_BEFORE_DRIVERS, &b->plan);
	assert_int_equal(b->plan.n, 1);
	assert_true(b->plan.card[0].take);
	bind_begin(&b->plan.card[0], &b->scan, &b->card);
	for (size_t i = 0; i < b->k.n; i++)
		strcpy(b->card.wanted[i], wanted[i]);
	b->card.state = CARD_SELECTED;
	bind_hold(k, &b->card, 1, ~0ull, in_child, &hold);
	bind_claim(k, &hold, ~0ull, in_child, &b->card);
}

static void claim(struct bench *b)
{
	const struct attr_ops k = fakekernel_ops(&b->k);

	claim_by(b, &k, false);
}

static void hand_over(struct bench *b)
{
	const struct attr_ops k = fakekernel_ops(&b->k);

	if (b->card.state == CARD_HELD)
		bind_handover(&k, &b->card);
}

static void assert_untouched(const struct fakekernel *k)
{
	for (size_t i = 0; i < k->n; i++) {
		assert_string_equal(k->fn[i].driver, machine.fn[i].driver);
		assert_string_equal(k->fn[i].override, machine.fn[i].override);
	}
}

static void assert_invariant(const struct bench *b)
{
	size_t bound = 0;

	for (size_t i = 0; i < b->k.n; i++) {
		const struct fake_fn *f = &b->k.fn[i];

		assert_string_equal(b->card.card.fn[i].driver, f->driver);
		assert_true(f->override[0] != '\0');
		if (f->driver[0])
			assert_string_equal(f->driver, wanted[i]);
		bound += f->driver[0] != '\0';
	}
	assert_int_equal(b->card.state, bound == b->k.n ? CARD_BOUND : CARD_DRIVERLESS);
	if (b->card.state == CARD_DRIVERLESS)
		assert_true(b->card.why[0] != '\0');
}

static void test_no_fault(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, FAULT_NONE, 0);
	claim(&b);
	assert_int_equal(b.card.state, CARD_HELD);
	for (size_t i = 0; i < b.k.n; i++) {
		assert_string_equal(b.k.fn[i].override, PLAN_HOLD_DRIVER);
		assert_string_equal(b.k.fn[i].driver, "");
		assert_string_equal(b.card.was[i].driver, machine.fn[i].driver);
	}
	hand_over(&b);
	assert_int_equal(b.card.state, CARD_BOUND);
	assert_invariant(&b);
}

static void test_a_loaded_driver_cannot_slip_in(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, FAULT_NONE, 0);
	claim(&b);
	for (size_t i = 0; i < b.k.n; i++) {
		const struct attr_ops k = fakekernel_ops(&b.k);

		assert_int_equal(sysfs_probe(&k, b.k.fn[i].addr), 0);
		assert_string_equal(b.k.fn[i].driver, "");
	}
}

/* Each write of a whole run fails in turn; a fault past the last write ends the loop, so the
 * number of writes is found, not assumed. */
static void every_write(enum fake_fault fault)
{
	unsigned left = 0, moved = 0;
	struct bench b;

	for (unsigned at = 1; at <= WRITES_MAX; at++) {
		set_up(&b, fault, at);
		claim(&b);
		if (b.card.state == CARD_LEFT) {
			assert_untouched(&b.k);
			assert_true(b.card.why[0] != '\0');
			left++;
		} else {
			hand_over(&b);
			assert_invariant(&b);
			moved++;
		}
		if (b.k.writes < at) {
			assert_true(left > 0 && moved > 1);
			return;
		}
	}
	fail_msg("more than %d writes", WRITES_MAX);
}

static void test_each_write_refused(void **state)
{
	(void)state;
	every_write(FAULT_REFUSED);
}

static void test_each_write_failing_with_effect(void **state)
{
	(void)state;
	every_write(FAULT_EFFECTIVE);
}

/* The worker dies at any write of the hand-over: settle hands the card over again. */
static void test_death_in_handover(void **state)
{
	struct bench b;

	(void)state;
	for (unsigned at = 1; at <= WRITES_MAX; at++) {
		unsigned before;

		set_up(&b, FAULT_NONE, 0);
		claim(&b);
		before = b.k.writes;
		b.k.fault = FAULT_DEATH;
		b.k.fault_at = before + at;
		hand_over(&b);
		for (size_t i = 0; i < b.k.n; i++)
			assert_true(b.k.fn[i].override[0] != '\0');
		if (b.k.writes < b.k.fault_at)
			return;
		b.k.fault = FAULT_NONE;
		b.card.state = CARD_HELD;
		hand_over(&b);
		assert_int_equal(b.card.state, CARD_BOUND);
		assert_invariant(&b);
	}
	fail_msg("more than %d writes", WRITES_MAX);
}

/* claim dies at any write: the next claim (gpurom-early) takes the card all the same. */
static void test_death_in_claim(void **state)
{
	struct bench b;

	(void)state;
	for (unsigned at = 1; at <= WRITES_MAX; at++) {
		bool reached;

		set_up(&b, FAULT_DEATH, at);
		claim(&b);
		reached = b.k.writes >= at;
		b.k.fault = FAULT_NONE;
		claim(&b);
		assert_int_equal(b.card.state, CARD_HELD);
		hand_over(&b);
		assert_int_equal(b.card.state, CARD_BOUND);
		assert_invariant(&b);
		if (!reached)
			return;
	}
	fail_msg("more than %d writes", WRITES_MAX);
}

static void test_no_iommu_is_reported(void **state)
{
	struct bench b;

	(void)state;
	set_up(&b, FAULT_NONE, 0);
	b.k.no_iommu = true;
	claim(&b);
	hand_over(&b);
	assert_int_equal(b.card.state, CARD_DRIVERLESS);
	assert_non_null(strstr(b.card.why, "IOMMU"));
	assert_invariant(&b);
}

static void test_release_gives_the_card_back(void **state)
{
	struct bench b;
	struct attr_ops k;

	(void)state;
	set_up(&b, FAULT_NONE, 0);
	claim(&b);
	k = fakekernel_ops(&b.k);
	bind_release(&k, &b.card);
	assert_int_equal(b.card.state, CARD_RELEASED);
	assert_untouched(&b.k);
}

/* A write that never returns: the card is stuck, and the host keeps the later cards whole once the
 * time for all cards is over. */
static int hang(void *ctx, const char *path, const char *text)
{
	(void)ctx;
	(void)path;
	(void)text;
	for (;;)
		pause();
	return 0;
}

static void test_one_budget_for_all_cards(void **state)
{
	struct bench b;
	struct attr_ops k;
	struct boot_card card[4];
	struct bind_hold hold[4];
	unsigned long long start = deadline_now_us(), until = start + 300000;

	(void)state;
	set_up(&b, FAULT_NONE, 0);
	scan(&b);
	plan_make(&b.config, &b.scan, GROUP_BEFORE_DRIVERS, &b.plan);
	k = fakekernel_ops(&b.k);
	k.write = hang;
	for (size_t i = 0; i < 4; i++)
		bind_begin(&b.plan.card[0], &b.scan, &card[i]), card[i].state = CARD_SELECTED;
	bind_hold(&k, card, 4, until, true, hold);
	for (size_t i = 0; i < 4; i++)
		bind_claim(&k, &hold[i], until, true, &card[i]);
	assert_true(deadline_now_us() - start < 5000000);
	assert_int_equal(card[0].state, CARD_STUCK);
	for (size_t i = 1; i < 4; i++) {
		assert_int_equal(card[i].state, CARD_LEFT);
		assert_non_null(strstr(card[i].why, "no time was left"));
	}
}

/* A function that cannot be handed over does not keep the others from it. */
static void test_every_function_is_tried(void **state)
{
	struct bench b;

	(void)state;
	for (unsigned failing = 0; failing < 2 * machine.n; failing++) {
		size_t bound = 0;

		set_up(&b, FAULT_NONE, 0);
		claim(&b);
		b.k.fault = FAULT_REFUSED;
		b.k.fault_at = b.k.writes + failing + 1;
		hand_over(&b);
		assert_int_equal(b.card.state, CARD_DRIVERLESS);
		assert_invariant(&b);
		for (size_t i = 0; i < b.k.n; i++)
			bound += strcmp(b.k.fn[i].driver, wanted[i]) == 0;
		assert_int_equal(bound, b.k.n - 1);
	}
}

/* The hold of a claim that died is no setting of the host's: it is not put back. */
static void test_our_own_hold_is_not_put_back(void **state)
{
	struct attr_ops k;
	struct bench b;

	(void)state;
	set_up(&b, FAULT_NONE, 0);
	for (size_t i = 0; i < b.k.n; i++) {
		strcpy(b.k.fn[i].override, PLAN_HOLD_DRIVER);
		b.k.fn[i].driver[0] = '\0';
	}
	claim(&b);
	assert_int_equal(b.card.state, CARD_HELD);
	k = fakekernel_ops(&b.k);
	bind_release(&k, &b.card);
	for (size_t i = 0; i < b.k.n; i++) {
		assert_string_equal(b.k.fn[i].override, "");
		assert_string_equal(b.k.fn[i].driver, b.k.fn[i].native);
	}
}

/* A bench that children share, and whose kernel says who wrote. */
struct shared_bench {
	struct bench b;
	struct attr_ops k;
	unsigned own; /* writes of this process itself */
	pid_t pid;
};

static int noted_write(void *ctx, const char *path, const char *text)
{
	struct shared_bench *s = ctx;

	s->own += getpid() == s->pid;
	return s->k.write(s->k.ctx, path, text);
}

static ssize_t passed_read(void *ctx, const char *path, char *buf, size_t size, off_t off)
{
	struct shared_bench *s = ctx;

	return s->k.read(s->k.ctx, path, buf, size, off);
}

static int passed_link(void *ctx, const char *path, char *buf, size_t size)
{
	struct shared_bench *s = ctx;

	return s->k.link(s->k.ctx, path, buf, size);
}

/* Any write can sleep for ever: claim makes all of them in children, also those that undo another.
 */
static void test_no_write_of_claims_own(void **state)
{
	struct shared_bench *s =
		mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const struct attr_ops k = {
		.read = passed_read, .write = noted_write, .link = passed_link, .ctx = s};
	unsigned left = 0;

	(void)state;
	assert_true(s != MAP_FAILED);
	for (unsigned at = 1; at <= WRITES_MAX; at++) {
		set_up(&s->b, FAULT_REFUSED, at);
		s->k = fakekernel_ops(&s->b.k);
		s->pid = getpid();
		claim_by(&s->b, &k, true);
		assert_int_equal(s->own, 0);
		if (s->b.card.state == CARD_LEFT) {
			assert_untouched(&s->b.k);
			left++;
		}
		if (s->b.k.writes < at)
			break;
	}
	assert_true(left > 0 && s->b.card.state == CARD_HELD);
	munmap(s, sizeof(*s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_fault),
		cmocka_unit_test(test_a_loaded_driver_cannot_slip_in),
		cmocka_unit_test(test_each_write_refused),
		cmocka_unit_test(test_each_write_failing_with_effect),
		cmocka_unit_test(test_death_in_handover),
		cmocka_unit_test(test_death_in_claim),
		cmocka_unit_test(test_no_iommu_is_reported),
		cmocka_unit_test(test_release_gives_the_card_back),
		cmocka_unit_test(test_one_budget_for_all_cards),
		cmocka_unit_test(test_every_function_is_tried),
		cmocka_unit_test(test_our_own_hold_is_not_put_back),
		cmocka_unit_test(test_no_write_of_claims_own),
	};

	return cmocka_run_group_tests_name("apply", tests, NULL, NULL);
}
