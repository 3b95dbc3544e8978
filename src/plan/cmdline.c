// SPDX-License-Identifier: GPL-2.0-or-later
/* Written by hand: the kernel's rules are forty lines, and the shell-like splitters of libraries
 * treat quotes differently. */
#include "plan/cmdline.h"

#include <string.h>

/* The kernel's isspace (lib/ctype.c): Latin-1, so that A0 is a blank in any locale. */
static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (unsigned char)c == 0xa0;
}

/* A word's bounds: [key, key_end), and [value, value_end) or value NULL. */
struct span {
	const char *key, *key_end, *value, *value_end;
};

/* One argument as next_arg cuts it; returns where it ended. */
static const char *cut_word(const char *p, struct span *ret)
{
	bool quoted = *p == '"', in_quote = quoted;
	const char *equals = NULL, *end;

	if (quoted)
		p++;
	for (end = p; *end && (in_quote || !is_space(*end)); end++) {
		if (*end == '=' && !equals && end > p)
			equals = end;
		if (*end == '"')
			in_quote = !in_quote;
	}
	*ret = (struct span){p, end, NULL, NULL};
	if (equals) {
		ret->key_end = equals;
		ret->value = equals + 1;
		ret->value_end = end;
		if (*ret->value == '"') {
			ret->value++;
			quoted = true;
		}
		/* one closing quote is removed, even if two opened: as the kernel does */
		if (quoted && ret->value_end > ret->value && ret->value_end[-1] == '"')
			ret->value_end--;
		if (ret->value_end < ret->value)
			ret->value_end = ret->value;
	} else if (quoted && end > p && end[-1] == '"') {
		ret->key_end--;
	}
	return end;
}

static void copy_key(struct cmdline_word *w, const struct span *s)
{
	size_t n = (size_t)(s->key_end - s->key);

	if (n >= sizeof(w->key))
		n = 0;
	for (size_t i = 0; i < n; i++)
		w->key[i] = s->key[i] == '-' ? '_' : s->key[i];
	w->key[n] = '\0';
}

static void copy_value(struct cmdline_word *w, const struct span *s)
{
	size_t n = (size_t)(s->value_end - s->value);

	w->cut = n >= sizeof(w->value);
	if (w->cut)
		n = sizeof(w->value) - 1;
	memcpy(w->value, s->value, n);
	w->value[n] = '\0';
}

bool cmdline_next(struct cmdline *c, struct cmdline_word *ret)
{
	struct span s;

	while (is_space(*c->at))
		c->at++;
	if (!*c->at)
		return false;
	const char *end = cut_word(c->at, &s);
	/* kernel/params.c parse_args: what follows is init's */
	if (!s.value && s.key_end - s.key == 2 && memcmp(s.key, "--", 2) == 0) {
		c->at = end + strlen(end);
		return false;
	}
	c->at = end;
	memset(ret, 0, sizeof(*ret));
	copy_key(ret, &s);
	if (s.value) {
		ret->has_value = true;
		copy_value(ret, &s);
	}
	ret->word = c->word++;
	return true;
}
