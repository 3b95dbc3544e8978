// SPDX-License-Identifier: GPL-2.0-or-later
/* pci/selector.h promises the numbers of lspci -s and -d: compares it with lspci's own parser. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pci/selector.h"

#include <pci/pci.h>

#include <stdio.h>
#include <string.h>

#define ROUNDS 300000
#define TEXT_MAX 40

static uint32_t seed = 1;

static size_t roll(size_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 12) % n;
}

/* Words near the grammar: fields of all lengths, joined by what joins fields. */
static void make_word(char *to)
{
	static const char *const fields[] = {"",     "*",    "0",   "1",     "1f",	 "20",
					     "01",   "ff",   "100", "10de",  "2204",	 "0000",
					     "03xx", "0300", "X0",  "10000", "7fffffff", "7",
					     "8",    "g",    "0001"};
	static const char *const joints[] = {":", ":", ":", ".", ".", "::"};
	size_t n = 1 + roll(4);

	*to = '\0';
	for (size_t i = 0; i < n; i++) {
		if (i)
			strcat(to, joints[roll(sizeof(joints) / sizeof(joints[0]))]);
		strcat(to, fields[roll(sizeof(fields) / sizeof(fields[0]))]);
	}
}

static const char *lspci_parse(struct pci_access *a, bool ids, const char *text,
			       struct pci_filter *ret)
{
	char copy[128];

	snprintf(copy, sizeof(copy), "%s", text);
	pci_filter_init(a, ret);
	return ids ? pci_filter_parse_id(ret, copy) : pci_filter_parse_slot(ret, copy);
}

static void same_as_lspci(void **state)
{
	struct pci_access *a = pci_alloc();
	size_t addresses = 0, ids = 0, refused = 0;
	char text[128];

	(void)state;
	for (size_t i = 0; i < ROUNDS; i++) {
		struct pci_filter f;
		struct selector s;

		make_word(text);
		if (selector_parse(text, &s)) {
			refused++;
			continue;
		}
		if (lspci_parse(a, s.kind == SELECT_IDS, text, &f))
			fail_msg("'%s': lspci refuses it", text);
		if (s.kind == SELECT_ADDR) {
			addresses++;
			if (s.domain != f.domain || s.bus != f.bus || s.dev != f.slot ||
			    s.fn != f.func)
				fail_msg("'%s': lspci means another address", text);
		} else {
			ids++;
			if (s.vendor != f.vendor || s.device != f.device ||
			    s.class != f.device_class || s.prog_if != f.prog_if ||
			    (s.class_mask & 0xffff) != (f.device_class_mask & 0xffff))
				fail_msg("'%s': lspci means other ids", text);
		}
	}
	pci_cleanup(a);
	assert_true(addresses > ROUNDS / 50 && ids > ROUNDS / 50 && refused > ROUNDS / 50);
}

/* Addresses as lspci prints them, and ids in full, are accepted. */
static void nothing_that_lspci_prints_is_refused(void **state)
{
	struct pci_access *a = pci_alloc();
	struct selector s;
	struct pci_filter f;
	char text[TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		unsigned domain = (unsigned)roll(0x20000), bus = (unsigned)roll(256);

		snprintf(text, sizeof(text), "%04x:%02x:%02x.%x", domain, bus, (unsigned)roll(32),
			 (unsigned)roll(8));
		for (const char *p = text; p; p = p == text ? strchr(text, ':') + 1 : NULL) {
			assert_null(selector_parse(p, &s));
			assert_int_equal(s.kind, SELECT_ADDR);
			assert_null(lspci_parse(a, false, p, &f));
			assert_int_equal(s.bus, f.bus);
		}
		snprintf(text, sizeof(text), "%04x:%04x:%04x", (unsigned)roll(0x10000),
			 (unsigned)roll(0x10000), (unsigned)roll(0x10000));
		assert_null(selector_parse(text, &s));
		assert_int_equal(s.kind, SELECT_IDS);
		text[9] = '\0';
		assert_null(selector_parse(text, &s));
		assert_int_equal(s.kind, SELECT_IDS);
	}
	pci_cleanup(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_as_lspci),
		cmocka_unit_test(nothing_that_lspci_prints_is_refused),
	};

	return cmocka_run_group_tests_name("lspci", tests, NULL, NULL);
}
