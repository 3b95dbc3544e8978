// SPDX-License-Identifier: GPL-2.0-or-later
#include "guard/guard.h"

#include "guard/romfile.h"
#include "host/readable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One romfile of a definition. */
struct romfile {
	const struct host *h;
	const struct meaning *m;
	const struct vm_dev *dev;
	struct romname name;
	struct romstore store;
	char sha256[SHA256_HEX]; /* of the ROM that it leads to */
	struct faults *f;
};

#define FAULT(r, ...) faults_add((r)->f, (r)->dev->addr, __VA_ARGS__)
#define SNIPPET "'gpurom snippet %s %s' prints the right one"

/* --- readable --------------------------------------------------------------------------------- */

/* path: absolute. Returns false, and adds a fault, where others cannot enter one of its folders, or
 * cannot read the file at its end. */
static bool judge_modes(const struct romfile *r, const char *path, bool is_file)
{
	struct unreadable u;

	if (!readable_find(r->h->root, path, is_file, &u))
		return true;
	FAULT(r,
	      "QEMU's user cannot read the romfile: %s has mode %04o; 'chmod "
	      "o+%s %s'",
	      u.path, u.mode, u.lacks, u.path);
	return false;
}

/* A link itself has no mode that counts. */
static void judge_readable(const struct romfile *r)
{
	char path[STORE_FILE_MAX + SHA256_HEX];

	snprintf(path, sizeof(path), "%s/roms/%s.rom", r->store.path, r->sha256);
	if (!judge_modes(r, path, true) || r->name.kind == ROMNAME_ROM)
		return;
	snprintf(path, sizeof(path), "%s/%s", r->store.path,
		 r->name.kind == ROMNAME_ID ? "by-id" : "by-path");
	(void)judge_modes(r, path, false);
}

/* --- of this card ----------------------------------------------------------------------------- */

static bool has_ids(const char *by_id, const struct pci_ids *i)
{
	char ids[RECORD_BY_ID_MAX];
	int n = snprintf(ids, sizeof(ids), "%04x-%04x-%04x-%04x", i->vendor, i->device,
			 i->subvendor, i->subdevice);

	return strncmp(by_id, ids, (size_t)n) == 0 && (by_id[n] == '-' || !by_id[n]);
}

/* An old place of the card is as good, as long as its link leads to a ROM of the card. */
static bool is_its_place(const struct romfile *r)
{
	const struct record_card *c = r->m->recorded;

	return strcmp(r->name.name, r->m->path) == 0 ||
	       (!record_find(&r->h->rec, r->name.name) && record_was_at(c, r->name.name) &&
		record_rom(c, r->sha256));
}

static bool judge_owner(const struct romfile *r)
{
	const char *name = r->m->name, *form = r->m->words->form;

	if (r->name.kind == ROMNAME_PATH && !is_its_place(r))
		FAULT(r, "its romfile is that of the card at %s, but its card is at %s; " SNIPPET,
		      r->name.name, name, name, form);
	else if (r->name.kind == ROMNAME_ID &&
		 !has_ids(r->name.name, &pci_card_display(&r->m->card)->ids))
		FAULT(r, "its romfile is that of another model, %s; " SNIPPET, r->name.name, name,
		      form);
	else if (r->name.kind == ROMNAME_ROM &&
		 !record_rom(record_find(&r->h->rec, r->m->path), r->sha256))
		FAULT(r, "its romfile, %.12s..., is not one of this card's ROMs; " SNIPPET,
		      r->sha256, name, form);
	else
		return true;
	return false;
}

static void judge_pinned(const struct romfile *r)
{
	const char *pinned = r->m->recorded ? record_shown(r->m->recorded) : r->sha256;

	if (r->name.kind != ROMNAME_PATH || strcmp(pinned, r->sha256) == 0)
		return;
	if (*pinned)
		FAULT(r,
		      "its romfile leads to %.12s..., but %.12s... is pinned; 'gpurom "
		      "commit' makes it lead to the pinned one, 'gpurom pin %s %.12s' "
		      "pins the other one",
		      r->sha256, pinned, r->m->name, r->sha256);
	else
		FAULT(r,
		      "its romfile leads to %.12s..., but the record has no ROM of "
		      "this card; 'gpurom import FILE --card=%s' records one",
		      r->sha256, r->m->name);
}

/* --- whole ------------------------------------------------------------------------------------ */

static size_t file_size(const struct romfile *r)
{
	char name[SHA256_HEX + 16];
	struct stat st;

	snprintf(name, sizeof(name), "roms/%s.rom", r->sha256);
	return fstatat(r->store.fd, name, &st, 0) < 0 ? 0 : (size_t)st.st_size;
}

static bool judge_whole(const struct romfile *r)
{
	uint8_t *data = NULL;
	size_t n;
	int err = romstore_get_rom(&r->store, r->sha256, &data, &n);

	free(data);
	if (err == -ENOENT)
		FAULT(r,
		      "its romfile does not exist: %s/roms/%.12s...; the next boot "
		      "that reads this ROM, or 'gpurom import FILE --card=%s', puts it back",
		      r->store.path, r->sha256, r->m->name);
	else if (err == -EBADMSG)
		FAULT(r,
		      "its romfile is %s: %s/roms/%.12s...; the next boot that reads "
		      "this ROM, or 'gpurom import FILE --card=%s', writes it again",
		      file_size(r) ? "damaged, cut or changed" : "empty", r->store.path, r->sha256,
		      r->m->name);
	else if (err)
		FAULT(r,
		      "its romfile cannot be read, %s: %s/roms/%.12s...; 'gpurom "
		      "verify' checks the store",
		      strerror(-err), r->store.path, r->sha256);
	return !err;
}

/* Finds the ROM that the name leads to. Returns false where there is nothing to judge, or after
 * adding a fault. */
static bool judge_link(struct romfile *r)
{
	enum romstore_links where = r->name.kind == ROMNAME_ID ? STORE_BY_ID : STORE_BY_PATH;
	int err;

	if (r->name.kind == ROMNAME_ROM) {
		memcpy(r->sha256, r->name.name, SHA256_HEX);
		return true;
	}
	err = romstore_linked(&r->store, where, r->name.name, r->sha256);
	/* A person put a file or a link of their own there. */
	if (err == -EEXIST)
		return false;
	if (err == -ENOENT)
		FAULT(r,
		      "its romfile does not exist: %s; " SNIPPET
		      ", or none where the card has none",
		      r->dev->file, r->m->name, r->m->words->form);
	else if (err)
		FAULT(r,
		      "its romfile cannot be read, %s: %s; 'gpurom verify' checks the "
		      "store",
		      strerror(-err), r->dev->file);
	return !err;
}

/* --- all of it -------------------------------------------------------------------------------- */

static void judge_romfile(struct romfile *r)
{
	const struct pci_fn *display = pci_card_display(&r->m->card);
	/* Of several functions the first one gets it. */
	unsigned fn = r->dev->whole ? r->m->card.fn[0].addr.fn : r->dev->addr.fn;
	int err;

	if (fn != display->addr.fn)
		FAULT(r,
		      "function %u has the card's romfile, which is for the display "
		      "function, %u; 'gpurom snippet %s %s' prints it there",
		      fn, display->addr.fn, r->m->name, r->m->words->form);
	err = romstore_open(r->h->root, r->name.store, false, &r->store);
	if (err) {
		FAULT(r,
		      "its romfile cannot be read, %s: %s; 'gpurom verify' checks the "
		      "store",
		      strerror(-err), r->dev->file);
		return;
	}
	if (judge_link(r) && judge_owner(r) && judge_whole(r)) {
		judge_pinned(r);
		judge_readable(r);
	}
	romstore_close(&r->store);
}

void judge_romfiles(const struct host *h, const struct vm_card *c, const struct meaning *m,
		    struct faults *f)
{
	for (size_t i = 0; i < c->n; i++) {
		struct romfile r = {.h = h, .m = m, .dev = c->dev[i], .f = f};

		if (r.dev->rom_off)
			continue;
		romname_parse(h->config.store, r.dev->file, &r.name);
		if (r.name.kind != ROMNAME_FOREIGN)
			judge_romfile(&r);
	}
}
