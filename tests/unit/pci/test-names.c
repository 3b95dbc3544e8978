// SPDX-License-Identifier: GPL-2.0-or-later
/* Names out of pci.ids. */
#include "pci/names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char text[] = "# 10de  a comment\n"
			   "\n"
			   "1000  Other\n"
			   "\t2204  Another vendor's\n"
			   "10de  NVIDIA Corporation\n"
			   "\t2204  GA102 [GeForce RTX 3090]\n"
			   "# \t2206  a comment\n"
			   "\t\t1462 3896  SUPRIM X\n"
			   "\t2206  GA102 [GeForce RTX 3080]\n"
			   "\t\t1462 3897  GAMING Z\n"
			   "\t2207  bad \x1b byte\n"
			   "C 03  Display controller\n"
			   "\t2208  a subclass";

static const char *find(const char *in, size_t n, struct pci_ids ids, char buf[PCI_NAME_MAX])
{
	/* Its own block: the sanitizer sees a byte read too many. */
	uint8_t *p = malloc(n ? n : 1);

	assert_non_null(p);
	memcpy(p, in, n);
	pci_names_find((struct bytes){p, n}, &ids, buf);
	free(p);
	return buf;
}

static void names(void **state)
{
	static const struct {
		struct pci_ids ids;
		const char *name;
	} cases[] = {
		{{0x10de, 0x2204, 0x1462, 0x3896}, "GA102 [GeForce RTX 3090], SUPRIM X"},
		{{0x10de, 0x2204, 0x1462, 0x3897}, "GA102 [GeForce RTX 3090]"}, /* 2206's */
		{{0x10de, 0x2204, 0, 0}, "GA102 [GeForce RTX 3090]"},
		{{0x10de, 0x2206, 0x1462, 0x3897}, "GA102 [GeForce RTX 3080], GAMING Z"},
		{{0x10de, 0x2207, 0, 0}, "bad ? byte"},
		{{0x10de, 0x2208, 0, 0}, ""}, /* of a class */
		{{0x1000, 0x2206, 0, 0}, ""},
		{{0x8086, 0x2204, 0, 0}, ""},
	};
	char buf[PCI_NAME_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_string_equal(find(text, sizeof(text) - 1, cases[i].ids, buf), cases[i].name);
}

static void a_text_that_ends_anywhere(void **state)
{
	char buf[PCI_NAME_MAX];

	(void)state;
	for (size_t n = 0; n < sizeof(text); n++) {
		const char *name =
			find(text, n, (struct pci_ids){0x10de, 0x2206, 0x1462, 0x3897}, buf);

		assert_memory_equal("GA102 [GeForce RTX 3080], GAMING Z", name, strlen(name));
	}
}

static void a_name_that_is_too_long(void **state)
{
	static const char head[] = "10de  N\n\t2204  ", board[] = "\n\t\t1462 3896  ";
	char in[1000], buf[PCI_NAME_MAX];
	size_t n = sizeof(head) - 1;

	(void)state;
	memset(in, 'x', sizeof(in));
	memcpy(in, head, n);
	memcpy(in + n + 190, board, sizeof(board) - 1);
	find(in, sizeof(in), (struct pci_ids){0x10de, 0x2204, 0x1462, 0x3896}, buf);
	assert_int_equal(strlen(buf), PCI_NAME_MAX - 1);
	assert_string_equal(buf + 188, "xx, xxxxxxx");
	memset(in + n, 'x', sizeof(in) - n);
	find(in, sizeof(in), (struct pci_ids){0x10de, 0x2204, 0, 0}, buf);
	assert_int_equal(strlen(buf), PCI_NAME_MAX - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(a_text_that_ends_anywhere),
		cmocka_unit_test(a_name_that_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
