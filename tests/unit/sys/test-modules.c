// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/modules.h"
#include "tempdir.h"

#include <stdio.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define DRIVERS "sys/bus/pci/drivers/"
#define ALIAS                                                                                      \
	"# Aliases extracted from modules themselves.\n"                                           \
	"alias pci:v000010DEd*sv*sd*bc03sc*i* nouveau\n"                                           \
	"alias vfio_pci:v000010DEd00002342sv*sd*bc*sc*i* nvgrace_gpu_vfio_pci\n"                   \
	"alias fs-ext4 ext4\n"                                                                     \
	"alias vfio_pci:v*d*sv*sd*bc*sc*i* vfio_pci"
#define DEP                                                                                        \
	"kernel/drivers/vfio/pci/vfio-pci-core.ko.xz: kernel/drivers/vfio/vfio.ko.xz\n"            \
	"kernel/drivers/vfio/pci/vfio-pci.ko.xz: kernel/drivers/vfio/pci/vfio-pci-core.ko.xz\n"

static const struct pci_fn grace = {.ids = {0x10de, 0x2342, 0, 0}, .class = 0x030200};
static const struct pci_fn other = {.ids = {0x10de, 0x2204, 0, 0}, .class = 0x030000};

static void put(int dir, const char *name, const char *text)
{
	char path[200];
	struct utsname u;

	assert_int_equal(uname(&u), 0);
	snprintf(path, sizeof(path), "lib/modules/%s/%s", u.release, name);
	tempdir_put_text(dir, path, text);
}

static void assert_driver(const struct root *root, const char *configured, const struct pci_fn *f,
			  const char *want)
{
	char driver[PCI_DRIVER_MAX] = "?";
	struct modules m;

	modules_read(root, &m);
	modules_driver(root, &m, configured, f, driver);
	assert_string_equal(driver, want);
	modules_free(&m);
}

static void assert_have(const struct root *root, const char *driver, bool want)
{
	struct modules m;

	modules_read(root, &m);
	assert_int_equal(modules_have(root, &m, driver), want);
	modules_free(&m);
}

static void variants(void **state)
{
	int dir = tempdir_open(*state);
	const struct root root = {.path = *state, .fd = dir};

	/* no modules at all */
	assert_driver(&root, "auto", &grace, "vfio-pci");
	assert_driver(&root, "pci-stub", &grace, "pci-stub");
	/* without modules.dep, modules.alias alone says what the kernel has */
	put(dir, "modules.alias", ALIAS);
	assert_driver(&root, "auto", &grace, "nvgrace_gpu_vfio_pci");
	assert_driver(&root, "auto", &other, "vfio-pci");
	assert_driver(&root, "vfio-pci", &grace, "vfio-pci");
	/* a module that is not there */
	put(dir, "modules.dep", "");
	assert_driver(&root, "auto", &grace, "vfio-pci");
	put(dir, "modules.dep", DEP);
	assert_driver(&root, "auto", &grace, "vfio-pci");
	/* built in, or loaded */
	tempdir_put_text(dir, DRIVERS "nvgrace_gpu_vfio_pci/bind", "");
	assert_driver(&root, "auto", &grace, "nvgrace_gpu_vfio_pci");
	close(dir);
}

static void variant_that_is_a_module(void **state)
{
	int dir = tempdir_open(*state);
	const struct root root = {.path = *state, .fd = dir};

	put(dir, "modules.alias", ALIAS);
	put(dir, "modules.dep",
	    DEP "kernel/drivers/vfio/pci/nvgrace-gpu/nvgrace-gpu-vfio-pci.ko.xz: "
		"kernel/drivers/vfio/pci/vfio-pci-core.ko.xz\n");
	assert_driver(&root, "auto", &grace, "nvgrace_gpu_vfio_pci");
	assert_driver(&root, "auto", &other, "vfio-pci");
	close(dir);
}

/* An unpacked bundle is another host's. */
static void release_of_the_root(void **state)
{
	int dir = tempdir_open(*state);
	const struct root root = {.path = *state, .fd = dir};
	char release[MODULES_RELEASE_MAX];
	struct utsname u;

	assert_int_equal(uname(&u), 0);
	modules_release(&root, release);
	assert_string_equal(release, u.release);
	tempdir_put_text(dir, "proc/sys/kernel/osrelease", "6.1.0-test\n");
	modules_release(&root, release);
	assert_string_equal(release, "6.1.0-test");
	tempdir_put_text(dir, "lib/modules/6.1.0-test/modules.dep", DEP);
	assert_have(&root, "vfio-pci", true);
	close(dir);
}

static void what_the_kernel_has(void **state)
{
	int dir = tempdir_open(*state);
	const struct root root = {.path = *state, .fd = dir};

	assert_have(&root, "vfio-pci", false);
	put(dir, "modules.dep", DEP);
	assert_have(&root, "vfio-pci", true);
	assert_have(&root, "vfio_pci", true);
	assert_have(&root, "vfio", true);
	assert_have(&root, "pci", false);
	assert_have(&root, "vfio-pc", false);
	assert_have(&root, "pci-stub", false);
	tempdir_put_text(dir, DRIVERS "pci-stub/bind", "");
	assert_have(&root, "pci_stub", true);
	close(dir);
}

static void names_of_drivers(void **state)
{
	int dir = tempdir_open(*state);
	const struct root root = {.path = *state, .fd = dir};
	char name[PCI_DRIVER_MAX] = "vfio_pci";

	assert_false(driver_find(&root, name, name));
	assert_string_equal(name, "vfio_pci");
	tempdir_put_text(dir, DRIVERS "vfio-pci/bind", "");
	tempdir_put_text(dir, DRIVERS "nvgrace_gpu_vfio_pci/bind", "");
	assert_true(driver_find(&root, name, name));
	assert_string_equal(name, "vfio-pci");
	assert_true(driver_find(&root, "nvgrace-gpu-vfio-pci", name));
	assert_string_equal(name, "nvgrace_gpu_vfio_pci");
	assert_false(driver_find(&root, "vfio", name));
	/* where both spellings exist, each is itself */
	tempdir_put_text(dir, DRIVERS "vfio_pci/bind", "");
	for (int i = 0; i < 2; i++) {
		const char *word = i ? "vfio-pci" : "vfio_pci";

		assert_true(driver_find(&root, word, name));
		assert_string_equal(name, word);
	}
	close(dir);
}

static void loading(void **state)
{
	int dir = tempdir_open(*state);
	const struct root root = {.path = *state, .fd = dir};

	driver_load(&root, "none"); /* no modprobe: nothing happens */
	tempdir_put_text(dir, "sbin/modprobe",
			 "#!/bin/sh\necho \"$*\" >\"${0%/sbin/modprobe}/asked\"\n");
	assert_int_equal(fchmodat(dir, "sbin/modprobe", 0755, 0), 0);
	driver_load(&root, "nvgrace_gpu_vfio_pci");
	assert_true(tempdir_is(dir, "asked", "-q nvgrace_gpu_vfio_pci\n"));
	close(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(variants, tempdir_make, tempdir_remove),
		cmocka_unit_test_setup_teardown(variant_that_is_a_module, tempdir_make,
						tempdir_remove),
		cmocka_unit_test_setup_teardown(release_of_the_root, tempdir_make, tempdir_remove),
		cmocka_unit_test_setup_teardown(what_the_kernel_has, tempdir_make, tempdir_remove),
		cmocka_unit_test_setup_teardown(names_of_drivers, tempdir_make, tempdir_remove),
		cmocka_unit_test_setup_teardown(loading, tempdir_make, tempdir_remove),
	};

	return cmocka_run_group_tests_name("modules", tests, NULL, NULL);
}
