/* Images that NVIDIA hides from firmware: behind the public chain, or inside of a mobile x86 image
 * whose length spans them. NPDE lengths lead from one to the next (NVIDIA open-gpu-kernel-modules
 * kernel_gsp_vbios_tu102.c; Linux drivers/gpu/nova-core/vbios.rs). Information only. */
#ifndef GPUROM_ROM_PRIVATE_H
#define GPUROM_ROM_PRIVATE_H

#include "rom/oprom.h"

/* The private images alone, in order; length is the NPDE's where it has one. rom: from the option
 * ROM's start; chain: its public chain. stop tells why the last walk ended. */
void private_walk(struct bytes rom, const struct oprom_chain *chain, struct oprom_chain *ret);

/* How one is told: "VN", "BB77", "type e0", "type 70". Static. */
const char *private_text(struct bytes rom, const struct oprom_image *i);

#endif
