/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a part of a BAR, by /proc/iomem (kernel/resource.c r_show: "START-END : NAME", both ends
 * included, hexadecimal; zeros for who may not see addresses). */
#ifndef GPUROM_DOCTOR_CLAIMS_H
#define GPUROM_DOCTOR_CLAIMS_H

#include "doctor/facts.h"

/* iomem: NUL-terminated. Sets ret to the first name in the range that is neither a PCI function's
 * or bus's own, nor the driver's, nor VFIO's; "" where there is none. True where there is one. */
bool claims_find(const char *iomem, unsigned long long start, unsigned long long end,
		 const char *driver, char ret[DOCTOR_NAME_MAX]);

#endif
