/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NVIDIA's PCI Data Extension, behind the PCI Data Structure (NVIDIA open-gpu-kernel-modules
 * pci_exp_table.h; Linux drivers/gpu/nova-core/vbios.rs). Information only: PCIR alone decides
 * which images a romfile gets. */
#ifndef GPUROM_ROM_NPDE_H
#define GPUROM_ROM_NPDE_H

#include "rom/oprom.h"

struct npde {
	uint16_t revision; /* 0x0100 or 0x0101 */
	uint16_t length;   /* of the structure, by its own field, bytes */
	uint16_t blocks;   /* sub-image, in blocks of 512 */
	bool last;	   /* of all images, private ones too; false if length does not cover it */
	uint32_t gop;	   /* EFI image: GOP version; 0 if length does not cover it */
	uint16_t subvendor, subdevice; /* x86 image; 0 if length does not cover them */
};

/* False, *ret untouched, if the image has none, or one of a revision that NVIDIA's own driver does
 * not know. */
bool npde_read(struct bytes rom, const struct oprom_image *i, struct npde *ret);

/* Finds the images that NVIDIA hides from firmware: behind the public chain, or inside a mobile x86
 * image whose length spans them. NPDE lengths lead from one to the next (NVIDIA
 * open-gpu-kernel-modules kernel_gsp_vbios_tu102.c; Linux drivers/gpu/nova-core/vbios.rs).
 * Information only. *ret has only these, in order; an image's length is its NPDE's if it has one;
 * stop says why the last walk ended. rom: from the option ROM's start; chain: its public chain. */
void private_walk(struct bytes rom, const struct oprom_chain *chain, struct oprom_chain *ret);

/* What to call a private image: "VN", "BB77", "type e0", "type 70". Static. */
const char *private_text(struct bytes rom, const struct oprom_image *i);

#endif
