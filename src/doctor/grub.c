// SPDX-License-Identifier: GPL-2.0-or-later
/* grub.cfg as grub-mkconfig writes it: a script, of which only the menu and "set default" count. */
#include "doctor/loader.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MENUS_MAX 4 /* a menu in a menu, and so on */

struct span {
	const char *at, *end;
};

/* What a line of the script has, as far as it matters. */
struct line {
	char word[2][LOADER_TEXT_MAX]; /* the first two, without quotes */
	char id[LOADER_TEXT_MAX];      /* of a menu entry */
	bool cut;		       /* a word was too long */
	int braces, ifs;	       /* how many more are open after it */
};

/* An entry of a menu. */
struct item {
	char title[LOADER_TEXT_MAX], id[LOADER_TEXT_MAX];
	bool submenu;
	bool maybe; /* in an if: who knows whether it is there */
	struct span body;
};

/* The next word of a line, without its quotes; ';' ends one. Returns what is behind it; NULL: there
 * is none. */
static const char *read_word(const char *at, const char *end, char ret[LOADER_TEXT_MAX], bool *cut)
{
	char quote = '\0';
	size_t n = 0;

	while (at < end && strchr(" \t\r;", *at))
		at++;
	if (at == end || *at == '#')
		return NULL;
	for (; at < end && (quote || !strchr(" \t\r;", *at)); at++) {
		if (quote ? *at == quote : *at == '\'' || *at == '"') {
			quote = quote ? '\0' : *at;
			continue;
		}
		if (*at == '\\' && quote != '\'' && at + 1 < end)
			at++;
		if (n + 1 < LOADER_TEXT_MAX)
			ret[n++] = *at;
		else
			*cut = true;
	}
	ret[n] = '\0';
	return at;
}

/* False at the end. */
static bool read_line(struct span *s, struct line *ret)
{
	const char *end = s->at + strcspn(s->at, "\n"), *at = s->at;
	char word[LOADER_TEXT_MAX], before[LOADER_TEXT_MAX] = "";
	size_t n = 0;

	if (s->at >= s->end)
		return false;
	*ret = (struct line){.braces = 0};
	while ((at = read_word(at, end, word, &ret->cut))) {
		if (n < 2)
			strcpy(ret->word[n++], word);
		if (strcmp(before, "$menuentry_id_option") == 0 || strcmp(before, "--id") == 0)
			strcpy(ret->id, word);
		ret->braces += (strcmp(word, "{") == 0) - (strcmp(word, "}") == 0);
		ret->ifs += (strcmp(word, "if") == 0) - (strcmp(word, "fi") == 0);
		strcpy(before, word);
	}
	s->at = end + (*end == '\n');
	return true;
}

/* The next entry of a menu, which begins at s. ifs: how many are open. False: there is none. */
static bool next_item(struct span *s, int *ifs, struct item *ret)
{
	struct line l;
	int depth = 0;
	bool is;

	while (read_line(s, &l)) {
		is = depth == 0 &&
		     (strcmp(l.word[0], "menuentry") == 0 || strcmp(l.word[0], "submenu") == 0);
		if (depth == 0 && !is)
			*ifs += l.ifs;
		depth += l.braces;
		if (!is)
			continue;
		ret->submenu = l.word[0][0] == 's';
		ret->maybe = *ifs > 0;
		strcpy(ret->title, l.word[1]);
		strcpy(ret->id, l.id);
		ret->body = (struct span){s->at, s->at};
		while (depth > 0) {
			ret->body.end = s->at;
			if (!read_line(s, &l))
				break;
			depth += l.braces;
		}
		return true;
	}
	return false;
}

static bool kernel_of(struct span body, char ret[LOADER_RELEASE_MAX])
{
	struct line l;

	while (read_line(&body, &l))
		if (strcmp(l.word[0], "linux") == 0 || strcmp(l.word[0], "linux16") == 0 ||
		    strcmp(l.word[0], "linuxefi") == 0)
			return loader_release(l.word[1], ret);
	return false;
}

static bool is_number(const char *key)
{
	return *key && key[strspn(key, "0123456789")] == '\0';
}

/* Whether key means the entry with this number, title and id: grub-core/normal/menu.c,
 * get_entry_number. */
static bool is_meant(const char *key, size_t i, const char *title, const char *id)
{
	if (is_number(key))
		return strtoul(key, NULL, 10) == i;
	return strcmp(key, title) == 0 || (*id && strcmp(key, id) == 0);
}

/* The entry of the menu that key means; GRUB takes the first one where it means none. False: not
 * known. */
static bool find_item(struct span menu, const char *key, struct item *ret)
{
	bool any = false, maybe = false;
	int ifs = 0;
	struct item i;

	for (size_t n = 0; next_item(&menu, &ifs, &i); n++) {
		maybe |= i.maybe;
		if (is_meant(key, n, i.title, i.id)) {
			*ret = i;
			return !i.maybe && !(maybe && is_number(key));
		}
		if (n == 0)
			*ret = i;
		any = true;
	}
	return any && !maybe;
}

/* Cuts the first part off "A>B". A ">>" is a '>' of a name: such names are not known here. */
static bool cut_key(char **key, char **first)
{
	char *more = strchr(*key, '>');

	*first = *key;
	if (more && more[1] == '>')
		return false;
	*key = more ? more + 1 : *key + strlen(*key);
	if (more)
		*more = '\0';
	if (!**first)
		*first = "0";
	return true;
}

static bool find_kernel(struct span menu, char *key, char ret[LOADER_RELEASE_MAX])
{
	struct item i = {.submenu = false};
	char *first;

	for (size_t depth = 0; depth < MENUS_MAX; depth++) {
		if (!cut_key(&key, &first) || !find_item(menu, first, &i))
			return false;
		if (!i.submenu)
			return kernel_of(i.body, ret);
		menu = i.body;
	}
	return false;
}

static bool find_entry(const struct loader_entries *all, char *key, char ret[LOADER_RELEASE_MAX])
{
	const struct loader_entry *e = &all->entry[0];
	char *first;

	if (all->n == 0 || !cut_key(&key, &first))
		return false;
	for (size_t i = all->n; i-- > 0;)
		if (is_meant(first, i, all->entry[i].title, all->entry[i].id))
			e = &all->entry[i];
	strcpy(ret, e->release);
	return *ret != '\0';
}

/* --- the default ------------------------------------------------------------------------------ */

/* A variable of the environment block; "" where it is not there. False: too long. */
static bool env_get(const char *env, const char *name, char ret[LOADER_TEXT_MAX])
{
	size_t k = strlen(name);

	ret[0] = '\0';
	for (const char *at = env; *at;) {
		size_t n = strcspn(at, "\n");

		if (n > k && strncmp(at, name, k) == 0 && at[k] == '=') {
			if (n - k > LOADER_TEXT_MAX)
				return false;
			snprintf(ret, LOADER_TEXT_MAX, "%.*s", (int)(n - k - 1), at + k + 1);
		}
		at += n + (at[n] == '\n');
	}
	return true;
}

/* The value of `set default=`, once variables are put in. False: not known. */
static bool expand(const char *value, const char *cfg, const char *env, char ret[LOADER_TEXT_MAX])
{
	if (!strchr(value, '$')) {
		strcpy(ret, value);
		return true;
	}
	if (strcmp(value, "${saved_entry}") != 0)
		return false;
	/* GRUB_SAVEDEFAULT: it is put back before it is used. */
	if (strstr(cfg, "${prev_saved_entry}") &&
	    (!env_get(env, "prev_saved_entry", ret) || ret[0]))
		return ret[0] != '\0';
	return env_get(env, "saved_entry", ret);
}

/* What GRUB's variable "default" is when it shows the menu. False: not known. */
static bool find_default(const char *cfg, const char *env, char ret[LOADER_TEXT_MAX])
{
	struct span s = {cfg, cfg + strlen(cfg)};
	char value[LOADER_TEXT_MAX] = "", next[LOADER_TEXT_MAX], counter[LOADER_TEXT_MAX];
	int depth = 0, ifs = 0;
	struct line l;

	if (!env_get(env, "next_entry", next) || !env_get(env, "boot_counter", counter))
		return false;
	while (read_line(&s, &l)) {
		const char *set = l.word[1] + 8;

		ifs += depth == 0 ? l.ifs : 0;
		depth += l.braces;
		if (depth || strcmp(l.word[0], "set") != 0 ||
		    strncmp(l.word[1], "default=", 8) != 0)
			continue;
		if (l.cut)
			return false;
		if (strcmp(set, "${next_entry}") == 0) {
			strcpy(ret, next);
			if (next[0])
				return true;
			continue;
		}
		/* Fedora's count of failed boots, an if in an if, which needs that variable. */
		if (ifs > 1 && !counter[0])
			continue;
		if (value[0] && strcmp(value, set) != 0)
			return false;
		strcpy(value, set);
	}
	return expand(value, cfg, env, ret);
}

static bool calls_blscfg(const char *cfg)
{
	struct span s = {cfg, cfg + strlen(cfg)};
	struct line l;

	while (read_line(&s, &l))
		if (strcmp(l.word[0], "blscfg") == 0)
			return true;
	return false;
}

bool loader_grub(const char *cfg, const char *env, const struct loader_entries *all,
		 char ret[LOADER_RELEASE_MAX])
{
	char key[LOADER_TEXT_MAX];

	if (!find_default(cfg, env, key))
		return false;
	if (calls_blscfg(cfg))
		return find_entry(all, key, ret);
	return find_kernel((struct span){cfg, cfg + strlen(cfg)}, key, ret);
}
