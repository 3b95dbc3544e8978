// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/mistake.h"

#include "util/near.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

void mistake_command(const char *name)
{
	struct near n = {.word = name, .limit = near_limit(name)};

	for (const struct cmd *const *c = commands.people; *c; c++)
		near_offer(&n, (*c)->name);
	for (const struct cmd *const *c = commands.boot; *c; c++)
		near_offer(&n, (*c)->name);
	if (n.best && !n.tie)
		fprintf(stderr, "gpurom: %s: no such command; did you mean '%s'?\n", name, n.best);
	else
		fprintf(stderr, "gpurom: %s: no such command\n", name);
	fputs("usage: gpurom COMMAND [ARG ...]; 'gpurom --help' lists the commands\n", stderr);
}

/* Those before a command's name: main.c reads them. */
static const struct cmd before = {.options = {{"root", ONE_ARG, 'r'},
					      {"initramfs", NO_ARG, 'i'},
					      {"cmdline", ONE_ARG, 'c'},
					      {"version", NO_ARG, 'v'}}};

/* The i-th option of c, then --help; NULL behind it. */
static const struct cmd_option *option_at(const struct cmd *c, size_t i)
{
	static const struct cmd_option help = {"help", NO_ARG, 'h'};

	if (i < CMD_OPTIONS_MAX && c->options[i].name)
		return &c->options[i];
	return i == 0 || (i <= CMD_OPTIONS_MAX && c->options[i - 1].name) ? &help : NULL;
}

/* Prints what is wrong with a word, of which n characters stand before any '=', that is an option
 * of c or the beginning of some. False: there is no such option. */
static bool explain_option(const struct cmd *c, const char *word, size_t n)
{
	const struct cmd_option *o, *found = NULL;

	for (size_t i = 0; (o = option_at(c, i)); i++) {
		if (strncmp(o->name, word + 2, n - 2) != 0)
			continue;
		if (found && strlen(o->name) != n - 2) {
			fprintf(stderr, "%s: could be --%s or --%s\n", word, found->name, o->name);
			return true;
		}
		found = o;
		if (strlen(o->name) == n - 2)
			break;
	}
	if (found)
		fprintf(stderr, "--%s %s\n", found->name,
			found->arg == ONE_ARG ? "needs a value" : "takes no value");
	return found != NULL;
}

/* The option of c that is nearest to a name; NULL: none is near. */
static const char *nearest_option(const struct cmd *c, const char *name)
{
	struct near n = {.word = name, .limit = near_limit(name)};
	const struct cmd_option *o;

	for (size_t i = 0; (o = option_at(c, i)); i++)
		near_offer(&n, o->name);
	return n.tie ? NULL : n.best;
}

/* The first option of c that begins with this letter. */
static const char *option_of_letter(const struct cmd *c, char letter)
{
	const struct cmd_option *o;

	for (size_t i = 0; (o = option_at(c, i)); i++)
		if (o->name[0] == letter)
			return o->name;
	return NULL;
}

void mistake_key(const struct complaint *c, char text[CONFIG_BAD_MAX])
{
	static const char list[] = "no such key: "; /* and all there are (plan/config.c) */
	char word[COMPLAINT_TEXT_MAX], keys[CONFIG_BAD_MAX], *rest, *key;
	struct near n = {.word = word};
	size_t at = strlen(text);

	if (strncmp(c->why, list, strlen(list)) != 0)
		return;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(c->word, "="), c->word);
	snprintf(keys, sizeof(keys), "%s", c->why + strlen(list));
	n.limit = near_limit(word);
	for (key = strtok_r(keys, ", ", &rest); key; key = strtok_r(NULL, ", ", &rest))
		near_offer(&n, key);
	if (n.best && !n.tie)
		snprintf(text + at, CONFIG_BAD_MAX - at, "; did you mean %s=?", n.best);
}

void mistake_option(const struct cmd *c, const char *word)
{
	bool lengthy = strncmp(word, "--", 2) == 0;
	size_t n = strcspn(word, "=");
	char name[NEAR_TEXT_MAX];
	const char *meant;

	fprintf(stderr, "gpurom: %s%s", c ? c->name : "", c ? ": " : "");
	c = c ? c : &before;
	if (lengthy && n > 2 && explain_option(c, word, n))
		return;
	snprintf(name, sizeof(name), "%.*s", (int)n, word);
	meant = lengthy ? nearest_option(c, name + 2) : option_of_letter(c, word[1]);
	fprintf(stderr, "%s: no such option%s%s%s\n", name, meant ? "; did you mean --" : "",
		meant ? meant : "", meant ? "?" : "");
}
