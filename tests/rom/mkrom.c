// SPDX-License-Identifier: GPL-2.0-or-later
/* mkrom DESCRIPTION OUT
 *
 * A line is a statement; '#' begins a comment; words may be "quoted" (\n \r \\ \" \xHH). Numbers
 * are C's; ids, class and bytes are hex. `[]` may be left out; what then stands is shown.
 *
 *   image x86|efi|private|nbsi|TYPE  begins an option ROM image:
 *         [ids=10de:2204] [class=030000] [blocks=4] [last] [indicator=0] [pcir=0x170]
 *         [pcir-blocks=] [size-byte=] (both: blocks) [revision=0] [pcir-length=] [devices=d,d,…]
 *         [signature=55aa] [tag=PCIR] [body=ff] [sum=pcir|size|bad|none]
 *         x86: [date=MM/DD/YY] [subsystem=vvvv:dddd] (at +54)
 *         efi: [machine=0x8664] [driver=0x0b] [compression=1] [body-at=] [packed=0x100]
 *   npde  [version=0x101] [length=] [blocks=] [last] [flags=1] [gop=] [subsystem=vvvv:dddd]
 *   bit   [at=0x1b0] [stride=6] [sum=good|bad] [count=]
 *   token B VERSION | i VERSION [built=MM/DD/YY] [board=TEXT] | S TEXT…  or any letter: at= size=
 *   poke OFF HEX                     bytes in the image, before its checksum
 *   nvgi  version=1..3 rom=OFF [subsystem=] [fixed=] [total=] [status=] [no-directory]
 *   fill N [ff|00|random:SEED|pattern:HEX]      appends; body= takes the same words
 *   raw HEX | text TEXT              appends
 *   at OFF HEX                       bytes in the file, after the checksums so far
 *   truncate N | repeat TIMES        of the whole file so far
 */
#include "mkrom.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *file_name;
static unsigned line_number;

void mk_die(const char *what, const char *detail)
{
	fprintf(stderr, "mkrom: %s:%u: %s: %s\n", file_name, line_number, what, detail);
	exit(1);
}

unsigned long mk_parse(const char *text)
{
	char *end;
	unsigned long v = strtoul(text, &end, 0);

	if (!isdigit((unsigned char)text[0]) || *end)
		mk_die("not a number", text);
	return v;
}

const char *mk_arg(struct mk_line *l, const char *key, const char *fallback)
{
	size_t n = strlen(key);

	for (size_t k = 1; k < l->n; k++) {
		if (strncmp(l->word[k], key, n) != 0 || l->word[k][n] != '=')
			continue;
		l->used[k] = true;
		return l->word[k] + n + 1;
	}
	return fallback;
}

unsigned long mk_number(struct mk_line *l, const char *key, unsigned long fallback)
{
	const char *text = mk_arg(l, key, NULL);

	return text ? mk_parse(text) : fallback;
}

bool mk_flag(struct mk_line *l, const char *word)
{
	for (size_t k = 1; k < l->n; k++)
		if (strcmp(l->word[k], word) == 0)
			return l->used[k] = true;
	return false;
}

const char *mk_operand(struct mk_line *l, size_t k)
{
	if (k + 1 >= l->n)
		mk_die("something is missing behind", l->word[0]);
	l->used[k + 1] = true;
	return l->word[k + 1];
}

void mk_ids(const char *text, unsigned long *vendor, unsigned long *device)
{
	int end = -1;

	if (sscanf(text, "%4lx:%4lx%n", vendor, device, &end) != 2 || text[end])
		mk_die("not vvvv:dddd", text);
}

/* One character of a quoted word; moves *s behind it. */
static char quoted(const char **s)
{
	const char *c = *s;

	if (*c != '\\') {
		*s = c + 1;
		return *c;
	}
	*s = c + 2;
	if (c[1] == 'x') {
		*s = c + 4;
		return (char)strtoul((char[]){c[2], c[2] ? c[3] : '\0', '\0'}, NULL, 16);
	}
	return c[1] == 'n' ? '\n' : c[1] == 'r' ? '\r' : c[1];
}

static void split(const char *s, struct mk_line *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (;;) {
		size_t n = 0;
		bool in_quotes = false;
		char *w = ret->word[ret->n];

		while (isspace((unsigned char)*s))
			s++;
		if (*s == '\0' || *s == '#')
			return;
		while (*s && (in_quotes || !isspace((unsigned char)*s))) {
			if (n + 1 >= MK_WORD_MAX || ret->n + 1 >= MK_WORDS_MAX)
				mk_die("too long", w);
			if (*s == '"') {
				in_quotes = !in_quotes;
				s++;
			} else {
				w[n++] = in_quotes ? quoted(&s) : *s++;
			}
		}
		ret->n++;
	}
}

static void do_fill(struct mk *m, struct mk_line *l)
{
	size_t n = mk_parse(mk_operand(l, 0));

	mk_fill(m, n, l->n > 2 ? mk_operand(l, 1) : "ff");
}

static void do_raw(struct mk *m, struct mk_line *l)
{
	mk_put_hex(m, m->n, mk_operand(l, 0));
}

static void do_text(struct mk *m, struct mk_line *l)
{
	const char *text = mk_operand(l, 0);

	mk_put(m, m->n, text, strlen(text));
}

static void do_poke(struct mk *m, struct mk_line *l)
{
	mk_put_hex(m, mk_current(m)->at + mk_parse(mk_operand(l, 0)), mk_operand(l, 1));
}

static void do_at(struct mk *m, struct mk_line *l)
{
	mk_finish(m);
	mk_put_hex(m, mk_parse(mk_operand(l, 0)), mk_operand(l, 1));
}

static void do_truncate(struct mk *m, struct mk_line *l)
{
	size_t n = mk_parse(mk_operand(l, 0));

	mk_finish(m);
	if (n > m->n)
		mk_die("the file is shorter", l->word[1]);
	m->n = n;
}

static void do_repeat(struct mk *m, struct mk_line *l)
{
	size_t times = mk_parse(mk_operand(l, 0)), n = m->n;

	mk_finish(m);
	for (size_t k = 1; k < times; k++)
		mk_put(m, m->n, m->data, n);
}

static const struct {
	const char *name;
	void (*run)(struct mk *m, struct mk_line *l);
} statements[] = {
	{"image", mk_image}, {"npde", mk_npde}, {"bit", mk_bit},	   {"token", mk_token},
	{"nvgi", mk_nvgi},   {"fill", do_fill}, {"raw", do_raw},	   {"text", do_text},
	{"poke", do_poke},   {"at", do_at},	{"truncate", do_truncate}, {"repeat", do_repeat},
};

static void run(struct mk *m, struct mk_line *l)
{
	for (size_t k = 0; k < sizeof(statements) / sizeof(statements[0]); k++) {
		if (strcmp(statements[k].name, l->word[0]) != 0)
			continue;
		statements[k].run(m, l);
		for (size_t w = 1; w < l->n; w++)
			if (!l->used[w])
				mk_die("word not understood", l->word[w]);
		return;
	}
	mk_die("no such statement", l->word[0]);
}

static void assemble(struct mk *m, FILE *in)
{
	static struct mk_line l;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, in) != -1) {
		line_number++;
		split(line, &l);
		if (l.n)
			run(m, &l);
	}
	free(line);
	mk_finish(m);
}

int main(int argc, char **argv)
{
	static struct mk m;
	FILE *in, *out;

	if (argc != 3) {
		fprintf(stderr, "usage: mkrom DESCRIPTION OUT\n");
		return 2;
	}
	file_name = argv[1];
	m.data = calloc(1, MK_FILE_MAX);
	in = fopen(argv[1], "r");
	if (!m.data || !in)
		mk_die("cannot be read", strerror(errno));
	assemble(&m, in);
	fclose(in);
	out = fopen(argv[2], "wb");
	if (!out || fwrite(m.data, 1, m.n, out) != m.n || fclose(out))
		mk_die(argv[2], strerror(errno));
	free(m.data);
	return 0;
}
