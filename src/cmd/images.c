// SPDX-License-Identifier: GPL-2.0-or-later
/* What `gpurom list`, `plan` and `report` say of images that are not current (host/images.h). */
#include "cmd/cmd.h"

#include "host/images.h"
#include "sys/json.h"

#include <stdio.h>
#include <stdlib.h>

/* h NULL: of this host as the options say. NULL: no memory, or /lib/modules cannot be read. */
static struct images *load(const struct cmd_env *env, const struct host *h)
{
	static struct host own;
	struct images *all = malloc(sizeof(*all));
	int err;

	if (!all)
		return NULL;
	if (!h)
		(void)cmd_load(env, HOST_REPORT, &own);
	err = images_load(&env->root, h ? &h->config : &own.config, h ? h->report : own.report,
			  all);
	if (!h)
		host_free(&own);
	if (!err)
		return all;
	free(all);
	return NULL;
}

static void print(const struct cmd_env *env, const struct host *h)
{
	struct images *all = load(env, h);
	char text[IMAGE_TEXT_MAX];

	for (size_t i = 0; all && i < all->n; i++)
		if (image_text(all, &all->image[i], text))
			printf("note: %s\n", text);
	free(all);
}

static cJSON *json_image(const struct images *all, const struct image *i)
{
	struct json_writer w = {.o = cJSON_CreateObject()};
	char text[IMAGE_TEXT_MAX];

	json_put_text(&w, "kernel", i->release);
	json_put_bool(&w, "running", i->running);
	json_put_text(&w, "state", image_state_word(i->state));
	if (i->noted) {
		json_put_text(&w, "program", i->note.program);
		json_put_text(&w, "config_digest", i->note.config_digest);
		json_put_text(&w, "by", i->note.by);
		json_put_text(&w, "at", i->note.at);
	}
	if (image_text(all, i, text))
		json_put_text(&w, "text", text);
	return json_done(&w);
}

static cJSON *add(const struct cmd_env *env, const struct host *h, cJSON *o)
{
	struct images *all = o ? load(env, h) : NULL;
	struct json_writer w = {.o = o};
	cJSON *list;

	if (!all)
		return o;
	list = cJSON_CreateArray();
	for (size_t i = 0; i < all->n; i++)
		json_push(&w, list, json_image(all, &all->image[i]));
	json_put(&w, "images", list);
	free(all);
	return json_done(&w);
}

const struct image_lines image_lines = {print, add};
