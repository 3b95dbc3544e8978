// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pci/addr.h"

#include <errno.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void parses_and_formats(void **state)
{
	static const struct {
		const char *text;
		struct pci_addr addr;
		const char *full, *card;
	} t[] = {
		{"0000:01:00.0", {0, 1, 0, 0}, "0000:01:00.0", "0000:01:00"},
		{"01:00.1", {0, 1, 0, 1}, "0000:01:00.1", "0000:01:00"},
		{"1:2.3", {0, 1, 2, 3}, "0000:01:02.3", "0000:01:02"},
		{"0:1:2.3", {0, 1, 2, 3}, "0000:01:02.3", "0000:01:02"},
		{"0000:FF:1f.7", {0, 0xff, 0x1f, 7}, "0000:ff:1f.7", "0000:ff:1f"},
		{"ffff:c1:00.0", {0xffff, 0xc1, 0, 0}, "ffff:c1:00.0", "ffff:c1:00"},
		{"10000:e1:00.0", {0x10000, 0xe1, 0, 0}, "10000:e1:00.0", "10000:e1:00"},
		{"ffffffff:ff:1f.7",
		 {0xffffffff, 0xff, 0x1f, 7},
		 "ffffffff:ff:1f.7",
		 "ffffffff:ff:1f"},
	};
	char buf[PCI_ADDR_BUF];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct pci_addr a = {9, 9, 9, 9};

		assert_int_equal(pci_addr_parse(t[i].text, &a), 0);
		assert_int_equal(pci_addr_cmp(a, t[i].addr), 0);
		assert_ptr_equal(pci_addr_format(a, buf), buf);
		assert_string_equal(buf, t[i].full);
		assert_string_equal(pci_addr_format_card(a, buf), t[i].card);
	}
}

static void refuses_and_touches_nothing(void **state)
{
	static const char *const t[] = {
		"",
		"0",
		":",
		"01:00",
		"0000:01:00",
		"01:00.",
		"01:00.8",
		"01:00.00",
		"01:20.0",
		"01:001.0",
		"100:00.0:",
		"001:00.0",
		"0000:100:00.0",
		"0000:001:0.0",
		"000000000:01:00.0",
		"100000000:1:0.0",
		" 01:00.0",
		"01:00.0 ",
		"01:00.0\n",
		"01:00.0x",
		"0x01:00.0",
		"+1:00.0",
		"-1:00.0",
		"01;00.0",
		"01:00:0",
		"0000.01:00.0",
		"0000:01.00.0",
		"0000::00.0",
		"::.",
		"g1:00.0",
		"1:0000:01:00.0",
		"*:00.0",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct pci_addr a = {7, 7, 7, 7};

		assert_int_equal(pci_addr_parse(t[i], &a), -EINVAL);
		assert_int_equal(pci_addr_cmp(a, (struct pci_addr){7, 7, 7, 7}), 0);
	}
}

/* A struct that a caller filled with nonsense must not overrun the buffer. */
static void format_stays_in_its_buffer(void **state)
{
	char buf[PCI_ADDR_BUF + 1];

	(void)state;
	memset(buf, '#', sizeof(buf));
	pci_addr_format((struct pci_addr){0xffffffff, 0xff, 0xff, 0xff}, buf);
	assert_string_equal(buf, "ffffffff:ff:1f.7");
	assert_int_equal(strlen(buf), PCI_ADDR_TEXT_MAX);
	assert_int_equal(buf[PCI_ADDR_BUF], '#');
}

static void orders_by_domain_bus_device_function(void **state)
{
	static const struct pci_addr t[] = {
		{0, 0, 0, 0}, {0, 0, 0, 7},    {0, 0, 1, 0}, {0, 0, 31, 7},
		{0, 1, 0, 0}, {0, 255, 31, 7}, {1, 0, 0, 0}, {0xffffffff, 0, 0, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		for (size_t j = 0; j < COUNT(t); j++) {
			int cmp = pci_addr_cmp(t[i], t[j]);

			assert_int_equal((cmp > 0) - (cmp < 0), (i > j) - (i < j));
		}
}

static void a_card_is_domain_bus_device(void **state)
{
	static const struct pci_addr a = {1, 2, 3, 4};

	(void)state;
	assert_true(pci_addr_same_card(a, (struct pci_addr){1, 2, 3, 0}));
	assert_false(pci_addr_same_card(a, (struct pci_addr){0, 2, 3, 4}));
	assert_false(pci_addr_same_card(a, (struct pci_addr){1, 1, 3, 4}));
	assert_false(pci_addr_same_card(a, (struct pci_addr){1, 2, 2, 4}));
}

static void hex_has_limits(void **state)
{
	static const struct {
		const char *text;
		size_t digits;
		uint32_t max;
		bool ok;
		uint32_t value;
		size_t used;
	} t[] = {
		{"1f", 2, 0x1f, true, 0x1f, 2},
		{"20", 2, 0x1f, false, 0, 0},
		{"001", 2, 0x1f, false, 0, 0},
		{"Ab:", 2, 0xff, true, 0xab, 2},
		{"ffffffff", 8, UINT32_MAX, true, UINT32_MAX, 8},
		{"fffffffff", 8, UINT32_MAX, false, 0, 0},
		{"", 8, UINT32_MAX, false, 0, 0},
		{"g", 8, UINT32_MAX, false, 0, 0},
		{"0", 1, 0, true, 0, 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const char *at = t[i].text;
		uint32_t v = 0x5555;

		assert_int_equal(pci_hex(&at, t[i].digits, t[i].max, &v), t[i].ok);
		assert_int_equal(v, t[i].ok ? t[i].value : 0x5555);
		assert_int_equal(at - t[i].text, t[i].used);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses_and_formats),
		cmocka_unit_test(refuses_and_touches_nothing),
		cmocka_unit_test(format_stays_in_its_buffer),
		cmocka_unit_test(orders_by_domain_bus_device_function),
		cmocka_unit_test(a_card_is_domain_bus_device),
		cmocka_unit_test(hex_has_limits),
	};

	return cmocka_run_group_tests_name("pciaddr", tests, NULL, NULL);
}
