// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/config.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

void config_default(struct config *ret)
{
	static const enum rom_source sources[] = {SOURCE_SYSFS, SOURCE_EFI, SOURCE_PROM,
						  SOURCE_VFIO};

	memset(ret, 0, sizeof(*ret));
	ret->mode = MODE_FULL;
	ret->trim = ROM_TRIM_CHAIN;
	memcpy(ret->sources, sources, sizeof(sources));
	ret->n_sources = sizeof(sources) / sizeof(sources[0]);
	ret->timeout = 10;
	(void)selector_parse("nvidia", &ret->devices[0]);
	ret->n_devices = 1;
	snprintf(ret->driver, sizeof(ret->driver), CONFIG_DRIVER_AUTO);
	snprintf(ret->store, sizeof(ret->store), "/var/lib/gpurom");
}

const char *const config_mode_words[] = {
	[MODE_FULL] = "full", [MODE_CLAIM] = "claim", [MODE_DUMP] = "dump",
	[MODE_PLAN] = "plan", [MODE_OFF] = "off",
};

const char *const config_trim_words[] = {
	[ROM_TRIM_CHAIN] = "chain",
	[ROM_TRIM_HEAD] = "head",
};

const char *config_mode_text(enum gpurom_mode m)
{
	return m <= MODE_OFF ? config_mode_words[m] : "unknown";
}

#define STR_(x) #x
#define STR(x) STR_(x)
#define LIST_BLANKS ", \t"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

static void copy_clean(char to[COMPLAINT_TEXT_MAX], const char *from)
{
	size_t i = 0;

	for (; i < COMPLAINT_TEXT_MAX - 1 && from[i]; i++)
		to[i] = from[i] < ' ' || from[i] > '~' ? '?' : from[i];
	to[i] = '\0';
}

void setting_complain(struct complaints *bad, const char *place, const char *word, const char *why)
{
	struct complaint *c;

	if (bad->n == COMPLAINTS_MAX) {
		bad->lost++;
		return;
	}
	c = &bad->c[bad->n++];
	copy_clean(c->place, place);
	copy_clean(c->word, word);
	c->why = why;
}

/* Complains of the setting; value: all of it, or the one part that is bad. */
static void complain(struct complaints *bad, const struct setting *s, const char *value,
		     const char *why)
{
	char word[COMPLAINT_TEXT_MAX];

	if (value)
		snprintf(word, sizeof(word), "%.24s=%.54s", *s->key ? s->key : "gpurom", value);
	else
		snprintf(word, sizeof(word), "%.79s", *s->key ? s->key : "gpurom");
	setting_complain(bad, s->place, word, why);
}

/* --- scalars: each returns NULL, or what would be right -------------------------------------- */

static const char *set_mode(struct config *c, const char *v)
{
	for (unsigned m = MODE_FULL; m <= MODE_OFF; m++) {
		if (strcmp(v, config_mode_words[m]) == 0) {
			c->mode = (enum gpurom_mode)m;
			return NULL;
		}
	}
	return "not one of full, claim, dump, plan, off";
}

static const char *set_trim(struct config *c, const char *v)
{
	for (unsigned how = ROM_TRIM_CHAIN; how <= ROM_TRIM_HEAD; how++) {
		if (strcmp(v, config_trim_words[how]) == 0) {
			c->trim = (enum rom_trim)how;
			return NULL;
		}
	}
	return "not one of chain, head";
}

static const char *set_guard(struct config *c, const char *v)
{
	if (strcmp(v, "refuse") == 0)
		c->guard = GUARD_REFUSE;
	else if (strcmp(v, "warn") == 0)
		c->guard = GUARD_WARN;
	else if (strcmp(v, "off") == 0)
		c->guard = GUARD_OFF;
	else
		return "not one of refuse, warn, off";
	return NULL;
}

static const char *set_timeout(struct config *c, const char *v)
{
	unsigned n = 0;
	const char *p = v;

	while (n <= CONFIG_TIMEOUT_MAX && *p >= '0' && *p <= '9')
		n = n * 10 + (unsigned)(*p++ - '0');
	if (*p)
		n = 0;
	if (n < CONFIG_TIMEOUT_MIN || n > CONFIG_TIMEOUT_MAX)
		return "not whole seconds, " STR(CONFIG_TIMEOUT_MIN) " to " STR(CONFIG_TIMEOUT_MAX);
	c->timeout = n;
	return NULL;
}

/* Accepts what QEMU, libvirt and Proxmox all accept in a file name. */
static const char *set_folder(char ret[CONFIG_STORE_MAX], const char *v)
{
	static const char why[] = "not an absolute folder of A-Z a-z 0-9 . _ - (no //, no ..), "
				  "under " STR(CONFIG_STORE_MAX) " characters";
	size_t n = strlen(v);

	if (n > 1 && v[n - 1] == '/')
		n--;
	if (*v != '/' || n < 2 || n >= CONFIG_STORE_MAX)
		return why;
	for (size_t i = 0; i < n;) {
		const char *part = v + i + 1;
		size_t len = strspn(part, letters), dots = strspn(part, ".");

		if (v[i] != '/' || len == 0 || (dots == len && dots <= 2))
			return why;
		i += 1 + len;
	}
	memcpy(ret, v, n);
	ret[n] = '\0';
	return NULL;
}

static const char *set_store(struct config *c, const char *v)
{
	return set_folder(c->store, v);
}

static const char *set_metrics(struct config *c, const char *v)
{
	if (strcmp(v, "none") != 0)
		return set_folder(c->metrics, v);
	c->metrics[0] = '\0';
	return NULL;
}

static const char *set_driver(struct config *c, const char *v)
{
	size_t n = strlen(v);

	if (n == 0 || n >= sizeof(c->driver) || strspn(v, letters) != n || *v == '.' || *v == '-')
		return "not a driver's name, as under drivers in sysfs, nor auto";
	memcpy(c->driver, v, n + 1);
	if (strcmp(v, "vfio_pci") == 0) /* the module; others are looked up at the hand-over */
		snprintf(c->driver, sizeof(c->driver), "vfio-pci");
	return NULL;
}

static const struct {
	const char *key;
	const char *(*set)(struct config *c, const char *value);
} scalars[] = {
	{"mode", set_mode}, {"driver", set_driver}, {"timeout", set_timeout}, {"store", set_store},
	{"trim", set_trim}, {"guard", set_guard},   {"metrics", set_metrics},
};

static void apply_scalar(struct config *c, const struct setting *s, size_t i,
			 struct complaints *bad)
{
	const char *why = s->broken;

	if (!s->value)
		why = "needs a value: KEY=VALUE";
	if (!why)
		why = scalars[i].set(c, s->value);
	if (why)
		complain(bad, s, s->value, why);
}

/* --- lists ----------------------------------------------------------------------------------- */

struct selectors {
	struct selector s[CONFIG_SELECTORS_MAX];
	size_t n;
	size_t words; /* seen, good or bad */
	bool whole;   /* at least one word, and none bad */
};

/* Adds a word; only: it is the only one, as "none" must be. NULL, or what would be right. */
static const char *add_word(struct selectors *l, const char *word, bool only)
{
	if (strcmp(word, "none") == 0)
		return only ? NULL : "none must be the only word";
	if (l->n == CONFIG_SELECTORS_MAX)
		return "more than " STR(CONFIG_SELECTORS_MAX) " selectors";
	const char *why = selector_parse(word, &l->s[l->n]);
	l->n += !why;
	return why;
}

static void read_list(const struct setting *s, struct selectors *l, struct complaints *bad)
{
	const char *p = s->value ? s->value : "";
	char word[SELECTOR_TEXT_MAX + 1];

	*l = (struct selectors){.n = 0, .whole = !s->broken};
	if (s->broken)
		complain(bad, s, s->value, s->broken);
	for (p += strspn(p, LIST_BLANKS); *p; p += strspn(p, LIST_BLANKS)) {
		size_t len = strcspn(p, LIST_BLANKS);
		const char *why;

		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		p += len;
		if (s->broken && !*p)
			break;
		why = add_word(l, word, l->words++ == 0 && !p[strspn(p, LIST_BLANKS)]);
		if (why)
			complain(bad, s, word, why);
		l->whole = l->whole && !why;
	}
	l->whole = l->whole && l->words > 0;
}

static void apply_devices(struct config *c, const struct setting *s, struct complaints *bad)
{
	struct selectors l;

	read_list(s, &l, bad);
	if (l.words == 0)
		complain(bad, s, s->value, "names no card, so none is taken; write devices=none");
	else if (l.n == 0 && !l.whole)
		complain(bad, s, s->value, "no word of it is understood, so no card is taken");
	memcpy(c->devices, l.s, l.n * sizeof(l.s[0]));
	c->n_devices = l.n;
}

static void apply_keep(struct config *c, const struct setting *s, struct complaints *bad)
{
	struct selectors l;

	read_list(s, &l, bad);
	if (l.words == 0 && !s->broken) {
		complain(bad, s, s->value,
			 "names no card: what was kept stays kept; keep=none empties the list");
		return;
	}
	if (!l.whole)
		complain(bad, s, s->value,
			 "which cards to keep is in doubt, so only cards that devices= names one "
			 "by one are taken");
	for (size_t i = 0; !l.whole && i < c->n_keep && l.n < CONFIG_SELECTORS_MAX; i++)
		l.s[l.n++] = c->keep[i];
	memcpy(c->keep, l.s, l.n * sizeof(l.s[0]));
	c->n_keep = l.n;
	c->keep_unclear = !l.whole;
}

static bool is_listed(const enum rom_source *list, size_t n, enum rom_source s)
{
	for (size_t i = 0; i < n; i++)
		if (list[i] == s)
			return true;
	return false;
}

/* A list without a good word leaves the earlier one in force. */
static void apply_sources(struct config *c, const struct setting *s, struct complaints *bad)
{
	const char *p = s->value ? s->value : "";
	enum rom_source list[SOURCES_MAX], one;
	char word[16];
	size_t n = 0;

	if (s->broken)
		complain(bad, s, s->value, s->broken);
	for (p += strspn(p, LIST_BLANKS); *p; p += strspn(p, LIST_BLANKS)) {
		size_t len = strcspn(p, LIST_BLANKS);

		snprintf(word, sizeof(word), "%.*s", (int)len, p);
		p += len;
		if (s->broken && !*p)
			break;
		if (len >= sizeof(word) || !source_parse(word, &one))
			complain(bad, s, word, "not one of sysfs, efi, prom, vfio, shadow");
		else if (!is_listed(list, n, one))
			list[n++] = one;
	}
	if (n == 0) {
		complain(bad, s, s->value, "names no source: the earlier list stays in force");
		return;
	}
	memcpy(c->sources, list, n * sizeof(list[0]));
	c->n_sources = n;
}

/* --- the switch ------------------------------------------------------------------------------ */

static bool is_one_of(const char *v, const char *const words[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasecmp(v, words[i]) == 0)
			return true;
	return false;
}

bool setting_is_off(const struct setting *s)
{
	static const char *const no[] = {"0", "no", "off", "n", "false"};

	return !*s->key && s->value && is_one_of(s->value, no, sizeof(no) / sizeof(no[0]));
}

static void apply_switch(struct config *c, const struct setting *s, struct complaints *bad)
{
	static const char *const yes[] = {"1", "yes", "on", "y", "true"};

	if (setting_is_off(s))
		c->mode = MODE_OFF;
	else if (s->value && !is_one_of(s->value, yes, sizeof(yes) / sizeof(yes[0])))
		complain(bad, s, s->value, "0 switches gpurom off; everything else does nothing");
}

/* True if the key has a byte beyond ASCII: a blank of another kind, pasted with the key, or damage.
 */
static bool is_foreign(const char *key)
{
	for (; *key; key++)
		if ((unsigned char)*key > '~')
			return true;
	return false;
}

void setting_apply(struct config *c, const struct setting *s, struct complaints *bad)
{
	if (!*s->key) {
		apply_switch(c, s, bad);
		return;
	}
	if (strcmp(s->key, "devices") == 0) {
		apply_devices(c, s, bad);
		return;
	}
	if (strcmp(s->key, "keep") == 0) {
		apply_keep(c, s, bad);
		return;
	}
	if (strcmp(s->key, "sources") == 0) {
		apply_sources(c, s, bad);
		return;
	}
	for (size_t i = 0; i < sizeof(scalars) / sizeof(scalars[0]); i++) {
		if (strcmp(s->key, scalars[i].key) == 0) {
			apply_scalar(c, s, i, bad);
			return;
		}
	}
	if (is_foreign(s->key)) {
		complain(bad, s, s->value,
			 "has a byte that no key has; it may be keep=, so only cards that devices= "
			 "names one by one are taken");
		c->keep_unclear = true;
		return;
	}
	complain(
		bad, s, s->value,
		"no such key: mode, devices, keep, driver, sources, timeout, store, trim, guard, metrics");
}
