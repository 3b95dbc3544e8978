// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/json.h"

#include "util/text.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FEW_KEYS 32 /* of which each is compared with each */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* For a few: no memory, and no sorting. */
static bool has_twin(const cJSON *first, const cJSON *o)
{
	for (; first != o; first = first->next)
		if (first->string[0] == o->string[0] && strcmp(first->string, o->string) == 0)
			return true;
	return false;
}

static int check_few_keys(const cJSON *object)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, object)
	{
		if (has_twin(object->child, o))
			return -EBADMSG;
	}
	return 0;
}

static int check_keys(const cJSON *object)
{
	size_t n = 0;
	const cJSON *o;
	const char **key;
	int err = 0;

	cJSON_ArrayForEach(o, object)
	{
		n++;
	}
	if (n <= FEW_KEYS)
		return check_few_keys(object);
	key = calloc(n, sizeof(*key));
	if (!key)
		return -ENOMEM;
	n = 0;
	cJSON_ArrayForEach(o, object)
	{
		key[n++] = o->string;
	}
	qsort(key, n, sizeof(*key), by_text);
	for (size_t i = 1; i < n && !err; i++)
		err = strcmp(key[i - 1], key[i]) == 0 ? -EBADMSG : 0;
	free(key);
	return err;
}

/* Two values under one key (RFC 8259, 4): which one is read depends on the reader, and removing one
 * brings out the other. As deep as cJSON nests (CJSON_NESTING_LIMIT). */
static int check_unique(const cJSON *value)
{
	int err = cJSON_IsObject(value) ? check_keys(value) : 0;
	const cJSON *o;

	cJSON_ArrayForEach(o, value)
	{
		if (!err && (cJSON_IsObject(o) || cJSON_IsArray(o)))
			err = check_unique(o);
	}
	return err;
}

/* cJSON has one allocator, which is given no context. */
static struct json_memory parsing;

static void *part_new(size_t n)
{
	return parsing.alloc(parsing.ctx, n);
}

static void part_keep(void *part)
{
	(void)part;
}

/* With the NUL behind the n bytes. */
static cJSON *parse_into(const char *text, size_t n, const struct json_memory *memory)
{
	cJSON_Hooks hooks = {.malloc_fn = part_new, .free_fn = part_keep};
	cJSON *o;

	if (!memory)
		return cJSON_ParseWithLengthOpts(text, n + 1, NULL, true);
	parsing = *memory;
	cJSON_InitHooks(&hooks);
	o = cJSON_ParseWithLengthOpts(text, n + 1, NULL, true);
	cJSON_InitHooks(NULL);
	return o;
}

int json_parse(const uint8_t *text, size_t n, const struct json_memory *memory, cJSON **ret)
{
	int err;
	cJSON *o;

	/* cJSON is given the NUL too, so that anything behind the object is an error. */
	if (memchr(text, '\0', n))
		return -EBADMSG;
	errno = 0;
	o = parse_into((const char *)text, n, memory);
	/* cJSON does not say whether memory ran out, malloc does: a good text must not count as a
	 * bad one. */
	if (!o && errno == ENOMEM)
		return -ENOMEM;
	err = cJSON_IsObject(o) ? check_unique(o) : -EBADMSG;
	if (!err)
		*ret = o;
	else if (!memory)
		cJSON_Delete(o);
	return err;
}

/* Control characters that cJSON writes and reads as \\u00XX; to JSON, DEL is not one. */
static const char escaped[] = "\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30"
			      "\31\32\33\34\35\36\37";

cJSON *json_text(const char *text)
{
	char *clean = strdup(text);
	cJSON *item;

	if (!clean)
		return NULL;
	text_clean(clean, escaped);
	item = cJSON_CreateString(clean);
	free(clean);
	return item;
}

void json_put(struct json_writer *w, const char *key, cJSON *item)
{
	/* A key keeps its place, so that a file rewritten with the same values is the same.
	 * (cJSON_HasObjectItem would take "Rom" for "rom".) */
	if (item && cJSON_GetObjectItemCaseSensitive(w->o, key)
		    ? cJSON_ReplaceItemInObjectCaseSensitive(w->o, key, item)
		    : item && cJSON_AddItemToObject(w->o, key, item))
		return;
	cJSON_Delete(item);
	w->failed = true;
}

void json_put_text(struct json_writer *w, const char *key, const char *text)
{
	json_put(w, key, json_text(text));
}

void json_put_u64(struct json_writer *w, const char *key, uint64_t v)
{
	json_put(w, key, cJSON_CreateNumber((double)(v < JSON_INTEGER_MAX ? v : JSON_INTEGER_MAX)));
}

void json_put_int(struct json_writer *w, const char *key, int v)
{
	json_put(w, key, cJSON_CreateNumber(v));
}

void json_put_bool(struct json_writer *w, const char *key, bool v)
{
	json_put(w, key, cJSON_CreateBool(v));
}

void json_push(struct json_writer *w, cJSON *array, cJSON *item)
{
	if (item && cJSON_AddItemToArray(array, item))
		return;
	cJSON_Delete(item);
	w->failed = true;
}

cJSON *json_at(const cJSON *o, const char *key)
{
	return cJSON_GetObjectItemCaseSensitive(o, key);
}

const cJSON *json_get(struct json_reader *r, const char *key)
{
	const cJSON *first = cJSON_IsObject(r->o) ? r->o->child : NULL;
	const cJSON *from = r->at ? r->at : first, *v = from;

	do {
		if (v && v->string[0] == key[0] && strcmp(v->string, key) == 0) {
			r->at = v;
			return v;
		}
		v = v && v->next ? v->next : first;
	} while (v != from);
	return NULL;
}

void json_push_text(struct json_writer *w, cJSON *array, const char *text)
{
	json_push(w, array, json_text(text));
}

cJSON *json_done(struct json_writer *w)
{
	if (!w->failed)
		return w->o;
	cJSON_Delete(w->o);
	return NULL;
}

/* Cut to fit. True where it has nothing to clean: printable ASCII. */
static bool copy_text(const char *from, char *ret, size_t cap)
{
	bool plain = true;
	size_t n = 0;

	for (; n < cap - 1 && from[n]; n++) {
		ret[n] = from[n];
		plain &= from[n] >= ' ' && from[n] < 0x7f;
	}
	ret[n] = '\0';
	return plain;
}

void json_get_text(struct json_reader *r, const char *key, char *ret, size_t cap)
{
	const cJSON *v = json_get(r, key);

	if (!v)
		return;
	if (!cJSON_IsString(v))
		r->err = -EBADMSG;
	else if (!copy_text(v->valuestring, ret, cap))
		text_clean(ret, escaped);
}

/* False where it is missing or no whole number of [min, max]. */
static bool get_number(struct json_reader *r, const char *key, double min, double max, double *ret)
{
	const cJSON *v = json_get(r, key);

	if (!v)
		return false;
	if (!cJSON_IsNumber(v) || !(v->valuedouble >= min && v->valuedouble <= max) ||
	    v->valuedouble != (double)(int64_t)v->valuedouble) {
		r->err = -EBADMSG;
		return false;
	}
	*ret = v->valuedouble;
	return true;
}

void json_get_u64(struct json_reader *r, const char *key, uint64_t max, uint64_t *ret)
{
	double v;

	if (max > JSON_INTEGER_MAX)
		max = JSON_INTEGER_MAX;
	if (get_number(r, key, 0, (double)max, &v))
		*ret = (uint64_t)v;
}

void json_get_unsigned(struct json_reader *r, const char *key, unsigned *ret)
{
	double v;

	if (get_number(r, key, 0, UINT_MAX, &v))
		*ret = (unsigned)v;
}

void json_get_int(struct json_reader *r, const char *key, int *ret)
{
	double v;

	if (get_number(r, key, INT_MIN, INT_MAX, &v))
		*ret = (int)v;
}

void json_get_bool(struct json_reader *r, const char *key, bool *ret)
{
	const cJSON *v = json_get(r, key);

	if (!v)
		return;
	if (cJSON_IsBool(v))
		*ret = cJSON_IsTrue(v);
	else
		r->err = -EBADMSG;
}

void json_get_word(struct json_reader *r, const char *key, const char *const *words, size_t n,
		   unsigned *ret)
{
	const cJSON *v = json_get(r, key);

	if (!v)
		return;
	for (size_t i = 0; cJSON_IsString(v) && i < n; i++)
		if (strcmp(v->valuestring, words[i]) == 0) {
			*ret = (unsigned)i;
			return;
		}
	r->err = -EBADMSG;
}

const cJSON *json_get_array(struct json_reader *r, const char *key, size_t max)
{
	const cJSON *v = json_get(r, key);

	if (!v)
		return NULL;
	if (!cJSON_IsArray(v) || (size_t)cJSON_GetArraySize(v) > max) {
		r->err = -EBADMSG;
		return NULL;
	}
	return v;
}

const cJSON *json_get_object(struct json_reader *r, const char *key)
{
	const cJSON *v = json_get(r, key);

	if (!v || cJSON_IsNull(v))
		return NULL;
	if (!cJSON_IsObject(v)) {
		r->err = -EBADMSG;
		return NULL;
	}
	return v;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "e", a sign, digits; 0 where there is none. Beyond +-999 a number is 0 or infinite anyway. */
static int read_exponent(const char **at)
{
	const char *c = *at;
	bool minus;
	int n = 0;

	if (*c != 'e' && *c != 'E')
		return 0;
	c++;
	minus = *c == '-';
	c += *c == '-' || *c == '+';
	if (!is_digit(*c))
		return 0;
	for (; is_digit(*c); c++)
		n = n < 999 ? n * 10 + (*c - '0') : n;
	*at = c;
	return minus ? -n : n;
}

#define SCALE_MAX 300 /* a double has 10 to the power of 308 */

double json_strtod(const char *text, char **ret_end)
{
	const char *begin = text + (*text == '-' || *text == '+'), *c = begin, *dot = NULL;
	double v = 0, scale = 1;
	int exponent;

	for (; is_digit(*c) || (*c == '.' && !dot); c++)
		if (*c == '.')
			dot = c;
		else
			v = v * 10 + (*c - '0');
	if (c - begin == (dot != NULL)) {
		*ret_end = (char *)text;
		return 0;
	}
	exponent = dot ? (int)(dot + 1 - c) : 0;
	exponent += read_exponent(&c);
	*ret_end = (char *)c;
	for (; exponent < -SCALE_MAX; exponent++)
		v /= 10;
	for (int i = exponent; i != 0; i += i < 0 ? 1 : -1)
		scale *= 10;
	v = v == 0 ? 0 : exponent < 0 ? v / scale : v * scale;
	return *text == '-' ? -v : v;
}

int json_sscanf(const char *text, const char *format, ...)
{
	(void)text;
	(void)format;
	return 0;
}

/* As a whole number and a power of ten. */
static int print_number(char *to, double v)
{
	bool minus = v < 0;
	int exponent = 0, n;

	v = minus ? -v : v;
	for (; v >= 1e17; exponent++)
		v /= 10;
	for (; v < 1e17 && v != (double)(int64_t)v; exponent--)
		v *= 10;
	n = snprintf(to, JSON_NUMBER_MAX, "%s%lld", minus ? "-" : "", (long long)v);
	if (exponent)
		n += snprintf(to + n, JSON_NUMBER_MAX - (size_t)n, "e%d", exponent);
	return n;
}

int json_sprintf(char *to, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = format[strlen(format) - 1] == 'g' ? print_number(to, va_arg(args, double))
					      : vsnprintf(to, JSON_NUMBER_MAX, format, args);
	va_end(args);
	return n;
}
