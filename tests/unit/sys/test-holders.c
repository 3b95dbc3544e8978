// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sys/holders.h"
#include "tempdir.h"

#include <string.h>

#define FN "sys/bus/pci/devices/0000:01:00.0"

static struct root root;
static struct pci_fn fn;

/* A card with a DRM node and a sound card's, and behind it another function with one. */
static int make_tree(void **state)
{
	assert_int_equal(tempdir_make(state), 0);
	assert_int_equal(root_open(*state, &root), 0);
	tempdir_shell(root.fd,
		      "mkdir -p proc/1/fd proc/42/fd proc/self " FN "/drm/card1 " FN
		      "/sound/card0/controlC0 " FN "/0000:02:00.0/drm/card2; "
		      "echo DEVNAME=wrong >" FN "/uevent; "
		      "printf 'MAJOR=226\\nDEVNAME=dri/card1\\n' >" FN "/drm/card1/uevent; "
		      "echo DEVNAME=snd/controlC0 >" FN "/sound/card0/controlC0/uevent; "
		      "echo DEVNAME=dri/card2 >" FN "/0000:02:00.0/drm/card2/uevent; "
		      "echo init >proc/1/comm; echo Xorg >proc/42/comm");
	return 0;
}

static int remove_tree(void **state)
{
	root_close(&root);
	return tempdir_remove(state);
}

/* No process has anything open. */
static int reset(void **state)
{
	(void)state;
	tempdir_shell(root.fd, "rm -f proc/*/fd/*");
	fn = (struct pci_fn){.addr = {.bus = 1}, .iommu_group = 16};
	return 0;
}

static void expect(int pid, const char *comm, const char *node)
{
	struct holder h = {.pid = 0};

	assert_int_equal(holders_find(&root, &fn, &h), pid != 0);
	assert_int_equal(h.pid, pid);
	assert_string_equal(h.comm, comm);
	assert_string_equal(h.node, node);
	assert_int_equal(holders_search(&root, &fn, 5000, &h), pid != 0);
}

static void class_nodes(void **state)
{
	(void)state;
	expect(0, "", "");
	tempdir_shell(root.fd, "ln -s /dev/null proc/42/fd/0; ln -s /dev/dri/card1 proc/42/fd/7");
	expect(42, "Xorg", "/dev/dri/card1");
	tempdir_shell(root.fd, "rm proc/42/fd/7; ln -s /dev/snd/controlC0 proc/1/fd/3");
	expect(1, "init", "/dev/snd/controlC0");
	/* Another function's, what is no class device, and a name that only begins so. */
	tempdir_shell(
		root.fd,
		"rm proc/1/fd/3; ln -s /dev/dri/card2 proc/42/fd/1; ln -s /dev/wrong proc/42/fd/2; "
		"ln -s /dev/dri/card10 proc/42/fd/3; ln -s 'socket:[1]' proc/42/fd/4");
	expect(0, "", "");
}

static void vfio_group(void **state)
{
	(void)state;
	tempdir_shell(root.fd, "ln -s /dev/vfio/16 proc/42/fd/9");
	expect(0, "", ""); /* no vfio driver has the function: the group is another one's */
	strcpy(fn.driver, "vfio-pci");
	expect(42, "Xorg", "/dev/vfio/16");
	fn.iommu_group = 1;
	expect(0, "", "");
	fn.iommu_group = -1;
	expect(0, "", "");
}

static void nvidia(void **state)
{
	(void)state;
	tempdir_shell(
		root.fd,
		"mkdir -p proc/driver/nvidia/gpus/0000:01:00.0; printf 'Model: x\\nDevice Minor: \\t 3\\n' "
		">proc/driver/nvidia/gpus/0000:01:00.0/information; ln -s /dev/nvidia3 proc/42/fd/9");
	expect(0, "", "");
	strcpy(fn.driver, "nvidia");
	expect(42, "Xorg", "/dev/nvidia3");
}

/* A process may call itself anything. */
static void names(void **state)
{
	(void)state;
	tempdir_shell(root.fd,
		      "ln -s /dev/dri/card1 proc/42/fd/7; printf 'a\\033[2Jb\\n' >proc/42/comm");
	expect(42, "a?[2Jb", "/dev/dri/card1");
	tempdir_shell(root.fd, "rm proc/42/comm");
	expect(42, "", "/dev/dri/card1");
	tempdir_shell(root.fd, "echo Xorg >proc/42/comm");
}

static void vm_names(void **state)
{
	char vm[HOLDER_VM_MAX];

	(void)state;
	assert_string_equal(holder_vm(&root, 42, vm), "");
	tempdir_shell(root.fd,
		      "printf '%s\\0' qemu -name guest=win11,debug-threads=on -S >proc/42/cmdline");
	assert_string_equal(holder_vm(&root, 42, vm), "win11");
	tempdir_shell(root.fd, "printf '%s\\0' qemu -S -name web,process=x >proc/42/cmdline");
	assert_string_equal(holder_vm(&root, 42, vm), "web");
	tempdir_shell(root.fd, "printf '%s\\0' qemu -name >proc/42/cmdline");
	assert_string_equal(holder_vm(&root, 42, vm), "");
	tempdir_shell(root.fd, "printf '%s\\0' qemu -m 4G >proc/42/cmdline");
	assert_string_equal(holder_vm(&root, 42, vm), "");
	tempdir_shell(
		root.fd,
		"printf '%s\\0' qemu -name guest=$(printf %100s | tr ' ' x) >proc/42/cmdline");
	assert_int_equal(strlen(holder_vm(&root, 42, vm)), HOLDER_VM_MAX - 1);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(class_nodes, reset),
		cmocka_unit_test_setup(vfio_group, reset),
		cmocka_unit_test_setup(nvidia, reset),
		cmocka_unit_test_setup(names, reset),
		cmocka_unit_test_setup(vm_names, reset),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
