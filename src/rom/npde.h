/* NVIDIA's PCI Data Extension, behind the PCI Data Structure (NVIDIA open-gpu-kernel-modules
 * pci_exp_table.h; Linux drivers/gpu/nova-core/vbios.rs). Information only: which images a
 * romfile holds is told by PCIR alone. */
#ifndef GPUROM_ROM_NPDE_H
#define GPUROM_ROM_NPDE_H

#include "rom/oprom.h"

struct npde {
	uint16_t revision; /* 0x0100 or 0x0101 */
	uint16_t length;   /* of the structure, as it says */
	uint16_t blocks;   /* sub-image, in blocks of 512 */
	bool last;	   /* among all images, private ones too; false where length has it not */
	uint32_t gop;	   /* EFI image: GOP version; 0 where length has it not */
	uint16_t subvendor, subdevice; /* x86 image; 0 where length has them not */
};

/* False where the image has none, or one of a revision unknown to NVIDIA's own driver. */
bool npde_read(struct bytes rom, const struct oprom_image *i, struct npde *ret);

/* Images that NVIDIA hides from firmware: behind the public chain, or inside of a mobile x86 image
 * whose length spans them. NPDE lengths lead from one to the next (NVIDIA open-gpu-kernel-modules
 * kernel_gsp_vbios_tu102.c; Linux drivers/gpu/nova-core/vbios.rs). Information only. *ret has these
 * alone, in order; length is the NPDE's where it has one, stop says why the last walk ended. rom:
 * from the option ROM's start; chain: its public chain. */
void private_walk(struct bytes rom, const struct oprom_chain *chain, struct oprom_chain *ret);

/* Its name: "VN", "BB77", "type e0", "type 70". Static. */
const char *private_text(struct bytes rom, const struct oprom_image *i);

#endif
