// SPDX-License-Identifier: GPL-2.0-or-later
/* The sentences of the verdicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/identity-text.h"

#include <string.h>

#define HERE "pci0000-uid0-05.0-00"

static char text[IDENTITY_TEXT_MAX];

static void test_renumbered(void **state)
{
	(void)state;
	identitytext_renumbered((struct pci_addr){0, 7, 0, 0}, "2026-11-01", text);
	assert_string_equal(text, "it was 0000:07:00 until 2026-11-01");
}

static void test_moved(void **state)
{
	(void)state;
	identitytext_moved("a", "2026-11-01", true, text);
	assert_string_equal(text, "it was at a until 2026-11-01: its serial number says so");
	identitytext_moved("a", "", false, text);
	assert_string_equal(
		text, "it was at a until an unknown time: it is the only card that it can be");
}

static void test_replaced(void **state)
{
	(void)state;
	identitytext_replaced(&(struct pci_ids){.vendor = 0x10de, .device = 0x1e07}, "", text);
	assert_string_equal(text, "another card was here before, 10de:1e07, until an unknown "
				  "time: its ROM is not this one's");
}

static void test_swapped(void **state)
{
	const char maybe[][PCI_PATH_MAX] = {"a", HERE};

	(void)state;
	identitytext_ambiguous(HERE, maybe, 2, false, text);
	assert_string_equal(text,
			    "has the ROM that the card of a had: swapped? 'gpurom remap a " HERE
			    "' if so, else 'gpurom remap " HERE " " HERE "'");
}

static void test_one_of_several(void **state)
{
	const char maybe[][PCI_PATH_MAX] = {"a", "b"};

	(void)state;
	identitytext_ambiguous(HERE, maybe, 1, false, text);
	assert_string_equal(text, "may be the card of a: 'gpurom remap a " HERE "' settles it");
	identitytext_ambiguous(HERE, maybe, 2, true, text);
	assert_string_equal(text,
			    "every card has a new path (new firmware?): may be the card of one of "
			    "a, b: 'gpurom remap OLD " HERE "' settles it");
}

static void fill(char maybe[IDENTITY_MAYBE_MAX][PCI_PATH_MAX], size_t len)
{
	for (size_t i = 0; i < IDENTITY_MAYBE_MAX; i++) {
		memset(maybe[i], 'a' + (int)i, len);
		maybe[i][len] = '\0';
	}
}

/* Eight cards behind two switches each, and new firmware: the names would take all of the room. */
static void test_the_cure_is_never_cut(void **state)
{
	static const char cure[] = " and others: 'gpurom remap OLD " HERE "' settles it";
	char maybe[IDENTITY_MAYBE_MAX][PCI_PATH_MAX];

	(void)state;
	for (size_t len = 1; len < PCI_PATH_MAX; len++) {
		fill(maybe, len);
		identitytext_ambiguous(HERE, maybe, IDENTITY_MAYBE_MAX, true, text);
		const char *end = strstr(text, ": 'gpurom remap");

		assert_non_null(end);
		assert_string_equal(end, strstr(cure, ": "));
		assert_non_null(strstr(text, maybe[0]));
		bool all = strstr(text, maybe[IDENTITY_MAYBE_MAX - 1]) != NULL;

		assert_true(all == (strstr(text, cure) == NULL));
		assert_true(all || len > 40);
	}
}

static void test_too_long_is_cut(void **state)
{
	char maybe[IDENTITY_MAYBE_MAX][PCI_PATH_MAX];

	(void)state;
	fill(maybe, PCI_PATH_MAX - 1);
	identitytext_ambiguous(maybe[1], maybe, 1, true, text);
	assert_int_equal(strlen(text), IDENTITY_TEXT_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_renumbered),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_swapped),
		cmocka_unit_test(test_one_of_several),
		cmocka_unit_test(test_the_cure_is_never_cut),
		cmocka_unit_test(test_too_long_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
