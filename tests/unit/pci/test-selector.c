// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pci/selector.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A small host: a graphics card with audio, an identical one, an NVMe, VMD's card, an iGPU. */
enum { GPU, AUDIO, TWIN, NVME, VMD_GPU, IGPU, N_FN };
static const struct pci_fn host[N_FN] = {
	[GPU] = {.addr = {0, 1, 0, 0},
		 .ids = {0x10de, 0x2204, 0x1462, 0x3889},
		 .class = 0x030000,
		 .path = "pci0000-uid0-01.0-00",
		 .serial = 0x48b02dfffe010203,
		 .slot = "2"},
	[AUDIO] = {.addr = {0, 1, 0, 1},
		   .ids = {0x10de, 0x1aef, 0x1462, 0x3889},
		   .class = 0x040300,
		   .path = "pci0000-uid0-01.0-00",
		   .slot = "2"},
	[TWIN] = {.addr = {0, 0xc1, 0, 0},
		  .ids = {0x10de, 0x2204, 0x1462, 0x3889},
		  .class = 0x030200,
		  .path = "pci0000-uid0-03.1-00",
		  .serial = 0x1455a1c93b2db048,
		  .slot = "PCIE_6:x16.A-1+"},
	[NVME] = {.addr = {0, 2, 0, 0}, .ids = {0x144d, 0xa808, 0, 0}, .class = 0x010802},
	[VMD_GPU] = {.addr = {0x10000, 1, 0, 0}, .ids = {0x10de, 0x2331, 0, 0}, .class = 0x030200},
	[IGPU] = {.addr = {0, 0, 2, 0},
		  .ids = {0x8086, 0x4680, 0, 0},
		  .class = 0x030000,
		  .boot_vga = true},
};

/* Of this host no function is below a bridge. */
static const struct pci_scan scan = {.n = 0};

#define B(x) (1u << (x))
#define ALL (B(N_FN) - 1)

static void selects(void **state)
{
	static const struct {
		const char *text;
		enum selector_kind kind;
		unsigned matches;
		bool one;
	} t[] = {
		{"nvidia", SELECT_NVIDIA, B(GPU) | B(TWIN) | B(VMD_GPU), false},
		{"boot-vga", SELECT_BOOT_VGA, B(IGPU), false},
		{"path:pci0000-uid0-01.0-00", SELECT_PATH, B(GPU) | B(AUDIO), true},
		{"path:pci0000-uid0-01.0-0", SELECT_PATH, 0, true},
		{"slot:2", SELECT_SLOT, B(GPU) | B(AUDIO), false},
		{"slot:02", SELECT_SLOT, 0, false},
		{"slot:PCIE_6:x16.A-1+", SELECT_SLOT, B(TWIN), false},
		{"slot:pcie_6:x16.a-1+", SELECT_SLOT, 0, false},
		{"serial:48-b0-2d-ff-fe-01-02-03", SELECT_SERIAL, B(GPU), true},
		{"serial:48-B0-2D-FF-fe-01-02-03", SELECT_SERIAL, B(GPU), true},
		{"serial:14-55-a1-c9-3b-2d-b0-48", SELECT_SERIAL, B(TWIN), true},
		{"serial:14-55-a1-c9-3b-2d-b0-49", SELECT_SERIAL, 0, true},
		/* lspci -s */
		{"0000:01:00.0", SELECT_ADDR, B(GPU), true},
		{"01:00.0", SELECT_ADDR, B(GPU) | B(VMD_GPU), true},
		{"1:0.0", SELECT_ADDR, B(GPU) | B(VMD_GPU), true},
		{"0:1:0.0", SELECT_ADDR, B(GPU), true},
		{"0000:01:00", SELECT_ADDR, B(GPU) | B(AUDIO), true},
		{"01:00", SELECT_ADDR, B(GPU) | B(AUDIO) | B(VMD_GPU), true},
		{"0001:00", SELECT_ADDR, B(GPU) | B(AUDIO) | B(VMD_GPU), true},
		{"01:", SELECT_ADDR, B(GPU) | B(AUDIO) | B(VMD_GPU), false},
		{"C1:*", SELECT_ADDR, B(TWIN), false},
		{"10000:01:00.0", SELECT_ADDR, B(VMD_GPU), true},
		{"10000::", SELECT_ADDR, B(VMD_GPU), false},
		{"10000:*:*", SELECT_ADDR, B(VMD_GPU), false},
		{"0000:*:*.*", SELECT_ADDR, ALL & ~B(VMD_GPU), false},
		{"02", SELECT_ADDR, B(IGPU), false},
		{"00.1", SELECT_ADDR, B(AUDIO), false},
		{".1", SELECT_ADDR, B(AUDIO), false},
		{"*.1", SELECT_ADDR, B(AUDIO), false},
		{"*:0.1", SELECT_ADDR, B(AUDIO), false},
		{"*", SELECT_ADDR, ALL, false},
		{"*:*", SELECT_ADDR, ALL, false},
		{"7fffffff:00:00.0", SELECT_ADDR, 0, true},
		{"ff:1f.7", SELECT_ADDR, 0, true},
		/* lspci -d */
		{"10de:2204", SELECT_IDS, B(GPU) | B(TWIN), false},
		{"10DE:1AEF", SELECT_IDS, B(AUDIO), false},
		{"10de:", SELECT_IDS, B(GPU) | B(AUDIO) | B(TWIN) | B(VMD_GPU), false},
		{"10de:*", SELECT_IDS, B(GPU) | B(AUDIO) | B(TWIN) | B(VMD_GPU), false},
		{":2204", SELECT_IDS, B(GPU) | B(TWIN), false},
		{"*:2204", SELECT_IDS, B(GPU) | B(TWIN), false},
		{"10de:2204:0300", SELECT_IDS, B(GPU), false},
		{"10de:2204:", SELECT_IDS, B(GPU) | B(TWIN), false},
		{"10de:2204:*", SELECT_IDS, B(GPU) | B(TWIN), false},
		{"10de::0302", SELECT_IDS, B(TWIN) | B(VMD_GPU), false},
		{"10de:*:03xx", SELECT_IDS, B(GPU) | B(TWIN) | B(VMD_GPU), false},
		{"10de:*:03X0", SELECT_IDS, B(GPU), false},
		{"::03xx", SELECT_IDS, B(GPU) | B(TWIN) | B(VMD_GPU) | B(IGPU), false},
		{"::xxxx", SELECT_IDS, ALL, false},
		{":::02", SELECT_IDS, B(NVME), false},
		{"::0108:02", SELECT_IDS, B(NVME), false},
		{"::0108:01", SELECT_IDS, 0, false},
		{"::108:02", SELECT_IDS, B(NVME), false},
		{"ffff:ffff:ffff:ff", SELECT_IDS, 0, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct selector s;
		const char *why = selector_parse(t[i].text, &s);

		if (why)
			fail_msg("'%s': %s", t[i].text, why);
		assert_int_equal(s.kind, t[i].kind);
		assert_string_equal(s.text, t[i].text);
		assert_int_equal(selector_names_one(&s), t[i].one);
		for (size_t f = 0; f < N_FN; f++)
			if (selector_matches(&s, &scan, &host[f]) != !!(t[i].matches & B(f)))
				fail_msg("'%s' and function %zu", t[i].text, f);
	}
}

static void refuses_and_touches_nothing(void **state)
{
	static const char *const t[] = {
		"",
		"none",
		"NVIDIA",
		"nvidia ",
		"nvidai",
		"boot_vga",
		"vga",
		"slot",
		/* names nothing */
		":",
		"::",
		":::",
		".",
		":.",
		"::.",
		/* either of two */
		"10de:*:*",
		"10de::",
		"0000:*:",
		"10de::*",
		/* neither */
		"10de:22",
		"10de:220",
		"10de:22040",
		"10de",
		"220",
		"20",
		"1:20",
		"100:0",
		"1:2:3:4:5",
		"10de:2204:03",
		"10de:2204:030000",
		"10de:2204:0300:100",
		"10de:2204:0300:x0",
		"10de:22xx",
		"::xxxxx:00",
		"10xx:2204",
		"10de:2204:03yx",
		"10dg:2204",
		"0x10de:2204",
		"-1:0.0",
		"01:00.8",
		"01:20.0",
		"100:00.0",
		"80000000:00:00.0",
		"100000000:00:00.0",
		"01:00.0.0",
		"01.00:0",
		"01:00.0:",
		"0000:01:00.0:",
		"0000:0000:01:00.0",
		"1:**",
		"**",
		"*1",
		"01:00.0\n",
		"01 :00.0",
		"gpu:01:00.0",
		"0000:01:00.O",
		/* paths */
		"path:",
		"path:PCI0000",
		"path:a/b",
		"path:a b",
		"path:*",
		"Path:a",
		/* slots */
		"slot:",
		"slot:*",
		"slot:a b",
		"slot:a/b",
		"slot:a\n",
		"slot:\xc3\xa4",
		"Slot:1",
		/* serial numbers */
		"serial:",
		"serial:*",
		"serial:48-b0-2d-ff-fe-01-02",
		"serial:48-b0-2d-ff-fe-01-02-03-04",
		"serial:48:b0:2d:ff:fe:01:02:03",
		"48-b0-2d-ff-fe-01-02-03",
		/* ... that many cards have */
		"serial:00-00-00-00-00-00-00-00",
		"serial:00-00-00-00-00-2d-b0-48",
		"serial:ff-ff-ff-ff-ff-ff-ff-ff",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct selector s = {.kind = SELECT_PATH, .text = "before"};

		if (!selector_parse(t[i], &s))
			fail_msg("'%s' is taken", t[i]);
		assert_string_equal(s.text, "before");
		assert_int_equal(s.kind, SELECT_PATH);
	}
}

/* A function's unknown slot, path or serial number matches no selector. */
static void what_is_unknown_matches_nothing(void **state)
{
	static const char *const t[] = {"path:a", "slot:a", "serial:48-b0-2d-ff-fe-01-02-03"};
	struct selector s;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_null(selector_parse(t[i], &s));
		assert_false(selector_matches(&s, &scan, &host[NVME]));
	}
}

/* A board with a switch of its own is in the slot of the switch; another slot is on the board. */
static void a_slot_holds_what_is_below_it(void **state)
{
	static struct pci_fn fn[] = {
		{.addr = {0, 1, 0, 0}, .class = 0x060400, .header_type = 1, .slot = "4"},
		{.addr = {0, 2, 0, 0}, .parent = {0, 1, 0, 0}, .has_parent = true, .slot = "4-1"},
		{.addr = {0, 2, 1, 0}, .parent = {0, 1, 0, 0}, .has_parent = true},
		{.addr = {0, 3, 0, 0}, .parent = {0, 9, 0, 0}, .has_parent = true},
		/* a tree that lies: no bridge has a higher number than what is below it */
		{.addr = {0, 4, 0, 0}, .parent = {0, 4, 0, 0}, .has_parent = true},
	};
	static const struct pci_scan s = {.fn = fn, .n = sizeof(fn) / sizeof(fn[0])};
	static const bool in_4[] = {true, true, true, false, false};
	struct selector four, inner;

	(void)state;
	assert_null(selector_parse("slot:4", &four));
	assert_null(selector_parse("slot:4-1", &inner));
	for (size_t i = 0; i < s.n; i++) {
		assert_int_equal(selector_matches(&four, &s, &fn[i]), in_4[i]);
		assert_int_equal(selector_matches(&inner, &s, &fn[i]), i == 1);
	}
}

/* Where two host bridges have one _UID, the name by it is that of a card below each. */
static void an_uncertain_path_matches_all_that_it_could_be(void **state)
{
	static struct pci_fn fn[] = {
		{.addr = {0, 3, 0, 0},
		 .class = 0x030000,
		 .path = "bus00-03",
		 .uid_path = "uid0-03"},
		{.addr = {0, 0x83, 0, 0},
		 .class = 0x030000,
		 .path = "bus80-03",
		 .uid_path = "uid0-03"},
	};
	static const struct pci_scan s = {.fn = fn, .n = 2};
	char why[SELECTOR_WHY_MAX];
	struct selector sel;
	struct pci_card c;

	(void)state;
	assert_null(selector_parse("path:uid0-03", &sel));
	assert_true(selector_matches(&sel, &s, &fn[0]) && selector_matches(&sel, &s, &fn[1]));
	assert_int_equal(selector_find_card(&s, "uid0-03", &c, why), -ENOTUNIQ);
	assert_int_equal(selector_find_card(&s, "bus80-03", &c, why), 0);
	assert_int_equal(c.addr.bus, 0x83);
}

static void a_virtual_function_is_no_card(void **state)
{
	static struct pci_fn fn[] = {
		{.addr = {0, 0x41, 0, 0}, .class = 0x030200},
		{.addr = {0, 0x41, 0, 4},
		 .class = 0x030200,
		 .is_vf = true,
		 .physfn = {0, 0x41, 0, 0}},
	};
	static const struct pci_scan s = {.fn = fn, .n = 1, .vf = fn + 1, .n_vf = 1};
	char why[SELECTOR_WHY_MAX];
	struct pci_card c;

	(void)state;
	assert_int_equal(selector_find_card(&s, "41:00", &c, why), 0);
	assert_int_equal(c.n, 1);
	assert_int_equal(selector_find_card(&s, "41:00.4", &c, why), -ENOENT);
	assert_non_null(strstr(why, "0000:41:00.4 is a virtual function of 0000:41:00.0"));
}

static void length_at_and_past_its_limit(void **state)
{
	char text[SELECTOR_TEXT_MAX + 1];
	struct selector s;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "path:", 5);
	text[SELECTOR_TEXT_MAX - 1] = '\0';
	assert_null(selector_parse(text, &s));
	assert_string_equal(s.text, text);
	text[SELECTOR_TEXT_MAX - 1] = 'a';
	text[SELECTOR_TEXT_MAX] = '\0';
	assert_non_null(selector_parse(text, &s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_holds_what_is_below_it),
		cmocka_unit_test(an_uncertain_path_matches_all_that_it_could_be),
		cmocka_unit_test(a_virtual_function_is_no_card),
		cmocka_unit_test(selects),
		cmocka_unit_test(refuses_and_touches_nothing),
		cmocka_unit_test(what_is_unknown_matches_nothing),
		cmocka_unit_test(length_at_and_past_its_limit),
	};

	return cmocka_run_group_tests_name("match", tests, NULL, NULL);
}
