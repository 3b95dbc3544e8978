// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/vfio-ids.h"

static const struct pci_fn gpu = {.ids = {0x10de, 0x2204, 0x1462, 0x3880}, .class = 0x030000};

static void match(void **state)
{
	static const struct {
		const char *ids;
		bool yes;
	} t[] = {
		{"10de:2204", true},
		{"10DE:2204", true},
		{"0x10de:0x2204", true},
		{"10de:2206", false},
		{"1002:2204", false},
		{"", false},
		{",", false},
		{"10de", false},
		{"10de:", false},
		{":2204", false},
		{"10de:2204,", true},
		{"1:2,10de:2204", true},
		{"1:2,,10de:2204,3:4", true},
		{"1:2,10de:2206", false},
		{"10de:ffffffff", true},
		{"ffffffff:ffffffff", true},
		{"10de:2204:1462:3880", true},
		{"10de:2204:1462:3881", false},
		{"10de:2204:1463", false},
		{"10de:2204:ffffffff:3880", true},
		{"10de:ffffffff:ffffffff:ffffffff:030000:ffff00", true},
		{"10de:ffffffff:ffffffff:ffffffff:040300:ffff00", false},
		{"10de:ffffffff:ffffffff:ffffffff:030000", true}, /* without a mask any class */
		{"10de:2204:1462:3880:030000:ffffff:7", true},	  /* what follows is not read */
		/* As scanf stops: what was read before counts. */
		{"10de:2204xyz", true},
		{"10de:2204 1:2", true},
		{"10de:2204:g", true},
		{"10de;2204", false},
		{"g0de:2204", false},
		{"0x:2204", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		if (vfioids_match(t[i].ids, &gpu) != t[i].yes)
			fail_msg("%s", t[i].ids);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(match)};

	return cmocka_run_group_tests_name("vfioids", tests, NULL, NULL);
}
