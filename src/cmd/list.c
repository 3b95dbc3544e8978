// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom list: the display cards of this host, their drivers, and whether a ROM is stored. The
 * command of the installed program is in list-table.c, that of the initramfs's here. */
#include "cmd/list.h"

#include "boot/report.h"
#include "cmd/card-notes.h"
#include "record/resolve.h"

#include <stdio.h>
#include <string.h>

/* What the last commit recorded of this card. NULL: nothing, or another model at its place. */
const struct record_card *list_recorded(const struct host *h, const struct pci_fn *f)
{
	const struct record_card *c = record_find(&h->rec, f->path);

	return c && identity_same_model(&c->ids, &f->ids) && c->identity != IDENTITY_MISSING ? c
											     : NULL;
}

/* One word for the table. Sets file to the romfile, or "". */
const char *list_rom_state(const struct host *h, const struct pci_card *c,
			   char file[STORE_FILE_MAX])
{
	const struct pci_fn *f = &c->fn[c->display];
	const struct boot_card *b = host_boot_card(h, c->addr);

	if (f->path[0] && romstore_find(h->root, h->config.store, f->path, file) == 0)
		return "stored";
	file[0] = '\0';
	if (b && b->rom.tried && b->rom.raw_size)
		return b->rom.verdict == VERDICT_REJECTED ? "rejected" : "staged";
	if (!f->rom_bar)
		return "no-bar";
	if (f->rom_shadow)
		return "shadow";
	return b && b->rom.tried ? "unread" : "-";
}

const struct list_column_head list_heads[LIST_COLUMNS] = {
	{"ADDRESS", 12}, {"IDS", 9}, {"CLASS", 6}, {"DRIVER", 14}, {"GROUP", 5},
	{"VGA", 3},	 {"ROM", 8}, {"CARD", 10}, {"PATH", 0},	   {"MODEL", 0}};

/* A cell with no text is a dash, and what no cell follows ends without blanks. */
static void print_row(const char *const cell[LIST_COLUMNS])
{
	for (size_t i = 0; i < LIST_COLUMNS && cell[i]; i++) {
		bool last = i + 1 == LIST_COLUMNS || !cell[i + 1];

		printf("%s%-*s", i ? "  " : "", last ? 0 : list_heads[i].width,
		       *cell[i] ? cell[i] : "-");
	}
	putchar('\n');
}

static const struct list_printer plain = {.row = print_row};

/* card NULL: not the display function. */
static void put_function(const struct host *h, const struct list_printer *p, const struct pci_fn *f,
			 const struct pci_card *card)
{
	char addr[PCI_ADDR_BUF], ids[16], class[16], group[16] = "";
	char file[STORE_FILE_MAX], model[PCI_NAME_MAX];
	const struct record_card *r = list_recorded(h, f);

	if (f->iommu_group >= 0)
		snprintf(group, sizeof(group), "%d", f->iommu_group);
	snprintf(ids, sizeof(ids), "%04x:%04x", f->ids.vendor, f->ids.device);
	snprintf(class, sizeof(class), "%06x", f->class);
	p->row((const char *[LIST_COLUMNS]){pci_addr_format(f->addr, addr), ids, class, f->driver,
					    group, f->boot_vga ? "yes" : "",
					    card ? list_rom_state(h, card, file) : NULL,
					    r ? identity_word(r->identity) : "", f->path,
					    card && p->model ? p->model(&f->ids, model) : NULL});
}

static void put_header(const struct list_printer *p)
{
	const char *cell[LIST_COLUMNS];

	for (size_t i = 0; i < LIST_COLUMNS; i++)
		cell[i] = i == LIST_MODEL && !p->model ? NULL : list_heads[i].name;
	p->row(cell);
}

static void put_missing(const struct list_printer *p, const struct record_card *c)
{
	char ids[16], model[PCI_NAME_MAX];

	snprintf(ids, sizeof(ids), "%04x:%04x", c->ids.vendor, c->ids.device);
	p->row((const char *[LIST_COLUMNS]){"", ids, "", "", "", "",
					    *record_shown(c) ? "stored" : "",
					    identity_word(IDENTITY_MISSING), c->path,
					    p->model ? p->model(&c->ids, model) : NULL});
}

/* Recorded cards with none of their model at their place. */
static void list_missing(const struct host *h, const struct list_printer *p)
{
	for (const struct record_card *c = h->rec.cards; c; c = c->next)
		if (!record_present(&h->scan, c))
			put_missing(p, c);
}

/* What a card's rows have no column for, each line after its address. */
static void print_notes(const struct host *h, const struct plan *p)
{
	char addr[PCI_ADDR_BUF], before[PCI_ADDR_BUF + 2];
	const struct boot_card *b;

	for (size_t i = 0; i < p->n; i++) {
		if (p->card[i].display == SIZE_MAX)
			continue;
		snprintf(before, sizeof(before),
			 "%s: ", pci_addr_format_card(p->card[i].addr, addr));
		b = host_boot_card(h, p->card[i].addr);
		if (b && b->by_hand && b->why[0])
			printf("%s%s %s\n", before, card_state_text(b->state), b->why);
		print_card_notes(h, p, &p->card[i], before);
	}
	print_nvswitches(&h->scan);
}

static void print_text(const struct cmd_env *env, const struct host *h, const struct plan *p,
		       const struct list_printer *to)
{
	struct pci_card c;
	size_t at = 0, n = 0;

	for (; pci_card_next_display(&h->scan, &at, &c); n++) {
		if (n == 0)
			put_header(to);
		for (size_t i = 0; i < c.n; i++)
			put_function(h, to, &c.fn[i], i == c.display ? &c : NULL);
	}
	if (n == 0)
		fprintf(stderr, "gpurom: list: no display controller is here\n");
	if (n == 0 && h->rec.cards)
		put_header(to);
	list_missing(h, to);
	if (to->end)
		to->end();
	if (to->rows_only)
		return;
	print_notes(h, p);
	if (commands.images)
		commands.images->print(env, h);
}

static void print_trouble(const struct pciscan_trouble *t)
{
	char addr[PCI_ADDR_BUF];

	for (size_t i = 0; i < t->n_silent && i < PCISCAN_SILENT_MAX; i++)
		fprintf(stderr, "gpurom: list: %s does not answer\n",
			pci_addr_format(t->silent[i], addr));
	if (t->skipped)
		fprintf(stderr, "gpurom: list: %zu PCI functions cannot be read: %s\n", t->skipped,
			t->first);
}

int list_print(const struct cmd_env *env, const struct list_printer *to)
{
	static struct host h; /* kilobytes, as the plan */
	static struct plan p;
	int r = cmd_load(env, HOST_SCAN | HOST_RECORD | HOST_REPORT, &h);

	if (r == EXIT_DONE) {
		print_trouble(&h.trouble);
		plan_make(&h.config, &h.scan, GROUP_DRIVERS_BOUND, &p);
		if (to->json)
			r = to->json(&h, &p, to);
		else
			print_text(env, &h, &p, to);
	}
	host_free(&h);
	return r;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	(void)o;
	return list_print(env, &plain);
}

const struct cmd cmd_list_plain = {"list", "", "the cards here, their drivers and ROMs",
				   .run = run};
