// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/pin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool begins(const struct record_rom *rom, const char *head)
{
	return rom->sha256[0] && strncmp(rom->sha256, head, strlen(head)) == 0;
}

int record_choose(const struct record_card *c, const char *head, struct record_rom **ret)
{
	struct record_rom *found = c->rom && begins(c->rom, head) ? c->rom : NULL;

	for (struct record_rom *o = c->others; o; o = o->next) {
		if (!begins(o, head) || (found && strcmp(o->sha256, found->sha256) == 0))
			continue;
		if (found)
			return -ENOTUNIQ;
		found = o;
	}
	if (!found)
		return -ENOENT;
	*ret = found;
	return 0;
}

void record_pin(struct record_card *c, struct record_rom *rom, const char *by_id, const char *when)
{
	struct record_pinned *p = &rom->pinned;

	if (rom != c->rom)
		record_show(c, rom);
	*p = (struct record_pinned){.there = true, .by = RECORD_PERSON};
	snprintf(p->when, sizeof(p->when), "%s", when);
	if (*by_id)
		snprintf(c->by_id, sizeof(c->by_id), "%s", by_id);
}

bool record_settled(const struct record_card *c, const char *sha256)
{
	const struct record_rom *o = record_rom(c, sha256);

	return o && c->rom && strcmp(c->rom->pinned.by, RECORD_PERSON) == 0 &&
	       strcmp(o->first_seen, c->rom->pinned.when) <= 0;
}
