// SPDX-License-Identifier: GPL-2.0-or-later
#include "doctor/grub-text.h"

#include <ctype.h>
#include <string.h>

static void add(struct grubtext_word *w, size_t *n, char c)
{
	if (*n + 1 < LOADER_TEXT_MAX)
		w->text[(*n)++] = c;
	else
		w->cut = true;
	w->text[*n] = '\0';
}

static bool is_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* at: behind the '$'. NULL: not the name of a variable. */
static const char *read_variable(const char *at, struct grubtext_word *w, size_t *n)
{
	bool brace = *at == '{';

	w->variable = true;
	add(w, n, '$');
	if (brace)
		add(w, n, *at++);
	if (!is_name(*at) && !(*at && strchr("?#*@", *at)))
		return NULL;
	do
		add(w, n, *at++);
	while (is_name(at[-1]) && is_name(*at));
	if (!brace)
		return at;
	if (*at != '}')
		return NULL;
	add(w, n, *at);
	return at + 1;
}

/* at: behind the quote. NULL: it does not end on its line. */
static const char *read_quoted(const char *at, char quote, struct grubtext_word *w, size_t *n)
{
	while (at && *at != quote) {
		if (!*at || *at == '\n')
			return NULL;
		if (quote == '"' && *at == '$') {
			at = read_variable(at + 1, w, n);
			continue;
		}
		if (quote == '"' && *at == '\\' && at[1] && strchr("\"\\$", at[1]))
			at++;
		add(w, n, *at++);
	}
	return at ? at + 1 : NULL;
}

/* NULL: something that grub-mkconfig does not write. */
static const char *read_word(const char *at, struct grubtext_word *w)
{
	size_t n = 0;

	w->text[0] = '\0';
	w->quoted = w->variable = w->cut = false;
	while (at && *at && !strchr(" \t\n;{}", *at)) {
		if (strchr("|&<>\r", *at) || (*at == '\\' && (!at[1] || at[1] == '\n')))
			return NULL;
		if (*at == '\'' || *at == '"') {
			w->quoted = true;
			at = read_quoted(at + 1, *at, w, &n);
		} else if (*at == '$') {
			at = read_variable(at + 1, w, &n);
		} else {
			w->quoted |= *at == '\\';
			at += *at == '\\';
			add(w, &n, *at++);
		}
	}
	return at;
}

const char *grubtext_read(const char *at, struct grubtext *s)
{
	static const char ends[] = "\n;{}";
	struct grubtext_word more;

	s->n = 0;
	for (;;) {
		at += strspn(at, " \t");
		if (*at == '#')
			at += strcspn(at, "\n");
		if (!*at || strchr(ends, *at))
			break;
		at = read_word(at, s->n < GRUBTEXT_WORDS_MAX ? &s->word[s->n] : &more);
		if (!at) {
			s->end = GRUBTEXT_ODD;
			return "";
		}
		s->n += s->n <= GRUBTEXT_WORDS_MAX;
	}
	s->end = !*at	      ? GRUBTEXT_TEXT
		 : *at == '{' ? GRUBTEXT_OPEN
		 : *at == '}' ? GRUBTEXT_CLOSE
			      : GRUBTEXT_LINE;
	/* ";;" and a brace in a word are not what they seem. */
	if ((*at == ';' && at[1] == ';') || (*at == '{' && !strchr(" \t\n", at[1])))
		s->end = GRUBTEXT_ODD;
	return *at ? at + 1 : at;
}

const char *grubtext_skip_block(const char *at)
{
	struct grubtext s;

	for (size_t depth = 1; depth;) {
		at = grubtext_read(at, &s);
		if (s.end == GRUBTEXT_ODD || s.end == GRUBTEXT_TEXT)
			return NULL;
		if (s.end == GRUBTEXT_OPEN)
			depth++;
		else if (s.end == GRUBTEXT_CLOSE)
			depth--;
	}
	return at;
}

bool grubtext_is(const struct grubtext *s, size_t i, const char *text)
{
	return i < s->n && i < GRUBTEXT_WORDS_MAX && strcmp(s->word[i].text, text) == 0 &&
	       s->word[i].variable == (strchr(text, '$') != NULL);
}

bool grubtext_is_one(const struct grubtext_word *w, const char *const *list)
{
	for (; !w->variable && *list; list++)
		if (strcmp(w->text, *list) == 0)
			return true;
	return false;
}
