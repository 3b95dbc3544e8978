// SPDX-License-Identifier: GPL-2.0-or-later
/* What holds for one card. Of a card that stays with the host only what may give it away is said.
 */
#include "doctor/checks.h"

#include "pci/group.h"

#include <stdio.h>
#include <string.h>

#define GIB (1ull << 30)
/* OVMF keeps 32 GiB for BARs of 64 bits (OvmfPkg, PcdPciMmio64Size) unless it knows the CPU's
 * address width, as it does from edk2-stable202211 on with host-phys-bits. The card's small BARs
 * and the guest's other devices have to fit beside its largest one. */
#define OVMF_LARGE_BAR (16 * GIB)

#define CARD(f, i) (&(f)->card[i])

static const char *card_name(const struct doctor_card *c, char buf[PCI_ADDR_BUF])
{
	return pci_addr_format_card(c->addr, buf);
}

void check_answers(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = CARD(f, i);

	if (!c->silent)
		return;
	doctor_say(ret, c->take ? DOCTOR_WRONG : DOCTOR_ATTENTION,
		   "does not answer: its configuration space reads FF, or not at all");
	doctor_cure(ret, "turn the machine off, wait, turn it on; if that does not help, check the "
			 "card's power cables and its slot");
}

static bool is_right(const struct doctor_function *fn)
{
	return fn->want[0] ? strcmp(fn->driver, fn->want) == 0 : true;
}

void check_drivers(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = CARD(f, i);
	char addr[PCI_ADDR_BUF];
	const struct doctor_function *bad = NULL;

	if (!c->take) {
		doctor_say(ret, DOCTOR_OK, "stays with the host: %s", c->why);
		return;
	}
	for (size_t k = c->n; k-- > 0;)
		if (!is_right(&c->fn[k]))
			bad = &c->fn[k];
	if (!bad) {
		doctor_say(ret, DOCTOR_OK, "%zu function%s on %s", c->n, c->n == 1 ? "" : "s",
			   c->fn[0].want[0] ? c->fn[0].want : "the right driver");
		return;
	}
	doctor_say(ret, DOCTOR_WRONG, "%s is %s%s, and should be on %s%s%s",
		   pci_addr_format(bad->addr, addr), bad->driver[0] ? "on " : "without driver",
		   bad->driver, bad->want, bad->holder[0] ? "; it is in use: " : "", bad->holder);
	doctor_cure(ret, "gpurom take %s", card_name(c, addr));
}

void check_holder(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = CARD(f, i);

	for (size_t k = 0; k < c->n; k++)
		if (c->take && c->fn[k].holder[0] && is_right(&c->fn[k])) {
			doctor_say(ret, DOCTOR_OK, "in use: %s", c->fn[k].holder);
			return;
		}
}

void check_group(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = CARD(f, i);

	if (!c->take || f->iommu == DOCTOR_NO)
		return;
	if (c->group < 0) {
		doctor_say(ret, DOCTOR_WRONG, "is in no IOMMU group: no VM can get it");
		doctor_cure(ret,
			    "put it into another slot, or look for " GROUP_IOMMU_LOG " in dmesg");
		return;
	}
	if (!c->blocked_by) {
		doctor_say(ret, DOCTOR_OK, "its IOMMU group, %d, is free for a VM", c->group);
		return;
	}
	doctor_say(ret, DOCTOR_WRONG, "%s%s", c->blocker,
		   c->blocked_by > 1 ? ", and so have others: see 'gpurom list'" : "");
	doctor_cure(ret,
		    "put the card or that device into another slot, or take that device from the "
		    "host: driverctl set-override ADDRESS vfio-pci");
}

/* vfio-pci takes by ids whatever has no driver, and does not ask gpurom. */
void check_vfio_ids(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = CARD(f, i);
	char addr[PCI_ADDR_BUF];

	for (size_t k = 0; k < c->n && !c->take; k++) {
		const struct doctor_function *fn = &c->fn[k];

		if (!fn->vfio_ids[0])
			continue;
		doctor_say(ret, DOCTOR_ATTENTION,
			   "stays with the host, but vfio-pci may take %s by its ids: %s",
			   pci_addr_format(fn->addr, addr), fn->vfio_ids);
		doctor_cure(
			ret,
			"remove the ids there: gpurom needs none; then make the images again: %s",
			f->image_cure);
		return;
	}
}

void check_claims(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = CARD(f, i);
	char addr[PCI_ADDR_BUF];

	if (!c->take)
		return;
	if (c->framebuffer) {
		doctor_say(
			ret, DOCTOR_WRONG,
			"the kernel's framebuffer is on it: a VM's start fails with 'BAR n: can't "
			"reserve'");
		doctor_cure(ret, "gpurom take %s", card_name(c, addr));
		return;
	}
	for (size_t k = 0; k < c->n; k++)
		if (c->fn[k].claim[0]) {
			doctor_say(
				ret, DOCTOR_WRONG,
				"'%s' has a part of a BAR of %s (/proc/iomem): a VM's start fails "
				"with 'BAR n: can't reserve'",
				c->fn[k].claim, pci_addr_format(c->fn[k].addr, addr));
			doctor_cure(ret,
				    "unload the driver of that name, or keep it off by a kernel "
				    "parameter; 'man gpurom' names those of framebuffers");
			return;
		}
}

/* The smallest power of two, in MiB, of which the BAR is at most a half: beside it other BARs fit.
 */
static unsigned long long ovmf_window_mib(unsigned long long bar)
{
	unsigned long long mib = 32 * 1024;

	while (mib < (bar >> 20) * 2)
		mib *= 2;
	return mib;
}

void check_bars(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = CARD(f, i);
	unsigned long long largest = 0;
	char addr[PCI_ADDR_BUF];

	for (size_t k = 0; k < c->n && c->take; k++) {
		const struct doctor_function *fn = &c->fn[k];

		if (fn->bars_without_address) {
			doctor_say(ret, DOCTOR_WRONG, "%u BAR%s of %s got no address at boot",
				   fn->bars_without_address,
				   fn->bars_without_address == 1 ? "" : "s",
				   pci_addr_format(fn->addr, addr));
			doctor_cure(ret,
				    "turn on 'Above 4G decoding' in the firmware's setup; else add "
				    "pci=realloc to the kernel command line");
			return;
		}
		if (fn->largest_bar > largest)
			largest = fn->largest_bar;
	}
	if (largest > OVMF_LARGE_BAR)
		doctor_say(ret, DOCTOR_OK,
			   "a BAR of %llu GiB: a VM with an OVMF before edk2-stable202211 needs "
			   "-fw_cfg name=opt/ovmf/X-PciMmio64Mb,string=%llu, a newer one the CPU "
			   "host with host-phys-bits=on",
			   largest / GIB, ovmf_window_mib(largest));
}

void check_power(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = CARD(f, i);
	char addr[PCI_ADDR_BUF];

	for (size_t k = 0; k < c->n && c->take; k++) {
		const struct doctor_function *fn = &c->fn[k];

		pci_addr_format(fn->addr, addr);
		if (!fn->read) {
			doctor_say(ret, DOCTOR_UNSEEN, "%s: its attributes cannot be read", addr);
			return;
		}
		if (strcmp(fn->runtime_status, "error") == 0) {
			doctor_say(ret, DOCTOR_WRONG,
				   "%s did not wake up (runtime_status is error)", addr);
			doctor_cure(
				ret,
				"turn the machine off, wait, turn it on; if it happens again, add "
				"vfio_pci.disable_idle_d3=1 to the kernel command line");
			return;
		}
		if (strcmp(fn->power_state, "D3cold") == 0 && c->rom != DOCTOR_ROM_WHOLE &&
		    c->rom_bar) {
			doctor_say(
				ret, DOCTOR_ATTENTION,
				"%s is off (D3cold), and no ROM of it is stored: it cannot be read now",
				addr);
			doctor_cure(
				ret,
				"echo 0 >/sys/bus/pci/devices/%s/d3cold_allowed, before the next "
				"'gpurom dump %s'",
				addr, addr);
			return;
		}
	}
	if (c->take && c->n)
		doctor_say(ret, DOCTOR_OK, "%s%s%s",
			   c->fn[0].power_state[0] ? c->fn[0].power_state : "on",
			   strcmp(c->fn[0].power_control, "on") == 0 ? ", always awake"
								     : ", sleeps when unused",
			   strcmp(c->fn[0].power_control, "on") != 0 &&
					   c->fn[0].d3cold == DOCTOR_YES
				   ? " (D3cold allowed)"
				   : "");
}

/* Words of reset_method (Documentation/ABI/testing/sysfs-bus-pci). "bus" resets whatever is behind
 * the same bridge; the kernel looks for it before it knows the bus's other devices, so the first
 * function has it, and those behind it have not (drivers/pci/probe.c, pci_device_add). */
static bool resets_alone(const char *methods)
{
	return strstr(methods, "flr") || strstr(methods, "device_specific") ||
	       strstr(methods, "acpi") || strstr(methods, "pm");
}

/* Where the first function has no reset of its own, VFIO resets the bus, for whoever has all
 * devices on it (drivers/vfio/pci/vfio_pci_core.c, VFIO_DEVICE_PCI_HOT_RESET). */
void check_reset(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_card *c = CARD(f, i);
	const struct doctor_function *fn = &c->fn[0];

	if (!c->take || !c->n || fn->resets == DOCTOR_UNKNOWN)
		return;
	if (fn->resets == DOCTOR_YES && resets_alone(fn->reset_method)) {
		doctor_say(ret, DOCTOR_OK, "reset by %s", fn->reset_method);
	} else if (c->root_bus) {
		doctor_say(
			ret, DOCTOR_ATTENTION,
			"the kernel has no way to reset it: after its first VM the next one may fail");
		doctor_cure(
			ret,
			"reboot the host between two VMs, or put the card behind a root port of "
			"its own");
	} else if (c->bus_shared_with[0]) {
		doctor_say(
			ret, DOCTOR_ATTENTION,
			"only a reset of its bus is possible, and %s is on the same bus: they can be "
			"reset only together",
			c->bus_shared_with);
		doctor_cure(ret, "give both to the same VM, or put the card into another slot");
	} else {
		doctor_say(ret, DOCTOR_OK, "reset with its bus, on which is nothing else");
	}
}
