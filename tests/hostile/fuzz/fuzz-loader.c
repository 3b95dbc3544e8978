// SPDX-License-Identifier: GPL-2.0-or-later
/* libFuzzer entry: any text as grub.cfg, its environment block, an entry of the Boot Loader
 * Specification and loader.conf, parted by NUL bytes. An answer is a release without blanks at most
 * as long as there is room, and the same again; what a person adds in front of a grub.cfg, and what
 * is not known to be harmless, leaves no answer. */
#include "doctor/loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const unsigned char *p, size_t n);

#define PARTS 4

#define ENSURE(x)                                                                                  \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

/* A copy of its own for each, so that a read behind its NUL is one outside of it. */
static void part(const unsigned char *p, size_t n, char *ret[PARTS])
{
	for (size_t i = 0, k; i < PARTS; i++, p += k, n -= k) {
		const unsigned char *end = n ? memchr(p, '\0', n) : NULL;

		k = end && i + 1 < PARTS ? (size_t)(end - p) : n;
		ret[i] = calloc(k + 1, 1);
		ENSURE(ret[i]);
		if (k)
			memcpy(ret[i], p, k);
		k += k < n;
	}
}

static void check_release(bool found, const char *release)
{
	if (!found)
		return;
	ENSURE(memchr(release, '\0', LOADER_RELEASE_MAX));
	ENSURE(release[0] && !strchr(release, '\n'));
}

static void check_entry(const struct loader_entry *e)
{
	ENSURE(memchr(e->id, '\0', sizeof(e->id)) && memchr(e->title, '\0', sizeof(e->title)));
	ENSURE(memchr(e->kernel, '\0', sizeof(e->kernel)));
	ENSURE(memchr(e->release, '\0', sizeof(e->release)));
	ENSURE(!e->failed || e->tries);
	ENSURE(e->kernel[0] || !e->release[0]);
}

static void check_grub(const char *cfg, const char *env, const struct loader_entries *all)
{
	char release[LOADER_RELEASE_MAX], again[LOADER_RELEASE_MAX], *more;
	bool found = loader_grub(cfg, env, all, release);
	size_t n = strlen(cfg) + 32;

	check_release(found, release);
	ENSURE(loader_grub(cfg, env, all, again) == found);
	ENSURE(!found || strcmp(release, again) == 0);
	more = malloc(n);
	ENSURE(more);
	snprintf(more, n, "source /other\n%s", cfg);
	ENSURE(!loader_grub(more, env, all, again));
	free(more);
}

int LLVMFuzzerTestOneInput(const unsigned char *p, size_t n)
{
	static struct loader_entries all;
	char *text[PARTS], release[LOADER_RELEASE_MAX];

	part(p, n, text);
	all = (struct loader_entries){.n = 3};
	loader_entry_read("m-6.1.conf", text[2], &all.entry[0]);
	loader_entry_read(text[3], text[2], &all.entry[1]);
	loader_entry_read("m-6.2+3-1.conf", "linux /vmlinuz-6.2\n", &all.entry[2]);
	for (size_t i = 0; i < all.n; i++)
		check_entry(&all.entry[i]);
	loader_sort_grub(&all);
	check_grub(text[0], text[1], &all);
	all.n = 1;
	check_grub(text[0], text[1], &all);
	loader_sort_systemd(&all);
	check_release(loader_systemd(text[3], "", text[1], &all, release), release);
	for (size_t i = 0; i < PARTS; i++)
		free(text[i]);
	return 0;
}
