// SPDX-License-Identifier: GPL-2.0-or-later
#include "snap.h"

#include "../tree.h"

#include <dirent.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD "../roms/"

#define WRONG(s, ...)                                                                              \
	((s)->wrong[0] ? (void)0 : (void)snprintf((s)->wrong, SNAP_TEXT_MAX, __VA_ARGS__))

const cJSON *snap_at(const cJSON *o, const char *key)
{
	return o ? cJSON_GetObjectItemCaseSensitive(o, key) : NULL;
}

const char *snap_text(const cJSON *o, const char *key)
{
	const char *text = cJSON_GetStringValue(snap_at(o, key));

	return text ? text : "";
}

/* A file that was whole, and has not been touched since. */
static struct seen {
	char sha256[65];
	ino_t inode;
	struct timespec when;
} seen[4096];

static bool was_whole(const struct seen *entry, const char *sha256, const struct stat *st)
{
	return strcmp(entry->sha256, sha256) == 0 && entry->inode == st->st_ino &&
	       entry->when.tv_sec == st->st_ctim.tv_sec &&
	       entry->when.tv_nsec == st->st_ctim.tv_nsec;
}

static bool is_whole(const char *store, const char *folder, const char *sha256, const char *suffix)
{
	char path[TREE_PATH_MAX], is[SHA256_DIGEST_STRING_LENGTH];
	struct seen *entry;
	struct stat st;
	size_t n;
	char *data;

	if (!sha256)
		return false;
	snprintf(path, sizeof(path), "%s/%s/%s%s", store, folder, sha256, suffix);
	if (lstat(path, &st) < 0)
		return false;
	entry = &seen[strtoul((char[]){sha256[0], sha256[1], sha256[2], '\0'}, NULL, 16) & 4095];
	if (was_whole(entry, sha256, &st))
		return true;
	data = tree_read(path, &n);
	if (!data)
		return false;
	SHA256Data((const uint8_t *)data, n, is);
	free(data);
	*entry = (struct seen){.inode = st.st_ino, .when = st.st_ctim};
	strcpy(entry->sha256, is);
	return strcmp(is, sha256) == 0;
}

/* --- links ------------------------------------------------------------------------------------ */

static void take_link(struct snap *s, const char *store, const char *folder, const char *name)
{
	char path[TREE_PATH_MAX], target[TREE_PATH_MAX], sha256[65];
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s/%s", store, folder, name);
	n = readlink(path, target, sizeof(target) - 1);
	target[n < 0 ? 0 : n] = '\0';
	if (strncmp(target, HEAD, strlen(HEAD)) != 0 || strlen(target) != strlen(HEAD) + 64 + 4) {
		WRONG(s, "%s/%.99s is no link into roms: %.99s", folder, name, target);
		return;
	}
	snprintf(sha256, sizeof(sha256), "%.64s", target + strlen(HEAD));
	if (!is_whole(store, "roms", sha256, ".rom"))
		WRONG(s, "%s/%.99s leads to no whole file: %.99s", folder, name, target);
	if (strcmp(folder, "by-path") != 0 || s->n == SNAP_LINKS_MAX)
		return;
	snprintf(s->link[s->n].path, SNAP_NAME_MAX, "%.*s", (int)strlen(name) - 4, name);
	strcpy(s->link[s->n++].sha256, sha256);
}

static void take_folder(struct snap *s, const char *store, const char *folder)
{
	char path[TREE_PATH_MAX];
	DIR *d = opendir(tree_join(path, store, folder));
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		if (strcmp(folder, "raw") != 0)
			take_link(s, store, folder, e->d_name);
		else if (s->raws < SNAP_RAWS_MAX)
			snprintf(s->raw[s->raws++], 65, "%.64s", e->d_name);
	}
	if (d)
		closedir(d);
}

/* --- the record --------------------------------------------------------------------------------
 */

static void look_rom(struct snap *s, const char *store, const char *path, const cJSON *rom)
{
	const char *sha256 = snap_text(rom, "sha256");

	if (*sha256 && !is_whole(store, "roms", sha256, ".rom"))
		WRONG(s, "the record of %s names a ROM that is not there: %s", path, sha256);
}

static void look_card(struct snap *s, const char *store, const char *path, const cJSON *card)
{
	const cJSON *o;

	look_rom(s, store, path, snap_at(card, "rom"));
	cJSON_ArrayForEach(o, snap_at(card, "other_roms"))
	{
		look_rom(s, store, path, o);
	}
	cJSON_ArrayForEach(o, snap_at(card, "raws"))
	{
		if (!is_whole(store, "raw", cJSON_GetStringValue(o), ".bin"))
			WRONG(s, "the record of %s names a reading that is not there: %s", path,
			      cJSON_GetStringValue(o));
	}
	cJSON_ArrayForEach(o, snap_at(card, "previous"))
	{
		look_card(s, store, path, o);
	}
}

/* For more than the boot that read it. */
static bool is_named(const cJSON *o, const char *sha256)
{
	const char *text = cJSON_GetStringValue(o);
	const cJSON *v;

	if (text && strcmp(text, sha256) == 0)
		return true;
	cJSON_ArrayForEach(v, o)
	{
		if ((!v->string || strcmp(v->string, "reading") != 0) && is_named(v, sha256))
			return true;
	}
	return false;
}

static void take_record(struct snap *s, const char *store)
{
	char path[TREE_PATH_MAX];
	size_t n;
	char *text = tree_read(tree_join(path, store, "cards.json"), &n);
	const cJSON *o;

	if (!text) { /* a commit died before the first record */
		s->loose = s->raws;
		return;
	}
	s->record = cJSON_ParseWithLength(text, n);
	for (size_t i = 0; i < s->raws; i++)
		s->loose += !is_named(s->record, s->raw[i]);
	free(text);
	if (!s->record)
		WRONG(s, "cards.json is no JSON");
	cJSON_ArrayForEach(o, snap_at(s->record, "cards"))
	{
		look_card(s, store, o->string, o);
	}
}

void snap_take(const char *store, struct snap *ret)
{
	*ret = (struct snap){.record = NULL};
	take_folder(ret, store, "by-path");
	take_folder(ret, store, "by-id");
	take_folder(ret, store, "raw");
	take_record(ret, store);
}

void snap_free(struct snap *s)
{
	cJSON_Delete(s->record);
	s->record = NULL;
}

/* --- what it says ------------------------------------------------------------------------------
 */

const cJSON *snap_card(const struct snap *s, const char *path)
{
	return snap_at(snap_at(s->record, "cards"), path);
}

const cJSON *snap_by_id(const struct snap *s, const char *id, bool *ret_past)
{
	const cJSON *card, *old;

	*ret_past = false;
	cJSON_ArrayForEach(card, snap_at(s->record, "cards"))
	{
		if (strcmp(snap_text(card, "id"), id) == 0)
			return card;
	}
	*ret_past = true;
	cJSON_ArrayForEach(card, snap_at(s->record, "cards"))
	{
		cJSON_ArrayForEach(old, snap_at(card, "previous"))
		{
			if (strcmp(snap_text(old, "id"), id) == 0)
				return old;
		}
	}
	return NULL;
}

const struct snap_link *snap_link(const struct snap *s, const char *path)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->link[i].path, path) == 0)
			return &s->link[i];
	return NULL;
}

const char *snap_shown(const cJSON *card)
{
	return snap_text(snap_at(card, "rom"), "sha256");
}

bool snap_has_rom(const cJSON *card, const char *sha256)
{
	const cJSON *o;

	if (strcmp(snap_shown(card), sha256) == 0)
		return true;
	cJSON_ArrayForEach(o, snap_at(card, "other_roms"))
	{
		if (strcmp(snap_text(o, "sha256"), sha256) == 0)
			return true;
	}
	return false;
}

bool snap_had_path(const cJSON *card, const char *path)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, snap_at(card, "paths"))
	{
		if (strcmp(snap_text(o, "path"), path) == 0)
			return true;
	}
	return false;
}
