// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom list of an installed system: with models' names, in columns as wide as what they hold, cut
 * to the width of a terminal. */
#include "cmd/list.h"

#include "cmd/options.h"
#include "sys/file.h"
#include "sys/root.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PCI_IDS_MAX (8u << 20) /* bytes of a pci.ids: five times today's */
#define GAP 2		       /* blanks between columns */
#define MODEL_LEAST 12	       /* of the model's name, before other columns are left out for it */
#define ELLIPSIS "\u2026"

struct row {
	char *cell[LIST_COLUMNS]; /* NULL: none */
};

static struct table {
	struct row *row;
	size_t n;
	bool failed;		  /* no memory */
	int column[LIST_COLUMNS]; /* shown, in this order */
	size_t columns;
	bool chosen; /* by --columns: none is left out */
	bool headings;
	size_t width[LIST_COLUMNS];
	struct bytes names; /* of pci.ids */
} table;

/* Characters, each of which takes one column of a terminal: models' names are Latin. */
static size_t characters(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static void keep_row(const char *const cell[LIST_COLUMNS])
{
	struct row *more = reallocarray(table.row, table.n + 1, sizeof(*more)), *r;

	if (!more) {
		table.failed = true;
		return;
	}
	table.row = more;
	r = &more[table.n++];
	*r = (struct row){{NULL}};
	/* A function that is not the card's display has no cell from the ROM on. */
	for (size_t i = 0; i < LIST_COLUMNS && (i < LIST_ROM || cell[LIST_ROM]); i++) {
		r->cell[i] = strdup(cell[i] && *cell[i] ? cell[i] : "-");
		table.failed |= !r->cell[i];
	}
}

/* Columns of the terminal that standard output is; 0: it is none. */
static size_t terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize w = {0};
	long n = columns ? strtol(columns, NULL, 10) : 0;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (n <= 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0)
		n = w.ws_col;
	return n > 0 ? (size_t)n : 80;
}

static size_t total_width(void)
{
	size_t n = 0;

	for (size_t i = 0; i < table.columns; i++)
		n += table.width[table.column[i]] + (i ? GAP : 0);
	return n;
}

static void leave_out(int column)
{
	size_t n = 0;

	for (size_t i = 0; i < table.columns; i++)
		if (table.column[i] != column)
			table.column[n++] = table.column[i];
	table.columns = n;
}

/* Makes the table fit: the model's name is cut; where too little of it would be left, columns are
 * left out that matter least to a person. */
static void fit(size_t terminal)
{
	static const int least[] = {LIST_CLASS, LIST_VGA, LIST_IDS, LIST_GROUP};
	size_t *model = &table.width[LIST_MODEL], full = *model;

	*model = full < MODEL_LEAST ? full : MODEL_LEAST;
	for (size_t i = 0; !table.chosen && i < sizeof(least) / sizeof(least[0]); i++)
		if (total_width() > terminal)
			leave_out(least[i]);
	if (total_width() < terminal)
		*model += terminal - total_width();
	*model = *model < full ? *model : full;
}

static void set_widths(size_t terminal)
{
	for (size_t c = 0; c < LIST_COLUMNS; c++) {
		table.width[c] = terminal || table.chosen ? 0 : (size_t)list_heads[c].width;
		for (size_t i = table.headings ? 0 : 1; i < table.n; i++) {
			const char *cell = table.row[i].cell[c];
			size_t n = cell ? characters(cell) : 0;

			table.width[c] = n > table.width[c] ? n : table.width[c];
		}
	}
	if (terminal)
		fit(terminal);
}

/* Prints at most n characters of s, the last an ellipsis where it is longer. Returns how many. */
static size_t print_cut(const char *s, size_t n)
{
	size_t all = characters(s), at = 0, done = 0;

	if (all <= n) {
		fputs(s, stdout);
		return all;
	}
	while (s[at] && ((s[at] & 0xc0) == 0x80 || ++done < n))
		at++;
	printf("%.*s%s", (int)at, s, n ? ELLIPSIS : "");
	return n;
}

static void print_row(const struct row *r, size_t terminal)
{
	size_t at = 0, blanks = 0, end = table.columns;

	while (end && !r->cell[table.column[end - 1]])
		end--;
	for (size_t i = 0; i < end; i++) {
		int c = table.column[i];
		const char *cell = r->cell[c] ? r->cell[c] : "-";
		size_t room = terminal && c == LIST_MODEL ? table.width[c] : SIZE_MAX, n;

		if (terminal && at + blanks + 1 >= terminal && i)
			break;
		if (terminal && room > terminal - at - blanks)
			room = terminal - at - blanks;
		printf("%*s", (int)blanks, "");
		n = print_cut(cell, room);
		at += blanks + n;
		blanks = GAP + (n < table.width[c] ? table.width[c] - n : 0);
	}
	putchar('\n');
}

static void print_table(void)
{
	size_t terminal = terminal_width();

	set_widths(terminal);
	for (size_t i = table.headings ? 0 : 1; i < table.n; i++)
		print_row(&table.row[i], terminal);
}

static void free_table(void)
{
	for (size_t i = 0; i < table.n; i++)
		for (size_t c = 0; c < LIST_COLUMNS; c++)
			free(table.row[i].cell[c]);
	free(table.row);
	free((void *)table.names.p);
}

static const char *find_model(const struct pci_ids *ids, char buf[PCI_NAME_MAX])
{
	return pci_names_find(table.names, ids, buf);
}

/* Where hwdata and Debian's pci.ids have it. None: the ids say what a card is. */
static void load_names(const struct root *root)
{
	static const char *const paths[] = {ROOT_PCI_IDS_HWDATA, ROOT_PCI_IDS_MISC};
	uint8_t *p;

	for (size_t i = 0; !table.names.p && i < sizeof(paths) / sizeof(paths[0]); i++)
		if (file_read_regular(root->fd, paths[i], PCI_IDS_MAX, &p, &table.names.n) == 0)
			table.names.p = p;
}

static int column_of(const char *name, size_t n)
{
	for (int c = 0; c < LIST_COLUMNS; c++)
		if (strlen(list_heads[c].name) == n &&
		    strncasecmp(list_heads[c].name, name, n) == 0)
			return c;
	return -1;
}

/* Sets the columns of a list with commas; each once. False: there is no such column. */
static bool read_columns(const char *list, int ret[LIST_COLUMNS], size_t *ret_n)
{
	unsigned seen = 0;

	*ret_n = 0;
	for (;;) {
		size_t n = strcspn(list, ",");
		int c = column_of(list, n);

		if (c < 0 || seen & 1u << c)
			return false;
		seen |= 1u << c;
		ret[(*ret_n)++] = c;
		if (!list[n])
			return true;
		list += n + 1;
	}
}

static const char *refuse(const struct options *before, int letter, const char *word)
{
	int column[LIST_COLUMNS];
	size_t n;

	if (letter == 'c' && !read_columns(word, column, &n))
		return "--columns takes each once, with commas between: ADDRESS, IDS, CLASS, "
		       "DRIVER, GROUP, VGA, ROM, CARD, PATH, MODEL";
	if (!letter && before->given['j'] && (before->given['c'] || before->given['n']))
		return "--json has everything: no --columns, no --noheadings";
	return NULL;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	struct list_printer p = {.row = keep_row, .end = print_table};
	int r;

	load_names(&env->root);
	p.model = table.names.p ? find_model : NULL;
	p.rows_only = o->given['c'] || o->given['n'];
	table.headings = !o->given['n'];
	table.chosen = o->given['c'];
	if (table.chosen)
		(void)read_columns(o->given['c'], table.column, &table.columns);
	else
		for (int c = 0; c < LIST_COLUMNS - !p.model; c++)
			table.column[table.columns++] = c;
	p.json = o->given['j'] ? list_json : NULL;
	r = list_print(env, &p);
	if (r == EXIT_DONE && table.failed)
		r = cmd_fail("list", strerror(ENOMEM));
	free_table();
	return r;
}

const struct cmd cmd_list = {
	.name = "list",
	.args = "[--json] [--columns=COLUMN[,COLUMN]] [--noheadings]",
	.help = "the cards here, their models, drivers and ROMs",
	.run = run,
	.options = {{"json", FORM_ARG, 'j'},
		    {"columns", ONE_ARG, 'c'},
		    {"noheadings", NO_ARG, 'n'}},
	.refuse = refuse,
};
