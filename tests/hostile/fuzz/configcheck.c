// SPDX-License-Identifier: GPL-2.0-or-later
#include "configcheck.h"

#include <stdlib.h>

#define ENSURE(x)                                                                                  \
	do {                                                                                       \
		if (!(x))                                                                          \
			abort();                                                                   \
	} while (0)

static void text(const char *s, size_t size)
{
	ENSURE(memchr(s, '\0', size));
	for (; *s; s++)
		ENSURE(*s >= ' ' && *s <= '~');
}

static void selectors(const struct selector *s, size_t n)
{
	ENSURE(n <= CONFIG_SELECTORS_MAX);
	for (size_t i = 0; i < n; i++) {
		struct selector again;

		text(s[i].text, sizeof(s[i].text));
		ENSURE(selector_parse(s[i].text, &again) == NULL);
		ENSURE(again.kind == s[i].kind && again.serial == s[i].serial);
	}
}

static void sources(const struct config *c)
{
	ENSURE(c->n_sources >= 1 && c->n_sources <= SOURCES_MAX);
	for (size_t i = 0; i < c->n_sources; i++) {
		ENSURE(c->sources[i] <= SOURCE_SHADOW);
		for (size_t k = 0; k < i; k++)
			ENSURE(c->sources[i] != c->sources[k]);
	}
}

void configcheck(const struct config *c, const struct complaints *bad)
{
	ENSURE(c->mode <= MODE_OFF && c->trim <= ROM_TRIM_HEAD && c->guard <= GUARD_OFF);
	ENSURE(c->timeout >= CONFIG_TIMEOUT_MIN && c->timeout <= CONFIG_TIMEOUT_MAX);
	selectors(c->devices, c->n_devices);
	selectors(c->keep, c->n_keep);
	sources(c);
	text(c->driver, sizeof(c->driver));
	text(c->store, sizeof(c->store));
	text(c->metrics, sizeof(c->metrics));
	ENSURE(!c->metrics[0] || (c->metrics[0] == '/' && c->metrics[1]));
	ENSURE(c->driver[0] && !strchr(c->driver, '/'));
	ENSURE(c->store[0] == '/' && c->store[1] && !strstr(c->store, "//"));
	ENSURE(!strstr(c->store, "/../") && !strpbrk(c->store, ",; \""));
	ENSURE(bad->n <= COMPLAINTS_MAX && (bad->lost == 0 || bad->n == COMPLAINTS_MAX));
	for (size_t i = 0; i < bad->n; i++) {
		text(bad->c[i].place, sizeof(bad->c[i].place));
		text(bad->c[i].word, sizeof(bad->c[i].word));
		ENSURE(bad->c[i].why && bad->c[i].why[0]);
	}
}

char *configcheck_text(const uint8_t *p, size_t n)
{
	char *s = malloc(n + 1);

	ENSURE(s);
	if (n)
		memcpy(s, p, n);
	s[n] = '\0';
	return s;
}
