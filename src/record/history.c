#include "record/history.h"

#include "record/update.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct telling {
	struct life *l;
	size_t n;
};

static __attribute__((format(printf, 5, 6))) void add(struct telling *t, enum life_event what,
						      const char *when, const char *sha256,
						      const char *fmt, ...)
{
	struct life *l = &t->l[t->n++];
	va_list ap;

	*l = (struct life){.what = what, .when = when, .sha256 = sha256};
	va_start(ap, fmt);
	vsnprintf(l->text, sizeof(l->text), fmt, ap);
	va_end(ap);
}

static const char *version_of(const cJSON *rom)
{
	const char *version = json_text(rom, "version");

	return *version ? version : "without version";
}

/* ", imported from gpu-z.rom (device differs)" */
static const char *import_of(const cJSON *rom, char *buf, size_t cap)
{
	const cJSON *import = json_at(rom, "imported"), *v;
	size_t n;

	buf[0] = '\0';
	if (!cJSON_IsObject(import))
		return buf;
	snprintf(buf, cap, ", imported from %s", json_text(import, "file"));
	cJSON_ArrayForEach(v, json_at(import, "mismatch"))
	{
		n = strlen(buf);
		if (cJSON_IsString(v))
			snprintf(buf + n, cap - n, ", its %s differs", v->valuestring);
	}
	return buf;
}

static void add_rom(struct telling *t, const cJSON *rom, bool shown)
{
	const cJSON *pinned = json_at(rom, "pinned"), *size = json_at(rom, "size");
	const char *sha256 = json_text(rom, "sha256"), *when = json_text(pinned, "when");
	const bool person = strcmp(json_text(pinned, "by"), RECORD_PERSON) == 0;
	const bool later = shown && *when && strcmp(when, json_text(rom, "first_seen")) != 0;
	char import[300];

	if (!*sha256)
		return;
	add(t, LIFE_ROM, json_text(rom, "first_seen"), sha256,
	    "ROM %s (%.12s), %s, %.0f bytes from %s%s%s", version_of(rom), sha256,
	    json_text(rom, "verdict"), cJSON_IsNumber(size) ? size->valuedouble : 0,
	    json_text(rom, "source"), import_of(rom, import, sizeof(import)),
	    shown ? ": pinned" : "");
	if (later)
		add(t, LIFE_PINNED, when, sha256, "ROM %s (%.12s) pinned%s", version_of(rom),
		    sha256, person ? " by a person" : "");
}

static void add_roms(struct telling *t, const cJSON *card)
{
	const cJSON *o;

	add_rom(t, json_at(card, "rom"), true);
	cJSON_ArrayForEach(o, json_at(card, "other_roms"))
	{
		add_rom(t, o, false);
	}
}

static void add_names(struct telling *t, const cJSON *card)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, json_at(card, "addresses"))
	{
		add(t, LIFE_ADDRESS, json_text(o, "last_seen"), "", "last seen at address %s",
		    json_text(o, "address"));
	}
	cJSON_ArrayForEach(o, json_at(card, "paths"))
	{
		add(t, LIFE_PATH, json_text(o, "last_seen"), "", "last seen at path %s",
		    json_text(o, "path"));
	}
}

static void add_previous(struct telling *t, const cJSON *card)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, json_at(card, "previous"))
	{
		const cJSON *rom = json_at(o, "rom");
		const char *sha256 = json_text(rom, "sha256");

		add(t, LIFE_PREVIOUS, json_text(o, "last_seen"), sha256,
		    "until then another card stood here: %s of %s%s%s%s%.12s%s",
		    json_text(o, "ids"), json_text(o, "subsystem"), *sha256 ? ", ROM " : "",
		    *sha256 ? version_of(rom) : "", *sha256 ? " (" : "", sha256,
		    *sha256 ? ")" : "");
	}
}

/* By time; at one time in the order above. */
static int compare(const void *a, const void *b)
{
	const struct life *x = a, *y = b;
	int c = strcmp(x->when, y->when);

	return c ? c : (int)x->what - (int)y->what;
}

static size_t room_for(const cJSON *card)
{
	static const char *const lists[] = {"other_roms", "addresses", "paths", "previous"};
	size_t n = 4; /* first and last seen, the pinned ROM, and when it was */

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		n += (size_t)cJSON_GetArraySize(json_at(card, lists[i]));
	return n;
}

int recordlife(const struct record *r, const char *path, struct life **ret, size_t *ret_n)
{
	const cJSON *card = record_object(r, path);
	struct telling t = {.n = 0};
	const char *state;

	if (!card)
		return -ENOENT;
	t.l = calloc(room_for(card), sizeof(*t.l));
	if (!t.l)
		return -ENOMEM;
	state = json_text(card, "state");
	add(&t, LIFE_FIRST_SEEN, json_text(card, "first_seen"), "", "first seen");
	add_roms(&t, card);
	add_names(&t, card);
	add_previous(&t, card);
	add(&t, LIFE_LAST_SEEN, json_text(card, "last_seen"), "", "last seen at address %s%s%s",
	    json_text(card, "address"), *state ? ", " : "", state);
	qsort(t.l, t.n, sizeof(*t.l), compare);
	*ret = t.l;
	*ret_n = t.n;
	return 0;
}

const char *life_event_word(enum life_event e)
{
	static const char *const words[] = {[LIFE_FIRST_SEEN] = "first-seen",
					    [LIFE_ROM] = "rom",
					    [LIFE_PINNED] = "pinned",
					    [LIFE_ADDRESS] = "address",
					    [LIFE_PATH] = "path",
					    [LIFE_PREVIOUS] = "previous",
					    [LIFE_LAST_SEEN] = "last-seen"};

	return words[e];
}
