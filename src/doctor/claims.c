// SPDX-License-Identifier: GPL-2.0-or-later
#include "doctor/claims.h"

#include "pci/iomem.h"

#include <stdio.h>
#include <string.h>

static bool is_own(const char *name, const char *driver)
{
	struct pci_addr a;

	return pci_addr_parse(name, &a) == 0 || strncmp(name, "PCI Bus", 7) == 0 ||
	       strncmp(name, "vfio", 4) == 0 || (*driver && strcmp(name, driver) == 0);
}

bool claims_find(const char *iomem, unsigned long long start, unsigned long long end,
		 const char *driver, char ret[DOCTOR_NAME_MAX])
{
	const struct bytes text = {(const uint8_t *)iomem, strlen(iomem)};
	struct iomem_range r;

	for (size_t at = 0; iomem_next(text, &at, &r);) {
		snprintf(ret, DOCTOR_NAME_MAX, "%.*s",
			 (int)(r.name.n < DOCTOR_NAME_MAX ? r.name.n : DOCTOR_NAME_MAX),
			 (const char *)r.name.p);
		/* What ends behind it holds it: of a host without ACPI the bridge's window has
		 * the name of its node in the device tree. */
		if (*ret && r.start >= start && r.end <= end && !is_own(ret, driver))
			return true;
	}
	ret[0] = '\0';
	return false;
}
