// SPDX-License-Identifier: GPL-2.0-or-later
/* Host devices that are functions of one card. */
#include "guard/card.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct vm d;

static void put(size_t i, struct pci_addr a, const char *alias)
{
	d.dev[i] = (struct vm_dev){.addr = a};
	strcpy(d.dev[i].alias, alias);
	d.n = i + 1;
}

static void functions_that_stand_apart(void **state)
{
	struct vm_card c;
	size_t at = 0;

	(void)state;
	put(0, (struct pci_addr){0, 1, 0, 0}, "");
	put(1, (struct pci_addr){0, 2, 0, 0}, "");
	put(2, (struct pci_addr){0, 1, 0, 1}, "");
	put(3, (struct pci_addr){1, 1, 0, 1}, "");
	assert_true(vm_card_next(&d, &at, &c));
	assert_int_equal(c.n, 2);
	assert_ptr_equal(c.dev[1], &d.dev[2]);
	assert_true(vm_card_next(&d, &at, &c));
	assert_int_equal(c.n, 1);
	assert_int_equal(c.addr.bus, 2);
	assert_true(vm_card_next(&d, &at, &c));
	assert_int_equal(c.addr.domain, 1);
	assert_false(vm_card_next(&d, &at, &c));
	d.n = 0;
	at = 0;
	assert_false(vm_card_next(&d, &at, &c));
}

static void as_many_as_there_may_be(void **state)
{
	struct vm_card c;
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < VM_DEVS_MAX; i++)
		put(i, (struct pci_addr){0, 1, 0, 0}, "");
	assert_true(vm_card_next(&d, &at, &c));
	assert_int_equal(c.n, VM_DEVS_MAX);
	assert_false(vm_card_next(&d, &at, &c));
}

static void tags(void **state)
{
	char id[CARD_ID_MAX] = "", other[CARD_ID_MAX] = "";
	struct vm_card c;
	size_t at = 0;

	(void)state;
	put(0, (struct pci_addr){0, 1, 0, 0}, "ua-mine");
	put(1, (struct pci_addr){0, 1, 0, 1}, "");
	assert_true(vm_card_next(&d, &at, &c));
	assert_int_equal(vm_card_tag(&c, id, other), VM_CARD_UNTAGGED);
	strcpy(d.dev[1].alias, "ua-gpurom-0123456789ab-1");
	assert_int_equal(vm_card_tag(&c, id, other), VM_CARD_TAGGED);
	assert_string_equal(id, "0123456789ab");
	strcpy(d.dev[0].alias, "ua-gpurom-0123456789ab-0");
	assert_int_equal(vm_card_tag(&c, id, other), VM_CARD_TAGGED);
	strcpy(d.dev[0].alias, "ua-gpurom-ba9876543210-0");
	assert_int_equal(vm_card_tag(&c, id, other), VM_CARD_TWO_TAGS);
	assert_string_equal(id, "ba9876543210");
	assert_string_equal(other, "0123456789ab");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(functions_that_stand_apart),
		cmocka_unit_test(as_many_as_there_may_be),
		cmocka_unit_test(tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
