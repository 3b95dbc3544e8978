// SPDX-License-Identifier: GPL-2.0-or-later
#include "libvirt/edit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Behind edits at the same offset, so that they keep their order. NULL: no room. */
static struct domedit *insert_edit(struct domedits *s, size_t at, size_t n)
{
	size_t i = s->n;

	if (s->n == DOMEDIT_MAX)
		return NULL;
	for (; i > 0 && s->e[i - 1].at > at; i--)
		s->e[i] = s->e[i - 1];
	s->n++;
	s->e[i] = (struct domedit){.at = at, .n = n};
	return &s->e[i];
}

/* An address that is one value, written as it was: with a domain or without, with a function or
 * without. */
static void replace_address(struct domedits *s, const struct vm_dev *d, struct pci_addr to)
{
	char addr[PCI_ADDR_BUF];
	bool is_short = d->short_addr && !to.domain;
	struct domedit *e;

	if (pci_addr_same_card(d->addr, to))
		return;
	e = insert_edit(s, d->in_addr.at, d->in_addr.n);
	(void)(d->whole ? pci_addr_format_card(to, addr) : pci_addr_format(to, addr));
	if (e)
		snprintf(e->text, sizeof(e->text), "%s", addr + (is_short ? strlen("0000:") : 0));
}

void domedit_address(struct domedits *s, const struct vm_dev *d, struct pci_addr to)
{
	/* As libvirt writes them. */
	static const struct {
		const char *name;
		int digits;
	} form[VM_PARTS] = {{"domain", 4}, {"bus", 2}, {"slot", 2}};
	const uint32_t is[VM_PARTS] = {d->addr.domain, d->addr.bus, d->addr.dev};
	const uint32_t want[VM_PARTS] = {to.domain, to.bus, to.dev};

	if (d->in_addr.n) {
		replace_address(s, d, to);
		return;
	}
	for (size_t i = 0; i < VM_PARTS; i++) {
		const struct vm_range *r = &d->part[i];
		struct domedit *e;

		if (is[i] == want[i])
			continue;
		e = r->at ? insert_edit(s, r->at, r->n) : insert_edit(s, d->behind_address, 0);
		if (e && r->at)
			snprintf(e->text, sizeof(e->text), "0x%0*x", form[i].digits, want[i]);
		else if (e)
			snprintf(e->text, sizeof(e->text), " %s='0x%0*x'", form[i].name,
				 form[i].digits, want[i]);
	}
}

void domedit_file(struct domedits *s, struct bytes xml, const struct vm_dev *d, size_t folder,
		  const char *name)
{
	const char *old = d->file + folder;
	size_t n = strlen(old), at = d->in_file.at + d->in_file.n - n;
	bool plain = d->in_file.n >= n && bytes_is(xml, at, old, n);
	struct domedit *e;

	/* A path written with references is replaced whole. */
	e = plain ? insert_edit(s, at, n) : insert_edit(s, d->in_file.at, d->in_file.n);
	if (e)
		snprintf(e->text, sizeof(e->text), "%.*s%s", plain ? 0 : (int)folder, d->file,
			 name);
}

/* Writes [from, to) with the edits from *i on that begin there, and moves *i behind them. */
static void write_range(FILE *out, struct bytes xml, const struct domedits *s, size_t *i,
			size_t from, size_t to)
{
	for (; *i < s->n && s->e[*i].at < to; ++*i) {
		const struct domedit *e = &s->e[*i];

		fwrite(xml.p + from, 1, e->at - from, out);
		fputs(e->text, out);
		from = e->at + e->n;
	}
	if (from < to)
		fwrite(xml.p + from, 1, to - from, out);
}

void domedit_write(FILE *out, struct bytes xml, const struct domedits *s)
{
	size_t i = 0;

	if (xml.n)
		write_range(out, xml, s, &i, 0, xml.n);
}

/* --- as a diff -------------------------------------------------------------------------------- */

/* Whole lines that some edits change, up to an unchanged line. */
struct hunk {
	size_t from, to; /* offsets */
	size_t line;	 /* from 1 */
	size_t edits;
};

static size_t line_end(struct bytes xml, size_t at)
{
	const uint8_t *nl = at < xml.n ? memchr(xml.p + at, '\n', xml.n - at) : NULL;

	return nl ? (size_t)(nl - xml.p) + 1 : xml.n;
}

static size_t lines_in(struct bytes b)
{
	size_t n = b.n && b.p[b.n - 1] != '\n';

	for (size_t i = 0; i < b.n; i++)
		n += b.p[i] == '\n';
	return n;
}

/* at: the start of line number `line`, at or before the edit `first`. */
static struct hunk next_hunk(struct bytes xml, const struct domedits *s, size_t first, size_t at,
			     size_t line)
{
	struct hunk h = {.from = at, .line = line};
	size_t i = first, end;

	while ((end = line_end(xml, h.from)) <= s->e[first].at) {
		h.from = end;
		h.line++;
	}
	for (; i < s->n && (i == first || s->e[i].at < h.to); i++) {
		end = line_end(xml, s->e[i].at + s->e[i].n);
		h.to = end > h.to ? end : h.to;
	}
	h.edits = i - first;
	return h;
}

static void write_lines(FILE *out, char mark, struct bytes b)
{
	for (size_t at = 0, end; at < b.n; at = end) {
		end = line_end(b, at);
		fputc(mark, out);
		fwrite(b.p + at, 1, end - at, out);
		if (b.p[end - 1] != '\n')
			fputs("\n\\ No newline at end of file\n", out);
	}
}

static int write_hunk(FILE *out, struct bytes xml, const struct domedits *s, const struct hunk *h,
		      size_t first)
{
	struct bytes was = bytes_sub(xml, h->from, h->to - h->from), is;
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	if (!f)
		return -errno;
	write_range(f, xml, s, &first, h->from, h->to);
	if (fclose(f) != 0) {
		free(text);
		return -ENOMEM;
	}
	is = (struct bytes){(const uint8_t *)text, n};
	fprintf(out, "@@ -%zu,%zu +%zu,%zu @@\n", h->line, lines_in(was), h->line, lines_in(is));
	write_lines(out, '-', was);
	write_lines(out, '+', is);
	free(text);
	return 0;
}

int domedit_diff(FILE *out, struct bytes xml, const struct domedits *s, const char *name)
{
	size_t at = 0, line = 1;
	struct hunk h;
	int err = 0;

	if (s->n)
		fprintf(out, "--- %s\n+++ %s\n", name, name);
	for (size_t i = 0; i < s->n && !err; i += h.edits) {
		h = next_hunk(xml, s, i, at, line);
		err = write_hunk(out, xml, s, &h, i);
		at = h.to;
		line = h.line + lines_in(bytes_sub(xml, h.from, h.to - h.from));
	}
	return err;
}
