/* gpurom list: the display cards of this host, who has them, and whether a ROM is kept. */
#include "cmd/cmd.h"

#include "boot/report.h"
#include "cmd/options.h"
#include "host/host.h"
#include "pci/selector.h"
#include "pci/serial.h"
#include "store/store.h"
#include "sys/config-files.h"
#include "sys/json-fields.h"
#include "sys/scan.h"

#include <cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct view {
	const struct root *root;
	struct config config;
	struct complaints bad;
	struct pci_scan scan;
	struct pciscan_trouble trouble;
	struct report report; /* n 0 where this boot has none */
	struct record record; /* empty where there is none */
	cJSON *json;	      /* NULL: for people */
};

static const struct boot_card *reported(const struct view *v, const struct pci_card *c)
{
	for (size_t i = 0; i < v->report.n; i++)
		if (pci_addr_same_card(v->report.card[i].card.addr, c->fn[0].addr))
			return &v->report.card[i];
	return NULL;
}

/* What the last commit found of the card that stands there; NULL where it knows none, or another.
 */
static const struct record_card *recorded(const struct view *v, const struct pci_fn *f)
{
	const struct record_card *c = record_find(&v->record, f->path);

	return c && identity_same_model(&c->ids, &f->ids) && c->identity != IDENTITY_MISSING ? c
											     : NULL;
}

/* One word for the table; file is filled where a romfile is kept. */
static const char *rom_state(const struct view *v, const struct pci_card *c,
			     char file[STORE_FILE_MAX])
{
	const struct pci_fn *f = &c->fn[c->display];
	const struct boot_card *b = reported(v, c);

	if (f->path[0] && romstore_find(v->root, v->config.store, f->path, file) == 0)
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

/* rom, word and path NULL: a function besides the display. */
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

static void print_card(const struct view *v, const struct pci_card *c)
{
	const struct pci_fn *display = &c->fn[c->display];
	char file[STORE_FILE_MAX];
	const struct record_card *known = recorded(v, display);
	const char *word = known ? identity_word(known->identity) : "";

	for (size_t i = 0; i < c->n; i++)
		print_row(&c->fn[i], i == c->display ? rom_state(v, c, file) : NULL,
			  *word ? word : "-", c->fn[i].path);
}

static bool is_here(const struct pci_scan *s, const char *path, const struct pci_ids *ids)
{
	for (size_t i = 0; i < s->n; i++)
		if (pci_fn_is_display(&s->fn[i]) && strcmp(s->fn[i].path, path) == 0 &&
		    identity_same_model(&s->fn[i].ids, ids))
			return true;
	return false;
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

/* Recorded cards in whose place none of their model stands. */
static void tell_missing(const struct view *v)
{
	for (const struct record_card *c = v->record.cards; c; c = c->next) {
		if (is_here(&v->scan, c->path, &c->ids))
			continue;
		if (v->json)
			cJSON_AddItemToArray(v->json, json_missing(c));
		else
			print_missing(c);
	}
}

static void print_text(struct view *v)
{
	struct pci_card c;
	size_t at = 0, n = 0;

	for (; pci_card_next_display(&v->scan, &at, &c); n++) {
		if (n == 0)
			print_header();
		print_card(v, &c);
	}
	if (n == 0)
		fprintf(stderr, "gpurom: list: no display controller is here\n");
	tell_missing(v);
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

/* What the card may be called besides its path. */
static void json_put_names(cJSON *o, const struct pci_fn *f)
{
	char serial[PCI_SERIAL_BUF];

	if (f->serial)
		cJSON_AddStringToObject(o, "serial", pci_serial_format(f->serial, serial));
	if (f->slot[0])
		cJSON_AddStringToObject(o, "slot", f->slot);
}

static cJSON *json_card(const struct view *v, const struct pci_card *c)
{
	const struct pci_fn *f = &c->fn[c->display];
	const struct boot_card *b = reported(v, c);
	const struct record_card *known = recorded(v, f);
	cJSON *o = cJSON_CreateObject(), *fns;
	char file[STORE_FILE_MAX], addr[PCI_ADDR_BUF];

	cJSON_AddStringToObject(o, "address", pci_addr_format(c->fn[0].addr, addr));
	cJSON_AddStringToObject(o, "path", f->path);
	if (known) {
		cJSON_AddStringToObject(o, "identity", identity_word(known->identity));
		cJSON_AddStringToObject(o, "identity_text", known->identity_text);
	} else {
		cJSON_AddNullToObject(o, "identity");
	}
	json_put_names(o, f);
	cJSON_AddBoolToObject(o, "boot_vga", f->boot_vga);
	cJSON_AddBoolToObject(o, "answers", !f->silent);
	cJSON_AddStringToObject(o, "rom", rom_state(v, c, file));
	cJSON_AddItemToObject(o, "romfile",
			      file[0] ? cJSON_CreateString(file) : cJSON_CreateNull());
	cJSON_AddItemToObject(
		o, "state", b ? cJSON_CreateString(card_state_text(b->state)) : cJSON_CreateNull());
	fns = cJSON_AddArrayToObject(o, "functions");
	for (size_t i = 0; i < c->n; i++)
		cJSON_AddItemToArray(fns, json_function(&c->fn[i]));
	return o;
}

static int print_json(struct view *v)
{
	struct pci_card c;
	size_t at = 0;
	char *text;

	v->json = cJSON_CreateArray();
	while (v->json && pci_card_next_display(&v->scan, &at, &c))
		cJSON_AddItemToArray(v->json, json_card(v, &c));
	if (v->json)
		tell_missing(v);
	text = v->json ? cJSON_Print(v->json) : NULL;
	cJSON_Delete(v->json);
	if (!text)
		return cmd_fail("list", strerror(ENOMEM));
	puts(text);
	free(text);
	return EXIT_DONE;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	struct view *v = calloc(1, sizeof(*v));
	char addr[PCI_ADDR_BUF];
	int r;

	if (!v)
		return cmd_fail("list", strerror(ENOMEM));
	v->root = &env->root;
	config_files_load(&env->root, env->cmdline, false, &v->config, &v->bad);
	r = pciscan(&env->root, &v->scan, &v->trouble);
	if (r < 0) {
		r = cmd_fail("the PCI buses cannot be read", strerror(-r));
	} else {
		for (size_t i = 0; i < v->trouble.n_silent && i < PCISCAN_SILENT_MAX; i++)
			fprintf(stderr, "gpurom: list: %s does not answer\n",
				pci_addr_format(v->trouble.silent[i], addr));
		if (v->trouble.skipped)
			fprintf(stderr, "gpurom: list: %zu PCI functions cannot be read: %s\n",
				v->trouble.skipped, v->trouble.first);
		if (report_load(&env->root, &v->report) < 0)
			v->report = (struct report){.n = 0};
		(void)host_load_record(&env->root, v->config.store, &v->record);
		r = EXIT_DONE;
		if (o->given['j'])
			r = print_json(v);
		else
			print_text(v);
		report_free(&v->report);
		record_free(&v->record);
	}
	free(v->scan.fn);
	free(v);
	return r;
}

const struct cmd cmd_list = {"list", "[--json]", "the cards here, their drivers and ROMs",
			     .run = run, .options = {{"json", NO_ARG, 'j'}}};
