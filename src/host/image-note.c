// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/image-note.h"

#include "store/store.h"
#include "sys/file.h"
#include "sys/json-fields.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOTE_VERSION 1
#define NOTE_SIZE_MAX (64u << 10)
#define PROGRAM_BYTES_MAX (16u << 20)
#define NOTE_SUFFIX ".json"
#define NOTE_PATH_MAX (CONFIG_STORE_MAX + IMAGE_RELEASE_MAX + 32)

struct note_file {
	unsigned version;
	struct image_note note;
};

#define AT(member) JSON_AT(struct note_file, member)
static const struct json_field note_fields[] = {
	{"version", JSON_UNSIGNED, AT(version), .flags = JSON_NEEDED},
	{"program", JSON_TEXT, AT(note.program)},
	{"program_file", JSON_TEXT, AT(note.program_file)},
	{"program_digest", JSON_TEXT, AT(note.program_digest)},
	{"config_digest", JSON_TEXT, AT(note.config_digest)},
	{"by", JSON_TEXT, AT(note.by)},
	{"at", JSON_TEXT, AT(note.at)},
};
static const struct json_table note_table = JSON_PLAIN_TABLE(struct note_file, note_fields);
#undef AT

bool image_is_release(const char *text)
{
	return text[0] && text[0] != '.' && !strchr(text, '/') && strlen(text) < IMAGE_RELEASE_MAX;
}

bool image_program_digest(const struct root *root, const char *path, char ret[SHA256_HEX])
{
	uint8_t *bytes;
	size_t n;

	if (file_read_regular(root->fd, path, PROGRAM_BYTES_MAX, &bytes, &n) < 0)
		return false;
	digest_sha256((struct bytes){bytes, n}, ret);
	free(bytes);
	return true;
}

/* The folder of the notes below the root. */
static const char *folder_path(const char *store, char buf[NOTE_PATH_MAX])
{
	snprintf(buf, NOTE_PATH_MAX, "%s/" STORE_IMAGES, store + strspn(store, "/"));
	return buf;
}

static const char *note_path(const char *store, const char *release, char buf[NOTE_PATH_MAX])
{
	size_t n = strlen(folder_path(store, buf));

	snprintf(buf + n, NOTE_PATH_MAX - n, "/%s" NOTE_SUFFIX, release);
	return buf;
}

int image_note_load(const struct root *root, const char *store, const char *release,
		    struct image_note *ret)
{
	struct note_file f = {0};
	char path[NOTE_PATH_MAX];
	uint8_t *text;
	cJSON *o;
	size_t n;
	int err = file_read_plain(root->fd, note_path(store, release, path), NOTE_SIZE_MAX, &text,
				  &n);

	if (err)
		return err;
	err = json_parse(text, n, NULL, &o);
	free(text);
	if (err)
		return err;
	err = json_fields_read(&note_table, o, NULL, &f);
	cJSON_Delete(o);
	if (err || f.version != NOTE_VERSION)
		return err ? err : -EBADMSG;
	*ret = f.note;
	return 0;
}

int image_note_save(const struct root *root, const char *store, const char *release,
		    const struct image_note *note)
{
	const struct note_file f = {NOTE_VERSION, *note};
	char path[NOTE_PATH_MAX];
	cJSON *o;
	char *text;
	int err;

	if (*store != '/' || !image_is_release(release))
		return -EINVAL;
	err = dir_make(root->fd, folder_path(store, path), 0755);
	if (err)
		return err;
	o = json_fields_write(&note_table, &f);
	text = o ? cJSON_Print(o) : NULL;
	cJSON_Delete(o);
	err = text ? file_publish(root->fd, note_path(store, release, path), text, strlen(text),
				  0644)
		   : -ENOMEM;
	free(text);
	return err;
}

static bool is_installed(const struct root *root, const char *release)
{
	char path[sizeof("lib/modules/") + IMAGE_RELEASE_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "lib/modules/%s", release);
	return fstatat(root->fd, path, &st, 0) == 0 || errno != ENOENT;
}

void image_notes_prune(const struct root *root, const char *store)
{
	char path[NOTE_PATH_MAX], release[IMAGE_RELEASE_MAX];
	const struct dirent *e;
	DIR *d;

	if (faccessat(root->fd, "lib/modules", R_OK, 0) < 0)
		return;
	d = dir_open(root->fd, folder_path(store, path), O_NOFOLLOW);
	while (d && (e = readdir(d))) {
		size_t n = strlen(e->d_name), end = strlen(NOTE_SUFFIX);

		if (n <= end || n - end >= sizeof(release) ||
		    strcmp(e->d_name + n - end, NOTE_SUFFIX) != 0)
			continue;
		snprintf(release, sizeof(release), "%.*s", (int)(n - end), e->d_name);
		if (image_is_release(release) && !is_installed(root, release))
			unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d)
		closedir(d);
}
