/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Typed, sticky access to JSON objects (cJSON): a writer that remembers that memory ran out, a
 * reader that remembers that a value had the wrong type, so that callers check once. A key that
 * is missing leaves its variable as it was: the file may come from an older gpurom of another
 * image. Nothing is trusted: numbers are checked against their range before they are converted,
 * texts are cut to fit. */
#ifndef GPUROM_SYS_JSON_H
#define GPUROM_SYS_JSON_H

#include <cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JSON_INTEGER_MAX 999999999999999ull /* cJSON prints 15 digits exactly, not more */

struct json_writer {
	cJSON *o;
	bool failed; /* no memory */
};

/* Whose memory it is that a text is read into: of a caller that frees all of it at once. */
struct json_memory {
	void *(*alloc)(void *ctx, size_t n); /* n bytes, or NULL with errno set */
	void *ctx;
};

struct json_reader {
	const cJSON *o;
	int err;	 /* 0 or -EBADMSG */
	const cJSON *at; /* the value that was found last: the next key is mostly that behind it */
};

/* text: n bytes, with a NUL behind them. Returns 0 and sets *ret, -EBADMSG where it is not one
 * object in which each key occurs once, or -ENOMEM. memory NULL: cJSON_Delete *ret; else what was
 * read is of that memory, also after an error, and must not be changed. */
int json_parse(const uint8_t *text, size_t n, const struct json_memory *memory, cJSON **ret);

/* Existing values of the key are replaced. Bytes that are not UTF-8 become '?', and so
 * do the control characters that JSON has no escape for (util/text.h: DEL, C1). */
void json_put_text(struct json_writer *w, const char *key, const char *text);
void json_put_u64(struct json_writer *w, const char *key, uint64_t v);
void json_put_int(struct json_writer *w, const char *key, int v);
void json_put_bool(struct json_writer *w, const char *key, bool v);
/* Takes item over, also on failure; NULL counts as one. */
void json_put(struct json_writer *w, const char *key, cJSON *item);
/* Into an array: takes item over, NULL counts as a failure. */
void json_push(struct json_writer *w, cJSON *array, cJSON *item);
void json_push_text(struct json_writer *w, cJSON *array, const char *text);
/* A text, cleaned as json_put_text does; NULL: no memory. */
cJSON *json_text(const char *text);
/* The object, or NULL where anything failed: it is deleted then. */
cJSON *json_done(struct json_writer *w);

/* The value of that key, borrowed; NULL where there is none. */
cJSON *json_at(const cJSON *o, const char *key);
const cJSON *json_get(struct json_reader *r, const char *key);

/* Cleaned as json_put_text does: the file may be from anybody. */
void json_get_text(struct json_reader *r, const char *key, char *ret, size_t cap);
void json_get_u64(struct json_reader *r, const char *key, uint64_t max, uint64_t *ret);
void json_get_unsigned(struct json_reader *r, const char *key, unsigned *ret);
void json_get_int(struct json_reader *r, const char *key, int *ret);
void json_get_bool(struct json_reader *r, const char *key, bool *ret);
/* Index of the text in words; a text that is not there is an error. */
void json_get_word(struct json_reader *r, const char *key, const char *const *words, size_t n,
		   unsigned *ret);
/* NULL where the key is missing; an array longer than max is an error. */
const cJSON *json_get_array(struct json_reader *r, const char *key, size_t max);
/* NULL where the key is missing or null. */
const cJSON *json_get_object(struct json_reader *r, const char *key);

/* cJSON of packaging/deps/build.sh calls these for strtod, sscanf and sprintf: their code in musl
 * is larger than all of cJSON. Exact for each whole number up to 2^53. */
double json_strtod(const char *text, char **ret_end);
/* 0: nothing was read. cJSON asks whether 15 digits are enough of a number; it takes 17 then. */
int json_sscanf(const char *text, const char *format, ...);
/* A format that ends in g is for one number: a whole one is its digits, another one ends in an
 * exponent. to: as many bytes as cJSON has for a number, JSON_NUMBER_MAX. */
__attribute__((format(printf, 2, 3))) int json_sprintf(char *to, const char *format, ...);
#define JSON_NUMBER_MAX 26
#endif
