// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/identity-text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void add(char text[IDENTITY_TEXT_MAX], const char *fmt,
						      ...)
{
	size_t n = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + n, IDENTITY_TEXT_MAX - n, fmt, ap);
	va_end(ap);
}

static const char *time_text(const char *since)
{
	return *since ? since : "an unknown time";
}

void identitytext_renumbered(struct pci_addr was, const char *since, char ret[IDENTITY_TEXT_MAX])
{
	char addr[PCI_ADDR_BUF];

	snprintf(ret, IDENTITY_TEXT_MAX, "it was %s until %s", pci_addr_format_card(was, addr),
		 time_text(since));
}

void identitytext_moved(const char *was, const char *since, bool by_serial,
			char ret[IDENTITY_TEXT_MAX])
{
	snprintf(ret, IDENTITY_TEXT_MAX, "it was at %s until %s: %s", was, time_text(since),
		 by_serial ? "its serial number says so" : "it is the only card that it can be");
}

void identitytext_replaced(const struct pci_ids *was, const char *since,
			   char ret[IDENTITY_TEXT_MAX])
{
	snprintf(ret, IDENTITY_TEXT_MAX,
		 "another card was here before, %04x:%04x, until %s: its ROM is not this one's",
		 was->vendor, was->device, time_text(since));
}

static bool is_among(const char *path, const char maybe[][PCI_PATH_MAX], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(maybe[i], path) == 0)
			return true;
	return false;
}

/* Leaves room for what follows the names, which says what to do. */
static void add_names(char text[IDENTITY_TEXT_MAX], const char maybe[][PCI_PATH_MAX], size_t n,
		      size_t room)
{
	static const char others[] = " and others";

	for (size_t i = 0; i < n; i++) {
		size_t end = strlen(text) + strlen(", ") + strlen(maybe[i]);

		if (i > 0 && end + strlen(others) + room >= IDENTITY_TEXT_MAX) {
			add(text, "%s", others);
			return;
		}
		add(text, "%s %s", i ? "," : "", maybe[i]);
	}
}

void identitytext_ambiguous(const char *path, const char maybe[][PCI_PATH_MAX], size_t n,
			    bool all_left, char ret[IDENTITY_TEXT_MAX])
{
	char advice[IDENTITY_TEXT_MAX];

	ret[0] = '\0';
	if (is_among(path, maybe, n)) {
		add(ret,
		    "has the ROM that the card of %s had: swapped? 'gpurom remap %s %s' if so, "
		    "else 'gpurom remap %s %s'",
		    maybe[0], maybe[0], path, path, path);
		return;
	}
	snprintf(advice, sizeof(advice), ": 'gpurom remap %s %s' settles it",
		 n > 1 ? "OLD" : maybe[0], path);
	if (all_left)
		add(ret, "every card has a new path (new firmware?): ");
	add(ret, "%s", n > 1 ? "may be the card of one of" : "may be the card of");
	add_names(ret, maybe, n, strlen(advice));
	add(ret, "%s", advice);
}
