// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci/names.h"

#include "util/text.h"

#include <stdio.h>
#include <string.h>

/* The line at *at, without its end; *at moves behind it. False at the end of the text. */
static bool next_line(struct bytes text, size_t *at, struct bytes *ret)
{
	const uint8_t *end;

	if (*at >= text.n)
		return false;
	*ret = bytes_sub(text, *at, SIZE_MAX);
	end = memchr(ret->p, '\n', ret->n);
	if (end)
		ret->n = (size_t)(end - ret->p);
	*at += ret->n + 1;
	return true;
}

static bool begins(struct bytes line, const char *with)
{
	size_t n = strlen(with);

	return line.n >= n && memcmp(line.p, with, n) == 0;
}

/* Tabs at its begin: 0 a vendor, 1 a device, 2 a board; -1: a comment, or an empty line. */
static int depth_of(struct bytes line)
{
	int tabs = 0;

	while ((size_t)tabs < line.n && line.p[tabs] == '\t')
		tabs++;
	return (size_t)tabs == line.n || line.p[tabs] == '#' ? -1 : tabs;
}

/* Finds, from *at on, the line that begins with key, at this depth, before one of a lower depth.
 * *at: behind it, or at the end of what was looked at. */
static bool find_line(struct bytes text, size_t *at, int depth, const char *key, struct bytes *ret)
{
	size_t next = *at;

	while (next_line(text, &next, ret)) {
		int d = depth_of(*ret);

		if (d >= 0 && d < depth)
			return false;
		*at = next;
		if (d == depth && begins(*ret, key)) {
			*ret = bytes_sub(*ret, strlen(key), SIZE_MAX);
			return true;
		}
	}
	return false;
}

const char *pci_names_find(struct bytes text, const struct pci_ids *ids, char buf[PCI_NAME_MAX])
{
	char vendor[16], device[16], board[24];
	struct bytes name;
	size_t at = 0, n;

	buf[0] = '\0';
	snprintf(vendor, sizeof(vendor), "%04x  ", ids->vendor);
	snprintf(device, sizeof(device), "\t%04x  ", ids->device);
	snprintf(board, sizeof(board), "\t\t%04x %04x  ", ids->subvendor, ids->subdevice);
	if (!find_line(text, &at, 0, vendor, &name) || !find_line(text, &at, 1, device, &name))
		return buf;
	snprintf(buf, PCI_NAME_MAX, "%.*s", (int)(name.n < PCI_NAME_MAX ? name.n : PCI_NAME_MAX),
		 (const char *)name.p);
	n = strlen(buf);
	if (find_line(text, &at, 2, board, &name))
		snprintf(buf + n, PCI_NAME_MAX - n, ", %.*s",
			 (int)(name.n < PCI_NAME_MAX ? name.n : PCI_NAME_MAX),
			 (const char *)name.p);
	text_clean(buf, "");
	return buf;
}
