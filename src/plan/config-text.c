// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/config-text.h"

#include "plan/cmdline.h"
#include "plan/vfio-ids.h"

#include <stdio.h>
#include <string.h>

#define OWN "gpurom"
#define BLANKS " \t\r\v\f"

static const char why_cut[] = "too long: not read to its end";
static const char why_quotes[] = "the quotes are not closed";

/* "mode" for "gpurom.mode" and for "rd.gpurom.mode", "" for the switch, NULL if it is not ours. */
static const char *own_key(const char *key, bool *ret_rd)
{
	size_t n = strlen(OWN);
	bool rd = strncmp(key, "rd.", 3) == 0;

	if (rd)
		key += 3;
	if (strncmp(key, OWN, n) != 0 || (key[n] && key[n] != '.'))
		return NULL;
	*ret_rd = rd;
	/* "gpurom." names no key: not the switch */
	return !key[n] ? "" : key[n + 1] ? key + n + 1 : ".";
}

/* --- the kernel command line ----------------------------------------------------------------- */

void config_cmdline(struct config *c, const char *text, bool initramfs, struct complaints *bad)
{
	struct cmdline line = {text, 1};
	struct cmdline_word w;
	char place[COMPLAINT_TEXT_MAX];
	bool off = false, rd;

	while (cmdline_next(&line, &w)) {
		/* The last one counts: modprobe passes all on, and the kernel sets one after the
		 * other. */
		if (strcmp(w.key, VFIOIDS_KEY) == 0)
			snprintf(c->vfio_ids, sizeof(c->vfio_ids), "%s", w.value);
		struct setting s = {place, own_key(w.key, &rd), w.has_value ? w.value : NULL,
				    w.cut ? why_cut : NULL};

		if (!s.key || (rd && *s.key && !initramfs))
			continue;
		snprintf(place, sizeof(place), "kernel command line, word %zu", w.word);
		setting_apply(c, &s, bad);
		if (strcmp(s.key, "devices") == 0)
			c->file_unread = false;
		off = off || setting_is_off(&s);
	}
	if (off)
		c->mode = MODE_OFF;
}

/* --- files ----------------------------------------------------------------------------------- */

void config_unread(struct config *c)
{
	c->file_unread = true;
	c->keep_unclear = true;
}

/* A lone carriage return ends a line of an old Mac, but not here: all lines behind a '#' would be
 * lost. */
static bool is_text_at(const char *p, const char *end)
{
	bool ends = *p == '\r';

	while (p < end && *p == '\r')
		p++;
	if (ends || *p == '\n' || *p == '\t')
		return !ends || p == end || *p == '\n';
	return (unsigned char)*p >= ' ' && *p != 0x7f;
}

bool config_is_text(const char *text, size_t n, size_t *ret_line)
{
	const char *end = text + n;

	*ret_line = 1;
	for (const char *p = text; p < end; p++) {
		if (!is_text_at(p, end))
			return false;
		*ret_line += *p == '\n';
	}
	return true;
}

struct line {
	char key[CMDLINE_KEY_MAX];
	char value[CMDLINE_VALUE_MAX];
	bool has_value;
	const char *broken;
};

/* [p, end) without the blanks around it. */
static size_t trim_blanks(const char **p, const char *end)
{
	while (*p < end && strchr(BLANKS, **p))
		++*p;
	while (end > *p && strchr(BLANKS, end[-1]))
		end--;
	return (size_t)(end - *p);
}

static bool copy_fitting(char *to, size_t size, const char *from, size_t n)
{
	bool fits = n < size;

	if (!fits)
		n = size - 1;
	memcpy(to, from, n);
	to[n] = '\0';
	return fits;
}

static void read_value(const char *p, const char *end, struct line *l)
{
	size_t n = trim_blanks(&p, end);
	const char *close, *rest;

	if (n > 0 && (*p == '"' || *p == '\'')) {
		close = memchr(p + 1, *p, n - 1);
		rest = close ? close + 1 : p + n;
		if (!close || (trim_blanks(&rest, p + n) > 0 && *rest != '#'))
			l->broken = why_quotes;
		p++;
		n = (size_t)((close ? close : p + n - 1) - p);
	} else {
		const char *comment = n ? memchr(p, '#', n) : NULL;

		n = trim_blanks(&p, comment ? comment : p + n);
	}
	if (!copy_fitting(l->value, sizeof(l->value), p, n))
		l->broken = why_cut;
}

/* False if the line has neither key nor value. */
static bool read_line(const char *p, const char *end, struct line *ret)
{
	const char *stop = p;
	size_t n;

	memset(ret, 0, sizeof(*ret));
	while (stop < end && *stop != '=' && *stop != '#')
		stop++;
	ret->has_value = stop < end && *stop == '=';
	if (ret->has_value)
		read_value(stop + 1, end, ret);
	n = trim_blanks(&p, stop);
	(void)copy_fitting(ret->key, sizeof(ret->key), p, n);
	return n > 0 || ret->has_value;
}

static void apply_line(struct config *c, const struct line *l, const char *place,
		       struct complaints *bad)
{
	bool rd = false;
	const char *own = own_key(l->key, &rd);
	struct setting s = {place, own ? own : l->key, l->has_value ? l->value : NULL, l->broken};

	if (!*l->key)
		setting_complain(bad, place, "=", "no key before the '='");
	else if (rd && *s.key)
		setting_complain(bad, place, l->key, "rd. words are for the kernel command line");
	else
		setting_apply(c, &s, bad);
}

void config_file(struct config *c, const char *text, const char *name, struct complaints *bad)
{
	char place[COMPLAINT_TEXT_MAX];
	struct line l;
	size_t number = 1;

	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3; /* a byte order mark, as some editors put it */
	for (const char *end; *text; text = *end ? end + 1 : end, number++) {
		end = text + strcspn(text, "\n");
		snprintf(place, sizeof(place), "%.60s:%zu", name, number);
		if (read_line(text, end, &l))
			apply_line(c, &l, place, bad);
	}
}
