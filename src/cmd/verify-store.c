// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom verify: the whole store. */
#include "cmd/verify.h"

#include "cmd/json-form.h"
#include "store/check.h"
#include "sys/json.h"
#include "util/text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 1024

struct view {
	const char *store;
	struct json_writer w; /* o NULL: for people */
	cJSON *faults, *foreign;
};

static void print_fault(void *ctx, enum store_fault f, const char *name, const char *text)
{
	struct view *v = ctx;
	struct json_writer one;
	char line[LINE_MAX_BYTES];

	if (!v->w.o) {
		snprintf(line, sizeof(line), "%s/%s: %s", v->store, name, text);
		text_clean(line, "");
		puts(line);
		return;
	}
	one = (struct json_writer){.o = cJSON_CreateObject()};
	json_put_text(&one, "name", name);
	json_put_text(&one, "fault", store_fault_text(f));
	json_put_text(&one, "text", text);
	v->w.failed |= one.failed;
	json_push(&v->w, f == STORE_FOREIGN ? v->foreign : v->faults, one.o);
}

static void begin_json(struct view *v)
{
	v->w.o = cJSON_CreateObject();
	v->faults = cJSON_CreateArray();
	v->foreign = cJSON_CreateArray();
	json_put_text(&v->w, "store", v->store);
	json_put(&v->w, "faults", v->faults);
	json_put(&v->w, "foreign", v->foreign);
}

static void print_summary(struct view *v, const struct store_counts *n)
{
	if (v->w.o) {
		json_put_u64(&v->w, "romfiles", n->romfiles);
		json_put_u64(&v->w, "raw", n->raws);
		json_put_u64(&v->w, "links", n->links);
		json_put_u64(&v->w, "cards", n->cards);
		return;
	}
	printf("%s: %zu romfiles, %zu raw, %zu links, %zu cards: ", v->store, n->romfiles, n->raws,
	       n->links, n->cards);
	if (n->faults)
		printf("%zu problem%s\n", n->faults, n->faults == 1 ? "" : "s");
	else
		puts("whole");
}

/* Returns the number of faults, or -errno. all NULL: for people. */
static int check(const struct cmd_env *env, const char *store, bool is_volatile, cJSON *all)
{
	struct view v = {.store = store};
	struct store_counts n;
	struct romstore s;
	int err = romstore_open(&env->root, store, false, &s);

	if (err)
		return err;
	v.store = s.path;
	if (all)
		begin_json(&v);
	err = storecheck(&s, is_volatile, print_fault, &v, &n);
	if (!err)
		print_summary(&v, &n);
	if (all && (!v.w.o || v.w.failed || !cJSON_AddItemToArray(all, v.w.o))) {
		cJSON_Delete(v.w.o);
		err = -ENOMEM;
	}
	romstore_close(&s);
	return err ? err : (int)n.faults;
}

/* The volatile store exists only where a boot could not write the configured one. */
static int check_both(const struct cmd_env *env, const char *store, cJSON *all)
{
	int now = check(env, STORE_VOLATILE, true, all), kept = check(env, store, false, all);

	if (now < 0 && now != -ENOENT)
		return cmd_fail(STORE_VOLATILE, strerror(-now));
	if (kept == -ENOENT && now >= 0)
		fprintf(stderr,
			"gpurom: %s: no store there: everything is in %s until the next boot\n",
			store, STORE_VOLATILE);
	else if (kept < 0)
		return cmd_fail(store, kept == -ENOENT ? "no store there: nothing was ever stored"
						       : strerror(-kept));
	return now > 0 || kept > 0 ? EXIT_ATTENTION : EXIT_DONE;
}

int verify_store(const struct cmd_env *env, bool json)
{
	static struct host h;
	cJSON *all = json ? cJSON_CreateArray() : NULL;
	int r;

	if (json && !all)
		return cmd_fail("verify", strerror(ENOMEM));
	(void)cmd_load(env, 0, &h);
	r = check_both(env, h.config.store, all);
	return json ? json_print("verify", all, "stores", r) : r;
}
