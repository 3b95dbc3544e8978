/* gpurom list: the display cards of this host, their drivers, and whether a ROM is stored. */
#include "cmd/cmd.h"

#include "boot/report.h"
#include "cmd/card-notes.h"
#include "cmd/json-form.h"
#include "cmd/options.h"
#include "pci/selector.h"
#include "pci/serial.h"
#include "record/resolve.h"
#include "sys/json-fields.h"

#include <cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the last commit recorded of this card. NULL: nothing, or another model at its place. */
static const struct record_card *recorded(const struct host *h, const struct pci_fn *f)
{
	const struct record_card *c = record_find(&h->rec, f->path);

	return c && identity_same_model(&c->ids, &f->ids) && c->identity != IDENTITY_MISSING ? c
											     : NULL;
}

/* One word for the table. Sets file to the romfile, or "". */
static const char *rom_state(const struct host *h, const struct pci_card *c,
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

#define ROW "%-12s  %-9s  %-6s  %-14s  %-5s  %-3s"
#define ROW_CARD "  %-8s  %-10s  %s"

/* rom NULL: not the display function. */
static void print_row(const struct pci_fn *f, const char *rom, const char *word, const char *path)
{
	char addr[PCI_ADDR_BUF], ids[16], class[16], group[16] = "-";

	if (f->iommu_group >= 0)
		snprintf(group, sizeof(group), "%d", f->iommu_group);
	snprintf(ids, sizeof(ids), "%04x:%04x", f->ids.vendor, f->ids.device);
	snprintf(class, sizeof(class), "%06x", f->class);
	printf(ROW, pci_addr_format(f->addr, addr), ids, class, f->driver[0] ? f->driver : "-",
	       group, f->boot_vga ? "yes" : "-");
	if (rom)
		printf(ROW_CARD, rom, word, path);
	putchar('\n');
}

static void print_header(void)
{
	printf(ROW ROW_CARD "\n", "ADDRESS", "IDS", "CLASS", "DRIVER", "GROUP", "VGA", "ROM",
	       "CARD", "PATH");
}

static void print_card(const struct host *h, const struct pci_card *c)
{
	const struct pci_fn *display = &c->fn[c->display];
	char file[STORE_FILE_MAX];
	const struct record_card *card = recorded(h, display);
	const char *word = card ? identity_word(card->identity) : "";

	for (size_t i = 0; i < c->n; i++)
		print_row(&c->fn[i], i == c->display ? rom_state(h, c, file) : NULL,
			  *word ? word : "-", c->fn[i].path);
}

static void print_missing(const struct record_card *c)
{
	char ids[16];

	snprintf(ids, sizeof(ids), "%04x:%04x", c->ids.vendor, c->ids.device);
	printf(ROW ROW_CARD "\n", "-", ids, "-", "-", "-", "-", *record_shown(c) ? "stored" : "-",
	       identity_word(IDENTITY_MISSING), c->path);
}

static cJSON *json_missing(const struct record_card *c)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put(&w, "address", cJSON_CreateNull());
	json_put_text(&w, "path", c->path);
	json_put_text(&w, "identity", identity_word(IDENTITY_MISSING));
	json_put_ids(&w, "ids", c->ids.vendor, c->ids.device);
	json_put_text(&w, "last_seen", c->seen.last_seen);
	return json_done(&w);
}

/* Recorded cards with none of their model at their place. json NULL: for people. */
static void list_missing(const struct host *h, cJSON *json)
{
	for (const struct record_card *c = h->rec.cards; c; c = c->next) {
		if (record_present(&h->scan, c))
			continue;
		if (json)
			cJSON_AddItemToArray(json, json_missing(c));
		else
			print_missing(c);
	}
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

static void print_text(const struct cmd_env *env, const struct host *h, const struct plan *p)
{
	struct pci_card c;
	size_t at = 0, n = 0;

	for (; pci_card_next_display(&h->scan, &at, &c); n++) {
		if (n == 0)
			print_header();
		print_card(h, &c);
	}
	if (n == 0)
		fprintf(stderr, "gpurom: list: no display controller is here\n");
	list_missing(h, NULL);
	print_notes(h, p);
	if (commands.images)
		commands.images->print(env, h);
}

static cJSON *json_function(const struct pci_fn *f)
{
	cJSON *o = cJSON_CreateObject();
	char text[32];

	cJSON_AddStringToObject(o, "address", pci_addr_format(f->addr, text));
	snprintf(text, sizeof(text), "%04x:%04x", f->ids.vendor, f->ids.device);
	cJSON_AddStringToObject(o, "ids", text);
	snprintf(text, sizeof(text), "%04x:%04x", f->ids.subvendor, f->ids.subdevice);
	cJSON_AddStringToObject(o, "subsystem", text);
	snprintf(text, sizeof(text), "%06x", f->class);
	cJSON_AddStringToObject(o, "class", text);
	cJSON_AddItemToObject(o, "driver",
			      f->driver[0] ? cJSON_CreateString(f->driver) : cJSON_CreateNull());
	cJSON_AddItemToObject(o, "driver_override",
			      f->override[0] ? cJSON_CreateString(f->override)
					     : cJSON_CreateNull());
	cJSON_AddItemToObject(o, "iommu_group",
			      f->iommu_group >= 0 ? cJSON_CreateNumber(f->iommu_group)
						  : cJSON_CreateNull());
	return o;
}

/* The card's names besides its path. */
static void json_put_names(cJSON *o, const struct pci_fn *f)
{
	char serial[PCI_SERIAL_BUF];

	if (f->serial)
		cJSON_AddStringToObject(o, "serial", pci_serial_format(f->serial, serial));
	if (f->slot[0])
		cJSON_AddStringToObject(o, "slot", f->slot);
}

static cJSON *json_card(const struct host *h, const struct plan *p, const struct pci_card *c)
{
	const struct pci_fn *f = &c->fn[c->display];
	const struct boot_card *b = host_boot_card(h, c->addr);
	const struct record_card *card = recorded(h, f);
	const struct plan_card *k = plan_find(p, c->addr);
	cJSON *o = cJSON_CreateObject(), *fns;
	char file[STORE_FILE_MAX], addr[PCI_ADDR_BUF];

	cJSON_AddStringToObject(o, "address", pci_addr_format(c->fn[0].addr, addr));
	cJSON_AddStringToObject(o, "path", f->path);
	if (card) {
		cJSON_AddStringToObject(o, "identity", identity_word(card->identity));
		cJSON_AddStringToObject(o, "identity_text", card->identity_text);
	} else {
		cJSON_AddNullToObject(o, "identity");
	}
	json_put_names(o, f);
	cJSON_AddBoolToObject(o, "boot_vga", f->boot_vga);
	cJSON_AddBoolToObject(o, "answers", !f->silent);
	cJSON_AddStringToObject(o, "rom", rom_state(h, c, file));
	cJSON_AddItemToObject(o, "romfile",
			      file[0] ? cJSON_CreateString(file) : cJSON_CreateNull());
	cJSON_AddItemToObject(
		o, "state", b ? cJSON_CreateString(card_state_text(b->state)) : cJSON_CreateNull());
	if (b && b->by_hand)
		cJSON_AddTrueToObject(o, "by_hand");
	if (k)
		json_put_card_notes(o, h, p, k);
	fns = cJSON_AddArrayToObject(o, "functions");
	for (size_t i = 0; i < c->n; i++)
		cJSON_AddItemToArray(fns, json_function(&c->fn[i]));
	return o;
}

static int print_json(const struct host *h, const struct plan *p)
{
	struct pci_card c;
	size_t at = 0;
	cJSON *cards = cJSON_CreateArray();
	char *text;

	while (cards && pci_card_next_display(&h->scan, &at, &c))
		cJSON_AddItemToArray(cards, json_card(h, p, &c));
	if (cards)
		list_missing(h, cards);
	text = cards ? cJSON_Print(cards) : NULL;
	cJSON_Delete(cards);
	if (!text)
		return cmd_fail("list", strerror(ENOMEM));
	json_print(text, "cards");
	free(text);
	return EXIT_DONE;
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

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct host h; /* kilobytes, as the plan */
	static struct plan p;
	int r = cmd_load(env, HOST_SCAN | HOST_RECORD | HOST_REPORT, &h);

	if (r == EXIT_DONE) {
		print_trouble(&h.trouble);
		plan_make(&h.config, &h.scan, GROUP_DRIVERS_BOUND, &p);
		if (o->given['j'])
			r = print_json(&h, &p);
		else
			print_text(env, &h, &p);
	}
	host_free(&h);
	return r;
}

const struct cmd cmd_list = {"list", "[--json]", "the cards here, their drivers and ROMs",
			     .run = run, .options = {{"json", FORM_ARG, 'j'}}};
