// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/report.h"

#include "boot/card.h"
#include "pci/modalias.h"
#include "sys/file.h"
#include "sys/json-fields.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define REPORT_PATH_MAX 64 /* ROOT_CARDS "/" and a card's name */
#define REPORT_MODE 0644
#define REPORT_FOLDER_MODE 0755

/* --- elements of arrays that are texts -------------------------------------------------------- */

static cJSON *source_write(const void *from)
{
	return json_text(source_text(*(const enum rom_source *)from));
}

static int source_read(const cJSON *v, void *ret)
{
	return cJSON_IsString(v) && source_parse(v->valuestring, ret) ? 0 : -EBADMSG;
}

static cJSON *addr_write(const void *from)
{
	char text[PCI_ADDR_BUF];

	return json_text(pci_addr_format(*(const struct pci_addr *)from, text));
}

static int addr_read(const cJSON *v, void *ret)
{
	return cJSON_IsString(v) && pci_addr_parse(v->valuestring, ret) == 0 ? 0 : -EBADMSG;
}

static cJSON *complaint_write(const void *from)
{
	return json_text(from);
}

static int complaint_read(const cJSON *v, void *ret)
{
	if (!cJSON_IsString(v))
		return -EBADMSG;
	snprintf(ret, REPORT_BAD_TEXT, "%s", v->valuestring);
	return 0;
}

static const struct json_table source = JSON_OWN_TABLE(enum rom_source, source_read, source_write);
static const struct json_table addr = JSON_OWN_TABLE(struct pci_addr, addr_read, addr_write);
static const struct json_table complaint =
	JSON_OWN_TABLE(char[REPORT_BAD_TEXT], complaint_read, complaint_write);

/* --- the fields, in their order in the files -------------------------------------------------- */

#define AT(member) JSON_AT(struct report_missing, member)
static const struct json_field missing_fields[] = {
	{"path", JSON_TEXT, AT(path)},
	{"address", JSON_ADDR, AT(addr), .flags = JSON_NEEDED},
	{"ids", JSON_IDS, AT(ids), .flags = JSON_NEEDED},
	{"last_seen", JSON_TEXT, AT(last_seen)},
};
static const struct json_table missing = JSON_PLAIN_TABLE(struct report_missing, missing_fields);
#undef AT

struct report_file {
	unsigned version;
	struct report r;
};

#define AT(member) JSON_AT(struct report_file, member)
#define COUNT(member) .more = offsetof(struct report_file, member)
#define UP_TO(member, max) .at = offsetof(struct report_file, member), .size = max
#define WORDS(words) .more = sizeof(words) / sizeof((words)[0]), .of = words
static const struct json_field report_fields[] = {
	{"version", JSON_UNSIGNED, AT(version)},
	{"mode", JSON_WORD, AT(r.mode), WORDS(config_mode_words)},
	{"timeout", JSON_UNSIGNED, AT(r.timeout)},
	{"driver", JSON_TEXT, AT(r.driver)},
	{"sources", JSON_ARRAY, AT(r.sources), COUNT(r.n_sources), .of = &source},
	{"trim", JSON_WORD, AT(r.trim), WORDS(config_trim_words)},
	{"store", JSON_TEXT, AT(r.store)},
	{"kernel", JSON_TEXT, AT(r.kernel)},
	{"program", JSON_TEXT, AT(r.program)},
	{"config_digest", JSON_TEXT, AT(r.config_digest)},
	{"late", JSON_BOOL, AT(r.late)},
	{"claim_at_us", JSON_U64, AT(r.claim_at_us)},
	{"claim_us", JSON_UNSIGNED, AT(r.claim_us)},
	{"settle_us", JSON_UNSIGNED, AT(r.settle_us)},
	{"settled", JSON_BOOL, AT(r.settled)},
	{"stored", JSON_TEXT, AT(r.stored)},
	{"silent", JSON_ARRAY, AT(r.silent), COUNT(r.n_silent), .of = &addr},
	{"complaints", JSON_ALLOCATED, UP_TO(r.bad, REPORT_BAD_MAX), COUNT(r.n_bad),
	 .of = &complaint},
	{"cards", JSON_ALLOCATED, UP_TO(r.card, PLAN_CARDS_MAX), COUNT(r.n),
	 .of = &boot_card_table},
	{"missing", JSON_ALLOCATED, UP_TO(r.missing, REPORT_MISSING_MAX), COUNT(r.n_missing),
	 .of = &missing},
};
static const struct json_table report_table = JSON_PLAIN_TABLE(struct report_file, report_fields);
#undef AT

struct card_file {
	unsigned version;
	struct boot_card card;
};

#define AT(member) JSON_AT(struct card_file, member)
static const struct json_field card_fields[] = {
	{"version", JSON_UNSIGNED, AT(version)},
	{"card", JSON_PART, AT(card), .flags = JSON_NEEDED, .of = &boot_card_table},
};
static const struct json_table card_table = JSON_PLAIN_TABLE(struct card_file, card_fields);

/* --- the files -------------------------------------------------------------------------------- */

const char *report_card_name(struct pci_addr a, const char *suffix, char buf[PCI_ADDR_BUF + 8])
{
	snprintf(buf, PCI_ADDR_BUF + 8, "%04x-%02x-%02x%.7s", a.domain, a.bus, a.dev, suffix);
	return buf;
}

static char *print_json(cJSON *o)
{
	char *text = o ? cJSON_Print(o) : NULL;

	cJSON_Delete(o);
	return text;
}

cJSON *report_object(const struct report *r)
{
	const struct report_file f = {REPORT_VERSION, *r};

	return json_fields_write(&report_table, &f);
}

char *report_json(const struct report *r)
{
	return print_json(report_object(r));
}

static int publish_text(const struct root *root, const char *path, const char *text)
{
	return file_publish(root->fd, path, text, strlen(text), REPORT_MODE);
}

/* Takes text over; NULL stands for no memory. From the first time on the folder is there. */
static int publish(const struct root *root, const char *folder, const char *path, char *text)
{
	int err = text ? publish_text(root, path, text) : -ENOMEM;

	if (err == -ENOENT) {
		err = dir_make(root->fd, folder, REPORT_FOLDER_MODE);
		if (!err)
			err = publish_text(root, path, text);
	}
	free(text);
	return err;
}

int report_save(const struct root *root, const struct report *r)
{
	return publish(root, ROOT_RUN, ROOT_REPORT, report_json(r));
}

static const char *card_path(struct pci_addr a, char buf[REPORT_PATH_MAX])
{
	char name[PCI_ADDR_BUF + 8];

	snprintf(buf, REPORT_PATH_MAX, ROOT_CARDS "/%s", report_card_name(a, ".json", name));
	return buf;
}

int report_save_card(const struct root *root, const struct boot_card *c)
{
	const struct card_file f = {REPORT_VERSION, *c};
	char path[REPORT_PATH_MAX];

	return publish(root, ROOT_CARDS, card_path(c->card.addr, path),
		       print_json(json_fields_write(&card_table, &f)));
}

bool report_has_card_file(const struct root *root, struct pci_addr a)
{
	char path[REPORT_PATH_MAX];
	struct stat st;

	return fstatat(root->fd, card_path(a, path), &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Sets *ret, whose first member is the version; on failure too. */
static int load(const struct root *root, const char *path, const struct json_table *t, void *ret)
{
	const unsigned *version = ret;
	uint8_t *text;
	cJSON *o;
	size_t n;
	int err = file_read_plain(root->fd, path, REPORT_FILE_MAX, &text, &n);

	if (err)
		return err == -EFBIG ? -EBADMSG : err;
	err = json_parse(text, n, NULL, &o);
	free(text);
	if (err)
		return err;
	err = json_fields_read(t, o, NULL, ret);
	cJSON_Delete(o);
	return !err && *version != REPORT_VERSION ? -EBADMSG : err;
}

/* Replaces the card by what its worker wrote later, if that can be read. What commit found out is
 * in the report alone. */
static void overlay_card(const struct root *root, struct boot_card *c)
{
	struct card_file *file = calloc(1, sizeof(*file));
	struct boot_card *newer = file ? &file->card : NULL;
	char path[REPORT_PATH_MAX];

	if (newer && load(root, card_path(c->card.addr, path), &card_table, file) == 0 &&
	    pci_addr_same_card(newer->card.addr, c->card.addr)) {
		newer->identity = c->identity;
		memcpy(newer->identity_text, c->identity_text, sizeof(newer->identity_text));
		memcpy(newer->stored, c->stored, sizeof(newer->stored));
		*c = *newer;
	}
	free(file);
}

/* A report of an older version has one driver for all. No word but a driver's name is ever written
 * to an override; an empty one would let any driver bind. */
static void add_wanted(const struct report *r, struct boot_card *c)
{
	bool named = r->driver[0] && strcmp(r->driver, CONFIG_DRIVER_AUTO) != 0;

	for (size_t i = 0; i < c->card.n; i++)
		if (!c->wanted[i][0])
			snprintf(c->wanted[i], sizeof(c->wanted[i]), "%s",
				 named ? r->driver : MODALIAS_GENERIC);
}

void report_refresh_card(const struct root *root, const struct report *r, struct boot_card *c)
{
	overlay_card(root, c);
	add_wanted(r, c);
}

/* Every save makes a new file. */
bool report_card_changed(const struct root *root, struct pci_addr a, struct report_stamp *s)
{
	char path[REPORT_PATH_MAX];
	struct stat st;
	struct report_stamp now = {0};

	if (fstatat(root->fd, card_path(a, path), &st, AT_SYMLINK_NOFOLLOW) == 0)
		now = (struct report_stamp){st.st_ino, st.st_mtim};
	if (now.file == s->file && now.time.tv_sec == s->time.tv_sec &&
	    now.time.tv_nsec == s->time.tv_nsec)
		return false;
	*s = now;
	return true;
}

int report_load(const struct root *root, struct report *ret)
{
	struct report_file f = {0};
	int err = load(root, ROOT_REPORT, &report_table, &f);

	if (err) {
		report_free(&f.r);
		return err;
	}
	for (size_t i = 0; i < f.r.n; i++)
		report_refresh_card(root, &f.r, &f.r.card[i]);
	*ret = f.r;
	return 0;
}

void report_free(struct report *r)
{
	free(r->bad);
	free(r->card);
	free(r->missing);
	*r = (struct report){0};
}

struct boot_card *report_find(const struct report *r, struct pci_addr a)
{
	for (size_t i = 0; i < r->n; i++)
		if (pci_addr_same_card(r->card[i].card.addr, a))
			return &r->card[i];
	return NULL;
}

int cardlock_take(const struct root *root, struct pci_addr a)
{
	char name[PCI_ADDR_BUF + 8], path[sizeof(ROOT_CARDS) + sizeof(name)];
	int fd, r;

	snprintf(path, sizeof(path), ROOT_CARDS "/%s", report_card_name(a, ".lock", name));
	fd = openat(root->fd, path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		r = errno == EWOULDBLOCK ? -EAGAIN : -errno;
		close(fd);
		return r;
	}
	return fd;
}
