// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/doctor-facts.h"
#include "tempdir.h"

#include <stdio.h>
#include <string.h>

#define CARD "sys/bus/pci/devices/0000:01:00.0"

static struct root root;
static struct doctor_facts f;
static struct pci_fn fn[] = {
	{.addr = {.bus = 1},
	 .ids = {.vendor = 0x10de, .device = 0x2204},
	 .class = 0x030000,
	 .iommu_group = 1,
	 .has_parent = true,
	 .parent = {.dev = 1}},
	{.addr = {.bus = 1, .dev = 1},
	 .ids = {.vendor = 0x144d, .device = 0xa808},
	 .class = 0x010802,
	 .iommu_group = 2,
	 .has_parent = true,
	 .parent = {.dev = 1}},
};

static int make_tree(void **state)
{
	assert_int_equal(tempdir_make(state), 0);
	assert_int_equal(root_open(*state, &root), 0);
	tempdir_shell(root.fd, "mkdir -p " CARD "/power proc run etc");
	return 0;
}

static int remove_tree(void **state)
{
	root_close(&root);
	return tempdir_remove(state);
}

/* What is gathered of the card now, with so many devices on its bus. */
static struct doctor_function *gather(size_t n)
{
	static struct host h; /* kilobytes */

	h = (struct host){.root = &root, .scan = {.fn = fn, .n = n}};
	config_default(&h.config);
	f = (struct doctor_facts){.other_root = true};
	doctor_gather_cards(&h, NULL, &f);
	assert_int_equal(f.n_cards, 1);
	assert_true(f.card[0].take);
	return &f.card[0].fn[0];
}

static void resets(void **state)
{
	(void)state;
	/* Not even power/control: these files are no sysfs. */
	assert_int_equal(gather(1)->resets, DOCTOR_UNKNOWN);
	tempdir_shell(root.fd, "echo auto >" CARD "/power/control");
	assert_int_equal(gather(1)->resets, DOCTOR_NO);
	/* Linux before 5.15. */
	tempdir_shell(root.fd, "touch " CARD "/reset");
	assert_int_equal(gather(1)->resets, DOCTOR_UNKNOWN);
	tempdir_shell(root.fd, "echo flr bus >" CARD "/reset_method");
	assert_int_equal(gather(1)->resets, DOCTOR_YES);
	assert_string_equal(f.card[0].fn[0].reset_method, "flr bus");
	tempdir_shell(root.fd, "echo >" CARD "/reset_method");
	assert_int_equal(gather(1)->resets, DOCTOR_NO);
	tempdir_shell(root.fd, ": >" CARD "/reset_method");
	assert_int_equal(gather(1)->resets, DOCTOR_NO);
}

static void bus(void **state)
{
	(void)state;
	(void)gather(1);
	assert_string_equal(f.card[0].bus_shared_with, "");
	assert_false(f.card[0].root_bus);
	(void)gather(2);
	assert_string_equal(f.card[0].bus_shared_with, "0000:01:01.0");
	fn[0].has_parent = false;
	(void)gather(1);
	assert_true(f.card[0].root_bus);
}

/* Lines of pci-sysfs.c's resource: start, end, flags. */
static void bars(void **state)
{
	(void)state;
	tempdir_shell(
		root.fd,
		"printf '0x%x 0x%x 0x%x\\n' 0xe0000000 0xe0ffffff 0x40200 0x4000000000 0x47ffffffff "
		"0x14220c 0 0 0 >" CARD "/resource");
	assert_int_equal(gather(1)->largest_bar, 32ull << 30);
	assert_int_equal(f.card[0].fn[0].bars_without_address, 0);
	assert_string_equal(f.card[0].fn[0].claim, "");
	tempdir_shell(
		root.fd,
		"printf '%s\\n' 'e0000000-e0ffffff : 0000:01:00.0' '  e0000000-e07fffff : BOOTFB' "
		">proc/iomem");
	assert_string_equal(gather(1)->claim, "BOOTFB");
	tempdir_shell(root.fd,
		      "printf '0x%x 0x%x 0x%x\\n' 0 0xffffff 0x20040200 >" CARD "/resource");
	assert_int_equal(gather(1)->bars_without_address, 1);
}

/* More cards than there is room for: counted. Asked for one, only that one is looked at. */
static void too_many_cards(void **state)
{
	static struct pci_fn many[DOCTOR_CARDS_MAX + 2];
	static struct host h; /* kilobytes */
	const struct doctor_only only = {{.bus = DOCTOR_CARDS_MAX + 2}, ""};

	(void)state;
	for (size_t i = 0; i < DOCTOR_CARDS_MAX + 2; i++) {
		many[i] = fn[0];
		many[i].addr.bus = (uint8_t)(i + 1);
	}
	h = (struct host){.root = &root, .scan = {.fn = many, .n = DOCTOR_CARDS_MAX + 2}};
	config_default(&h.config);
	f = (struct doctor_facts){.other_root = true};
	doctor_gather_cards(&h, NULL, &f);
	assert_int_equal(f.n_cards, DOCTOR_CARDS_MAX);
	assert_int_equal(f.lost_cards, 2);
	f = (struct doctor_facts){.other_root = true};
	doctor_gather_cards(&h, &only, &f);
	assert_int_equal(f.n_cards, 1);
	assert_int_equal(f.card[0].addr.bus, DOCTOR_CARDS_MAX + 2);
	assert_int_equal(f.lost_cards, 0);
}

static void too_many_recorded(void **state)
{
	static struct record_card card[DOCTOR_RECORDED_MAX + 3];
	static struct host h; /* kilobytes */
	const struct doctor_only only = {{.bus = 1}, "path-66"};

	(void)state;
	h = (struct host){.root = &root, .rec.cards = card};
	config_default(&h.config);
	for (size_t i = 0; i < DOCTOR_RECORDED_MAX + 3; i++) {
		card[i].next = i + 1 < DOCTOR_RECORDED_MAX + 3 ? &card[i + 1] : NULL;
		snprintf(card[i].path, sizeof(card[i].path), "path-%zu", i);
	}
	doctor_gather(&h, 0, NULL, &f);
	assert_int_equal(f.n_recorded, DOCTOR_RECORDED_MAX);
	assert_int_equal(f.lost_recorded, 3);
	doctor_gather(&h, 0, &only, &f);
	assert_int_equal(f.n_recorded, 1);
	assert_string_equal(f.recorded[0].path, "path-66");
	assert_int_equal(f.lost_recorded, 0);
}

/* Who has it open: on the running system alone. */
static void held(void **state)
{
	static struct host h; /* kilobytes */

	(void)state;
	tempdir_shell(root.fd, "mkdir -p proc/1234/fd; echo qemu-system-x86 >proc/1234/comm; "
			       "ln -s /dev/vfio/1 proc/1234/fd/9");
	strcpy(fn[0].driver, "vfio-pci");
	assert_string_equal(gather(1)->holder, "");
	h = (struct host){.root = &root, .scan = {.fn = fn, .n = 1}};
	config_default(&h.config);
	f = (struct doctor_facts){.other_root = false};
	doctor_gather_cards(&h, NULL, &f);
	assert_string_equal(f.card[0].fn[0].holder, "qemu-system-x86 (1234), /dev/vfio/1");
	tempdir_shell(root.fd, "ln -sf /dev/vfio/2 proc/1234/fd/9");
	doctor_gather_cards(&h, NULL, &f);
	assert_string_equal(f.card[1].fn[0].holder, "");
	fn[0].driver[0] = '\0';
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(resets),
						  cmocka_unit_test(bus),
						  cmocka_unit_test(bars),
						  cmocka_unit_test(too_many_cards),
						  cmocka_unit_test(too_many_recorded),
						  cmocka_unit_test(held)};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
