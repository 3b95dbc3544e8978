/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The store as a reader finds it: it shares nothing with the program but the layout in gpurom(5).
 */
#ifndef GPUROM_TEST_SNAP_H
#define GPUROM_TEST_SNAP_H

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#define SNAP_LINKS_MAX 64
#define SNAP_RAWS_MAX 256
#define SNAP_NAME_MAX 200
#define SNAP_TEXT_MAX 400

struct snap_link {
	char path[SNAP_NAME_MAX];
	char sha256[65];
};

struct snap {
	cJSON *record;			       /* NULL: there is none */
	struct snap_link link[SNAP_LINKS_MAX]; /* by-path */
	size_t n;
	size_t loose; /* raw readings that the record names for one boot at most */
	char raw[SNAP_RAWS_MAX][65];
	size_t raws;
	char wrong[SNAP_TEXT_MAX]; /* what no store may ever be, "" nothing */
};

/* store: its folder. snap_free. */
void snap_take(const char *store, struct snap *ret);
void snap_free(struct snap *s);

/* "" where there is none. */
const char *snap_text(const cJSON *o, const char *key);
const cJSON *snap_at(const cJSON *o, const char *key);
/* The recorded card's object, NULL. */
const cJSON *snap_card(const struct snap *s, const char *path);
/* The card of that id, recorded, or, *ret_past, one of the past; NULL. */
const cJSON *snap_by_id(const struct snap *s, const char *id, bool *ret_past);
const struct snap_link *snap_link(const struct snap *s, const char *path);
const char *snap_shown(const cJSON *card); /* SHA-256 of its pinned ROM */
bool snap_has_rom(const cJSON *card, const char *sha256);
bool snap_had_path(const cJSON *card, const char *path);

#endif
