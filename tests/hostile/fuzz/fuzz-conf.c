// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer entry: any gpurom.conf gives a configuration in range; its complaints name a line that
 * is there. */
#include "configcheck.h"
#include "plan/config-text.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

static size_t lines_of(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	static struct config once, twice;
	static struct complaints bad, again;
	char *text = configcheck_text(p, n);
	size_t lines = lines_of(text), line;

	(void)config_is_text(text, strlen(text), &line);
	if (line < 1 || line > lines)
		abort();
	memset(&bad, 0, sizeof(bad));
	memset(&again, 0, sizeof(again));
	config_default(&once);
	config_file(&once, text, "/etc/gpurom.conf", &bad);
	configcheck(&once, &bad);
	for (size_t i = 0; i < bad.n; i++) {
		const char *colon = strrchr(bad.c[i].place, ':');

		if (!colon || strtoul(colon + 1, NULL, 10) < 1 ||
		    strtoul(colon + 1, NULL, 10) > lines)
			abort();
	}
	config_default(&twice);
	config_file(&twice, text, "/etc/gpurom.conf", &again);
	if (memcmp(&once, &twice, sizeof(once)) != 0 || bad.n != again.n)
		abort();
	free(text);
	return 0;
}
