// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pci/card.h"

#include <string.h>

/* A physical function with virtual ones at its own device number, at the next, and on the next bus;
 * another card between them. */
static struct pci_fn fn[] = {
	{.addr = {0, 0x41, 0, 0}, .class = 0x030200, .path = "pf"},
	{.addr = {0, 0x42, 0, 0}, .class = 0x030200, .path = "other"},
	{.addr = {0, 0x41, 0, 4},
	 .class = 0x030200,
	 .is_vf = true,
	 .physfn = {0, 0x41, 0, 0},
	 .driver = "nvidia"},
	{.addr = {0, 0x41, 1, 0},
	 .class = 0x030200,
	 .is_vf = true,
	 .physfn = {0, 0x41, 0, 0},
	 .driver = "nvidia-vgpu-vfio"},
	{.addr = {0, 0x42, 0, 1},
	 .class = 0x030200,
	 .is_vf = true,
	 .physfn = {0, 0x41, 0, 0},
	 .driver = "vfio-pci"},
};
static const struct pci_scan scan = {.fn = fn, .n = 2, .vf = fn + 2, .n_vf = 3};

static void virtual_functions_are_counted_and_no_part_of_a_card(void **state)
{
	struct pci_card c;
	size_t at = 0;

	(void)state;
	assert_true(pci_card_next(&scan, &at, &c));
	assert_int_equal(c.n, 1);
	assert_int_equal(pci_card_vfs(&scan, &c).n, 3);
	assert_int_equal(pci_card_vfs(&scan, &c).in_use, 2);
	assert_true(pci_card_next(&scan, &at, &c));
	assert_int_equal(c.n, 1);
	assert_int_equal(pci_card_vfs(&scan, &c).n, 0);
	assert_false(pci_card_next(&scan, &at, &c));
}

static void finds_a_function_by_its_address(void **state)
{
	const struct pci_scan none = {.n = 0};

	(void)state;
	for (size_t i = 0; i < sizeof(fn) / sizeof(fn[0]); i++)
		assert_ptr_equal(pci_scan_find(&scan, fn[i].addr), &fn[i]);
	assert_null(pci_scan_find(&scan, (struct pci_addr){0, 0x41, 0, 1}));
	assert_null(pci_scan_find(&none, fn[0].addr));
}

static void class_alone_makes_no_nvswitch(void **state)
{
	struct pci_fn f = {.ids = {PCI_VENDOR_NVIDIA, 0x22a3, 0, 0}, .class = 0x068000};

	(void)state;
	assert_true(pci_fn_is_nvswitch(&f));
	f.ids.device = 0x03ef; /* a network controller of NVIDIA's chipset, of this class as well */
	assert_false(pci_fn_is_nvswitch(&f));
	f.ids = (struct pci_ids){0x8086, 0x22a3, 0, 0};
	assert_false(pci_fn_is_nvswitch(&f));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(virtual_functions_are_counted_and_no_part_of_a_card),
		cmocka_unit_test(finds_a_function_by_its_address),
		cmocka_unit_test(class_alone_makes_no_nvswitch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
