// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/json-fields.h"

#include "pci/serial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDS_BUF 10 /* "10de:2204" */
#define HEX_MAX 64 /* digits */
#define JSON_BITS_MAX 64
#define JSON_FIELD_MAX 2048 /* bytes of the largest member that a table has, structs aside */

static void put_addr(struct json_writer *w, struct pci_addr a)
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

static void put_class(struct json_writer *w, uint32_t class)
{
	char buf[8];

	snprintf(buf, sizeof(buf), "%06x", class & 0xffffff);
	json_put_text(w, "class", buf);
}

static void put_serial(struct json_writer *w, uint64_t serial)
{
	char buf[PCI_SERIAL_BUF];

	if (serial)
		json_put_text(w, "serial", pci_serial_format(serial, buf));
}

static void get_addr(struct json_reader *r, struct pci_addr *ret)
{
	char text[PCI_ADDR_BUF + 1] = "";

	json_get_text(r, "address", text, sizeof(text));
	if (pci_addr_parse(text, ret) < 0)
		r->err = -EBADMSG;
}

/* That many lower-case hexadecimal digits, and then the character `then`. */
static bool is_hex(const char *text, size_t digits, char then)
{
	size_t n = 0;

	while ((text[n] >= '0' && text[n] <= '9') || (text[n] >= 'a' && text[n] <= 'f'))
		n++;
	return n == digits && text[digits] == then;
}

static void get_ids(struct json_reader *r, const char *key, uint16_t ret[2])
{
	char text[IDS_BUF + 1] = "";

	json_get_text(r, key, text, sizeof(text));
	if (is_hex(text, 4, ':') && is_hex(text + 5, 4, '\0')) {
		ret[0] = (uint16_t)strtoul(text, NULL, 16);
		ret[1] = (uint16_t)strtoul(text + 5, NULL, 16);
	} else {
		r->err = -EBADMSG;
	}
}

/* "" or that many digits, which fit into ret with a NUL: nothing else may pass, for it becomes part
 * of a file's name. */
static void get_hex(struct json_reader *r, const char *key, char *ret, size_t digits)
{
	char text[HEX_MAX + 2] = "";

	json_get_text(r, key, text, sizeof(text));
	if (*text && !is_hex(text, digits, '\0'))
		r->err = -EBADMSG;
	else
		memcpy(ret, text, digits + 1);
}

static void get_serial(struct json_reader *r, uint64_t *ret)
{
	char text[PCI_SERIAL_BUF + 1] = "";
	uint64_t serial = 0;

	json_get_text(r, "serial", text, sizeof(text));
	if (*text && (pci_serial_parse(text, &serial) < 0 || !pci_serial_usable(serial)))
		r->err = -EBADMSG;
	else if (*text)
		*ret = serial;
}

static void get_slot(struct json_reader *r, char ret[PCI_SLOT_MAX])
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

static void get_class(struct json_reader *r, uint32_t *ret)
{
	char text[8] = "";

	json_get_text(r, "class", text, sizeof(text));
	if (is_hex(text, 6, '\0'))
		*ret = (uint32_t)strtoul(text, NULL, 16);
	else
		r->err = -EBADMSG;
}

/* --- tables: to read -------------------------------------------------------------------------- */

static void get_texts(struct json_reader *r, const struct json_field *f, char *to)
{
	const cJSON *all = json_get_array(r, f->key, SIZE_MAX), *o;
	size_t n = 0;

	cJSON_ArrayForEach(o, all)
	{
		if (cJSON_IsString(o) && n < f->size / f->more)
			snprintf(to + n++ * f->more, f->more, "%s", o->valuestring);
	}
}

/* Unknown words are another version's. */
static void get_bits(struct json_reader *r, const struct json_field *f, unsigned *to)
{
	const char *const *words = f->of;
	const cJSON *all = json_get_array(r, f->key, JSON_BITS_MAX), *o;

	cJSON_ArrayForEach(o, all)
	{
		for (unsigned i = 0; cJSON_IsString(o) && i < f->more; i++)
			if (words[i] && strcmp(o->valuestring, words[i]) == 0)
				*to |= 1u << i;
	}
}

static void get_size(struct json_reader *r, const struct json_field *f, size_t *ret)
{
	uint64_t size = 0;

	json_get_u64(r, f->key, f->more, &size);
	*ret = (size_t)size;
}

static void get_value(struct json_reader *r, const struct json_field *f, void *to)
{
	const char *key = f->key;

	switch ((enum json_kind)f->kind) {
	case JSON_TEXT:
		json_get_text(r, key, to, f->size);
		break;
	case JSON_HEX:
		get_hex(r, key, to, f->size - 1u);
		break;
	case JSON_ADDR:
		get_addr(r, to);
		break;
	case JSON_SERIAL:
		get_serial(r, to);
		break;
	case JSON_SLOT:
		get_slot(r, to);
		break;
	case JSON_BOOL:
		json_get_bool(r, key, to);
		break;
	case JSON_SIZE:
		get_size(r, f, to);
		break;
	case JSON_U64:
		json_get_u64(r, key, JSON_INTEGER_MAX, to);
		break;
	case JSON_UNSIGNED:
		json_get_unsigned(r, key, to);
		break;
	case JSON_INT:
		json_get_int(r, key, to);
		break;
	case JSON_IDS:
		get_ids(r, key, to);
		break;
	case JSON_CLASS:
		get_class(r, to);
		break;
	case JSON_WORD:
		json_get_word(r, key, f->of, f->more, to);
		break;
	case JSON_BITS:
		get_bits(r, f, to);
		break;
	case JSON_TEXTS:
		get_texts(r, f, to);
		break;
	case JSON_PART:
	case JSON_OBJECT:
	case JSON_NODE:
	case JSON_LIST:
	case JSON_ARRAY:
	case JSON_ALLOCATED:
		break;
	}
}

static void *pointer_at(const void *p)
{
	void *ret;

	memcpy(&ret, p, sizeof(ret));
	return ret;
}

static bool is_nested(const struct json_field *f)
{
	return f->kind >= JSON_PART;
}

static bool is_array(const struct json_field *f)
{
	return f->kind >= JSON_LIST;
}

static void *structs_new(const struct json_memory *m, size_t n, size_t size)
{
	void *new = m ? m->alloc(m->ctx, n * size) : calloc(n, size);

	return new &&m ? memset(new, 0, n * size) : new;
}

/* Reads a struct of its own, and puts the pointer to it at `to`. */
static int read_node(const struct json_table *t, const cJSON *o, const struct json_memory *m,
		     void *to)
{
	void *item = structs_new(m, 1, t->size);

	if (!item)
		return -ENOMEM;
	memcpy(to, &item, sizeof(item));
	return json_fields_read(t, o, m, item);
}

static int worse_error(int a, int b)
{
	return a == -ENOMEM || !b ? a : b;
}

/* An array: as a list, in place, or in memory of its own. */
static int read_items(const struct json_field *f, const cJSON *a, const struct json_memory *m,
		      char *base)
{
	const struct json_table *t = f->of;
	char *to = base + f->at, *end = to + f->size;
	const cJSON *o;
	int err = 0;

	if (f->kind == JSON_ALLOCATED) {
		char *items = structs_new(m, f->size, t->size);

		if (!items)
			return -ENOMEM;
		memcpy(to, &items, sizeof(items));
		to = items;
		end = items + f->size * t->size;
	}
	cJSON_ArrayForEach(o, a)
	{
		if (f->kind == JSON_LIST) {
			err = worse_error(err, read_node(t, o, m, to));
			if (err != -ENOMEM)
				to = pointer_at(to);
		} else if (to < end) {
			err = worse_error(err, json_fields_read(t, o, m, to));
			to += t->size;
			++*(size_t *)(base + f->more);
		} else {
			err = worse_error(err, -EBADMSG);
		}
		if (err == -ENOMEM)
			break;
	}
	return err;
}

static int read_nested(const struct json_field *f, const cJSON *v, const struct json_memory *m,
		       char *base)
{
	if (is_array(f))
		return cJSON_IsArray(v) ? read_items(f, v, m, base) : -EBADMSG;
	if (!cJSON_IsObject(v))
		return cJSON_IsNull(v) && !(f->flags & JSON_NEEDED) ? 0 : -EBADMSG;
	if (f->kind == JSON_NODE)
		return read_node(f->of, v, m, base + f->at);
	if (f->kind == JSON_OBJECT)
		*(bool *)(base + f->at) = true;
	return json_fields_read(f->of, v, m, base + f->at);
}

/* True where v has the right JSON type, so that only its content can be wrong. */
static bool has_kind(const struct json_field *f, const cJSON *v)
{
	if (is_array(f))
		return cJSON_IsArray(v);
	return is_nested(f) ? cJSON_IsObject(v) : cJSON_IsString(v);
}

int json_fields_read(const struct json_table *t, const cJSON *o, const struct json_memory *memory,
		     void *ret)
{
	struct json_reader r = {.o = o};
	char *base = ret;
	int err = cJSON_IsObject(o) ? 0 : -EBADMSG;

	if (t->read)
		return t->read(o, ret);
	if (t->json != JSON_PLAIN)
		memcpy(base + t->json, &o, sizeof(o));
	for (const struct json_field *f = t->field; f < t->field + t->n; f++) {
		const cJSON *v = json_get(&r, f->key);

		r.err = !v && f->flags & JSON_NEEDED ? -EBADMSG : 0;
		if (v && is_nested(f))
			r.err = read_nested(f, v, memory, base);
		else if (v)
			get_value(&r, f, base + f->at);
		if (r.err == -EBADMSG &&
		    (f->flags & JSON_ANY || (f->flags & JSON_LAX && has_kind(f, v))))
			r.err = 0;
		err = worse_error(err, r.err);
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

static cJSON *bits_make(struct json_writer *w, const struct json_field *f, unsigned bits)
{
	const char *const *words = f->of;
	cJSON *all = cJSON_CreateArray();

	for (unsigned i = 0; i < f->more; i++)
		if (bits & 1u << i && words[i])
			json_push_text(w, all, words[i]);
	return all;
}

/* The struct, or the first of several; NULL where there is none. */
static const void *first_of(const struct json_field *f, const char *base)
{
	const void *p = base + f->at;

	if (f->kind == JSON_PART || f->kind == JSON_OBJECT)
		return f->kind == JSON_PART || *(const bool *)p ? p : NULL;
	if (f->kind == JSON_ARRAY || f->kind == JSON_ALLOCATED)
		if (!*(const size_t *)(const void *)(base + f->more))
			return NULL;
	return f->kind == JSON_ARRAY ? p : pointer_at(p);
}

static cJSON *items_make(struct json_writer *w, const struct json_field *f, const char *base)
{
	const struct json_table *t = f->of;
	const char *item = first_of(f, base);
	cJSON *all = cJSON_CreateArray();

	for (size_t i = 0; item; i++) {
		json_push(w, all, json_fields_write(t, item));
		if (f->kind == JSON_LIST)
			item = pointer_at(item);
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
	case JSON_SLOT:
		json_put_text(w, f->key, p);
		break;
	case JSON_ADDR:
		put_addr(w, *(const struct pci_addr *)p);
		break;
	case JSON_SERIAL:
		put_serial(w, *(const uint64_t *)p);
		break;
	case JSON_BOOL:
		json_put_bool(w, f->key, *(const bool *)p);
		break;
	case JSON_SIZE:
		json_put_u64(w, f->key, *(const size_t *)p);
		break;
	case JSON_U64:
		json_put_u64(w, f->key, *(const uint64_t *)p);
		break;
	case JSON_UNSIGNED:
		json_put_u64(w, f->key, *(const unsigned *)p);
		break;
	case JSON_INT:
		json_put_int(w, f->key, *(const int *)p);
		break;
	case JSON_IDS:
		json_put_ids(w, f->key, ids[0], ids[1]);
		break;
	case JSON_CLASS:
		put_class(w, *(const uint32_t *)p);
		break;
	case JSON_WORD:
		json_put_text(w, f->key, ((const char *const *)f->of)[*(const unsigned *)p]);
		break;
	case JSON_BITS:
		json_put(w, f->key, bits_make(w, f, *(const unsigned *)p));
		break;
	case JSON_TEXTS:
		json_put(w, f->key, texts_make(w, f, p));
		break;
	case JSON_PART:
	case JSON_OBJECT:
	case JSON_NODE:
		p = first_of(f, base);
		json_put(w, f->key, p ? json_fields_write(f->of, p) : cJSON_CreateNull());
		break;
	case JSON_LIST:
	case JSON_ARRAY:
	case JSON_ALLOCATED:
		json_put(w, f->key, items_make(w, f, base));
		break;
	}
}

static bool is_text(const struct json_field *f)
{
	return f->kind == JSON_TEXT || f->kind == JSON_HEX || f->kind == JSON_SLOT ||
	       f->kind == JSON_TEXTS;
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
	return is_text(f) && !*(const char *)p;
}

static const cJSON *origin_of(const struct json_table *t, const void *s)
{
	return t->json == JSON_PLAIN ? NULL : pointer_at((const char *)s + t->json);
}

/* v is what the struct was read from. */
static bool is_same_struct(const struct json_field *f, const char *base, const cJSON *v)
{
	const void *first = first_of(f, base);

	if (is_array(f))
		v = cJSON_IsArray(v) ? v->child : NULL;
	else
		v = cJSON_IsObject(v) ? v : NULL;
	return first ? v && origin_of(f->of, first) == v : !v;
}

/* The value reads as what the struct has. */
static bool is_same_value(const struct json_field *f, const char *base, struct json_reader *r)
{
	_Alignas(max_align_t) char was[JSON_FIELD_MAX];
	const size_t size = f->kind == JSON_IDS ? 2 * sizeof(uint16_t) : f->size;
	const size_t each = f->kind == JSON_TEXTS ? f->more : f->size;
	const cJSON *v = json_get(r, f->key);
	const char *is = base + f->at;

	if (is_text(f) && !v)
		return !*is;
	if (is_text(f) && cJSON_IsString(v) && strcmp(v->valuestring, is) == 0)
		return true;
	memset(was, 0, size);
	get_value(r, f, was);
	if (!is_text(f))
		return memcmp(was, is, size) == 0;
	for (size_t i = 0; i < size && (was[i] || is[i]); i += each)
		if (strcmp(was + i, is + i) != 0)
			return false;
	return true;
}

static bool is_unchanged(const struct json_table *t, const void *from);

/* The structs of a list are those of the array, and none has changed. */
static bool is_same_list(const struct json_field *f, const char *item, const cJSON *array)
{
	const struct json_table *t = f->of;
	const cJSON *v = array->child;

	for (; item && v && origin_of(t, item) == v && is_unchanged(t, item); v = v->next)
		item = pointer_at(item);
	return !item && !v;
}

/* The same structs, with nothing changed in them either. */
static bool is_same_nested(const struct json_field *f, const char *base, const cJSON *v)
{
	const void *first = first_of(f, base);

	if (!is_same_struct(f, base, v))
		return false;
	if (!first || f->kind == JSON_ARRAY)
		return true;
	return f->kind == JSON_LIST ? is_same_list(f, first, v) : is_unchanged(f->of, first);
}

/* True where json_fields_write would make a copy of the object that the struct was read from, and
 * change nothing in it. */
static bool is_unchanged(const struct json_table *t, const void *from)
{
	struct json_reader r = {.o = origin_of(t, from)};

	if (!cJSON_IsObject(r.o) || t->write)
		return false;
	for (const struct json_field *f = t->field; f < t->field + t->n; f++)
		if (f->kind == JSON_ALLOCATED ||
		    !(is_nested(f) ? is_same_nested(f, from, json_get(&r, f->key))
				   : is_same_value(f, from, &r)))
			return false;
	return true;
}

cJSON *json_fields_write(const struct json_table *t, const void *from)
{
	const cJSON *was = origin_of(t, from);
	struct json_reader r = {.o = was};
	struct json_writer w = {0};
	bool changed = false;

	if (t->write)
		return t->write(from);
	if (is_unchanged(t, from))
		return cJSON_CreateObjectReference(was->child);
	w.o = was ? cJSON_Duplicate(was, true) : cJSON_CreateObject();
	w.failed = !w.o;
	for (const struct json_field *f = t->field; f < t->field + t->n && cJSON_IsObject(w.o);
	     f++) {
		const bool none = is_none(f, from), nested = is_nested(f);
		const bool same = was && (nested ? is_same_struct(f, from, json_get(&r, f->key))
						 : is_same_value(f, from, &r));
		bool put = was ? !same && (!none || f->flags & JSON_KEEP)
			       : !none || !(f->flags & JSON_OPTIONAL);

		put |= changed && f->flags & JSON_WITH;
		/* A struct in its old place may have changed inside. */
		put |= nested && !none && f->kind != JSON_ARRAY;
		changed = put && !same && !none;
		if (put)
			put_field(&w, f, from);
		else if (!same)
			cJSON_DeleteItemFromObjectCaseSensitive(w.o, f->key);
	}
	return json_done(&w);
}
