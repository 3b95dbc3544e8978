// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom history: what the record has of a card, in order of time. */
#include "cmd/cmd.h"

#include "cmd/json-form.h"
#include "cmd/options.h"
#include "cmd/store-edit.h"
#include "record/history.h"
#include "record/resolve.h"
#include "store/record-file.h"
#include "sys/json.h"
#include "util/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct view {
	struct resolved card;
	char addr[PCI_ADDR_BUF]; /* of its display function now, "" not present */
	struct history_event *events;
	size_t n;
};

static void print(const struct view *v)
{
	const struct record_card *c = v->card.recorded;
	char line[HISTORY_TEXT_MAX + 50]; /* it has texts of a file */

	printf("%s: %04x:%04x of %04x:%04x, %s%s\n", v->card.path, c->ids.vendor, c->ids.device,
	       c->ids.subvendor, c->ids.subdevice, v->addr[0] ? "here at " : "not here now",
	       v->addr);
	if (c->identity != IDENTITY_UNKNOWN)
		printf("  %s%s%s\n", identity_word(c->identity), c->identity_text[0] ? ": " : "",
		       c->identity_text);
	for (size_t i = 0; i < v->n; i++) {
		snprintf(line, sizeof(line), "  %-20.40s  %s",
			 *v->events[i].when ? v->events[i].when : "-", v->events[i].text);
		text_clean(line, "");
		puts(line);
	}
}

static int print_json(const struct view *v)
{
	struct json_writer w = {.o = cJSON_CreateObject()};
	cJSON *array = cJSON_CreateArray();

	json_put_text(&w, "path", v->card.path);
	json_put(&w, "address", v->addr[0] ? cJSON_CreateString(v->addr) : cJSON_CreateNull());
	json_put_text(&w, "identity", identity_word(v->card.recorded->identity));
	json_put_text(&w, "identity_text", v->card.recorded->identity_text);
	for (size_t i = 0; i < v->n; i++) {
		struct json_writer e = {.o = cJSON_CreateObject()};

		json_put_text(&e, "when", v->events[i].when);
		json_put_text(&e, "event", history_kind_word(v->events[i].what));
		if (*v->events[i].sha256)
			json_put_text(&e, "sha256", v->events[i].sha256);
		json_put_text(&e, "text", v->events[i].text);
		w.failed |= e.failed;
		json_push(&w, array, e.o);
	}
	json_put(&w, "events", array);
	json_put(&w, "record", record_card_json(v->card.recorded));
	return json_print("history", json_done(&w), NULL, EXIT_DONE);
}

static int show(struct view *v, const struct pci_scan *s, const struct record *rec,
		const char *name, bool json)
{
	int found = resolve(s, rec, name, &v->card);

	if (found && !v->card.recorded)
		return cmd_fail(name, v->card.text);
	if (!found && v->card.text[0])
		fprintf(stderr, "gpurom: %s: warning: %s\n", name, v->card.text);
	if (!found)
		pci_addr_format(pci_card_display(&v->card.card)->addr, v->addr);
	if (!v->card.recorded)
		return cmd_fail(name, "the record does not have this card: it was never taken, nor "
				      "was a ROM imported");
	if (record_history(v->card.recorded, &v->events, &v->n) < 0)
		return cmd_fail(name, strerror(ENOMEM));
	if (json)
		return print_json(v);
	print(v);
	return EXIT_DONE;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct host h;
	static struct view v; /* kilobytes */
	struct store_edit e = {.store.fd = -1, .lock = -1};
	int r = cmd_load(env, HOST_SCAN, &h);

	if (r == EXIT_DONE)
		r = store_edit_read(&h, &e);
	if (r == EXIT_DONE)
		r = show(&v, &h.scan, &e.record, o->args[0], o->given['j']);
	free(v.events);
	store_edit_end(&e);
	host_free(&h);
	return r;
}

const struct cmd cmd_history = {"history",
				"CARD [--json]",
				"the life of a card: ROMs, addresses, places",
				.run = run,
				.options = {{"json", FORM_ARG, 'j'}},
				.arguments = {1, 1, "one card is needed"}};
