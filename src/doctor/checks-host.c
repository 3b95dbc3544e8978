// SPDX-License-Identifier: GPL-2.0-or-later
/* What holds for the whole host. */
#include "doctor/checks.h"

#include "pci/group.h"

#include <errno.h>
#include <string.h>

static size_t count_taken(const struct doctor_facts *f)
{
	size_t n = 0;

	for (size_t c = 0; c < f->n_cards; c++)
		n += f->card[c].take;
	return n;
}

void check_iommu(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (f->iommu == DOCTOR_UNKNOWN || f->no_pci)
		return;
	if (f->iommu == DOCTOR_YES) {
		doctor_say(ret, DOCTOR_OK, "on");
		return;
	}
	if (!count_taken(f)) {
		doctor_say(ret, DOCTOR_OK, "off, and no card is taken that needs it");
		return;
	}
	doctor_say(ret, DOCTOR_WRONG,
		   f->noiommu
			   ? "off, and VFIO may go without (enable_unsafe_noiommu_mode): a VM can "
			     "then write to all of the host's memory"
			   : "off: no VM can get a card");
	doctor_cure(ret, GROUP_IOMMU_CURE);
}

/* Without it a guest can send any interrupt to the host, and vfio_iommu_type1 refuses a group
 * (drivers/vfio/vfio_iommu_type1.c, iommu_group_has_isolated_msi; before 6.3
 * IOMMU_CAP_INTR_REMAP). */
void check_remapping(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (f->iommu != DOCTOR_YES)
		return;
	if (f->unsafe_interrupts) {
		doctor_say(ret, DOCTOR_ATTENTION,
			   "vfio_iommu_type1 has allow_unsafe_interrupts=Y: a guest can send any "
			   "interrupt to the host");
		doctor_cure(ret,
			    "turn on interrupt remapping (x2APIC, VT-d) in the firmware's setup, "
			    "then remove allow_unsafe_interrupts from /etc/modprobe.d");
	} else if (f->remapping == DOCTOR_NO) {
		doctor_say(ret, DOCTOR_WRONG,
			   "interrupts are not remapped: VFIO refuses the cards");
		doctor_cure(ret,
			    "turn on interrupt remapping (x2APIC, VT-d) in the firmware's setup, "
			    "and remove intremap=off and nointremap from the kernel command "
			    "line");
	} else if (f->remapping == DOCTOR_YES) {
		doctor_say(ret, DOCTOR_OK, "interrupts are remapped");
	}
}

void check_cards(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	size_t taken = count_taken(f);

	(void)i;
	if (f->no_pci || f->one_card)
		return;
	if (!f->n_cards)
		doctor_say(ret, DOCTOR_OK, "no display card: nothing to check of one");
	else if (f->lost_cards) {
		doctor_say(ret, DOCTOR_ATTENTION, "%zu cards, of which %zu are not checked",
			   f->n_cards + f->lost_cards, f->lost_cards);
		doctor_cure(ret, "gpurom doctor CARD, for each of them");
	} else if (!taken) {
		doctor_say(ret, DOCTOR_ATTENTION, "gpurom takes none of %zu card%s", f->n_cards,
			   f->n_cards == 1 ? "" : "s");
		doctor_cure(ret, "gpurom plan");
	} else
		doctor_say(ret, DOCTOR_OK, "gpurom takes %zu of %zu", taken, f->n_cards);
}

void check_scan(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (!f->skipped)
		return;
	doctor_say(ret, DOCTOR_ATTENTION, "%zu PCI functions cannot be read: %s", f->skipped,
		   f->skipped_first);
	doctor_cure(ret,
		    "turn the machine off, wait, turn it on; look for their addresses in dmesg");
}

void check_record(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (f->record_error == 0)
		return;
	if (f->record_error == -ENOENT) {
		if (f->n_cards && f->reads_roms == DOCTOR_YES) {
			doctor_say(ret, DOCTOR_ATTENTION, "no boot has recorded a card yet");
			doctor_cure(ret, "gpurom report");
		}
		return;
	}
	if (f->record_error == -EACCES || f->record_error == -EPERM) {
		doctor_say(ret, DOCTOR_UNSEEN, "you may not read the record of the cards");
		return;
	}
	doctor_say(ret, DOCTOR_WRONG, "the record of the cards cannot be read: %s",
		   f->record_error == -ENOTSUP	 ? "a newer gpurom wrote it"
		   : f->record_error == -EBADMSG ? "it is damaged"
						 : "the file system failed");
	doctor_cure(ret, "gpurom verify");
}

/* libvirt raises the limit of its VMs itself; who has CAP_IPC_LOCK has none
 * (drivers/vfio/vfio_iommu_type1.c, vfio_lock_acct). It matters to who may open a group: a user of
 * monitoring starts no QEMU. */
void check_memlock(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (!count_taken(f))
		return;
	if (f->memlock_free == DOCTOR_YES)
		doctor_say(ret, DOCTOR_OK, "you may lock a guest's memory");
	if (f->memlock_free != DOCTOR_NO)
		return;
	doctor_say(ret, f->opens_vfio ? DOCTOR_ATTENTION : DOCTOR_OK,
		   "you may lock %llu MiB of memory: a QEMU that you start yourself cannot give a "
		   "card to a larger guest (libvirt and Proxmox VE raise this limit themselves)",
		   f->memlock >> 20);
	if (f->opens_vfio)
		doctor_cure(ret,
			    "echo '* - memlock unlimited' >/etc/security/limits.d/vfio.conf, as "
			    "root, and log in again");
}

/* Lockdown refuses to map a BAR through sysfs (drivers/pci/pci-sysfs.c, LOCKDOWN_PCI_ACCESS). */
void check_secure_boot(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const char *boot = f->secure_boot == DOCTOR_YES	 ? "Secure Boot is on"
			   : f->secure_boot == DOCTOR_NO ? "Secure Boot is off"
							 : "";

	(void)i;
	if (strcmp(f->lockdown, "integrity") == 0 || strcmp(f->lockdown, "confidentiality") == 0)
		doctor_say(
			ret, DOCTOR_OK,
			"%s%skernel lockdown is %s: the source prom cannot read ROMs, the others "
			"can",
			boot, *boot ? "; " : "", f->lockdown);
	else if (*boot)
		doctor_say(ret, DOCTOR_OK, "%s%s", boot,
			   f->lockdown[0] ? "; no kernel lockdown" : "");
}

void check_apparmor(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (f->apparmor != DOCTOR_YES)
		return;
	if (f->apparmor_rule == DOCTOR_YES)
		doctor_say(ret, DOCTOR_OK, "libvirt's AppArmor profile lets VMs read romfiles");
	if (f->apparmor_rule != DOCTOR_NO)
		return;
	doctor_say(ret, DOCTOR_WRONG, "libvirt's AppArmor profile lets no VM read romfiles");
	doctor_cure(ret, "make install, in gpurom's source, or install its package again; it adds "
			 "/etc/apparmor.d/abstractions/libvirt-qemu.d/gpurom");
}

void check_selinux(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (f->selinux == DOCTOR_YES)
		doctor_say(ret, DOCTOR_OK, "SELinux is enforcing");
}

void check_vfio_blocked(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (!f->vfio_blocked[0])
		return;
	doctor_say(ret, DOCTOR_WRONG, "vfio-pci cannot be loaded: %s", f->vfio_blocked);
	doctor_cure(ret, "remove that line, then make the images again: %s", f->image_cure);
}

void check_blacklist(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (f->blacklist[0])
		doctor_say(ret, DOCTOR_OK,
			   "%s: it does not matter for the cards that gpurom takes, and the cards "
			   "that stay with the host go without this driver",
			   f->blacklist);
}
