#include "sys/json-fields.h"

#include "pci/serial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IDS_BUF 10	    /* "10de:2204" */
#define JSON_FIELD_MAX 2048 /* bytes of the largest member that a table has, structs aside */

void json_put_addr(struct json_writer *w, struct pci_addr a)
{
	char buf[PCI_ADDR_BUF];

	json_put_text(w, "address", pci_addr_format(a, buf));
}

void json_put_ids(struct json_writer *w, const char *key, uint16_t vendor, uint16_t device)
{
	char buf[IDS_BUF];

	snprintf(buf, sizeof(buf), "%04x:%04x", vendor, device);
	json_put_text(w, key, buf);
}

void json_put_class(struct json_writer *w, uint32_t class)
{
	char buf[8];

	snprintf(buf, sizeof(buf), "%06x", class & 0xffffff);
	json_put_text(w, "class", buf);
}

void json_put_serial(struct json_writer *w, uint64_t serial)
{
	char buf[PCI_SERIAL_BUF];

	if (serial)
		json_put_text(w, "serial", pci_serial_format(serial, buf));
}

void json_put_slot(struct json_writer *w, const char *slot)
{
	if (*slot)
		json_put_text(w, "slot", slot);
}

void json_get_addr(struct json_reader *r, struct pci_addr *ret)
{
	char text[PCI_ADDR_BUF + 1] = "";

	json_get_text(r, "address", text, sizeof(text));
	if (pci_addr_parse(text, ret) < 0)
		r->err = -EBADMSG;
}

/* Exactly `digits` lower-case hex digits at s. */
static bool hex_at(const char *s, size_t digits, uint32_t *ret)
{
	uint32_t v = 0;

	for (size_t i = 0; i < digits; i++) {
		const char *hex = "0123456789abcdef";
		const char *at = s[i] ? strchr(hex, s[i]) : NULL;

		if (!at)
			return false;
		v = v << 4 | (uint32_t)(at - hex);
	}
	*ret = v;
	return true;
}

void json_get_ids(struct json_reader *r, const char *key, uint16_t *vendor, uint16_t *device)
{
	char text[IDS_BUF + 1] = "";
	uint32_t v, d;

	json_get_text(r, key, text, sizeof(text));
	if (strlen(text) != IDS_BUF - 1 || !hex_at(text, 4, &v) || text[4] != ':' ||
	    !hex_at(text + 5, 4, &d)) {
		r->err = -EBADMSG;
		return;
	}
	*vendor = (uint16_t)v;
	*device = (uint16_t)d;
}

/* "" or that many digits, which fit into ret with a NUL: nothing else may pass, for it becomes part
 * of a file's name. */
static void get_hex(struct json_reader *r, const char *key, char *ret, size_t digits)
{
	char text[SHA256_HEX + 1] = "";

	json_get_text(r, key, text, sizeof(text));
	if (*text && (strlen(text) != digits || strspn(text, "0123456789abcdef") != digits))
		r->err = -EBADMSG;
	else
		memcpy(ret, text, digits + 1);
}

void json_get_sha256(struct json_reader *r, const char *key, char ret[SHA256_HEX])
{
	get_hex(r, key, ret, SHA256_HEX - 1);
}

void json_get_serial(struct json_reader *r, uint64_t *ret)
{
	char text[PCI_SERIAL_BUF + 1] = "";
	uint64_t serial = 0;

	json_get_text(r, "serial", text, sizeof(text));
	if (!*text)
		return;
	if (pci_serial_parse(text, &serial) < 0 || !pci_serial_usable(serial))
		r->err = -EBADMSG;
	else
		*ret = serial;
}

void json_get_slot(struct json_reader *r, char ret[PCI_SLOT_MAX])
{
	char text[PCI_SLOT_MAX + 1] = "";
	size_t n;

	json_get_text(r, "slot", text, sizeof(text));
	n = strlen(text);
	if (n >= PCI_SLOT_MAX || text[strspn(text, PCI_SLOT_CHARS)])
		r->err = -EBADMSG;
	else if (n)
		memcpy(ret, text, n + 1);
}

void json_get_class(struct json_reader *r, uint32_t *ret)
{
	char text[8] = "";
	uint32_t v = 0;

	json_get_text(r, "class", text, sizeof(text));
	if (strlen(text) != 6 || !hex_at(text, 6, &v))
		r->err = -EBADMSG;
	else
		*ret = v;
}

void json_get_verdict(struct json_reader *r, enum verdict *ret)
{
	unsigned verdict = *ret;

	json_get_word(r, "verdict", verdict_words, COUNT(verdict_words), &verdict);
	*ret = (enum verdict)verdict;
}

/* --- tables: to read -------------------------------------------------------------------------- */

static void get_texts(struct json_reader *r, const struct json_field *f, char *to)
{
	const cJSON *o;
	size_t n = 0;

	cJSON_ArrayForEach(o, json_get_array(r, f->key, SIZE_MAX))
	{
		if (cJSON_IsString(o) && n < f->size / f->more)
			snprintf(to + n++ * f->more, f->more, "%s", o->valuestring);
	}
}

static void get_value(struct json_reader *r, const struct json_field *f, void *to)
{
	const char *key = f->key;
	uint16_t *ids = to;
	uint64_t size = 0;

	switch ((enum json_kind)f->kind) {
	case JSON_TEXT:
		json_get_text(r, key, to, f->size);
		break;
	case JSON_HEX:
		get_hex(r, key, to, f->size - 1u);
		break;
	case JSON_SERIAL:
		json_get_serial(r, to);
		break;
	case JSON_BOOL:
		json_get_bool(r, key, to);
		break;
	case JSON_SIZE:
		json_get_u64(r, key, f->more, &size);
		*(size_t *)to = (size_t)size;
		break;
	case JSON_UNSIGNED:
		json_get_unsigned(r, key, to);
		break;
	case JSON_IDS:
		json_get_ids(r, key, &ids[0], &ids[1]);
		break;
	case JSON_CLASS:
		json_get_class(r, to);
		break;
	case JSON_WORD:
		json_get_word(r, key, f->of, f->more, to);
		break;
	case JSON_TEXTS:
		get_texts(r, f, to);
		break;
	case JSON_OBJECT:
	case JSON_NODE:
	case JSON_LIST:
	case JSON_ARRAY:
		break;
	}
}

static bool is_nested(const struct json_field *f)
{
	return f->kind >= JSON_OBJECT;
}

/* Of one struct from malloc, which *to points to from now on. */
static int read_node(const struct json_table *t, const cJSON *o, void *to)
{
	void *item = calloc(1, t->size);

	if (!item)
		return -ENOMEM;
	memcpy(to, &item, sizeof(item));
	return json_fields_read(t, o, item);
}

static int worse(int a, int b)
{
	return a == -ENOMEM || !b ? a : b;
}

/* An array: as a list, or in place. */
static int read_items(const struct json_field *f, const cJSON *a, char *base)
{
	const struct json_table *t = f->of;
	char *to = base + f->at, *end = to + f->size;
	const cJSON *o;
	int err = 0;

	cJSON_ArrayForEach(o, a)
	{
		if (f->kind == JSON_LIST) {
			err = worse(err, read_node(t, o, to));
			if (err != -ENOMEM)
				memcpy(&to, to, sizeof(to));
		} else if (to < end) {
			err = worse(err, json_fields_read(t, o, to));
			to += t->size;
			++*(size_t *)(base + f->more);
		} else {
			err = worse(err, -EBADMSG);
		}
		if (err == -ENOMEM)
			break;
	}
	return err;
}

static int read_nested(const struct json_field *f, const cJSON *v, char *base)
{
	if (f->kind == JSON_LIST || f->kind == JSON_ARRAY)
		return cJSON_IsArray(v) ? read_items(f, v, base) : -EBADMSG;
	if (!cJSON_IsObject(v))
		return cJSON_IsNull(v) ? 0 : -EBADMSG;
	if (f->kind == JSON_NODE)
		return read_node(f->of, v, base + f->at);
	*(bool *)(base + f->at) = true;
	return json_fields_read(f->of, v, base + f->at);
}

/* Its content alone is wrong. */
static bool has_kind(const struct json_field *f, const cJSON *v)
{
	if (f->kind == JSON_LIST || f->kind == JSON_ARRAY)
		return cJSON_IsArray(v);
	return is_nested(f) ? cJSON_IsObject(v) : cJSON_IsString(v);
}

int json_fields_read(const struct json_table *t, const cJSON *o, void *ret)
{
	char *base = ret;
	int err = cJSON_IsObject(o) ? 0 : -EBADMSG;

	memcpy(base + t->json, &o, sizeof(o));
	for (const struct json_field *f = t->field; f < t->field + t->n; f++) {
		const cJSON *v = json_at(o, f->key);
		struct json_reader r = {.o = o, .err = !v && f->flags & JSON_NEEDED ? -EBADMSG : 0};

		if (v && is_nested(f))
			r.err = read_nested(f, v, base);
		else if (v)
			get_value(&r, f, base + f->at);
		if (r.err == -EBADMSG &&
		    (f->flags & JSON_ANY || (f->flags & JSON_LAX && has_kind(f, v))))
			r.err = 0;
		err = worse(err, r.err);
	}
	return err;
}

/* --- tables: to write ------------------------------------------------------------------------- */

static cJSON *texts_make(struct json_writer *w, const struct json_field *f, const char *text)
{
	cJSON *all = cJSON_CreateArray();

	for (size_t i = 0; i < f->size / f->more && *text; i++, text += f->more)
		json_push_text(w, all, text);
	return all;
}

/* The struct, or the first of several; NULL where there is none. */
static const void *first_of(const struct json_field *f, const char *base)
{
	const void *p = base + f->at;

	if (f->kind == JSON_OBJECT)
		return *(const bool *)p ? p : NULL;
	if (f->kind == JSON_ARRAY)
		return *(const size_t *)(const void *)(base + f->more) ? p : NULL;
	memcpy(&p, p, sizeof(p));
	return p;
}

static cJSON *items_make(struct json_writer *w, const struct json_field *f, const char *base)
{
	const struct json_table *t = f->of;
	const char *item = first_of(f, base);
	cJSON *all = cJSON_CreateArray();

	for (size_t i = 0; item; i++) {
		json_push(w, all, json_fields_write(t, item));
		if (f->kind == JSON_LIST)
			memcpy(&item, item, sizeof(item));
		else
			item = i + 1 < *(const size_t *)(const void *)(base + f->more)
				       ? item + t->size
				       : NULL;
	}
	return all;
}

static void put_field(struct json_writer *w, const struct json_field *f, const char *base)
{
	const void *p = base + f->at;
	const uint16_t *ids = p;

	switch ((enum json_kind)f->kind) {
	case JSON_TEXT:
	case JSON_HEX:
		json_put_text(w, f->key, p);
		break;
	case JSON_SERIAL:
		json_put_serial(w, *(const uint64_t *)p);
		break;
	case JSON_BOOL:
		json_put_bool(w, f->key, *(const bool *)p);
		break;
	case JSON_SIZE:
		json_put_u64(w, f->key, *(const size_t *)p);
		break;
	case JSON_UNSIGNED:
		json_put_u64(w, f->key, *(const unsigned *)p);
		break;
	case JSON_IDS:
		json_put_ids(w, f->key, ids[0], ids[1]);
		break;
	case JSON_CLASS:
		json_put_class(w, *(const uint32_t *)p);
		break;
	case JSON_WORD:
		json_put_text(w, f->key, ((const char *const *)f->of)[*(const unsigned *)p]);
		break;
	case JSON_TEXTS:
		json_put(w, f->key, texts_make(w, f, p));
		break;
	case JSON_OBJECT:
	case JSON_NODE:
		p = first_of(f, base);
		json_put(w, f->key, p ? json_fields_write(f->of, p) : cJSON_CreateNull());
		break;
	case JSON_LIST:
	case JSON_ARRAY:
		json_put(w, f->key, items_make(w, f, base));
		break;
	}
}

static bool is_none(const struct json_field *f, const char *base)
{
	const void *p = base + f->at;

	if (is_nested(f))
		return !first_of(f, base);
	if (f->kind == JSON_SERIAL)
		return !*(const uint64_t *)p;
	if (f->kind == JSON_CLASS)
		return !*(const uint32_t *)p;
	return (f->kind == JSON_TEXT || f->kind == JSON_HEX || f->kind == JSON_TEXTS) &&
	       !*(const char *)p;
}

static const cJSON *origin_of(const struct json_table *t, const void *s)
{
	const cJSON *o;

	memcpy(&o, (const char *)s + t->json, sizeof(o));
	return o;
}

/* What it was read from stands there. */
static bool is_same_struct(const struct json_field *f, const char *base, const cJSON *v)
{
	const void *first = first_of(f, base);

	if (f->kind == JSON_LIST || f->kind == JSON_ARRAY)
		v = cJSON_IsArray(v) ? v->child : NULL;
	else
		v = cJSON_IsObject(v) ? v : NULL;
	return first ? v && origin_of(f->of, first) == v : !v;
}

/* What the object has reads the same. */
static bool is_same_value(const struct json_field *f, const char *base, const cJSON *o)
{
	_Alignas(max_align_t) char was[JSON_FIELD_MAX] = {0};
	const char *is = base + f->at;
	struct json_reader r = {.o = o};
	const size_t each = f->kind == JSON_TEXTS ? f->more : f->size;

	get_value(&r, f, was);
	if (f->kind == JSON_IDS)
		return memcmp(was, is, 2 * sizeof(uint16_t)) == 0;
	if (f->kind != JSON_TEXT && f->kind != JSON_HEX && f->kind != JSON_TEXTS)
		return memcmp(was, is, f->size) == 0;
	for (size_t i = 0; i < f->size && (was[i] || is[i]); i += each)
		if (strcmp(was + i, is + i) != 0)
			return false;
	return true;
}

cJSON *json_fields_write(const struct json_table *t, const void *from)
{
	const cJSON *was = origin_of(t, from);
	struct json_writer w = {.o = was ? cJSON_Duplicate(was, true) : cJSON_CreateObject()};
	bool anew = false;

	w.failed = !w.o;
	for (const struct json_field *f = t->field; f < t->field + t->n && cJSON_IsObject(w.o);
	     f++) {
		const bool none = is_none(f, from), nested = is_nested(f);
		const bool same = was && (nested ? is_same_struct(f, from, json_at(was, f->key))
						 : is_same_value(f, from, was));
		bool put = was ? !same && (!none || f->flags & JSON_KEEP)
			       : !none || !(f->flags & JSON_OPTIONAL);

		put |= anew && f->flags & JSON_WITH;
		/* Of one that is where it was, a part may be another. */
		put |= nested && !none && f->kind != JSON_ARRAY;
		anew = put && !same && !none;
		if (put)
			put_field(&w, f, from);
		else if (!same)
			cJSON_DeleteItemFromObjectCaseSensitive(w.o, f->key);
	}
	return json_done(&w);
}
