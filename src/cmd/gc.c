// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom gc: removes the files of the store that nothing refers to. */
#include "cmd/cmd.h"

#include "cmd/json-form.h"
#include "cmd/options.h"
#include "cmd/store-edit.h"
#include "store/gc.h"
#include "store/record-file.h"
#include "sys/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WHY_MAX 400

static int refuse(const struct store_edit *e, const struct storegc *g)
{
	char why[WHY_MAX];

	if (g->refusal == STOREGC_CORRUPT)
		snprintf(why, sizeof(why),
			 "%s was put aside as corrupt, and may name files that " RECORD_FILE
			 " does not: nothing was removed; look at it, move it away, then try again",
			 g->aside);
	else
		snprintf(why, sizeof(why),
			 "there is no " RECORD_FILE ", which says what is needed: nothing "
			 "was removed; 'gpurom commit' or the next boot makes it, then try again");
	cmd_fail(e->store.path, why);
	return EXIT_ATTENTION;
}

static void print_text(const struct store_edit *e, const struct storegc *g, bool dry)
{
	for (size_t i = 0; i < g->n; i++)
		printf("%10" PRIu64 "  %s/%s\n", g->file[i].size, e->store.path, g->file[i].name);
	if (!g->n)
		printf("%s: nothing to remove: each file is referred to\n", e->store.path);
	else
		printf("%s: %zu file%s, %" PRIu64 " bytes%s\n", e->store.path, g->n,
		       g->n == 1 ? "" : "s", g->bytes, dry ? " would be removed" : " removed");
}

static int print_json(const struct store_edit *e, const struct storegc *g, bool dry)
{
	struct json_writer o = {.o = cJSON_CreateObject()};
	cJSON *files = cJSON_CreateArray();

	json_put_text(&o, "store", e->store.path);
	json_put_bool(&o, "dry_run", dry);
	for (size_t i = 0; i < g->n; i++) {
		struct json_writer f = {.o = cJSON_CreateObject()};

		json_put_text(&f, "file", g->file[i].name);
		json_put_u64(&f, "size", g->file[i].size);
		o.failed |= f.failed;
		json_push(&o, files, f.o);
	}
	json_put(&o, "files", files);
	json_put_u64(&o, "bytes", g->bytes);
	return json_print("gc", json_done(&o), NULL, EXIT_DONE);
}

static int collect(const struct store_edit *e, struct storegc *g, bool dry, bool json)
{
	char why[WHY_MAX];
	size_t removed;
	int err = storegc_find(&e->store, &e->record, g);

	if (err)
		return cmd_fail(e->store.path, strerror(-err));
	if (g->refusal != STOREGC_ALLOWED)
		return refuse(e, g);
	err = dry ? 0 : storegc_remove(&e->store, g, &removed);
	if (err) {
		snprintf(why, sizeof(why),
			 "%s: %zu of %zu files were removed; nothing that is "
			 "referred to was touched",
			 strerror(-err), removed, g->n);
		return cmd_fail(e->store.path, why);
	}
	if (json)
		return print_json(e, g, dry);
	print_text(e, g, dry);
	return EXIT_DONE;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct host h;
	const bool dry = o->given['n'];
	struct storegc g = {0};
	struct store_edit e;
	int r;

	(void)cmd_load(env, 0, &h);
	r = dry ? store_edit_read(&h, &e) : store_edit_begin(&h, &e);
	if (r == EXIT_DONE)
		r = collect(&e, &g, dry, o->given['j']);
	storegc_free(&g);
	store_edit_end(&e);
	return r;
}

const struct cmd cmd_gc = {"gc", "[--dry-run] [--json]",
			   "removes files of the store that nothing refers to", .run = run,
			   .options = {{"dry-run", NO_ARG, 'n'}, {"json", FORM_ARG, 'j'}}};
