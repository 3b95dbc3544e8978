// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a fuzz target on the files that are named: what was found once is never found again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);

#define INPUT_MAX (17u << 20)

static int replay(const char *path)
{
	uint8_t *p = malloc(INPUT_MAX), *exact;
	FILE *f = fopen(path, "re");
	size_t n;

	if (!p || !f) {
		fprintf(stderr, "replay: %s: cannot be read\n", path);
		return 1;
	}
	n = fread(p, 1, INPUT_MAX, f);
	fclose(f);
	/* Not a byte of room: the sanitizer sees the first one past the end. */
	exact = malloc(n);
	if (n)
		memcpy(exact, p, n);
	free(p);
	(void)LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	return 0;
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= replay(argv[i]);
	printf("%d inputs\n", argc - 1);
	return bad || argc == 1;
}
