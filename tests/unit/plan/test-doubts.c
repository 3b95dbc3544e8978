// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/config-text.h"
#include "plan/doubts.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct pci_fn fn[] = {
	{.addr = {0, 1, 0, 0},
	 .ids = {0x10b5, 0x8747, 0, 0},
	 .class = 0x060400,
	 .header_type = 1,
	 .slot = "4"},
	{.addr = {0, 2, 0, 0}, .ids = {0x10de, 0x1e04, 0, 0}, .class = 0x030000},
	{.addr = {0, 2, 0, 1}, .ids = {0x10de, 0x10f7, 0, 0}, .class = 0x040300},
	{.addr = {8, 2, 0, 0}, .ids = {0x10de, 0x1e04, 0, 0}, .class = 0x030200},
	{.addr = {9, 3, 0, 0}, .ids = {0x144d, 0xa808, 0, 0}, .class = 0x010802},
	{.addr = {0, 2, 0, 4},
	 .ids = {0x10de, 0x1e04, 0, 0},
	 .class = 0x030200,
	 .is_vf = true,
	 .physfn = {0, 2, 0, 0}},
};
static const struct pci_scan scan = {.fn = fn, .n = 5, .vf = fn + 5, .n_vf = 1};

static void words_that_may_not_mean_what_was_meant(void **state)
{
	static const struct {
		const char *cmdline;
		const char *text[3];
	} t[] = {
		{"", {NULL}},
		/* for any host, and no doubt */
		{"gpurom.devices=nvidia,boot-vga", {NULL}},
		{"gpurom.devices=0000:02:00.0,10de:,0008:02:00", {NULL}},
		{"gpurom.devices=05:00,nvidia,path:x",
		 {"'05:00' matches nothing on this host", "'path:x' matches nothing on this host"}},
		{"gpurom.devices=02:00.4",
		 {"'02:00.4' matches only the virtual function 0000:02:00.4, 10de:1e04, class 030200: "
		  "gpurom never takes virtual functions"}},
		{"gpurom.devices=02:00",
		 {"'02:00' matches graphics cards in 2 PCI domains: write the domain too, as in "
		  "0000:02:00"}},
		/* one without a bus means many, and says so */
		{"gpurom.devices=00.0,*", {NULL}},
		/* of another domain only a disk is meant as well: no doubt */
		{"gpurom.devices=0000:02:00,03:00", {NULL}},
		{"gpurom.keep=10de:", {NULL}},
		{"gpurom.keep=boot-vga",
		 {"keep: 'boot-vga' keeps no graphics card: it matches nothing on this host"}},
		{"gpurom.keep=slot:4,0000:02:00.0",
		 {"keep: 'slot:4' keeps no graphics card: it matches 0000:01:00.0, 10b5:8747, class "
		  "060400"}},
		{"gpurom.keep=02:00.4,144d:,02:00",
		 {"keep: '02:00.4' keeps no graphics card: it matches the virtual function "
		  "0000:02:00.4, 10de:1e04, class 030200",
		  "keep: '144d:' keeps no graphics card: it matches 0009:03:00.0, 144d:a808, class "
		  "010802",
		  "'02:00' matches graphics cards in 2 PCI domains: write the domain too, as in "
		  "0000:02:00"}},
		/* its audio function alone keeps nothing */
		{"gpurom.keep=0000:02:00.1",
		 {"keep: '0000:02:00.1' keeps no graphics card: it matches 0000:02:00.1, 10de:10f7, "
		  "class 040300"}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct plan_doubt d[PLAN_DOUBTS_MAX];
		char text[PLAN_DOUBT_TEXT_MAX];
		struct complaints bad = {.n = 0};
		struct config c;
		size_t n, want = 0;

		config_default(&c);
		config_cmdline(&c, t[i].cmdline, true, &bad);
		assert_int_equal(bad.n, 0);
		n = plan_doubts(&c, &scan, d);
		while (want < COUNT(t[i].text) && t[i].text[want])
			want++;
		for (size_t k = 0; k < n && k < want; k++)
			assert_string_equal(plan_doubt_text(&d[k], text), t[i].text[k]);
		if (n != want)
			fail_msg("%s: %zu", t[i].cmdline, n);
	}
}

static void as_many_as_there_are_words(void **state)
{
	static struct config c;
	struct plan_doubt d[PLAN_DOUBTS_MAX];

	(void)state;
	config_default(&c);
	assert_null(selector_parse("path:x", &c.devices[0]));
	for (size_t i = 0; i < CONFIG_SELECTORS_MAX; i++)
		c.keep[i] = c.devices[i] = c.devices[0];
	c.n_keep = c.n_devices = CONFIG_SELECTORS_MAX;
	assert_int_equal(plan_doubts(&c, &scan, d), PLAN_DOUBTS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_that_may_not_mean_what_was_meant),
		cmocka_unit_test(as_many_as_there_are_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
