/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who shares an IOMMU group with a card, and what that means for a VM. The kernel gives a VM whole
 * groups: while a driver of the host that uses DMA has one device of a group, no VM gets another
 * (drivers/iommu/iommu.c, iommu_group_claim_dma_owner, and drivers/vfio: a device counts as free
 * with no driver, and with one that has driver_managed_dma: vfio-pci and its variants, pci-stub,
 * pcieport). */
#ifndef GPUROM_PCI_GROUP_H
#define GPUROM_PCI_GROUP_H

#include "pci/card.h"

#define GROUP_TEXT_MAX 240

/* What to do where there is no group, in the words of this program's machines: a part of a message.
 * And what the kernel log calls their IOMMUs. */
#if defined(__x86_64__) || defined(__i386__)
#define GROUP_IOMMU_CURE                                                                           \
	"turn on VT-d or AMD-Vi in the firmware's setup; with an Intel CPU also add "              \
	"intel_iommu=on to the kernel command line"
#define GROUP_IOMMU_LOG "'DMAR' and 'AMD-Vi'"
#else
#define GROUP_IOMMU_CURE                                                                           \
	"turn on the IOMMU (arm64: SMMU) in the firmware's setup; the kernel needs a driver for it"
#define GROUP_IOMMU_LOG "'iommu' and 'smmu'"
#endif

enum group_role {
	GROUP_BLOCKS,	/* a driver of the host has it, or will: no VM can get the card */
	GROUP_ALONG,	/* another card that is taken: only one VM can have both */
	GROUP_HARMLESS, /* no driver, or one that does not mind */
};

enum group_when {
	GROUP_DRIVERS_BOUND,  /* a device's driver is what counts */
	GROUP_BEFORE_DRIVERS, /* one without a driver will get one, unless its class never does */
};

/* Filled by the caller, borrowed. */
struct group_rule {
	const struct pci_addr *taken; /* cards that gpurom takes, by the address of any function */
	size_t n_taken;
	const char *driver; /* the configured one, which counts as VFIO's; NULL none */
	enum group_when when;
};

/* A function of another card, or of none, in one of the card's groups. Filled by group_members; the
 * report keeps some. */
struct group_member {
	struct pci_addr addr;
	struct pci_ids ids;
	uint32_t class;
	int iommu_group;
	char driver[PCI_DRIVER_MAX]; /* "" none */
	enum group_role role;
};

/* card: also one virtual function alone, or some functions of a card. Sets ret[0..max) to the
 * functions that share a group with one of the card's, those that block
 * first, then those that go along, each in address order. Returns how many there are, which may be
 * more than max. */
size_t group_members(const struct pci_scan *s, const struct pci_card *card,
		     const struct group_rule *rule, struct group_member *ret, size_t max);

/* "blocks", "along", "harmless" */
extern const char *const group_role_words[GROUP_HARMLESS + 1];

/* "0000:02:00.0 144d:a808 on nvme, in IOMMU group 1: no VM can get the card while a driver of the
 * host has this device" */
const char *group_text(const struct group_member *m, char buf[GROUP_TEXT_MAX]);

#endif
