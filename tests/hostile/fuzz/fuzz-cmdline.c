// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer entry: any kernel command line gives a configuration in range, and the same one to
 * who asks twice; off stays off whatever else stands on the line. */
#include "configcheck.h"
#include "plan/config-text.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct config once, twice, off;
	static struct complaints bad, again;
	char *text = configcheck_text(p, n), *line = malloc(n + 16);

	for (int initramfs = 0; initramfs < 2; initramfs++) {
		memset(&bad, 0, sizeof(bad));
		memset(&again, 0, sizeof(again));
		config_default(&once);
		config_cmdline(&once, text, initramfs, &bad);
		configcheck(&once, &bad);
		config_default(&twice);
		config_cmdline(&twice, text, initramfs, &again);
		if (memcmp(&once, &twice, sizeof(once)) != 0 || bad.n != again.n)
			abort();
	}
	if (!line)
		abort();
	strcpy(line, "rd.gpurom=0 ");
	strcat(line, text);
	config_default(&off);
	config_cmdline(&off, line, false, &bad);
	if (off.mode != MODE_OFF)
		abort();
	free(line);
	free(text);
	return 0;
}
