/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NVIDIA's IFR ("Init From ROM") header, which precedes the option ROM in a flash chip (NVIDIA
 * open-gpu-kernel-modules kernel_gsp_vbios_tu102.c, dev_bus.h, dev_ext_devices.h). */
#ifndef GPUROM_ROM_NVGI_H
#define GPUROM_ROM_NVGI_H

#include "util/bytes.h"

enum {
	NVGI_E_NONE = 1, /* no "NVGI" at 0 */
	NVGI_E_VERSION,	 /* not 1, 2 or 3 */
	NVGI_E_BOUNDS,	 /* a field, or what it points at, is outside the bytes */
	NVGI_E_RFRD,	 /* version 3: no "RFRD" directory where it should be */
	NVGI_E_ALIGN,	 /* the option ROM's offset is no multiple of 4 */
};

struct nvgi {
	uint8_t version;
	uint16_t fixed_size; /* bytes */
	uint32_t total_size; /* bytes, from the header on */
	uint16_t subvendor, subdevice;
	bool has_sum; /* the bytes have all of total_size */
	uint8_t sum;  /* over total_size, without bit 31 of the second word: 0 in versions 1 and 2
		       * as NVIDIA ships them; no driver checks it */
	size_t rom;   /* offset of the option ROM, inside the bytes; what is there is not checked */
};

/* 0 or NVGI_E_*; *ret untouched on failure. */
int nvgi_read(struct bytes file, struct nvgi *ret);

#endif
