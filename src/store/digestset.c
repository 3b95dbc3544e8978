#include "store/digestset.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_FIRST 64
#define DIGITS (SHA256_HEX - 1)

/* The digit in lower case, '\0' where c is none. */
static char hex_digit(char c)
{
	if (c >= 'A' && c <= 'F')
		return (char)(c - 'A' + 'a');
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ? c : '\0';
}

static int add_one(struct digestset *s, const char *text)
{
	if (s->n == s->room) {
		size_t room = s->room ? s->room * 2 : ROOM_FIRST;
		void *more = realloc(s->digest, room * sizeof(*s->digest));

		if (!more)
			return -ENOMEM;
		s->digest = more;
		s->room = room;
	}
	for (size_t i = 0; i < DIGITS; i++)
		s->digest[s->n][i] = hex_digit(text[i]);
	s->digest[s->n++][DIGITS] = '\0';
	s->sorted = false;
	return 0;
}

int digestset_add(struct digestset *s, const char *text, size_t n)
{
	size_t run = 0;

	for (size_t i = 0; i < n; i++) {
		int err;

		run = hex_digit(text[i]) ? run + 1 : 0;
		err = run >= DIGITS ? add_one(s, text + i + 1 - DIGITS) : 0;
		if (err)
			return err;
	}
	return 0;
}

int digestset_add_record(struct digestset *s, const struct record *r)
{
	char *text = cJSON_PrintUnformatted(r->o);
	int err = text ? digestset_add(s, text, strlen(text)) : -ENOMEM;

	free(text);
	return err;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool digestset_has(struct digestset *s, const char *sha256)
{
	if (!s->sorted && s->n)
		qsort(s->digest, s->n, sizeof(*s->digest), compare);
	s->sorted = true;
	return s->n && bsearch(sha256, s->digest, s->n, sizeof(*s->digest), compare);
}

void digestset_free(struct digestset *s)
{
	free(s->digest);
	*s = (struct digestset){0};
}
