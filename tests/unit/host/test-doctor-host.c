// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/doctor-facts.h"
#include "tempdir.h"

#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define EFIVAR "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"

static struct root root;
static struct doctor_facts f;

static int make_tree(void **state)
{
	assert_int_equal(tempdir_make(state), 0);
	assert_int_equal(root_open(*state, &root), 0);
	tempdir_shell(
		root.fd,
		"mkdir -p sys/firmware/efi/efivars sys/kernel/security sys/kernel/iommu_groups "
		"sys/fs/selinux sys/module/apparmor/parameters proc run dev "
		"etc/apparmor.d/abstractions/libvirt-qemu.d");
	return 0;
}

static int remove_tree(void **state)
{
	root_close(&root);
	return tempdir_remove(state);
}

static const struct doctor_facts *gather(void)
{
	static struct host h; /* kilobytes */

	h = (struct host){.root = &root};
	config_default(&h.config);
	f = (struct doctor_facts){.n_cards = 0};
	doctor_gather_host(&h, &f);
	return &f;
}

static void secure_boot(void **state)
{
	(void)state;
	assert_int_equal(gather()->secure_boot, DOCTOR_UNKNOWN);
	tempdir_shell(root.fd, "printf '\\6\\0\\0\\0\\1' >" EFIVAR);
	assert_int_equal(gather()->secure_boot, DOCTOR_YES);
	tempdir_shell(root.fd, "printf '\\6\\0\\0\\0\\0' >" EFIVAR);
	assert_int_equal(gather()->secure_boot, DOCTOR_NO);
	tempdir_shell(root.fd,
		      "echo 'none [integrity] confidentiality' >sys/kernel/security/lockdown");
	assert_string_equal(gather()->lockdown, "integrity");
	tempdir_shell(root.fd,
		      "echo '[none] integrity confidentiality' >sys/kernel/security/lockdown");
	assert_string_equal(gather()->lockdown, "none");
}

static void apparmor(void **state)
{
	(void)state;
	assert_int_equal(gather()->apparmor, DOCTOR_NO);
	tempdir_shell(root.fd, "echo Y >sys/module/apparmor/parameters/enabled; "
			       "echo x >etc/apparmor.d/abstractions/libvirt-qemu");
	assert_int_equal(gather()->apparmor, DOCTOR_YES);
	assert_int_equal(f.apparmor_rule, DOCTOR_NO);
	tempdir_shell(root.fd, ": >etc/apparmor.d/abstractions/libvirt-qemu.d/gpurom");
	assert_int_equal(gather()->apparmor_rule, DOCTOR_NO); /* the profile does not read it */
	tempdir_shell(root.fd, "echo 'include if exists <abstractions/libvirt-qemu.d>' "
			       ">etc/apparmor.d/abstractions/libvirt-qemu");
	assert_int_equal(gather()->apparmor_rule, DOCTOR_YES);
	tempdir_shell(root.fd, "echo N >sys/module/apparmor/parameters/enabled");
	assert_int_equal(gather()->apparmor, DOCTOR_NO);
}

static void selinux(void **state)
{
	(void)state;
	assert_int_equal(gather()->selinux, DOCTOR_NO);
	tempdir_shell(root.fd, "printf 1 >sys/fs/selinux/enforce");
	assert_int_equal(gather()->selinux, DOCTOR_YES);
	tempdir_shell(root.fd, "printf 0 >sys/fs/selinux/enforce");
	assert_int_equal(gather()->selinux, DOCTOR_NO);
}

static void iommu(void **state)
{
	(void)state;
	assert_int_equal(gather()->iommu, DOCTOR_NO);
	assert_int_equal(f.remapping, DOCTOR_UNKNOWN);
	tempdir_shell(root.fd,
		      "mkdir sys/kernel/iommu_groups/0; echo ' 0: 3 IR-IO-APIC 2-edge timer' "
		      ">proc/interrupts");
	assert_int_equal(gather()->iommu, DOCTOR_YES);
	assert_int_equal(f.remapping, DOCTOR_YES);
	tempdir_shell(root.fd, "echo ' 0: 3 IO-APIC 2-edge timer' >proc/interrupts");
	assert_int_equal(gather()->remapping, DOCTOR_NO);
}

static void memlock(void **state)
{
	(void)state;
	/* Below another root it is another machine's. */
	assert_int_equal(gather()->memlock_free, DOCTOR_UNKNOWN);
}

#define NOBODY 65534

/* In a child, which is not root, and whose limit is this: memlock_free, opens_vfio and the MiB, as
 * the digits of a number. */
static int limited(rlim_t bytes)
{
	const struct rlimit limit = {bytes, bytes};
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		root.path = "/"; /* its files are this folder's all the same */
		if (setrlimit(RLIMIT_MEMLOCK, &limit) < 0 ||
		    (geteuid() == 0 && (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)))
			_exit(250);
		(void)gather();
		_exit((int)f.memlock_free * 100 + f.opens_vfio * 10 +
		      (f.memlock_free == DOCTOR_NO ? (int)(f.memlock >> 20) : 0));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void memlock_of_a_user(void **state)
{
	(void)state;
	tempdir_shell(root.fd, "chmod 755 .; mkdir dev/vfio; : >dev/vfio/vfio; : >dev/vfio/16; "
			       "chmod 666 dev/vfio/vfio; chmod 0 dev/vfio/16");
	/* vfio itself is for everybody, and opens no card. */
	assert_int_equal(limited(8 << 20), DOCTOR_NO * 100 + 8);
	assert_int_equal(limited(0), DOCTOR_NO * 100);
	tempdir_shell(root.fd, "chmod 666 dev/vfio/16");
	assert_int_equal(limited(8 << 20), DOCTOR_NO * 100 + 10 + 8);
	tempdir_shell(root.fd, "chmod 444 dev/vfio/16"); /* to read is not enough */
	assert_int_equal(limited(8 << 20), DOCTOR_NO * 100 + 8);
	tempdir_shell(root.fd, "rm -r dev/vfio");
	assert_int_equal(limited(8 << 20), DOCTOR_NO * 100 + 8);
}

static rlim_t own_limit(void)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_MEMLOCK, &limit), 0);
	return limit.rlim_cur;
}

static void memlock_of_root(void **state)
{
	root.path = "/";
	/* Root's CAP_IPC_LOCK counts, not the limit; so does a limit that is none. */
	assert_int_equal(gather()->memlock_free,
			 geteuid() == 0 || RLIM_INFINITY == own_limit() ? DOCTOR_YES : DOCTOR_NO);
	root.path = *state;
}

static void too_many_kernels(void **state)
{
	static struct host h; /* kilobytes */

	(void)state;
	tempdir_shell(root.fd, "for i in $(seq 1 34); do mkdir -p lib/modules/6.$i/kernel; done; "
			       "mkdir lib/modules/no-kernel");
	h = (struct host){.root = &root};
	config_default(&h.config);
	f = (struct doctor_facts){.n_cards = 0};
	doctor_gather_kernels(&h, &f);
	assert_int_equal(f.n_kernels, DOCTOR_KERNELS_MAX);
	assert_int_equal(f.lost_kernels, 34 - DOCTOR_KERNELS_MAX);
	tempdir_shell(root.fd, "rm -r lib/modules/6.3[0-9]");
	f = (struct doctor_facts){.n_cards = 0};
	doctor_gather_kernels(&h, &f);
	assert_int_equal(f.n_kernels, 29);
	assert_int_equal(f.lost_kernels, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(secure_boot),	   cmocka_unit_test(apparmor),
		cmocka_unit_test(selinux),	   cmocka_unit_test(iommu),
		cmocka_unit_test(memlock),	   cmocka_unit_test(memlock_of_a_user),
		cmocka_unit_test(memlock_of_root), cmocka_unit_test(too_many_kernels),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
