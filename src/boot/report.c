#include "boot/report.h"

#include "boot/card.h"
#include "sys/file.h"
#include "sys/json-fields.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define REPORT_PATH_MAX 64 /* ROOT_CARDS "/" and a card's name */
#define REPORT_MODE 0644
#define REPORT_FOLDER_MODE 0755

static const char *const trim_words[] = {
	[ROM_TRIM_CHAIN] = "chain",
	[ROM_TRIM_HEAD] = "head",
};

const char *report_card_name(struct pci_addr a, const char *suffix, char buf[PCI_ADDR_BUF + 8])
{
	snprintf(buf, PCI_ADDR_BUF + 8, "%04x-%02x-%02x%.7s", a.domain, a.bus, a.dev, suffix);
	return buf;
}

static void put_cards(struct json_writer *w, const struct report *r)
{
	cJSON *cards = cJSON_CreateArray();

	for (size_t i = 0; i < r->n; i++)
		json_push(w, cards, cardjson_make(&r->card[i]));
	json_put(w, "cards", cards);
}

static void put_sources(struct json_writer *w, const struct report *r)
{
	cJSON *sources = cJSON_CreateArray();

	for (size_t i = 0; i < r->n_sources; i++)
		json_push_text(w, sources, source_text(r->sources[i]));
	json_put(w, "sources", sources);
}

static void put_bad(struct json_writer *w, const struct report *r)
{
	cJSON *bad = cJSON_CreateArray();

	for (size_t i = 0; i < r->n_bad; i++)
		json_push_text(w, bad, r->bad[i]);
	json_put(w, "complaints", bad);
}

static void put_silent(struct json_writer *w, const struct report *r)
{
	cJSON *all = cJSON_CreateArray();
	char addr[PCI_ADDR_BUF];

	for (size_t i = 0; i < r->n_silent; i++)
		json_push_text(w, all, pci_addr_format(r->silent[i], addr));
	json_put(w, "silent", all);
}

#define AT(member) JSON_AT(struct report_missing, member)
static const struct json_field missing_fields[] = {
	{"path", JSON_TEXT, AT(path)},
	{"address", JSON_ADDR, AT(addr), .flags = JSON_NEEDED},
	{"ids", JSON_IDS, AT(ids), .flags = JSON_NEEDED},
	{"last_seen", JSON_TEXT, AT(last_seen)},
};
static const struct json_table missing = JSON_PLAIN_TABLE(struct report_missing, missing_fields);

static void put_missing(struct json_writer *w, const struct report *r)
{
	cJSON *all = cJSON_CreateArray();

	for (size_t i = 0; i < r->n_missing; i++)
		json_push(w, all, json_fields_write(&missing, &r->missing[i]));
	json_put(w, "missing", all);
}

char *report_json(const struct report *r)
{
	struct json_writer w = {.o = cJSON_CreateObject()};
	char *text = NULL;

	json_put_int(&w, "version", REPORT_VERSION);
	json_put_text(&w, "mode", config_mode_text(r->mode));
	json_put_u64(&w, "timeout", r->timeout);
	json_put_text(&w, "driver", r->driver);
	put_sources(&w, r);
	json_put_text(&w, "trim", trim_words[r->trim]);
	json_put_text(&w, "store", r->store);
	json_put_text(&w, "kernel", r->kernel);
	json_put_bool(&w, "late", r->late);
	json_put_u64(&w, "claim_at_us", r->claim_at_us);
	json_put_u64(&w, "claim_us", r->claim_us);
	json_put_u64(&w, "settle_us", r->settle_us);
	json_put_bool(&w, "settled", r->settled);
	json_put_text(&w, "stored", r->stored);
	put_silent(&w, r);
	put_bad(&w, r);
	put_cards(&w, r);
	put_missing(&w, r);
	if (!w.failed)
		text = cJSON_Print(w.o);
	cJSON_Delete(w.o);
	return text;
}

/* Takes text over; NULL stands for no memory. */
static int publish(const struct root *root, const char *folder, const char *path, char *text)
{
	int err = text ? dir_make(root->fd, folder, REPORT_FOLDER_MODE) : -ENOMEM;

	if (!err)
		err = file_publish(root->fd, path, text, strlen(text), REPORT_MODE);
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
	struct json_writer w = {.o = cJSON_CreateObject()};
	char path[REPORT_PATH_MAX], *text = NULL;

	json_put_int(&w, "version", REPORT_VERSION);
	json_put(&w, "card", cardjson_make(c));
	if (!w.failed)
		text = cJSON_Print(w.o);
	cJSON_Delete(w.o);
	return publish(root, ROOT_CARDS, card_path(c->card.addr, path), text);
}

/* One file of ours as JSON, of a version we know. */
static int load(const struct root *root, const char *path, cJSON **ret)
{
	struct json_reader r = {0};
	unsigned version = 0;
	uint8_t *text;
	cJSON *o;
	size_t n;
	int err = file_read_plain(root->fd, path, REPORT_FILE_MAX, &text, &n);

	if (err)
		return err == -EFBIG ? -EBADMSG : err;
	err = json_parse(text, n, &o);
	free(text);
	if (err)
		return err;
	r.o = o;
	json_get_unsigned(&r, "version", &version);
	if (r.err || version != REPORT_VERSION) {
		cJSON_Delete(o);
		return -EBADMSG;
	}
	*ret = o;
	return 0;
}

static int read_bad(struct json_reader *in, struct report *r)
{
	const cJSON *a = json_get_array(in, "complaints", REPORT_BAD_MAX), *v;

	if (!a)
		return in->err;
	r->bad = calloc(REPORT_BAD_MAX, sizeof(*r->bad));
	if (!r->bad)
		return -ENOMEM;
	cJSON_ArrayForEach(v, a)
	{
		if (!cJSON_IsString(v))
			return -EBADMSG;
		snprintf(r->bad[r->n_bad++], sizeof(*r->bad), "%s", v->valuestring);
	}
	return 0;
}

static void read_silent(struct json_reader *in, struct report *r)
{
	const cJSON *a = json_get_array(in, "silent", PCISCAN_SILENT_MAX), *v;

	cJSON_ArrayForEach(v, a)
	{
		if (cJSON_IsString(v) &&
		    pci_addr_parse(v->valuestring, &r->silent[r->n_silent]) == 0)
			r->n_silent++;
		else
			in->err = -EBADMSG;
	}
}

static void read_sources(struct json_reader *in, struct report *r)
{
	const cJSON *a = json_get_array(in, "sources", SOURCES_MAX), *v;

	cJSON_ArrayForEach(v, a)
	{
		if (cJSON_IsString(v) && source_parse(v->valuestring, &r->sources[r->n_sources]))
			r->n_sources++;
		else
			in->err = -EBADMSG;
	}
}

static int read_cards(struct json_reader *in, struct report *r)
{
	const cJSON *a = json_get_array(in, "cards", PLAN_CARDS_MAX), *o;

	if (!a)
		return in->err;
	r->card = calloc(PLAN_CARDS_MAX, sizeof(*r->card));
	if (!r->card)
		return -ENOMEM;
	cJSON_ArrayForEach(o, a)
	{
		int err = cardjson_read(o, &r->card[r->n]);

		if (err)
			return err;
		r->n++;
	}
	return 0;
}

static int read_missing(struct json_reader *in, struct report *r)
{
	const cJSON *a = json_get_array(in, "missing", REPORT_MISSING_MAX), *o;

	if (!a || in->err)
		return in->err;
	r->missing = calloc(REPORT_MISSING_MAX, sizeof(*r->missing));
	if (!r->missing)
		return -ENOMEM;
	cJSON_ArrayForEach(o, a)
	{
		int err = json_fields_read(&missing, o, &r->missing[r->n_missing]);

		if (err)
			return err;
		r->n_missing++;
	}
	return 0;
}

static void get_mode(struct json_reader *in, enum gpurom_mode *ret)
{
	const char *words[MODE_OFF + 1];
	unsigned mode = *ret;

	for (unsigned i = 0; i <= MODE_OFF; i++)
		words[i] = config_mode_text((enum gpurom_mode)i);
	json_get_word(in, "mode", words, MODE_OFF + 1, &mode);
	*ret = (enum gpurom_mode)mode;
}

static int read_report(const cJSON *o, struct report *r)
{
	struct json_reader in = {.o = o};
	unsigned trim = ROM_TRIM_CHAIN;
	uint64_t claim_at = 0;
	int err;

	get_mode(&in, &r->mode);
	json_get_unsigned(&in, "timeout", &r->timeout);
	json_get_text(&in, "driver", r->driver, sizeof(r->driver));
	read_sources(&in, r);
	json_get_word(&in, "trim", trim_words, sizeof(trim_words) / sizeof(trim_words[0]), &trim);
	r->trim = (enum rom_trim)trim;
	json_get_text(&in, "store", r->store, sizeof(r->store));
	json_get_text(&in, "kernel", r->kernel, sizeof(r->kernel));
	json_get_bool(&in, "late", &r->late);
	json_get_u64(&in, "claim_at_us", JSON_INTEGER_MAX, &claim_at);
	r->claim_at_us = claim_at;
	json_get_unsigned(&in, "claim_us", &r->claim_us);
	json_get_unsigned(&in, "settle_us", &r->settle_us);
	json_get_bool(&in, "settled", &r->settled);
	json_get_text(&in, "stored", r->stored, sizeof(r->stored));
	read_silent(&in, r);
	err = read_bad(&in, r);
	if (!err)
		err = read_cards(&in, r);
	if (!err)
		err = read_missing(&in, r);
	return err ? err : in.err;
}

/* The newer word of the card's worker, where there is one that can be understood; what commit said
 * of the card stands in the report alone. */
static void overlay(const struct root *root, struct boot_card *c)
{
	struct boot_card *newer = calloc(1, sizeof(*newer));
	char path[REPORT_PATH_MAX];
	cJSON *o = NULL;

	if (newer && load(root, card_path(c->card.addr, path), &o) == 0 &&
	    cardjson_read(cJSON_GetObjectItemCaseSensitive(o, "card"), newer) == 0 &&
	    pci_addr_same_card(newer->card.addr, c->card.addr)) {
		newer->identity = c->identity;
		memcpy(newer->identity_text, c->identity_text, sizeof(newer->identity_text));
		memcpy(newer->stored, c->stored, sizeof(newer->stored));
		*c = *newer;
	}
	cJSON_Delete(o);
	free(newer);
}

int report_load(const struct root *root, struct report *ret)
{
	struct report r = {0};
	cJSON *o;
	int err = load(root, ROOT_REPORT, &o);

	if (err)
		return err;
	err = read_report(o, &r);
	cJSON_Delete(o);
	if (err) {
		report_free(&r);
		return err;
	}
	for (size_t i = 0; i < r.n; i++)
		overlay(root, &r.card[i]);
	*ret = r;
	return 0;
}

void report_free(struct report *r)
{
	free(r->bad);
	free(r->card);
	free(r->missing);
	*r = (struct report){0};
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
