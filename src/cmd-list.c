/* gpurom list: the display cards of this host, who has them, and whether a ROM is kept. */
#include "cmd.h"

#include "cards.h"
#include "conf.h"
#include "pciscan.h"
#include "report.h"
#include "romstore.h"

#include <cJSON.h>
#include <errno.h>
#include <getopt.h>
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
};

static const struct boot_card *reported(const struct view *v, const struct card *c)
{
	for (size_t i = 0; i < v->report.n; i++)
		if (pci_addr_same_card(v->report.card[i].addr, c->fn[0].addr))
			return &v->report.card[i];
	return NULL;
}

/* One word for the table; file is filled where a romfile is kept. */
static const char *rom_state(const struct view *v, const struct card *c, char file[STORE_FILE_MAX])
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

/* rom and path NULL: a function besides the display. */
static void print_row(const struct pci_fn *f, const char *rom, const char *path)
{
	char addr[PCI_ADDR_BUF], group[16] = "-";

	if (f->iommu_group >= 0)
		snprintf(group, sizeof(group), "%d", f->iommu_group);
	printf("%-12s  %04x:%04x  %06x  %-14s  %-5s  %-3s", pci_addr_format(f->addr, addr),
	       f->ids.vendor, f->ids.device, f->class, f->driver[0] ? f->driver : "-", group,
	       f->boot_vga ? "yes" : "-");
	if (rom)
		printf("  %-8s  %s", rom, path);
	putchar('\n');
}

static void print_text(const struct view *v)
{
	char file[STORE_FILE_MAX];
	struct card c;
	size_t at = 0, n = 0;

	for (; cards_next(&v->scan, &at, &c); n++) {
		if (n == 0)
			printf("%-12s  %-9s  %-6s  %-14s  %-5s  %-3s  %-8s  %s\n", "ADDRESS", "IDS",
			       "CLASS", "DRIVER", "GROUP", "VGA", "ROM", "PATH");
		for (size_t i = 0; i < c.n; i++)
			print_row(&c.fn[i], i == c.display ? rom_state(v, &c, file) : NULL,
				  c.fn[i].path);
	}
	if (n == 0)
		fprintf(stderr, "gpurom: list: no display controller is here\n");
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

static cJSON *json_card(const struct view *v, const struct card *c)
{
	const struct pci_fn *f = &c->fn[c->display];
	const struct boot_card *b = reported(v, c);
	cJSON *o = cJSON_CreateObject(), *fns;
	char file[STORE_FILE_MAX], addr[PCI_ADDR_BUF];

	cJSON_AddStringToObject(o, "address", pci_addr_format(c->fn[0].addr, addr));
	cJSON_AddStringToObject(o, "path", f->path);
	cJSON_AddBoolToObject(o, "boot_vga", f->boot_vga);
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

static int print_json(const struct view *v)
{
	cJSON *o = cJSON_CreateArray();
	struct card c;
	size_t at = 0;
	char *text;

	while (cards_next(&v->scan, &at, &c))
		cJSON_AddItemToArray(o, json_card(v, &c));
	text = cJSON_Print(o);
	cJSON_Delete(o);
	if (!text)
		return cmd_fail("list", strerror(ENOMEM));
	puts(text);
	free(text);
	return EXIT_DONE;
}

static int show(const struct cmd_env *env, bool json)
{
	struct view *v = calloc(1, sizeof(*v));
	int r;

	if (!v)
		return cmd_fail("list", strerror(ENOMEM));
	v->root = &env->root;
	conf_load(&env->root, env->cmdline, false, &v->config, &v->bad);
	r = pciscan(&env->root, &v->scan, &v->trouble);
	if (r < 0) {
		r = cmd_fail("the PCI buses cannot be read",
			     v->trouble.first[0] ? v->trouble.first : strerror(-r));
	} else {
		if (v->trouble.skipped)
			fprintf(stderr, "gpurom: list: %zu PCI functions cannot be read: %s\n",
				v->trouble.skipped, v->trouble.first);
		if (report_load(&env->root, &v->report) < 0)
			v->report = (struct report){.n = 0};
		r = EXIT_DONE;
		if (json)
			r = print_json(v);
		else
			print_text(v);
		report_free(&v->report);
	}
	free(v->scan.fn);
	free(v);
	return r;
}

static int run(const struct cmd_env *env, int argc, char **argv)
{
	static const struct option options[] = {{"json", no_argument, NULL, 'j'},
						{NULL, 0, NULL, 0}};
	bool json = false;
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o != 'j')
			return cmd_usage(&cmd_list, "unknown option");
		json = true;
	}
	if (optind < argc)
		return cmd_usage(&cmd_list, "takes no arguments");
	return show(env, json);
}

const struct cmd cmd_list = {"list", "[--json]", "the cards here, their drivers and ROMs", run};
