// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pci/serial.h"

#include <errno.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static void usable(void **state)
{
	static const struct {
		uint64_t serial;
		bool usable;
	} t[] = {
		{0, false},
		{~0ull, false},
		/* Only an OUI, at either end: GB10 has the first. */
		{0x00000000002db048, false},
		{0xffffffffff2db048, false},
		{0x48b02d0000000000, false},
		{0x48b02dffffffffff, false},
		/* One bit beside it is a number. */
		{0x00000000012db048, true},
		{0x80000000002db048, true},
		{0xfffffffffe2db048, true},
		{0x7fffffffff2db048, true},
		{0x48b02d0000000001, true},
		{0x48b02d8000000000, true},
		{0x48b02dfffffffffe, true},
		{0x48b02d7fffffffff, true},
		{0x48b02dfffe010203, true},
		{0x1455a1c93b2db048, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		if (pci_serial_usable(t[i].serial) != t[i].usable)
			fail_msg("%zu: %llx", i, (unsigned long long)t[i].serial);
}

static void there_and_back(void **state)
{
	static const struct {
		uint64_t serial;
		const char *text;
	} t[] = {
		{0, "00-00-00-00-00-00-00-00"},
		{~0ull, "ff-ff-ff-ff-ff-ff-ff-ff"},
		{0x48b02dfffe010203, "48-b0-2d-ff-fe-01-02-03"},
		{0x0123456789abcdef, "01-23-45-67-89-ab-cd-ef"},
	};
	char buf[PCI_SERIAL_BUF];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint64_t v = 1;

		assert_string_equal(pci_serial_format(t[i].serial, buf), t[i].text);
		assert_int_equal(strlen(buf), PCI_SERIAL_BUF - 1);
		assert_int_equal(pci_serial_parse(t[i].text, &v), 0);
		assert_true(v == t[i].serial);
	}
}

static void either_case_is_read(void **state)
{
	uint64_t v = 0;

	(void)state;
	assert_int_equal(pci_serial_parse("48-B0-2d-FF-fE-0a-0B-Cc", &v), 0);
	assert_true(v == 0x48b02dfffe0a0bcc);
}

static void refuses(void **state)
{
	static const char *const t[] = {
		"",
		"48",
		"48-b0-2d-ff-fe-01-02",
		"48-b0-2d-ff-fe-01-02-",
		"48-b0-2d-ff-fe-01-02-3",
		"48-b0-2d-ff-fe-01-02-03-",
		"48-b0-2d-ff-fe-01-02-03-04",
		"48-b0-2d-ff-fe-01-02-03 ",
		"48-b0-2d-ff-fe-01-02-030",
		" 48-b0-2d-ff-fe-01-02-03",
		"-48-b0-2d-ff-fe-01-02-03",
		"48:b0:2d:ff:fe:01:02:03",
		"48-b0-2d-ff-fe-01-02:03",
		"48b02dfffe010203",
		"48-b0-2d--ff-fe-01-02-03",
		"4-b0-2d-ff-fe-01-02-030",
		"48-b0-2d-ff-fg-01-02-03",
		"48-b0-2d-ff-+e-01-02-03",
		"0x-b0-2d-ff-fe-01-02-03",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint64_t v = 4711;

		if (pci_serial_parse(t[i], &v) != -EINVAL)
			fail_msg("'%s' is taken", t[i]);
		assert_true(v == 4711);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usable),
		cmocka_unit_test(there_and_back),
		cmocka_unit_test(either_case_is_read),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests_name("pciserial", tests, NULL, NULL);
}
