// SPDX-License-Identifier: GPL-2.0-or-later
#include "record/history.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct event_list {
	struct history_event *l;
	size_t n;
};

static __attribute__((format(printf, 5, 6))) void add(struct event_list *t, enum history_kind what,
						      const char *when, const char *sha256,
						      const char *fmt, ...)
{
	struct history_event *l = &t->l[t->n++];
	va_list ap;

	*l = (struct history_event){.what = what, .when = when, .sha256 = sha256};
	va_start(ap, fmt);
	vsnprintf(l->text, sizeof(l->text), fmt, ap);
	va_end(ap);
}

static const char *version_of(const struct record_rom *rom)
{
	return rom_version_text(rom->version);
}

/* ", imported from gpu-z.rom (device differs)" */
static const char *import_of(const struct record_import *import, char *buf, size_t cap)
{
	size_t n;

	buf[0] = '\0';
	if (!import->there)
		return buf;
	snprintf(buf, cap, ", imported from %s", import->file);
	for (size_t i = 0; i < RECORD_MISMATCH_MAX && import->mismatch[i][0]; i++) {
		n = strlen(buf);
		snprintf(buf + n, cap - n, ", its %s differs", import->mismatch[i]);
	}
	return buf;
}

static void add_rom(struct event_list *t, const struct record_rom *rom, bool shown)
{
	const struct record_pinned *pinned = &rom->pinned;
	const bool person = strcmp(pinned->by, RECORD_PERSON) == 0;
	char import[300];

	if (!rom->sha256[0])
		return;
	add(t, HISTORY_ROM, rom->first_seen, rom->sha256,
	    "ROM %s (%.12s), %s, %zu bytes from %s%s%s", version_of(rom), rom->sha256,
	    verdict_text(rom->verdict), rom->size, rom->source,
	    import_of(&rom->imported, import, sizeof(import)), shown ? ": pinned" : "");
	if (shown && pinned->when[0] && strcmp(pinned->when, rom->first_seen) != 0)
		add(t, HISTORY_PINNED, pinned->when, rom->sha256, "ROM %s (%.12s) pinned%s",
		    version_of(rom), rom->sha256, person ? " by a person" : "");
}

static void add_past(struct event_list *t, const struct record_card *c)
{
	for (const struct record_name *n = c->addresses; n; n = n->next)
		add(t, HISTORY_ADDRESS, n->last_seen, "", "last seen at address %s", n->name);
	for (const struct record_name *n = c->paths; n; n = n->next)
		add(t, HISTORY_PATH, n->last_seen, "", "last seen at path %s", n->name);
	for (const struct record_card *old = c->previous; old; old = old->next) {
		const char *sha256 = record_shown(old);

		add(t, HISTORY_PREVIOUS, old->seen.last_seen, sha256,
		    "until then another card was here: %04x:%04x of %04x:%04x%s%s%s%.12s%s",
		    old->ids.vendor, old->ids.device, old->ids.subvendor, old->ids.subdevice,
		    *sha256 ? ", ROM " : "", *sha256 ? version_of(old->rom) : "",
		    *sha256 ? " (" : "", sha256, *sha256 ? ")" : "");
	}
}

/* By time, then in the order of enum history_kind. */
static int compare(const void *a, const void *b)
{
	const struct history_event *x = a, *y = b;
	int c = strcmp(x->when, y->when);

	return c ? c : (int)x->what - (int)y->what;
}

static size_t count_events(const struct record_card *c)
{
	size_t n = 4; /* first and last seen, the pinned ROM, and when it was */

	for (const struct record_rom *o = c->others; o; o = o->next)
		n++;
	for (const struct record_name *o = c->addresses; o; o = o->next)
		n++;
	for (const struct record_name *o = c->paths; o; o = o->next)
		n++;
	for (const struct record_card *o = c->previous; o; o = o->next)
		n++;
	return n;
}

int record_history(const struct record_card *c, struct history_event **ret, size_t *ret_n)
{
	struct event_list t = {.l = calloc(count_events(c), sizeof(*t.l))};

	if (!t.l)
		return -ENOMEM;
	add(&t, HISTORY_FIRST_SEEN, c->first_seen, "", "first seen");
	if (c->rom)
		add_rom(&t, c->rom, true);
	for (const struct record_rom *o = c->others; o; o = o->next)
		add_rom(&t, o, false);
	add_past(&t, c);
	add(&t, HISTORY_LAST_SEEN, c->seen.last_seen, "", "last seen at address %s%s%s", c->address,
	    c->seen.state[0] ? ", " : "", c->seen.state);
	qsort(t.l, t.n, sizeof(*t.l), compare);
	*ret = t.l;
	*ret_n = t.n;
	return 0;
}

const char *history_kind_word(enum history_kind e)
{
	static const char *const words[] = {[HISTORY_FIRST_SEEN] = "first-seen",
					    [HISTORY_ROM] = "rom",
					    [HISTORY_PINNED] = "pinned",
					    [HISTORY_ADDRESS] = "address",
					    [HISTORY_PATH] = "path",
					    [HISTORY_PREVIOUS] = "previous",
					    [HISTORY_LAST_SEEN] = "last-seen"};

	return words[e];
}
