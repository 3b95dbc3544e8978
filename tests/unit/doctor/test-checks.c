// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "doctor/checks.h"
#include "doctor/claims.h"
#include "pci/group.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* One of everything, and all of it right. */
static struct doctor_facts f;

static int reset(void **state)
{
	(void)state;
	f = (struct doctor_facts){
		.root_user = true,
		.reads_roms = DOCTOR_YES,
		.iommu = DOCTOR_YES,
		.remapping = DOCTOR_YES,
		.memlock_free = DOCTOR_YES,
		.secure_boot = DOCTOR_NO,
		.lockdown = "none",
		.apparmor = DOCTOR_YES,
		.apparmor_rule = DOCTOR_YES,
		.selinux = DOCTOR_YES,
		.image_cure = "update-initramfs -u -k all",
		.n_cards = 1,
		.n_kernels = 1,
		.n_recorded = 1,
		.n_vms = 1,
		.n_mappings = 1,
		.card[0] = {.addr = {.bus = 1},
			    .path = "pci0000-uid0-01.1-00",
			    .take = true,
			    .rom_bar = true,
			    .why = "selected",
			    .group = 1,
			    .n = 2,
			    .rom = DOCTOR_ROM_WHOLE,
			    .rom_pinned = "aa",
			    .rom_flash = "aa",
			    .romfile = "/s/by-path/x.rom",
			    .selinux = "system_u:object_r:virt_content_t:s0"},
		.kernel[0] = {.release = "6.1",
			      .running = true,
			      .newest = true,
			      .has_vfio = true,
			      .image = DOCTOR_IMAGE_CURRENT},
		.recorded[0] = {.path = "pci0000-uid0-01.1-00",
				.identity = IDENTITY_SAME,
				.present = true},
		.vm[0] = {.name = "win", .state = DOCTOR_VM_RIGHT},
		.mapping[0] = {.name = "gpu", .line = 2},
	};
	for (uint8_t k = 0; k < 2; k++)
		f.card[0].fn[k] = (struct doctor_function){.addr = {.bus = 1, .fn = k},
							   .driver = "vfio-pci",
							   .want = "vfio-pci",
							   .read = true,
							   .power_state = "D0",
							   .power_control = "auto",
							   .runtime_status = "active",
							   .d3cold = DOCTOR_YES,
							   .resets = DOCTOR_YES,
							   .reset_method = "flr bus"};
	return 0;
}

/* What the check says now: its level, this text in what was seen, and this in the cure. A fault
 * without a cure is one that a person can do nothing about: there is none. */
static void expect(const char *check, enum doctor_level level, const char *seen, const char *cure)
{
	const struct doctor_check *c = doctor_checks;
	struct doctor_finding found;

	while (c->name && strcmp(c->name, check) != 0)
		c++;
	assert_non_null(c->name);
	doctor_find(c, &f, 0, &found);
	if (found.level != level || !strstr(found.seen, seen) || !strstr(found.cure, cure))
		fail_msg("%s: %s: '%s' > '%s'", check, doctor_level_words[found.level], found.seen,
			 found.cure);
	assert_true((found.cure[0] != '\0') ==
		    (level == DOCTOR_ATTENTION || level == DOCTOR_WRONG));
	(void)reset(NULL);
}

/* Each check of a host where all is right, and of one of which nothing is known. */
static void all_right(void **state)
{
	struct doctor_finding found;

	(void)state;
	for (const struct doctor_check *c = doctor_checks; c->name; c++) {
		doctor_find(c, &f, 0, &found);
		if (found.level > DOCTOR_OK)
			fail_msg("%s: %s", c->name, found.seen);
		assert_string_equal(found.cure, "");
	}
	f = (struct doctor_facts){.no_pci = true};
	for (const struct doctor_check *c = doctor_checks; c->name; c++)
		for (size_t i = 0; i < doctor_count(&f, c->per); i++) {
			doctor_find(c, &f, i, &found);
			assert_int_equal(found.level, DOCTOR_NOTHING);
		}
}

/* Advice for this architecture, and for no other. */
#if defined(__x86_64__)
#define IOMMU_HERE "intel_iommu=on"
#define IOMMU_ELSEWHERE "SMMU"
#else
#define IOMMU_HERE "SMMU"
#define IOMMU_ELSEWHERE "intel_iommu"
#endif

static void host(void **state)
{
	(void)state;
	f.iommu = DOCTOR_NO;
	expect("iommu", DOCTOR_WRONG, "off: no VM", IOMMU_HERE);
	assert_null(strstr(GROUP_IOMMU_CURE, IOMMU_ELSEWHERE));
	f.iommu = DOCTOR_NO, f.noiommu = true;
	expect("iommu", DOCTOR_WRONG, "enable_unsafe_noiommu_mode", IOMMU_HERE);
	f.iommu = DOCTOR_NO, f.card[0].take = false;
	expect("iommu", DOCTOR_OK, "no card is taken", "");
	f.remapping = DOCTOR_NO;
	expect("interrupt-remapping", DOCTOR_WRONG, "not remapped", "x2APIC");
	f.unsafe_interrupts = true;
	expect("interrupt-remapping", DOCTOR_ATTENTION, "allow_unsafe_interrupts", "modprobe.d");
	f.remapping = DOCTOR_UNKNOWN;
	expect("interrupt-remapping", DOCTOR_NOTHING, "", "");
	f.memlock_free = DOCTOR_NO, f.memlock = 8 << 20, f.n_cards = 0;
	expect("memlock", DOCTOR_NOTHING, "", "");
	f.memlock_free = DOCTOR_NO, f.memlock = 8 << 20;
	expect("memlock", DOCTOR_OK, "8 MiB", "");
	f.memlock_free = DOCTOR_NO, f.memlock = 8 << 20, f.opens_vfio = true;
	expect("memlock", DOCTOR_ATTENTION, "8 MiB", "limits.d");
	strcpy(f.lockdown, "integrity");
	expect("secure-boot", DOCTOR_OK, "the source prom cannot", "");
	f.apparmor_rule = DOCTOR_NO;
	expect("apparmor", DOCTOR_WRONG, "lets no VM", "make install");
	f.apparmor_rule = DOCTOR_NO, f.apparmor = DOCTOR_NO;
	expect("apparmor", DOCTOR_NOTHING, "", "");
	strcpy(f.vfio_blocked, "'install vfio-pci /bin/false' in /x");
	expect("vfio-blocked", DOCTOR_WRONG, "/bin/false", "remove that line");
	strcpy(f.blacklist, "'blacklist nouveau' in /x");
	expect("blacklist", DOCTOR_OK, "does not matter", "");
	f.n_cards = 0;
	expect("cards", DOCTOR_OK, "no display card", "");
	f.card[0].take = false;
	expect("cards", DOCTOR_ATTENTION, "takes none of 1 card", "gpurom plan");
	f.lost_cards = 2;
	expect("cards", DOCTOR_ATTENTION, "3 cards, of which 2", "gpurom doctor CARD");
	f.skipped = 1, strcpy(f.skipped_first, "0000:02:00.0: timed out");
	expect("scan", DOCTOR_ATTENTION, "0000:02:00.0: timed out", "dmesg");
}

static void unchecked(void **state)
{
	(void)state;
	f.lost_vms = 1;
	expect("unchecked", DOCTOR_ATTENTION, "too many: 1 VM definition", "gpurom-domain check");
	f.lost_recorded = 2;
	expect("unchecked", DOCTOR_ATTENTION, "too many: 2 recorded cards", "gpurom forget");
	f.lost_kernels = 3, f.lost_vms = 2;
	expect("unchecked", DOCTOR_ATTENTION, "too many: 3 kernels, 2 VM definitions",
	       "gpurom-domain check");
	f.lost_mappings = 2, f.lost_recorded = 1;
	expect("unchecked", DOCTOR_ATTENTION, "too many: 1 recorded card, 2 mapping lines",
	       "gpurom-domain check");
	expect("unchecked", DOCTOR_NOTHING, "", "");
}

static void record(void **state)
{
	(void)state;
	f.record_error = -ENOENT;
	expect("record", DOCTOR_ATTENTION, "no boot has recorded", "gpurom report");
	f.record_error = -ENOENT, f.n_cards = 0;
	expect("record", DOCTOR_NOTHING, "", "");
	f.record_error = -EACCES;
	expect("record", DOCTOR_UNSEEN, "may not read", "");
	f.record_error = -EBADMSG;
	expect("record", DOCTOR_WRONG, "damaged", "gpurom verify");
	f.record_error = -ENOTSUP;
	expect("record", DOCTOR_WRONG, "newer", "gpurom verify");
	f.recorded[0].identity = IDENTITY_AMBIGUOUS;
	expect("identity", DOCTOR_WRONG, "not certain", "gpurom remap");
	f.recorded[0].present = false;
	expect("identity", DOCTOR_ATTENTION, "missing", "gpurom forget pci0000-uid0-01.1-00");
	f.recorded[0].identity = IDENTITY_REPLACED;
	expect("identity", DOCTOR_ATTENTION, "another card", "gpurom snippet");
	f.recorded[0].identity = IDENTITY_MOVED;
	expect("identity", DOCTOR_OK, "moved", "");
}

static void card(void **state)
{
	struct doctor_card *c = &f.card[0];

	(void)state;
	c->silent = true;
	expect("answers", DOCTOR_WRONG, "does not answer", "power");
	strcpy(c->fn[1].driver, "snd_hda_intel"), strcpy(c->fn[1].holder, "pipewire (7)");
	expect("driver", DOCTOR_WRONG,
	       "0000:01:00.1 is on snd_hda_intel, and should be on vfio-pci; "
	       "it is in use: pipewire (7)",
	       "gpurom take 0000:01:00");
	c->fn[0].driver[0] = '\0';
	expect("driver", DOCTOR_WRONG, "without driver", "gpurom take");
	c->take = false, strcpy(c->why, "kept for the host");
	expect("driver", DOCTOR_OK, "stays with the host: kept", "");
	strcpy(c->fn[1].holder, "qemu (9), /dev/vfio/1");
	expect("holder", DOCTOR_OK, "in use: qemu (9)", "");
	c->blocked_by = 2, strcpy(c->blocker, "nvme has it");
	expect("group", DOCTOR_WRONG, "nvme has it, and so have others", "driverctl");
	c->group = -1;
	expect("group", DOCTOR_WRONG, "no IOMMU group", "slot");
	c->take = false, strcpy(c->fn[0].vfio_ids, "ids= in /x");
	expect("vfio-ids", DOCTOR_ATTENTION, "may take 0000:01:00.0", "remove the ids");
	strcpy(c->fn[0].vfio_ids, "ids= in /x");
	expect("vfio-ids", DOCTOR_NOTHING, "", "");
	c->framebuffer = true;
	expect("claims", DOCTOR_WRONG, "framebuffer", "gpurom take");
	strcpy(c->fn[1].claim, "BOOTFB");
	expect("claims", DOCTOR_WRONG, "'BOOTFB' has a part of a BAR of 0000:01:00.1",
	       "kernel parameter");
	c->fn[0].bars_without_address = 2;
	expect("bars", DOCTOR_WRONG, "2 BARs of 0000:01:00.0", "pci=realloc");
	c->fn[0].largest_bar = 16ull << 30;
	expect("bars", DOCTOR_NOTHING, "", "");
	c->fn[0].largest_bar = 32ull << 30;
	expect("bars", DOCTOR_OK, "a BAR of 32 GiB", "");
	c->fn[0].largest_bar = 128ull << 30;
	expect("bars", DOCTOR_OK, "string=262144", "");
}

static void power(void **state)
{
	struct doctor_card *c = &f.card[0];

	(void)state;
	expect("power", DOCTOR_OK, "D0, sleeps when unused (D3cold allowed)", "");
	strcpy(c->fn[0].power_control, "on");
	expect("power", DOCTOR_OK, "D0, always awake", "");
	strcpy(c->fn[1].runtime_status, "error");
	expect("power", DOCTOR_WRONG, "0000:01:00.1 did not wake up", "disable_idle_d3");
	strcpy(c->fn[0].power_state, "D3cold");
	expect("power", DOCTOR_OK, "D3cold", "");
	strcpy(c->fn[0].power_state, "D3cold"), c->rom = DOCTOR_ROM_NONE;
	expect("power", DOCTOR_ATTENTION, "no ROM of it is stored", "d3cold_allowed");
	c->fn[1].read = false;
	expect("power", DOCTOR_UNSEEN, "0000:01:00.1: its attributes", "");
	c->fn[0].resets = DOCTOR_NO, c->root_bus = true;
	expect("reset", DOCTOR_ATTENTION, "no way to reset", "reboot");
	c->fn[0].resets = DOCTOR_NO, strcpy(c->bus_shared_with, "0000:01:01.0");
	expect("reset", DOCTOR_ATTENTION, "0000:01:01.0 is on the same bus", "same VM");
	c->fn[0].resets = DOCTOR_NO;
	expect("reset", DOCTOR_OK, "reset with its bus", "");
	c->fn[0].resets = DOCTOR_UNKNOWN;
	expect("reset", DOCTOR_NOTHING, "", "");
	strcpy(c->fn[0].reset_method, "bus"), strcpy(c->bus_shared_with, "0000:01:01.0");
	expect("reset", DOCTOR_ATTENTION, "0000:01:01.0 is on the same bus", "same VM");
	strcpy(c->fn[0].reset_method, "bus");
	expect("reset", DOCTOR_OK, "reset with its bus", "");
	strcpy(c->bus_shared_with, "0000:01:01.0");
	expect("reset", DOCTOR_OK, "reset by flr bus", "");
}

static void rom(void **state)
{
	struct doctor_card *c = &f.card[0];

	(void)state;
	c->rom = DOCTOR_ROM_NONE;
	expect("rom", DOCTOR_ATTENTION, "none stored", "gpurom import");
	c->rom = DOCTOR_ROM_NONE, c->rom_bar = false;
	expect("rom", DOCTOR_OK, "no ROM BAR", "");
	c->rom = DOCTOR_ROM_NONE, f.reads_roms = DOCTOR_NO;
	expect("rom", DOCTOR_OK, "mode=", "");
	c->rom = DOCTOR_ROM_UNKNOWN;
	expect("rom", DOCTOR_UNSEEN, "cannot be read", "");
	c->rom = DOCTOR_ROM_UNCHECKED;
	expect("rom", DOCTOR_UNSEEN, "a bundle does not have what is in it", "");
	c->rom = DOCTOR_ROM_DAMAGED;
	expect("rom", DOCTOR_WRONG, "damaged: /s/by-path/x.rom", "gpurom import");
	c->rom = DOCTOR_ROM_OTHER;
	expect("rom", DOCTOR_WRONG, "another ROM", "gpurom commit");
	c->rom = DOCTOR_ROM_NOT_OURS;
	expect("rom", DOCTOR_OK, "a file of yours", "");
	strcpy(c->rom_flash, "bb");
	expect("drift", DOCTOR_ATTENTION, "another ROM (bb...)", "gpurom pin 0000:01:00");
	c->rom_flash[0] = '\0';
	expect("drift", DOCTOR_NOTHING, "", "");
	strcpy(c->unreadable, "/s/roms"), strcpy(c->unreadable_for, "x");
	expect("romfile-mode", DOCTOR_WRONG, "/s/roms", "chmod o+x /s/roms");
	strcpy(c->selinux, "system_u:object_r:var_lib_t:s0");
	expect("romfile-label", DOCTOR_WRONG, "var_lib_t", "restorecon");
	strcpy(c->selinux, "system_u:object_r:var_lib_t:s0"), f.selinux = DOCTOR_NO;
	expect("romfile-label", DOCTOR_NOTHING, "", "");
	c->selinux[0] = '\0';
	expect("romfile-label", DOCTOR_UNSEEN, "label", "");
}

static void kernels_and_vms(void **state)
{
	(void)state;
	f.kernel[0].has_vfio = false;
	expect("vfio-module", DOCTOR_WRONG, "it runs, and is the newest", "extra-6.1");
	f.kernel[0] = (struct doctor_kernel){.release = "5.0"};
	expect("vfio-module", DOCTOR_ATTENTION, "no vfio-pci", "remove the kernel");
	f.kernel[0].image = DOCTOR_IMAGE_STALE_PROGRAM;
	expect("image", DOCTOR_WRONG, "another build of gpurom", "update-initramfs -u -k all");
	f.kernel[0].image = DOCTOR_IMAGE_STALE_CONFIG;
	expect("image", DOCTOR_WRONG, "another configuration", "update-initramfs -u -k all");
	f.kernel[0].image = DOCTOR_IMAGE_NO_NOTE;
	expect("image", DOCTOR_ATTENTION, "nothing says", "update-initramfs");
	f.kernel[0].image = DOCTOR_IMAGE_NOT_BOOTED;
	expect("image", DOCTOR_ATTENTION, "this boot had an older one", "reboot");
	f.kernel[0].image = DOCTOR_IMAGE_WITHOUT, f.kernel[0].newest = false;
	expect("image", DOCTOR_ATTENTION, "no gpurom", "update-initramfs");
	f.kernel[0].image = DOCTOR_IMAGE_UNKNOWN;
	expect("image", DOCTOR_NOTHING, "", "");
	expect("next-kernel", DOCTOR_NOTHING, "", "");
	/* Known: the newest one does not matter, but the next one does. */
	strcpy(f.next_by, "/boot/grub/grub.cfg"), f.kernel[0].next = true;
	expect("next-kernel", DOCTOR_OK, "boots next is 6.1, says /boot/grub/grub.cfg", "");
	strcpy(f.next_by, "x"), f.kernel[0].next = true, f.kernel[0].newest = false;
	f.kernel[0].image = DOCTOR_IMAGE_WITHOUT;
	expect("image", DOCTOR_WRONG,
	       "no gpurom: drivers may take the cards first (it runs, and "
	       "boots next)",
	       "update-initramfs");
	strcpy(f.next_by, "x"), f.kernel[0].running = false;
	f.kernel[0].image = DOCTOR_IMAGE_WITHOUT;
	expect("image", DOCTOR_ATTENTION, "no gpurom", "update-initramfs");
	strcpy(f.next_by, "x"), f.kernel[0].running = false, f.kernel[0].has_vfio = false;
	expect("vfio-module", DOCTOR_ATTENTION, "no vfio-pci", "extra-6.1");
	strcpy(f.next_by, "x"), f.kernel[0].running = false, f.kernel[0].next = true;
	expect("vfio-module", DOCTOR_OK, "has vfio-pci (it boots next)", "");
	f.vm[0].state = DOCTOR_VM_WRONG, strcpy(f.vm[0].text, "0000:01:00.0: moved");
	expect("definition", DOCTOR_WRONG, "moved", "virsh dumpxml --inactive win");
	f.vm[0].state = DOCTOR_VM_WARNED, strcpy(f.vm[0].text, "0000:01:00.1: warning: not all");
	expect("definition", DOCTOR_ATTENTION, "warning: not all", "virsh edit win");
	f.vm[0] = (struct doctor_vm_facts){"100", true, DOCTOR_VM_WARNED, "not all"};
	expect("definition", DOCTOR_ATTENTION, "not all", "configuration of VM 100");
	f.vm[0].state = DOCTOR_VM_FAILED;
	expect("definition", DOCTOR_ATTENTION, "cannot be checked", "gpurom-domain check");
	f.vm[0] = (struct doctor_vm_facts){"100", true, DOCTOR_VM_FAILED, ""};
	expect("definition", DOCTOR_ATTENTION, "cannot be checked", "check --proxmox 100");
	f.vm[0] = (struct doctor_vm_facts){"100", true, DOCTOR_VM_WRONG, "moved"};
	expect("definition", DOCTOR_WRONG, "moved", "gpurom-domain fix --proxmox 100 --diff");
	f.vm[0].state = DOCTOR_VM_UNCHECKED;
	expect("definition", DOCTOR_UNSEEN, "not checked", "");
	expect("folder", DOCTOR_NOTHING, "", "");
	strcpy(f.vms_silent, "etc/pve/qemu-server");
	expect("folder", DOCTOR_ATTENTION, "/etc/pve/qemu-server does not answer", "pve-cluster");
	strcpy(f.vms_silent, "etc/libvirt/qemu");
	expect("folder", DOCTOR_ATTENTION, "/etc/libvirt/qemu does", "ls /etc/libvirt/qemu");
}

static void mappings(void **state)
{
	(void)state;
	expect("mapping", DOCTOR_OK, "line 2 of /etc/pve/mapping/pci.cfg fits", "");
	strcpy(f.mapping[0].why, "nothing is at 0000:01:00.0");
	expect("mapping", DOCTOR_WRONG, "this mapping: nothing is at 0000:01:00.0",
	       "gpurom snippet CARD --proxmox --mapping gpu prints the new line of CARD, ");
	strcpy(f.mapping[0].why, "nothing is at 0000:01:00.0");
	strcpy(f.mapping[0].card, "0000:04:00");
	expect("mapping", DOCTOR_WRONG, "line 2 of /etc/pve/mapping/pci.cfg no longer fits",
	       "gpurom snippet 0000:04:00 --proxmox --mapping gpu prints the new line");
	expect("mapping-file", DOCTOR_NOTHING, "", "");
	f.mappings_error = -ETIMEDOUT;
	expect("mapping-file", DOCTOR_ATTENTION, "pci.cfg does not answer", "pve-cluster");
	f.mappings_error = -EACCES;
	expect("mapping-file", DOCTOR_UNSEEN, "you may not read /etc/pve/mapping/pci.cfg", "");
	f.mappings_error = -EIO;
	expect("mapping-file", DOCTOR_ATTENTION, "pci.cfg cannot be read: the file", "ls -l /etc/");
	f.mappings_error = -EFBIG;
	expect("mapping-file", DOCTOR_ATTENTION, "it is too large", "ls -l /etc/");
	f.mappings_error = -EINVAL;
	expect("mapping-file", DOCTOR_ATTENTION, "it is no file", "ls -l /etc/");
}

static void blind(void **state)
{
	char text[DOCTOR_SEEN_MAX];

	(void)state;
	assert_string_equal(doctor_blind(&f, text), "");
	f.root_user = false;
	assert_non_null(strstr(doctor_blind(&f, text), "you are not root"));
	f.container = true;
	assert_non_null(strstr(doctor_blind(&f, text), "this is a container"));
	f.no_pci = true;
	assert_non_null(strstr(doctor_blind(&f, text), "cannot be read, this is a container"));
}

static void claims(void **state)
{
	static const char iomem[] = "e0000000-efffffff : PCI Bus 0000:01\n"
				    "  e0000000-e7ffffff : 0000:01:00.0\n"
				    "    e0000000-e0ffffff : BOOTFB\n"
				    "    e2000000-e2ffffff : nvidia\n"
				    "  e8000000-e8ffffff : vfio-pci\n"
				    "00000000-00000000 : hidden\n";
	/* Of a device tree: a bridge's window is not called "PCI Bus". */
	static const char tree[] = "10000000-3efeffff : pcie@10000000\n"
				   "  10000000-117fffff : PCI Bus 0000:01\n"
				   "    10000000-10ffffff : 0000:01:00.0\n";
	char name[DOCTOR_NAME_MAX];

	(void)state;
	assert_true(claims_find(iomem, 0xe0000000, 0xe7ffffff, "", name));
	assert_string_equal(name, "BOOTFB");
	assert_true(claims_find(iomem, 0xe1000000, 0xe7ffffff, "", name));
	assert_string_equal(name, "nvidia");
	assert_false(claims_find(iomem, 0xe1000000, 0xe7ffffff, "nvidia", name));
	assert_false(claims_find(iomem, 0xe8000000, 0xefffffff, "", name));
	assert_false(claims_find(iomem, 0, 0xfff, "", name));
	assert_false(claims_find("", 0, 0xfff, "", name));
	assert_false(claims_find("1-2 : ", 0, 0xfff, "", name));
	assert_false(claims_find(tree, 0x10000000, 0x10ffffff, "", name));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(all_right, reset),
		cmocka_unit_test_setup(host, reset),
		cmocka_unit_test_setup(unchecked, reset),
		cmocka_unit_test_setup(record, reset),
		cmocka_unit_test_setup(card, reset),
		cmocka_unit_test_setup(power, reset),
		cmocka_unit_test_setup(rom, reset),
		cmocka_unit_test_setup(kernels_and_vms, reset),
		cmocka_unit_test_setup(mappings, reset),
		cmocka_unit_test_setup(blind, reset),
		cmocka_unit_test(claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
