// SPDX-License-Identifier: GPL-2.0-or-later
/* A card's romfile: there, whole, this card's, and readable for the user that QEMU runs as. */
#include "doctor/checks.h"

#include <string.h>

static bool has_romfile(const struct doctor_card *c)
{
	return c->rom == DOCTOR_ROM_WHOLE || c->rom == DOCTOR_ROM_OTHER ||
	       c->rom == DOCTOR_ROM_NOT_OURS;
}

static void say_none(const struct doctor_facts *f, const struct doctor_card *c,
		     struct doctor_finding *ret)
{
	char addr[PCI_ADDR_BUF];

	if (f->reads_roms == DOCTOR_NO) {
		doctor_say(ret, DOCTOR_OK, "none stored: mode= does not read ROMs");
	} else if (!c->rom_bar) {
		doctor_say(
			ret, DOCTOR_OK,
			"none stored: the card has no ROM BAR, as is normal on data-centre boards");
	} else {
		doctor_say(
			ret, DOCTOR_ATTENTION,
			"none stored: 'gpurom report' says what the boot tried, and most VMs need "
			"none");
		doctor_cure(ret, "gpurom import FILE --card=%s",
			    pci_addr_format_card(c->addr, addr));
	}
}

void check_rom(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = &f->card[i];
	char addr[PCI_ADDR_BUF];

	if (!c->take)
		return;
	pci_addr_format_card(c->addr, addr);
	switch (c->rom) {
	case DOCTOR_ROM_UNKNOWN:
		doctor_say(ret, DOCTOR_UNSEEN, "the store cannot be read");
		break;
	case DOCTOR_ROM_NONE:
		say_none(f, c, ret);
		break;
	case DOCTOR_ROM_WHOLE:
		doctor_say(ret, DOCTOR_OK, "stored and whole: %s", c->romfile);
		break;
	case DOCTOR_ROM_UNCHECKED:
		doctor_say(ret, DOCTOR_UNSEEN, "stored: %s; a bundle does not have what is in it",
			   c->romfile);
		break;
	case DOCTOR_ROM_DAMAGED:
		doctor_say(ret, DOCTOR_WRONG, "the stored file is damaged: %s", c->romfile);
		doctor_cure(ret,
			    "reboot: a boot that reads this ROM writes the file again; or gpurom "
			    "import FILE --card=%s",
			    addr);
		break;
	case DOCTOR_ROM_OTHER:
		doctor_say(ret, DOCTOR_WRONG,
			   "%s leads to another ROM than the record pins for this card",
			   c->romfile);
		doctor_cure(ret, "gpurom commit");
		break;
	case DOCTOR_ROM_NOT_OURS:
		doctor_say(ret, DOCTOR_OK, "%s is a file of yours: gpurom leaves it alone",
			   c->romfile);
		break;
	}
}

/* The flash has another ROM than the links show: somebody flashed the card, or a guest did. */
void check_drift(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = &f->card[i];
	char addr[PCI_ADDR_BUF];

	if (!c->take || !c->rom_pinned[0] || !c->rom_flash[0] ||
	    strcmp(c->rom_pinned, c->rom_flash) == 0)
		return;
	pci_addr_format_card(c->addr, addr);
	doctor_say(
		ret, DOCTOR_ATTENTION,
		"the card's flash has another ROM (%.12s...) than the one that VMs get (%.12s...)",
		c->rom_flash, c->rom_pinned);
	doctor_cure(ret,
		    "gpurom pin %s, if you flashed it; else find out who did: gpurom history %s",
		    addr, addr);
}

void check_romfile_mode(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = &f->card[i];

	if (!c->take || !has_romfile(c) || !c->unreadable[0])
		return;
	doctor_say(ret, DOCTOR_WRONG, "QEMU's user cannot read the romfile: the mode of %s",
		   c->unreadable);
	doctor_cure(ret, "chmod o+%s %s", c->unreadable_for, c->unreadable);
}

/* What svirt_t may read is virt_content_t, and svirt_image_t, which libvirt gives to a VM's own
 * files while it runs (selinux-policy, virt.te). */
void check_romfile_label(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = &f->card[i];

	if (!c->take || f->selinux != DOCTOR_YES || !has_romfile(c))
		return;
	if (!c->selinux[0]) {
		doctor_say(ret, DOCTOR_UNSEEN, "the SELinux label of the romfile cannot be read");
		return;
	}
	if (strstr(c->selinux, "virt_content_t") || strstr(c->selinux, "virt_image_t")) {
		doctor_say(ret, DOCTOR_OK, "SELinux lets VMs read the romfile");
		return;
	}
	doctor_say(ret, DOCTOR_WRONG, "SELinux lets no VM read the romfile: its label is %s",
		   c->selinux);
	doctor_cure(ret, "semodule -i /usr/share/selinux/packages/gpurom.cil && restorecon -R "
			 "/var/lib/gpurom");
}
