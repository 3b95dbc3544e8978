// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/json-fields.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ITEMS_MAX 3

struct item {
	char name[8];
};

struct box {
	uint64_t us;
	struct item *item;
	size_t n;
	char letter[2];
	size_t n_letters;
	struct item part;
};

static const struct json_field item_fields[] = {
	{"name", JSON_TEXT, JSON_AT(struct item, name), .flags = JSON_NEEDED},
};
static const struct json_table item = JSON_PLAIN_TABLE(struct item, item_fields);

static cJSON *letter_write(const void *from)
{
	const char text[2] = {*(const char *)from, '\0'};

	return json_text(text);
}

static int letter_read(const cJSON *o, void *ret)
{
	if (!cJSON_IsString(o) || strlen(o->valuestring) != 1)
		return -EBADMSG;
	*(char *)ret = o->valuestring[0];
	return 0;
}

static const struct json_table letter = JSON_OWN_TABLE(char, letter_read, letter_write);

static const struct json_field box_fields[] = {
	{"us", JSON_U64, JSON_AT(struct box, us)},
	{"items", JSON_ALLOCATED, .at = offsetof(struct box, item), .size = ITEMS_MAX,
	 .more = offsetof(struct box, n), .of = &item},
	{"letters", JSON_ARRAY, JSON_AT(struct box, letter),
	 .more = offsetof(struct box, n_letters), .of = &letter},
	{"part", JSON_PART, JSON_AT(struct box, part), .flags = JSON_NEEDED, .of = &item},
};
static const struct json_table box = JSON_PLAIN_TABLE(struct box, box_fields);

static int box_read(const char *text, struct box *ret)
{
	cJSON *o = cJSON_Parse(text);
	int err;

	assert_non_null(o);
	*ret = (struct box){0};
	err = json_fields_read(&box, o, NULL, ret);
	cJSON_Delete(o);
	return err;
}

#define PART "\"part\":{\"name\":\"p\"}"

static void what_is_read_is_written(void **state)
{
	static const char *const cases[] = {
		"{\"us\":0,\"items\":[],\"letters\":[]," PART "}",
		"{\"us\":4294967296,\"items\":[{\"name\":\"a\"}],\"letters\":[\"x\"]," PART "}",
		"{\"us\":999999999999999,\"items\":[{\"name\":\"a\"},{\"name\":\"b\"},"
		"{\"name\":\"c\"}],\"letters\":[\"x\",\"y\"]," PART "}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct box b;
		cJSON *o;
		char *text;

		assert_int_equal(box_read(cases[i], &b), 0);
		o = json_fields_write(&box, &b);
		text = cJSON_PrintUnformatted(o);
		assert_string_equal(text, cases[i]);
		cJSON_Delete(o);
		free(text);
		free(b.item);
	}
}

/* As malloc, which has given it to others before. */
static void *used_memory(void *last, size_t n)
{
	void *p = malloc(n);

	assert_non_null(p);
	*(void **)last = p;
	return memset(p, 0x55, n);
}

static void structs_begin_with_zeros(void **state)
{
	static const struct item none;
	void *last = NULL;
	const struct json_memory memory = {.alloc = used_memory, .ctx = &last};
	cJSON *o = cJSON_Parse("{\"items\":[{\"name\":\"a\"}]," PART "}");
	struct box b = {0};

	(void)state;
	assert_int_equal(json_fields_read(&box, o, &memory, &b), 0);
	assert_ptr_equal(b.item, last);
	assert_string_equal(b.item[0].name, "a");
	for (size_t i = 1; i < ITEMS_MAX; i++)
		assert_memory_equal(&b.item[i], &none, sizeof(none));
	free(last);
	cJSON_Delete(o);
}

static void what_is_wrong_is_refused(void **state)
{
	static const char *const cases[] = {
		"{\"us\":1000000000000000," PART "}",
		"{\"us\":-1," PART "}",
		"{\"items\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"c\"},{\"name\":\"d\"}]," PART
		"}",
		"{\"items\":[{}]," PART "}",
		"{\"items\":null," PART "}",
		"{\"items\":{}," PART "}",
		"{\"letters\":[\"x\",\"y\",\"z\"]," PART "}",
		"{\"letters\":[\"xy\"]," PART "}",
		"{\"letters\":[1]," PART "}",
		"{\"part\":null}",
		"{}",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct box b;

		if (box_read(cases[i], &b) != -EBADMSG)
			fail_msg("%s", cases[i]);
		free(b.item);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_read_is_written),
		cmocka_unit_test(structs_begin_with_zeros),
		cmocka_unit_test(what_is_wrong_is_refused),
	};

	return cmocka_run_group_tests_name("json-fields", tests, NULL, NULL);
}
