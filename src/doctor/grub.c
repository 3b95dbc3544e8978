// SPDX-License-Identifier: GPL-2.0-or-later
/* grub.cfg as grub-mkconfig writes it (util/grub.d of GRUB 2.06 to 2.12, and of Fedora): a script,
 * of which the menu and the variable "default" count. It is not run: a statement that grub-mkconfig
 * does not write, and that may change either, makes the answer "not known". */
#include "doctor/grub-text.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MENUS_MAX 4 /* a menu in a menu, and so on */
#define IFS_MAX 8

/* --- what may stand there --------------------------------------------------------------------- */

/* Commands that change neither the menu nor what an entry boots. The last ones are functions that
 * grub.cfg itself has, which are looked into. */
static const char *const harmless[] = {"[",
				       "test",
				       "true",
				       "echo",
				       "insmod",
				       "search",
				       "loadfont",
				       "serial",
				       "play",
				       "badram",
				       "sleep",
				       "hwmatch",
				       "cmostest",
				       "cmosclean",
				       "save_env",
				       "export",
				       "loopback",
				       "password",
				       "terminfo",
				       "cryptomount",
				       "decrement",
				       "initrd",
				       "initrd16",
				       "initrdefi",
				       "devicetree",
				       "background_image",
				       "terminal_input",
				       "terminal_output",
				       "password_pbkdf2",
				       "load_video",
				       "gfxmode",
				       NULL};

static const char *const functions[] = {"savedefault", "recordfail", "initrdfail",
					"load_video",  "gfxmode",    NULL};

/* Variables on which the rest depends: they are set as grub-mkconfig sets them, or not at all. */
static const char *const guarded[] = {"default",
				      "saved_entry",
				      "prev_saved_entry",
				      "next_entry",
				      "boot_counter",
				      "boot_success",
				      "chosen",
				      "menuentry_id_option",
				      "env_block",
				      "blsdir",
				      "prefix",
				      "config_directory",
				      NULL};

/* What those are set to. */
static const char *const settings[] = {"next_entry=",
				       "prev_saved_entry=",
				       "saved_entry=${prev_saved_entry}",
				       "boot_counter=-1",
				       "boot_success=0",
				       "menuentry_id_option=--id",
				       "menuentry_id_option=",
				       "env_block=(${dev})${env_block}",
				       "env_block=(${root})${env_block}",
				       NULL};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* "NAME=VALUE", alone or behind "set"; NULL: another statement. */
static const struct grubtext_word *assignment(const struct grubtext *s)
{
	const struct grubtext_word *w = &s->word[0];
	size_t n;

	if (s->n == 2 && grubtext_is(s, 0, "set"))
		w = &s->word[1];
	else if (s->n != 1)
		return NULL;
	n = strspn(w->text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
	return n && w->text[n] == '=' ? w : NULL;
}

static bool is_guarded(const char *name, size_t n)
{
	for (size_t i = 0; guarded[i]; i++)
		if (strlen(guarded[i]) == n && strncmp(name, guarded[i], n) == 0)
			return true;
	return false;
}

static bool may_set(const struct grubtext_word *w)
{
	if (!is_guarded(w->text, strcspn(w->text, "=")))
		return true;
	for (size_t i = 0; settings[i]; i++)
		if (!w->cut && strcmp(w->text, settings[i]) == 0)
			return true;
	return false;
}

/* It sets a variable: the device that files are read from. */
static bool is_search(const struct grubtext *s)
{
	for (size_t i = 1; i < s->n && i < GRUBTEXT_WORDS_MAX; i++) {
		const char *t = s->word[i].text;

		if (t[0] != '-' || begins(t, "--hint") || grubtext_is(s, i, "--no-floppy"))
			continue;
		if (!grubtext_is(s, i, "--fs-uuid") && !grubtext_is(s, i, "--set") &&
		    !grubtext_is(s, i, "--set=root") && !grubtext_is(s, i, "--set=boot"))
			return false;
	}
	return s->n <= GRUBTEXT_WORDS_MAX;
}

/* A statement that changes nothing of what counts. */
static bool is_harmless(const struct grubtext *s)
{
	const struct grubtext_word *w = assignment(s);

	if (w)
		return may_set(w);
	if (grubtext_is(s, 0, "search"))
		return is_search(s);
	if (grubtext_is(s, 0, "decrement"))
		return s->n == 2 && grubtext_is(s, 1, "boot_counter");
	if (grubtext_is(s, 0, "fwsetup"))
		return s->n == 2 && grubtext_is(s, 1, "--is-supported");
	if (grubtext_is(s, 0, "unset"))
		return s->n == 2 && !s->word[1].variable &&
		       !is_guarded(s->word[1].text, strlen(s->word[1].text));
	return s->n == 0 || grubtext_is_one(&s->word[0], harmless);
}

/* A file that the caller knows not to be there. */
static bool is_known_source(const struct grubtext *s)
{
	return s->n == 2 && grubtext_is(s, 0, "source") &&
	       (grubtext_is(s, 1, "${config_directory}/custom.cfg") ||
		grubtext_is(s, 1, "$prefix/custom.cfg") || grubtext_is(s, 1, "${prefix}/user.cfg"));
}

/* --- what is done under a condition ----------------------------------------------------------- */

enum taken { TAKEN_NO, TAKEN_MAYBE, TAKEN_YES };

struct branch {
	enum taken taken;
	enum taken rest; /* whether "elif" and "else" are looked at */
	enum { IF_CONDITION, IF_THEN, IF_ELSE } at;
};

struct branches {
	struct branch of[IFS_MAX];
	size_t n;
};

static enum taken taken(const struct branches *b)
{
	enum taken all = TAKEN_YES;

	for (size_t i = 0; i < b->n; i++)
		if (b->of[i].taken < all)
			all = b->of[i].taken;
	return all;
}

/* The environment block, as far as it counts. */
struct env {
	bool loaded;  /* the script has read it */
	bool changed; /* and then set next_entry or saved_entry anew */
	bool counts;  /* Fedora's count of failed boots */
	bool failed;  /* Ubuntu's boot without an initrd */
	char next[LOADER_TEXT_MAX], saved[LOADER_TEXT_MAX];
};

/* False: it needs what has not been loaded yet. */
static bool judge_condition(const struct grubtext *s, const struct env *env, enum taken *ret)
{
	bool test = grubtext_is(s, 0, "[");

	*ret = TAKEN_MAYBE;
	if (test && s->n == 3 && grubtext_is(s, 1, "${next_entry}") && grubtext_is(s, 2, "]"))
		*ret = env->changed ? TAKEN_MAYBE : env->next[0] ? TAKEN_YES : TAKEN_NO;
	else if (test && grubtext_is(s, 1, "-n") && grubtext_is(s, 2, "${boot_counter}") &&
		 grubtext_is(s, 3, "-a") && !env->counts)
		*ret = TAKEN_NO;
	else if (test && s->n == 5 && grubtext_is(s, 1, "${initrdfail}") &&
		 grubtext_is(s, 2, "=") && s->word[3].text[0] && !env->failed)
		*ret = TAKEN_NO;
	return *ret == TAKEN_MAYBE || env->loaded;
}

/* Of an "if", or of an "elif" once it is looked at. */
static bool enter_condition(const struct grubtext *s, const struct env *env, struct branch *b)
{
	enum taken t;

	if (!judge_condition(s, env, &t))
		return false;
	b->at = IF_CONDITION;
	b->taken = b->rest == TAKEN_YES ? t : b->rest == TAKEN_NO ? TAKEN_NO : TAKEN_MAYBE;
	if (b->rest == TAKEN_YES)
		b->rest = t == TAKEN_YES ? TAKEN_NO : t == TAKEN_NO ? TAKEN_YES : TAKEN_MAYBE;
	return true;
}

static void drop_word(struct grubtext *s)
{
	s->n--;
	memmove(&s->word[0], &s->word[1], sizeof(s->word) - sizeof(s->word[0]));
}

static bool enter_else(struct branches *b)
{
	struct branch *now = b->n ? &b->of[b->n - 1] : NULL;

	if (!now || now->at != IF_THEN)
		return false;
	now->at = IF_ELSE;
	now->taken = now->rest;
	return true;
}

static bool leave_if(struct branches *b)
{
	if (b->n == 0 || b->of[b->n - 1].at == IF_CONDITION)
		return false;
	b->n--;
	return true;
}

static bool enter_if(struct branches *b, const struct grubtext *s, const struct env *env)
{
	struct branch *now = &b->of[b->n];

	if (b->n == IFS_MAX)
		return false;
	*now = (struct branch){.rest = TAKEN_YES};
	b->n++;
	return enter_condition(s, env, now);
}

/* Follows "if", "elif", "then", "else" and "fi", and takes them off the statement; *ret_condition:
 * what is left is a condition. False: not known. */
static bool follow_ifs(struct grubtext *s, const struct env *env, struct branches *b,
		       bool *ret_condition)
{
	static const char *const others[] = {"while", "until",	"for", "do", "done", "case", "esac",
					     "in",    "select", "[[",  "]]", "!",    NULL};
	bool ok = true;

	*ret_condition = false;
	while (ok && s->n && !s->word[0].quoted && !*ret_condition) {
		struct branch *now = b->n ? &b->of[b->n - 1] : NULL;
		struct grubtext_word first = s->word[0];

		if (grubtext_is_one(&first, others))
			return false;
		if ((now && now->at == IF_CONDITION) != (strcmp(first.text, "then") == 0))
			return false;
		if (!grubtext_is(s, 0, "if") && !grubtext_is(s, 0, "elif") &&
		    !grubtext_is(s, 0, "then") && !grubtext_is(s, 0, "else") &&
		    !grubtext_is(s, 0, "fi"))
			return true;
		drop_word(s);
		*ret_condition = strcmp(first.text, "if") == 0 || strcmp(first.text, "elif") == 0;
		if (strcmp(first.text, "then") == 0)
			now->at = IF_THEN;
		else if (strcmp(first.text, "else") == 0)
			ok = enter_else(b);
		else if (strcmp(first.text, "fi") == 0)
			ok = leave_if(b) && s->n == 0;
		else if (strcmp(first.text, "if") == 0)
			ok = enter_if(b, s, env);
		else
			ok = now && now->at == IF_THEN && enter_condition(s, env, now);
	}
	return ok && !(*ret_condition && s->n && !s->word[0].quoted &&
		       grubtext_is_one(&s->word[0], others));
}

/* --- menus ------------------------------------------------------------------------------------ */

/* An entry of a menu. */
struct item {
	char title[LOADER_TEXT_MAX], id[LOADER_TEXT_MAX];
	bool submenu;
	const char *body;	       /* behind its '{' */
	const struct loader_entry *by; /* blscfg made it; NULL: it has a body */
};

/* A menu, of which the entry that the key means is looked for. */
struct menu {
	const char *key; /* NULL: only the default is */
	size_t n;
	bool maybe; /* an entry has been in an if: who knows whether it is there */
	bool any, found;
	struct item first, item;
	const struct loader_entries *all;
};

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

/* False: whether this one is meant is not known. */
static bool add_item(struct menu *m, const struct item *i, enum taken t)
{
	bool meant = m->key && is_meant(m->key, m->n, i->title, i->id);

	m->n++;
	if (t == TAKEN_NO)
		return false;
	m->maybe |= t == TAKEN_MAYBE;
	if (!m->any)
		m->first = *i;
	m->any = true;
	if (!meant || m->found)
		return true;
	m->found = true;
	m->item = *i;
	return t == TAKEN_YES && !(m->maybe && is_number(m->key));
}

/* "menuentry TITLE OPTION... {". False: not as grub-mkconfig writes it. */
static bool read_item(const struct grubtext *s, const char *body, struct item *ret)
{
	*ret = (struct item){.submenu = grubtext_is(s, 0, "submenu"), .body = body};
	if (s->end != GRUBTEXT_OPEN || s->n < 2 || s->n > GRUBTEXT_WORDS_MAX || s->word[1].cut ||
	    s->word[1].variable || s->word[1].text[0] == '-')
		return false;
	strcpy(ret->title, s->word[1].text);
	for (size_t i = 2; i < s->n; i++) {
		if (grubtext_is(s, i, "--unrestricted"))
			continue;
		if (begins(s->word[i].text, "--id=") && !s->word[i].variable)
			strcpy(ret->id, s->word[i].text + 5);
		else if (i + 1 < s->n &&
			 (grubtext_is(s, i, "--class") || grubtext_is(s, i, "--users") ||
			  grubtext_is(s, i, "--hotkey")))
			i++;
		else if (i + 1 < s->n &&
			 (grubtext_is(s, i, "$menuentry_id_option") || grubtext_is(s, i, "--id")))
			strcpy(ret->id, s->word[++i].text);
		else
			return false;
		if (s->word[i].cut)
			return false;
	}
	return true;
}

static bool add_entries(struct menu *m, enum taken t)
{
	if (t != TAKEN_YES || m->all->more || m->all->n == 0)
		return false;
	for (size_t i = 0; i < m->all->n; i++) {
		const struct loader_entry *e = &m->all->entry[i];
		struct item item = {.by = e};

		if (!e->kernel[0])
			continue;
		/* GRUB's id has the tries, too. */
		if (e->tries)
			return false;
		strcpy(item.title, e->title[0] ? e->title : e->kernel);
		strcpy(item.id, e->id);
		if (!add_item(m, &item, t))
			return false;
	}
	return true;
}

/* --- the script ------------------------------------------------------------------------------- */

struct script {
	struct env env;
	struct menu menu;
	bool in_menu;		     /* in a submenu, where nothing may change the default */
	bool set, unsure;	     /* whether the default is, and to what */
	char value[LOADER_TEXT_MAX]; /* the default */
};

/* The value of "default=". False: not known. */
static bool expand(const struct script *s, const struct grubtext_word *w, const char **ret)
{
	*ret = w->text + strlen("default=");
	if (w->cut)
		return false;
	if (!w->variable)
		return true;
	if (strcmp(*ret, "${next_entry}") == 0)
		*ret = s->env.next;
	else if (strcmp(*ret, "${saved_entry}") == 0)
		*ret = s->env.saved;
	else
		return false;
	return s->env.loaded && !s->env.changed;
}

static bool set_default(struct script *s, const struct grubtext_word *w, enum taken t)
{
	const char *value;

	if (t == TAKEN_NO)
		return true;
	if (s->in_menu || !expand(s, w, &value))
		return false;
	if (t == TAKEN_MAYBE) {
		s->unsure |= !s->set || strcmp(s->value, value) != 0;
		return true;
	}
	/* One that somebody wrote behind the other. */
	if (s->set && strcmp(s->value, value) != 0)
		return false;
	snprintf(s->value, sizeof(s->value), "%s", value);
	s->set = true;
	return true;
}

/* The files that it may be read from: the one beside grub.cfg. What "env_block" names is another
 * one, and is not set. */
static bool load_env(struct script *s, const struct grubtext *st)
{
	if (st->n == 1 || (st->n == 3 && grubtext_is(st, 1, "-f") &&
			   grubtext_is(st, 2, "${config_directory}/grubenv")))
		s->env.loaded = true;
	else if (!(st->n == 3 && grubtext_is(st, 1, "-f") && grubtext_is(st, 2, "${env_block}")))
		return false;
	return !s->in_menu;
}

/* at: behind its '{'. Returns what is behind its '}'; NULL: not as grub-mkconfig writes it. */
static const char *check_function(const struct grubtext *head, const char *at,
				  const struct env *env)
{
	bool saves = grubtext_is(head, 1, "savedefault"), condition;
	struct branches b = {.n = 0};
	struct grubtext s;

	if (head->n != 2 || !grubtext_is_one(&head->word[1], functions))
		return NULL;
	for (;;) {
		at = grubtext_read(at, &s);
		if (s.end == GRUBTEXT_ODD || s.end == GRUBTEXT_OPEN || s.end == GRUBTEXT_TEXT ||
		    !follow_ifs(&s, env, &b, &condition))
			return NULL;
		if (!is_harmless(&s) &&
		    !(saves && s.n == 1 && grubtext_is(&s, 0, "saved_entry=${chosen}")))
			return NULL;
		if (s.end == GRUBTEXT_CLOSE)
			return b.n == 0 ? at : NULL;
	}
}

/* A statement that opens no block. False: not as grub-mkconfig writes it. */
static bool do_statement(struct script *s, const struct grubtext *st, bool condition, enum taken t)
{
	const struct grubtext_word *w = assignment(st);

	if (t == TAKEN_NO && !condition)
		return true;
	if (w && begins(w->text, "default="))
		return !condition && set_default(s, w, t);
	if (w && (begins(w->text, "saved_entry=") || begins(w->text, "next_entry=")))
		s->env.changed = true;
	if (w && begins(w->text, "initrdfail="))
		return false;
	if (grubtext_is(st, 0, "load_env"))
		return load_env(s, st);
	if (st->n == 1 && grubtext_is(st, 0, "blscfg"))
		return add_entries(&s->menu, t);
	return is_known_source(st) || is_harmless(st);
}

/* Reads a menu from `at` on, to its end or, in a submenu, its '}'. False: not known. */
static bool read_menu(struct script *s, const char *at)
{
	struct branches b = {.n = 0};
	struct grubtext st;
	struct item item;
	bool condition;

	for (;;) {
		at = grubtext_read(at, &st);
		if (st.end == GRUBTEXT_ODD || !follow_ifs(&st, &s->env, &b, &condition))
			return false;
		if (grubtext_is(&st, 0, "function") && st.end == GRUBTEXT_OPEN) {
			at = check_function(&st, at, &s->env);
		} else if (grubtext_is(&st, 0, "menuentry") || grubtext_is(&st, 0, "submenu")) {
			if (condition || !read_item(&st, at, &item) ||
			    !add_item(&s->menu, &item, taken(&b)))
				return false;
			at = grubtext_skip_block(at);
		} else if (st.end == GRUBTEXT_OPEN || !do_statement(s, &st, condition, taken(&b))) {
			return false;
		}
		if (!at)
			return false;
		if (st.end == GRUBTEXT_CLOSE || st.end == GRUBTEXT_TEXT)
			return b.n == 0 && (st.end == GRUBTEXT_CLOSE) == s->in_menu;
	}
}

/* The kernel of an entry that has one, whatever the machine says. */
static bool kernel_of(const char *at, char ret[LOADER_RELEASE_MAX])
{
	static const char *const loads[] = {"linux", "linux16", "linuxefi", NULL};
	static const char *const saves[] = {"savedefault", "recordfail", "initrdfail", NULL};
	const struct env none = {.loaded = true};
	struct branches b = {.n = 0};
	struct grubtext s;
	bool condition, found = false;

	do {
		at = grubtext_read(at, &s);
		if (s.end == GRUBTEXT_ODD || s.end == GRUBTEXT_OPEN || s.end == GRUBTEXT_TEXT ||
		    (s.end == GRUBTEXT_CLOSE && s.n) || !follow_ifs(&s, &none, &b, &condition))
			return false;
		if (s.n > 1 && grubtext_is_one(&s.word[0], loads)) {
			if (found || b.n || s.word[1].variable || s.word[1].cut ||
			    !loader_release(s.word[1].text, ret))
				return false;
			found = true;
		} else if (!is_harmless(&s) && !(s.n == 1 && grubtext_is_one(&s.word[0], saves))) {
			return false;
		}
	} while (s.end != GRUBTEXT_CLOSE);
	return found && b.n == 0;
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

/* GRUB takes the first entry where the key means none. False: not known. */
static bool find_item(const struct menu *m, struct item *ret)
{
	const char *key = m->key;

	*ret = m->found ? m->item : m->first;
	/* GRUB's own versions take the number that a name begins with, and "010" for 8; Fedora's,
	 * which has blscfg, looks for the name first. */
	if (isdigit((unsigned char)*key) && !(m->found && m->item.by) &&
	    (!is_number(key) || (*key == '0' && key[1])))
		return false;
	return m->found || (m->any && !m->maybe);
}

static bool find_kernel(const struct env *env, const struct loader_entries *all, const char *menu,
			char *key, char ret[LOADER_RELEASE_MAX])
{
	struct script s;
	struct item i;

	for (size_t depth = 0; depth < MENUS_MAX; depth++) {
		char *first;

		if (!cut_key(&key, &first))
			return false;
		s = (struct script){
			.env = *env, .in_menu = depth > 0, .menu = {.key = first, .all = all}};
		s.env.loaded = depth > 0;
		if (!read_menu(&s, menu) || !find_item(&s.menu, &i))
			return false;
		if (i.by)
			strcpy(ret, i.by->release);
		if (i.by)
			return *ret != '\0';
		if (!i.submenu)
			return kernel_of(i.body, ret);
		menu = i.body;
	}
	return false;
}

/* --- the environment block -------------------------------------------------------------------- */

/* "" where it is not there. False: too long, or with a '\', which stands for something else. */
static bool env_get(const char *env, const char *name, char ret[LOADER_TEXT_MAX])
{
	size_t k = strlen(name);

	ret[0] = '\0';
	for (const char *at = env; *at;) {
		size_t n = strcspn(at, "\n");

		if (n > k && strncmp(at, name, k) == 0 && at[k] == '=') {
			if (n - k > LOADER_TEXT_MAX || memchr(at, '\\', n))
				return false;
			snprintf(ret, LOADER_TEXT_MAX, "%.*s", (int)(n - k - 1), at + k + 1);
		}
		at += n + (at[n] == '\n');
	}
	return true;
}

/* False: GRUB does not read such a file, or it names files that are not read here. */
static bool read_env(const char *env, struct env *ret)
{
	char counter[LOADER_TEXT_MAX], failed[LOADER_TEXT_MAX], other[2][LOADER_TEXT_MAX];

	*ret = (struct env){.loaded = false};
	if (*env && !begins(env, "# GRUB Environment Block\n"))
		return false;
	if (!env_get(env, "next_entry", ret->next) || !env_get(env, "saved_entry", ret->saved) ||
	    !env_get(env, "boot_counter", counter) || !env_get(env, "initrdfail", failed) ||
	    !env_get(env, "env_block", other[0]) || !env_get(env, "blsdir", other[1]))
		return false;
	ret->counts = counter[0] != '\0';
	ret->failed = failed[0] != '\0';
	return !other[0][0] && !other[1][0];
}

bool loader_grub(const char *cfg, const char *env, const struct loader_entries *all,
		 char ret[LOADER_RELEASE_MAX])
{
	struct script s = {.menu = {.all = all}};
	char key[LOADER_TEXT_MAX];
	struct env first;

	if (!read_env(env, &first))
		return false;
	s.env = first;
	if (!read_menu(&s, cfg) || s.unsure)
		return false;
	strcpy(key, s.value);
	return find_kernel(&first, all, cfg, key, ret);
}
