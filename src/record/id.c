// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/id.h"

#include "pci/addr.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "ua-gpurom-"
#define DIGITS (CARD_ID_MAX - 1)

static bool begins_with_id(const char *text)
{
	return strspn(text, "0123456789abcdef") == DIGITS;
}

bool card_id_is_valid(const char *text)
{
	return begins_with_id(text) && !text[DIGITS];
}

const char *card_alias_make(const char *id, unsigned fn, char buf[CARD_ALIAS_MAX])
{
	snprintf(buf, CARD_ALIAS_MAX, PREFIX "%.*s-%u", DIGITS, id, fn & PCI_FN_MAX);
	return buf;
}

bool card_alias_parse(const char *alias, char ret_id[CARD_ID_MAX], unsigned *ret_fn)
{
	const char *id = alias + strlen(PREFIX), *fn = id + DIGITS;

	if (strncmp(alias, PREFIX, strlen(PREFIX)) != 0 || !begins_with_id(id))
		return false;
	if (fn[0] != '-' || fn[1] < '0' || fn[1] > '0' + PCI_FN_MAX || fn[2])
		return false;
	memcpy(ret_id, id, DIGITS);
	ret_id[DIGITS] = '\0';
	*ret_fn = (unsigned)(fn[1] - '0');
	return true;
}
