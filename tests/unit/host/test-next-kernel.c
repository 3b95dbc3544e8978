// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/next-kernel.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE(name) ">sys/firmware/efi/efivars/" name "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"
#define SYSTEMD                                                                                    \
	"printf '\\6\\0\\0\\0s\\0y\\0s\\0t\\0e\\0m\\0d\\0-\\0b\\0o\\0o\\0t\\0 \\0' " VARIABLE(     \
		"LoaderInfo") "; "
#define GRUB "printf '\\6\\0\\0\\0G\\0R\\0U\\0B\\0 \\0002\\0' " VARIABLE("LoaderInfo") "; "
#define STUB "printf '\\6\\0\\0\\0x\\0' " VARIABLE("StubInfo") "; "
#define ENV "echo '# GRUB Environment Block'; echo "
#define GRUB_CFG                                                                                   \
	"mkdir -p boot/grub; echo 'load_env\nset default=\"${saved_entry}\"\nmenuentry x {\n"      \
	"linux /vmlinuz-6.1\n}\nmenuentry y {\nlinux /vmlinuz-6.2\n}' >boot/grub/grub.cfg; "       \
	"echo BOOT_IMAGE=/vmlinuz-6.1 ro >proc/cmdline; "
#define ENTRIES                                                                                    \
	"mkdir -p boot/efi/loader/entries; echo timeout 3 >boot/efi/loader/loader.conf; "          \
	"for v in 6.3 6.4; do printf 'version %s\\nlinux /m/%s/linux\\n' $v $v "                   \
	">boot/efi/loader/entries/m-$v.conf; mkdir -p boot/efi/m/$v; "                             \
	": >boot/efi/m/$v/linux; done; "

static char folder[] = "/tmp/next-kernel-XXXXXX";
static struct root root;

static int make_folder(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	return 0;
}

static int remove_folder(void **state)
{
	char line[256];

	(void)state;
	snprintf(line, sizeof(line), "rm -r %s", folder);
	return system(line);
}

/* What these commands make, in an empty folder. */
static void given(const char *commands)
{
	char line[4096];

	snprintf(line, sizeof(line),
		 "set -e; rm -rf %s; mkdir %s; cd %s; mkdir -p sys/firmware/efi/efivars proc; %s",
		 folder, folder, folder, commands);
	assert_int_equal(system(line), 0);
}

/* release NULL: not known. */
static void expect(const char *release, const char *by)
{
	struct next_kernel k;
	bool found;

	assert_int_equal(root_open(folder, &root), 0);
	found = next_kernel_find(&root, &k);
	root_close(&root);
	if (found != (release != NULL))
		fail_msg("%s", found ? k.release : "not known");
	if (found) {
		assert_string_equal(k.release, release);
		assert_string_equal(k.by, by);
	}
}

static void grub(void **state)
{
	(void)state;
	given(":");
	expect(NULL, "");
	given(GRUB_CFG);
	expect("6.1", "/boot/grub/grub.cfg");
	given(GRUB_CFG "{ " ENV "saved_entry=y; } >boot/grub/grubenv");
	expect("6.2", "/boot/grub/grub.cfg");
	given(GRUB_CFG "mv boot/grub boot/grub2; { " ENV "saved_entry=y; } >boot/grub2/grubenv");
	expect("6.2", "/boot/grub2/grub.cfg");
	/* The block of another folder is another one's. */
	given(GRUB_CFG "mkdir boot/grub2; { " ENV "saved_entry=y; } >boot/grub2/grubenv");
	expect("6.1", "/boot/grub/grub.cfg");
	given(GRUB_CFG
	      "printf '# GRUB Environment Block\\nsaved_entry=y\\n\\0' >boot/grub/grubenv");
	expect(NULL, "");
	/* Of two one is left over; a link is no second one. */
	given(GRUB_CFG "cp -r boot/grub boot/grub2");
	expect(NULL, "");
	given(GRUB_CFG "ln -s grub boot/grub2");
	expect("6.1", "/boot/grub/grub.cfg");
	/* These may say anything; so may a NUL. */
	given(GRUB_CFG ": >boot/grub/custom.cfg");
	expect(NULL, "");
	given(GRUB_CFG ": >boot/grub/user.cfg");
	expect(NULL, "");
	given(GRUB_CFG "printf '\\0' >>boot/grub/grub.cfg");
	expect(NULL, "");
	given(GRUB_CFG "sed -i s/6[.]1/../ boot/grub/grub.cfg");
	expect(NULL, "");
	/* On the EFI system partition: one that goes on with this one, and one that does not. */
	given(GRUB_CFG "mkdir -p boot/efi/EFI/debian; "
		       "echo 'configfile $prefix/grub.cfg' >boot/efi/EFI/debian/grub.cfg");
	expect("6.1", "/boot/grub/grub.cfg");
	given(GRUB_CFG "mkdir -p boot/efi/EFI/fedora; "
		       "cp boot/grub/grub.cfg boot/efi/EFI/fedora/grub.cfg");
	expect(NULL, "");
}

/* Entries of the Boot Loader Specification: GRUB reads those of /boot alone. */
static void grub_entries(void **state)
{
#define BLSCFG                                                                                     \
	"mkdir -p boot/grub2; echo 'load_env\nset default=\"${saved_entry}\"\nblscfg' "            \
	">boot/grub2/grub.cfg; echo BOOT_IMAGE=/vmlinuz >proc/cmdline; "
	(void)state;
	given(BLSCFG ENTRIES "rm boot/efi/loader/loader.conf");
	expect(NULL, "");
	given(BLSCFG ENTRIES "rm boot/efi/loader/loader.conf; mkdir -p boot/loader/entries; "
			     "echo linux /vmlinuz-6.0 >boot/loader/entries/m-6.0.conf");
	expect("6.0", "/boot/grub2/grub.cfg");
}

static void systemd_boot(void **state)
{
	(void)state;
	given(SYSTEMD ENTRIES);
	expect("6.4", "/boot/efi/loader/loader.conf");
	given(SYSTEMD ENTRIES "echo default m-6.3.conf >boot/efi/loader/loader.conf");
	expect("6.3", "/boot/efi/loader/loader.conf");
	given(SYSTEMD ENTRIES "mv boot/efi/* boot");
	expect("6.4", "/boot/loader/loader.conf");
	given(SYSTEMD ENTRIES "mkdir -p boot/efi/EFI/Linux; : >boot/efi/EFI/Linux/a.efi");
	expect(NULL, "");
	given(SYSTEMD ENTRIES "printf '\\7\\0\\0\\0m\\0-\\0006\\0.\\0003\\0*\\0\\0\\0' " VARIABLE(
		"LoaderEntryDefault"));
	expect("6.3", "the EFI variable LoaderEntryDefault");
	given(SYSTEMD ENTRIES "printf '\\7\\0\\0\\0m\\0' " VARIABLE("LoaderEntryPreferred"));
	expect(NULL, "");
	/* Its kernel has gone: systemd-boot does not show such an entry. */
	given(SYSTEMD ENTRIES "rm boot/efi/m/6.4/linux");
	expect(NULL, "");
	/* Entries of GRUB are left over in a /boot that systemd-boot may not see, or a loader.conf.
	 */
	given(SYSTEMD ENTRIES "mkdir -p boot/loader/entries; "
			      "echo linux /vmlinuz-7 >boot/loader/entries/m-7.conf; "
			      ": >boot/vmlinuz-7");
	expect(NULL, "");
	given(SYSTEMD ENTRIES "mkdir -p boot/loader; : >boot/loader/loader.conf");
	expect(NULL, "");
	/* The partition for kernels, and one that can be seen at two places. */
	given(SYSTEMD ENTRIES "mkdir boot/loader; mv boot/efi/m boot; "
			      "mv boot/efi/loader/entries boot/loader");
	expect("6.4", "/boot/efi/loader/loader.conf");
	given(SYSTEMD ENTRIES "ln -s boot/efi efi");
	expect("6.4", "/efi/loader/loader.conf");
	/* Without its name in LoaderInfo it has not booted this host. */
	given(ENTRIES);
	expect(NULL, "");
}

/* Both have left files: what booted this host decides, where it says so. */
static void both(void **state)
{
	(void)state;
	given(GRUB_CFG ENTRIES);
	expect(NULL, "");
	given(GRUB_CFG ENTRIES GRUB);
	expect("6.1", "/boot/grub/grub.cfg");
	given(GRUB_CFG ENTRIES SYSTEMD);
	expect("6.4", "/boot/efi/loader/loader.conf");
	given(GRUB_CFG ENTRIES "printf '\\6\\0\\0\\0x\\0' " VARIABLE("LoaderInfo"));
	expect(NULL, "");
}

/* UEFI firmware started the kernel itself: GRUB's files are left over. */
static void no_loader(void **state)
{
	(void)state;
	given(GRUB_CFG STUB);
	expect(NULL, "");
	given(ENTRIES STUB);
	expect(NULL, "");
	/* A boot loader started the unified kernel image. */
	given(GRUB_CFG STUB GRUB);
	expect("6.1", "/boot/grub/grub.cfg");
	given(ENTRIES STUB SYSTEMD);
	expect("6.4", "/boot/efi/loader/loader.conf");
	/* GRUB before 2.12 leaves no name, but tells the kernel its file. */
	given(GRUB_CFG "echo root=/dev/sda1 xBOOT_IMAGE=/vmlinuz >proc/cmdline");
	expect(NULL, "");
	given(GRUB_CFG "echo ro BOOT_IMAGE=/vmlinuz >proc/cmdline");
	expect("6.1", "/boot/grub/grub.cfg");
	given(GRUB_CFG "rm -r sys; echo ro >proc/cmdline");
	expect("6.1", "/boot/grub/grub.cfg");
}

static void proxmox(void **state)
{
	(void)state;
	given(GRUB_CFG "mkdir etc etc/kernel; echo AB-CD >etc/kernel/proxmox-boot-uuids");
	expect(NULL, "");
	given("mkdir etc etc/kernel; echo AB-CD >etc/kernel/proxmox-boot-uuids; "
	      "echo 6.5.13-1-pve >etc/kernel/proxmox-boot-pin");
	expect("6.5.13-1-pve", "/etc/kernel/proxmox-boot-pin");
	given("mkdir etc etc/kernel; echo AB-CD >etc/kernel/proxmox-boot-uuids; "
	      "echo 6.5.13-1-pve >etc/kernel/proxmox-boot-pin; echo 6.8.4-2-pve >etc/kernel/next-boot-pin");
	expect("6.8.4-2-pve", "/etc/kernel/next-boot-pin");
}

static void bundle(void **state)
{
	char text[NEXT_KERNEL_TEXT_MAX];

	(void)state;
	given(GRUB_CFG);
	assert_int_equal(root_open(folder, &root), 0);
	assert_int_equal(next_kernel_text(&root, text), strlen("6.1\n/boot/grub/grub.cfg\n"));
	root_close(&root);
	assert_string_equal(text, "6.1\n/boot/grub/grub.cfg\n");
	given(GRUB_CFG
	      "printf 'gpurom\\n00\\n2026\\n6.7\\n/etc/kernel/next-boot-pin\\n' >.gpurom-bundle");
	expect("6.7", "/etc/kernel/next-boot-pin");
	/* One that is older, and one of a host where it was not known. */
	given(GRUB_CFG "printf 'gpurom\\n00\\n2026\\n' >.gpurom-bundle");
	expect(NULL, "");
	given(GRUB_CFG "printf 'gpurom\\n00\\n2026\\n\\n\\n' >.gpurom-bundle");
	expect(NULL, "");
	given("printf 'gpurom\\n' >.gpurom-bundle");
	expect(NULL, "");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(grub),	     cmocka_unit_test(grub_entries),
		cmocka_unit_test(no_loader), cmocka_unit_test(systemd_boot),
		cmocka_unit_test(both),	     cmocka_unit_test(proxmox),
		cmocka_unit_test(bundle),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
