// SPDX-License-Identifier: GPL-2.0-or-later
#include "doctor/checks.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const doctor_level_words[] = {
	[DOCTOR_NOTHING] = "",	    [DOCTOR_OK] = "ok",
	[DOCTOR_UNSEEN] = "unseen", [DOCTOR_ATTENTION] = "attention",
	[DOCTOR_WRONG] = "wrong",
};

const struct doctor_check doctor_checks[] = {
	{"IOMMU", "iommu", DOCTOR_PER_HOST, check_iommu},
	{"IOMMU", "interrupt-remapping", DOCTOR_PER_HOST, check_remapping},
	{"IOMMU", "group", DOCTOR_PER_CARD, check_group},
	{"cards", "cards", DOCTOR_PER_HOST, check_cards},
	{"cards", "scan", DOCTOR_PER_HOST, check_scan},
	{"cards", "answers", DOCTOR_PER_CARD, check_answers},
	{"cards", "driver", DOCTOR_PER_CARD, check_drivers},
	{"cards", "holder", DOCTOR_PER_CARD, check_holder},
	{"cards", "vfio-ids", DOCTOR_PER_CARD, check_vfio_ids},
	{"cards", "claims", DOCTOR_PER_CARD, check_claims},
	{"cards", "bars", DOCTOR_PER_CARD, check_bars},
	{"cards", "power", DOCTOR_PER_CARD, check_power},
	{"cards", "reset", DOCTOR_PER_CARD, check_reset},
	{"record", "record", DOCTOR_PER_HOST, check_record},
	{"record", "identity", DOCTOR_PER_RECORDED, check_identity},
	{"ROMs", "rom", DOCTOR_PER_CARD, check_rom},
	{"ROMs", "drift", DOCTOR_PER_CARD, check_drift},
	{"ROMs", "romfile-mode", DOCTOR_PER_CARD, check_romfile_mode},
	{"ROMs", "romfile-label", DOCTOR_PER_CARD, check_romfile_label},
	{"ROMs", "apparmor", DOCTOR_PER_HOST, check_apparmor},
	{"ROMs", "selinux", DOCTOR_PER_HOST, check_selinux},
	{"kernels", "next-kernel", DOCTOR_PER_HOST, check_next_kernel},
	{"kernels", "vfio-module", DOCTOR_PER_KERNEL, check_modules},
	{"kernels", "image", DOCTOR_PER_KERNEL, check_image},
	{"kernels", "vfio-blocked", DOCTOR_PER_HOST, check_vfio_blocked},
	{"kernels", "blacklist", DOCTOR_PER_HOST, check_blacklist},
	{"host", "memlock", DOCTOR_PER_HOST, check_memlock},
	{"host", "secure-boot", DOCTOR_PER_HOST, check_secure_boot},
	{"host", "unchecked", DOCTOR_PER_HOST, check_unchecked},
	{"VMs", "folder", DOCTOR_PER_HOST, check_vm_folder},
	{"VMs", "definition", DOCTOR_PER_VM, check_vm},
	{"VMs", "mapping-file", DOCTOR_PER_HOST, check_mapping_file},
	{"VMs", "mapping", DOCTOR_PER_MAPPING, check_mapping},
	{.name = NULL},
};

size_t doctor_count(const struct doctor_facts *f, enum doctor_per per)
{
	switch (per) {
	case DOCTOR_PER_HOST:
		return 1;
	case DOCTOR_PER_KERNEL:
		return f->n_kernels;
	case DOCTOR_PER_CARD:
		return f->n_cards;
	case DOCTOR_PER_RECORDED:
		return f->n_recorded;
	case DOCTOR_PER_VM:
		return f->n_vms;
	case DOCTOR_PER_MAPPING:
		return f->n_mappings;
	}
	return 0;
}

static void name_subject(const struct doctor_facts *f, enum doctor_per per, size_t i,
			 char buf[PCI_PATH_MAX])
{
	char addr[PCI_ADDR_BUF];
	const char *name = "host";

	if (per == DOCTOR_PER_KERNEL)
		name = f->kernel[i].release;
	else if (per == DOCTOR_PER_CARD)
		name = pci_addr_format_card(f->card[i].addr, addr);
	else if (per == DOCTOR_PER_RECORDED)
		name = f->recorded[i].path;
	else if (per == DOCTOR_PER_VM)
		name = f->vm[i].name;
	else if (per == DOCTOR_PER_MAPPING)
		name = f->mapping[i].name;
	snprintf(buf, PCI_PATH_MAX, "%s", name);
}

void doctor_find(const struct doctor_check *c, const struct doctor_facts *f, size_t i,
		 struct doctor_finding *ret)
{
	*ret = (struct doctor_finding){.level = DOCTOR_NOTHING};
	name_subject(f, c->per, i, ret->subject);
	c->check(f, i, ret);
}

void doctor_say(struct doctor_finding *ret, enum doctor_level level, const char *seen, ...)
{
	va_list ap;

	ret->level = level;
	va_start(ap, seen);
	vsnprintf(ret->seen, sizeof(ret->seen), seen, ap);
	va_end(ap);
}

void doctor_cure(struct doctor_finding *ret, const char *cure, ...)
{
	va_list ap;

	va_start(ap, cure);
	vsnprintf(ret->cure, sizeof(ret->cure), cure, ap);
	va_end(ap);
}

const char *doctor_blind(const struct doctor_facts *f, char buf[DOCTOR_SEEN_MAX])
{
	const char *why = f->container	  ? "this is a container"
			  : f->other_root ? "this is not the running system (--root)"
			  : !f->root_user ? "you are not root"
					  : "";

	buf[0] = '\0';
	if (f->no_pci)
		snprintf(
			buf, DOCTOR_SEEN_MAX,
			"the PCI buses cannot be read%s%s: no card, driver or IOMMU group is checked",
			*why ? ", " : "", why);
	else if (f->container)
		snprintf(buf, DOCTOR_SEEN_MAX,
			 "%s: processes, kernels, images, VMs and the store of the host around it "
			 "cannot be seen; run 'gpurom doctor' on the host",
			 why);
	else if (f->other_root)
		snprintf(buf, DOCTOR_SEEN_MAX,
			 "%s: who has a card open, the limit on locked memory and the VMs are not "
			 "checked",
			 why);
	else if (!f->root_user)
		snprintf(buf, DOCTOR_SEEN_MAX,
			 "%s: who has a card open, the framebuffer's place, images and VMs may "
			 "not be seen; 'sudo gpurom doctor' sees all",
			 why);
	return buf;
}
