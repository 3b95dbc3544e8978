// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/guard.h"

#include "pci/modalias.h"

#include <string.h>

static const struct vm_dev *find_passed(const struct vm_card *c, unsigned fn)
{
	for (size_t i = 0; i < c->n; i++)
		if (vm_dev_has(c->dev[i], fn))
			return c->dev[i];
	return NULL;
}

static bool has_function(const struct pci_card *c, unsigned fn)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->fn[i].addr.fn == fn)
			return true;
	return false;
}

/* vfio-pci, its variants for some devices (nvgrace_gpu_vfio_pci), or the configured one. */
static bool is_vfio(const struct host *h, const char *driver)
{
	return pci_driver_is_vfio(driver) || modalias_same_name(driver, h->config.driver);
}

/* What the kernel lets stay in a group that a VM has (vfio_main.c, vfio_dev_viable). */
static bool is_harmless(const struct host *h, const char *driver)
{
	return !*driver || is_vfio(h, driver) || strcmp(driver, "pci-stub") == 0;
}

static bool shares_group_with_passed(const struct pci_card *card, const struct vm_card *c,
				     const struct pci_fn *fn)
{
	for (size_t i = 0; i < card->n; i++)
		if (card->fn[i].iommu_group == fn->iommu_group &&
		    find_passed(c, card->fn[i].addr.fn))
			return true;
	return false;
}

/* A card that the last boot did not take is the host's; with managed='yes' libvirt takes it. */
static bool is_left_to_host(const struct meaning *m)
{
	const char *state = m->recorded ? m->recorded->seen.state : "";

	return strcmp(state, RECORD_LEFT) == 0 || strcmp(state, RECORD_RELEASED) == 0;
}

static void judge_passed(const struct host *h, const struct meaning *m, const struct vm_dev *d,
			 const struct pci_fn *fn, struct faults *f)
{
	if (is_vfio(h, fn->driver))
		return;
	/* Libvirt would take it off a driver that the host uses, for which a person has given it.
	 */
	if (fn->driver[0] && host_released_by_hand(h, m->card.addr))
		faults_add(f, fn->addr,
			   "'gpurom release' gave the card to the host, and %s has it; "
			   "'gpurom take %s' gives it to VMs",
			   fn->driver, m->name);
	else if (!fn->driver[0] && !d->managed)
		faults_add(f, fn->addr,
			   "no driver is bound, and %s vfio-pci must be; 'gpurom report' says what "
			   "the boot did, %s",
			   f->domain->words->managed_no, f->domain->words->managed);
	else if (fn->driver[0] && !(d->managed && is_left_to_host(m)))
		faults_add(f, fn->addr,
			   "the host's driver %s is bound instead of vfio-pci; 'gpurom "
			   "report' says what the boot did, 'gpurom plan' what the next "
			   "one will do",
			   fn->driver);
}

void judge_functions(const struct host *h, const struct vm_card *c, const struct meaning *m,
		     struct faults *f)
{
	const struct pci_card *card = &m->card;

	for (size_t i = 0; i < card->n; i++) {
		const struct pci_fn *fn = &card->fn[i];
		const struct vm_dev *d = find_passed(c, fn->addr.fn);

		if (d)
			judge_passed(h, m, d, fn, f);
		else if (!is_harmless(h, fn->driver) && !shares_group_with_passed(card, c, fn))
			faults_warn(f, fn->addr,
				    "the VM does not get this function of the card, which has an "
				    "IOMMU group of its own: the VM starts, but the card cannot be "
				    "reset as a whole while the host's driver %s has it",
				    fn->driver);
		else if (!is_harmless(h, fn->driver))
			faults_add(f, fn->addr,
				   "the VM does not get this function of the card, and the host's "
				   "driver %s is bound to it; 'gpurom snippet %s %s' prints all "
				   "functions",
				   fn->driver, m->name, f->domain->words->form);
	}
	for (size_t i = 0; i < c->n; i++)
		if (!c->dev[i]->whole && !has_function(card, c->dev[i]->addr.fn))
			faults_add(
				f, c->dev[i]->addr,
				"the card has no function %u; 'gpurom snippet %s %s' prints those "
				"that it has",
				c->dev[i]->addr.fn, m->name, f->domain->words->form);
}
