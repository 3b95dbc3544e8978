// SPDX-License-Identifier: GPL-2.0-or-later
/* What `gpurom list --json` prints. */
#include "cmd/list.h"

#include "boot/report.h"
#include "cmd/card-notes.h"
#include "cmd/json-form.h"
#include "pci/serial.h"
#include "record/resolve.h"
#include "sys/json-fields.h"

#include <cJSON.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

static cJSON *json_card(const struct host *h, const struct plan *p, const struct pci_card *c,
			const struct list_printer *to)
{
	const struct pci_fn *f = &c->fn[c->display];
	const struct boot_card *b = host_boot_card(h, c->addr);
	const struct record_card *card = list_recorded(h, f);
	const struct plan_card *k = plan_find(p, c->addr);
	cJSON *o = cJSON_CreateObject(), *fns;
	char file[STORE_FILE_MAX], addr[PCI_ADDR_BUF], model[PCI_NAME_MAX];

	cJSON_AddStringToObject(o, "address", pci_addr_format(c->fn[0].addr, addr));
	cJSON_AddStringToObject(o, "path", f->path);
	if (card) {
		cJSON_AddStringToObject(o, "identity", identity_word(card->identity));
		cJSON_AddStringToObject(o, "identity_text", card->identity_text);
	} else {
		cJSON_AddNullToObject(o, "identity");
	}
	json_put_names(o, f);
	if (to->model && *to->model(&f->ids, model))
		cJSON_AddStringToObject(o, "model", model);
	cJSON_AddBoolToObject(o, "boot_vga", f->boot_vga);
	cJSON_AddBoolToObject(o, "answers", !f->silent);
	cJSON_AddStringToObject(o, "rom", list_rom_state(h, c, file));
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

int list_json(const struct host *h, const struct plan *p, const struct list_printer *to)
{
	struct pci_card c;
	size_t at = 0;
	cJSON *cards = cJSON_CreateArray();

	while (cards && pci_card_next_display(&h->scan, &at, &c))
		cJSON_AddItemToArray(cards, json_card(h, p, &c, to));
	for (const struct record_card *m = h->rec.cards; cards && m; m = m->next)
		if (!record_present(&h->scan, m))
			cJSON_AddItemToArray(cards, json_missing(m));
	return json_print("list", cards, "cards", EXIT_DONE);
}
