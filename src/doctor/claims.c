#include "doctor/claims.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_own(const char *name, size_t n, const char *driver)
{
	char text[DOCTOR_NAME_MAX];
	struct pci_addr a;

	snprintf(text, sizeof(text), "%.*s", (int)n, name);
	return pci_addr_parse(text, &a) == 0 || strncmp(text, "PCI Bus", 7) == 0 ||
	       strncmp(text, "vfio", 4) == 0 || (*driver && strcmp(text, driver) == 0);
}

bool claims_find(const char *iomem, unsigned long long start, unsigned long long end,
		 const char *driver, char ret[DOCTOR_NAME_MAX])
{
	ret[0] = '\0';
	for (const char *line = iomem; *line;) {
		size_t n = strcspn(line, "\n");
		unsigned long long from, to = 0;
		const char *name = NULL;
		char *at;

		from = strtoull(line, &at, 16);
		if (*at == '-')
			to = strtoull(at + 1, &at, 16);
		if (strncmp(at, " : ", 3) == 0 && (size_t)(at - line) + 3 < n)
			name = at + 3;
		if (name && to && from >= start && to <= end &&
		    !is_own(name, n - (size_t)(name - line), driver)) {
			snprintf(ret, DOCTOR_NAME_MAX, "%.*s", (int)(n - (size_t)(name - line)),
				 name);
			return true;
		}
		line += n + (line[n] == '\n');
	}
	return false;
}
