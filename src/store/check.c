// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/check.h"

#include "store/links.h"
#include "store/record-file.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_LEN 320 /* "by-path/" and the longest name of a folder's entry */

static const char not_ours[] = "not made by gpurom: left alone";
static const char damaged[] =
	"damaged: its bytes do not have the digest in its name. The next boot that reads this ROM "
	"writes it again; so does gpurom import of a good copy";

struct check {
	const struct romstore *s;
	bool is_volatile;
	storecheck_found *found;
	void *ctx;
	struct store_counts n;
	struct record record; /* empty where it cannot be read: err is why */
	int err;
};

static __attribute__((format(printf, 4, 5))) void report(struct check *c, enum store_fault f,
							 const char *name, const char *fmt, ...)
{
	char text[STORECHECK_TEXT_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	c->n.faults += f != STORE_FOREIGN;
	c->found(c->ctx, f, name, text);
}

/* Returns 0 where the romfile is there and whole. */
static int verify_rom(const struct check *c, const char *sha256)
{
	uint8_t *data;
	size_t n;
	int err = romstore_get_rom(c->s, sha256, &data, &n);

	if (!err)
		free(data);
	return err;
}

/* --- files ----------------------------------------------------------------------------------- */

typedef void check_entry(struct check *c, const char *entry, const char *name);

/* Calls fn for every entry of a folder of the store; a missing folder is empty. */
static int check_folder(struct check *c, const char *folder, check_entry *fn)
{
	int fd = openat(c->s->fd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct dirent *e;
	char name[NAME_LEN];
	DIR *d;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	d = fdopendir(fd);
	if (!d) {
		close(fd);
		return -ENOMEM;
	}
	while ((e = readdir(d))) {
		/* The next writer removes what an interrupted one left. */
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
		    strncmp(e->d_name, FILE_TEMP_PREFIX, strlen(FILE_TEMP_PREFIX)) == 0)
			continue;
		snprintf(name, sizeof(name), "%s%s%s", strcmp(folder, ".") == 0 ? "" : folder,
			 strcmp(folder, ".") == 0 ? "" : "/", e->d_name);
		fn(c, e->d_name, name);
	}
	closedir(d);
	return 0;
}

static void report_file(struct check *c, const char *name, int err)
{
	if (err == -EBADMSG)
		report(c, STORE_DAMAGED, name, "%s", damaged);
	else if (err)
		report(c, STORE_UNREAD, name, "%s", strerror(-err));
}

static void check_rom(struct check *c, const char *entry, const char *name)
{
	char sha256[SHA256_HEX];

	if (!romstore_digest_in(entry, ".rom", sha256)) {
		report(c, STORE_FOREIGN, name, not_ours);
		return;
	}
	c->n.romfiles++;
	report_file(c, name, verify_rom(c, sha256));
}

static void check_raw(struct check *c, const char *entry, const char *name)
{
	char sha256[SHA256_HEX];
	uint8_t *data;
	size_t n;
	int err;

	if (!romstore_digest_in(entry, ".bin", sha256)) {
		report(c, STORE_FOREIGN, name, not_ours);
		return;
	}
	c->n.raws++;
	err = romstore_get_raw(c->s, sha256, &data, &n);
	if (!err)
		free(data);
	report_file(c, name, err);
}

static void check_link(struct check *c, enum romstore_links where, const char *entry,
		       const char *name)
{
	const char *end = strrchr(entry, '.');
	char link[NAME_LEN], sha256[SHA256_HEX];
	int err = -EINVAL;

	if (end && strcmp(end, ".rom") == 0) {
		snprintf(link, sizeof(link), "%.*s", (int)(end - entry), entry);
		err = romstore_linked(c->s, where, link, sha256);
	}
	if (err == -ENOENT) /* gone meanwhile */
		return;
	if (err == -EINVAL || err == -EEXIST) {
		report(c, STORE_FOREIGN, name, not_ours);
		return;
	}
	c->n.links++;
	err = err ? err : verify_rom(c, sha256);
	if (err == -ENOENT || err == -EBADMSG)
		report(c, STORE_DANGLING, name,
		       "leads to no whole romfile (roms/%.12s...): a VM that names it does not "
		       "start. The next boot, or gpurom import, puts it right",
		       sha256);
	else if (err)
		report(c, STORE_UNREAD, name, "%s", strerror(-err));
}

/* check_shown() reports the link of a recorded card that has a ROM. */
static void check_reason(struct check *c, const char *path, const char *sha256, const char *name)
{
	char aside[RECORD_ASIDE_MAX];
	const struct record_card *card = record_find(&c->record, path);

	if ((card && *record_shown(card)) || recordlinks_explained(&c->record, path, sha256))
		return;
	if (record_find_aside(c->s->fd, aside) < 0 || !aside[0])
		report(c, STORE_UNEXPLAINED, name,
		       "shows %.12s...; by " RECORD_FILE " no card that is or was there has this "
		       "ROM: a VM that names it may get another card's. The next commit removes it",
		       sha256);
	else
		report(c, STORE_UNEXPLAINED, name,
		       "shows %.12s...; by " RECORD_FILE " no card that is or was there has this "
		       "ROM. It stays while %s is there, which may explain it",
		       sha256, aside);
}

static void check_path(struct check *c, const char *entry, const char *name)
{
	const char *end = strrchr(entry, '.');
	char path[NAME_LEN], sha256[SHA256_HEX];

	check_link(c, STORE_BY_PATH, entry, name);
	snprintf(path, sizeof(path), "%.*s", (int)(end ? end - entry : 0), entry);
	if (!c->err && romstore_linked(c->s, STORE_BY_PATH, path, sha256) == 0)
		check_reason(c, path, sha256, name);
}

static void check_id(struct check *c, const char *entry, const char *name)
{
	check_link(c, STORE_BY_ID, entry, name);
}

static void check_top(struct check *c, const char *entry, const char *name)
{
	static const char *const ours[] = {"roms",	 "raw",	      "by-path",	 "by-id",
					   STORE_IMAGES, RECORD_FILE, RECORD_OLDER_FILE, ".lock"};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		if (strcmp(entry, ours[i]) == 0)
			return;
	if (strncmp(entry, RECORD_FILE ".corrupt-", strlen(RECORD_FILE ".corrupt-")) == 0)
		report(c, STORE_FOREIGN, name,
		       "a record that was corrupt, put aside: look at it, then remove it");
	else
		report(c, STORE_FOREIGN, name, not_ours);
}

/* --- the record ------------------------------------------------------------------------------ */

static void check_shown(struct check *c, const char *path, const struct record_rom *rom)
{
	char link[SHA256_HEX], name[NAME_LEN];
	int err = romstore_linked(c->s, STORE_BY_PATH, path, link);

	snprintf(name, sizeof(name), "by-path/%s.rom", path);
	if (err == -ENOENT && !c->is_volatile)
		report(c, STORE_MISSING, name,
		       "not there, though " RECORD_FILE " has a ROM of this card: the next boot "
		       "makes it anew");
	else if (!err && strcmp(link, rom->sha256) != 0)
		report(c, STORE_DIFFERS, name,
		       "shows %.12s..., " RECORD_FILE " says %.12s...: the next boot shows the "
		       "latter",
		       link, rom->sha256);
}

static void check_recorded(void *ctx, const struct record_card *card, enum record_use use,
			   const struct record_rom *rom)
{
	const char *path = card->path;
	struct check *c = ctx;
	char name[NAME_LEN];

	c->n.cards += use == RECORD_SHOWN;
	if (!rom || !rom->sha256[0])
		return;
	snprintf(name, sizeof(name), "roms/%s.rom", rom->sha256);
	/* check_rom() checked one that is there. */
	if (verify_rom(c, rom->sha256) == -ENOENT)
		report(c, STORE_MISSING, name,
		       "not there, though " RECORD_FILE " has it for the card at %s: the next boot "
		       "that reads it, or gpurom import, puts it back",
		       path);
	if (use == RECORD_SHOWN)
		check_shown(c, path, rom);
}

static void check_record(struct check *c)
{
	const int err = c->err;

	if (err == -EBADMSG)
		report(c, STORE_DAMAGED, RECORD_FILE,
		       "corrupt: the next boot puts it aside and begins another; no ROM is lost");
	else if (err == -ENOTSUP)
		report(c, STORE_UNREAD, RECORD_FILE, "written by a newer gpurom");
	else if (err)
		report(c, STORE_UNREAD, RECORD_FILE, "%s", strerror(-err));
	if (!err)
		record_roms(&c->record, check_recorded, c);
}

int storecheck(const struct romstore *s, bool is_volatile, storecheck_found *found, void *ctx,
	       struct store_counts *ret)
{
	static const struct {
		const char *folder;
		check_entry *fn;
	} all[] = {{"roms", check_rom},
		   {"raw", check_raw},
		   {"by-path", check_path},
		   {"by-id", check_id},
		   {".", check_top}};
	struct check c = {.s = s, .is_volatile = is_volatile, .found = found, .ctx = ctx};
	int err = 0;

	c.err = record_load(s->fd, &c.record);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && !err; i++)
		err = check_folder(&c, all[i].folder, all[i].fn);
	if (!err)
		check_record(&c);
	record_free(&c.record);
	*ret = c.n;
	return err;
}

const char *store_fault_text(enum store_fault f)
{
	static const char *const words[] = {
		[STORE_FOREIGN] = "foreign",   [STORE_DAMAGED] = "damaged",
		[STORE_DANGLING] = "dangling", [STORE_MISSING] = "missing",
		[STORE_DIFFERS] = "differs",   [STORE_UNEXPLAINED] = "unexplained",
		[STORE_UNREAD] = "unread"};

	return words[f];
}
