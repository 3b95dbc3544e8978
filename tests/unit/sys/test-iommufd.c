// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/iommufd.h"
#include "tempdir.h"

#include <errno.h>
#include <unistd.h>

#define DEVICES "sys/bus/pci/devices/"

static const struct pci_fn fn[2] = {{.addr = {0, 1, 0, 0}}, {.addr = {0, 1, 0, 1}}};

static void whole_cards_alone(void **state)
{
	int dir = tempdir_open(*state);
	const struct root root = {.path = *state, .fd = dir};
	struct pci_addr without = {.bus = 0x77};

	tempdir_put_text(dir, DEVICES "0000:01:00.0/vfio-dev/vfio0/dev", "240:0\n");
	assert_int_equal(iommufd_check(&root, fn, 2, &without), -ENOSYS);
	assert_int_equal(without.bus, 0x77);
	tempdir_put_text(dir, "dev/iommu", "");
	assert_int_equal(iommufd_check(&root, fn, 1, &without), 0);
	assert_int_equal(without.bus, 0x77);
	assert_int_equal(iommufd_check(&root, fn, 2, &without), -ENODEV);
	assert_int_equal(pci_addr_cmp(without, fn[1].addr), 0);
	tempdir_put_text(dir, DEVICES "0000:01:00.1/vfio-dev/vfio1/dev", "240:1\n");
	assert_int_equal(iommufd_check(&root, fn, 2, &without), 0);
	close(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(whole_cards_alone, tempdir_make, tempdir_remove),
	};

	return cmocka_run_group_tests_name("iommufd", tests, NULL, NULL);
}
