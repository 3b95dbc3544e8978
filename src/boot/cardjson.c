#include "boot/cardjson.h"

#include "boot/cardrom.h"
#include "sys/json-fields.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const char *const why_words[] = {
	[PLAN_SELECTED] = "selected",
	[PLAN_NOT_SELECTED] = "not-selected",
	[PLAN_KEPT] = "kept",
	[PLAN_NOT_DISPLAY] = "not-display",
	[PLAN_BRIDGE] = "bridge",
	[PLAN_TOO_MANY] = "too-many",
	[PLAN_MODE_OFF] = "mode-off",
	[PLAN_KEEP_UNCLEAR] = "keep-unclear",
	[PLAN_FILE_UNREAD] = "file-unread",
};
static const struct {
	unsigned bit;
	const char *word;
} warning_words[] = {
	{PLAN_WARN_BOOT_VGA, "boot-vga"},
	{PLAN_WARN_NO_IOMMU, "no-iommu"},
	{PLAN_WARN_NO_ROM_BAR, "no-rom-bar"},
	{PLAN_WARN_SHADOW, "shadow"},
	{PLAN_WARN_BOUND, "bound"},
	{PLAN_WARN_GROUP_SHARED, "group-shared"},
	{PLAN_WARN_FRAMEBUFFER, "framebuffer"},
	{PLAN_WARN_SILENT, "silent"},
};

static cJSON *fn_make(const struct boot_fn *f)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_addr(&w, f->addr);
	json_put_ids(&w, "ids", f->ids.vendor, f->ids.device);
	json_put_ids(&w, "subsystem", f->ids.subvendor, f->ids.subdevice);
	json_put_class(&w, f->class);
	json_put_int(&w, "iommu_group", f->iommu_group);
	json_put_text(&w, "was", f->was);
	json_put_text(&w, "was_override", f->was_override);
	json_put_text(&w, "driver", f->driver);
	return json_done(&w);
}

static cJSON *warnings_make(struct json_writer *w, unsigned warnings)
{
	cJSON *a = cJSON_CreateArray();

	for (size_t i = 0; i < COUNT(warning_words); i++)
		if (warnings & warning_words[i].bit)
			json_push_text(w, a, warning_words[i].word);
	return a;
}

cJSON *cardjson_make(const struct boot_card *c)
{
	struct json_writer w = {.o = cJSON_CreateObject()};
	cJSON *functions = cJSON_CreateArray();

	json_put_addr(&w, c->addr);
	json_put_text(&w, "path", c->path);
	json_put_serial(&w, c->serial);
	json_put_slot(&w, c->slot);
	json_put_text(&w, "identity", identity_word(c->identity));
	json_put_text(&w, "identity_text", c->identity_text);
	json_put_text(&w, "stored", c->stored);
	json_put_text(&w, "state", card_state_text(c->state));
	json_put_text(&w, "why", c->why);
	json_put_text(&w, "console", c->console);
	json_put_text(&w, "plan", why_words[c->plan_why]);
	json_put(&w, "warnings", warnings_make(&w, c->warnings));
	for (size_t i = 0; i < c->n && i < PLAN_CARD_FUNCTIONS_MAX; i++)
		json_push(&w, functions, fn_make(&c->fn[i]));
	json_put(&w, "functions", functions);
	json_put_u64(&w, "display", c->display);
	json_put(&w, "rom", cardrom_make(&c->rom));
	json_put_u64(&w, "hold_us", c->hold_us);
	json_put_u64(&w, "handover_us", c->handover_us);
	json_put_int(&w, "enable_before", c->enable_before);
	json_put_bool(&w, "power_auto", c->power_auto);
	json_put_u64(&w, "prom_register", c->prom_register);
	json_put_u64(&w, "prom_value", c->prom_value);
	json_put_int(&w, "worker", c->worker);
	return json_done(&w);
}

static int fn_read(const cJSON *o, struct boot_fn *f)
{
	struct json_reader r = {.o = o};

	f->iommu_group = -1;
	json_get_addr(&r, &f->addr);
	json_get_ids(&r, "ids", &f->ids.vendor, &f->ids.device);
	json_get_ids(&r, "subsystem", &f->ids.subvendor, &f->ids.subdevice);
	json_get_class(&r, &f->class);
	json_get_int(&r, "iommu_group", &f->iommu_group);
	json_get_text(&r, "was", f->was, sizeof(f->was));
	json_get_text(&r, "was_override", f->was_override, sizeof(f->was_override));
	json_get_text(&r, "driver", f->driver, sizeof(f->driver));
	return cJSON_IsObject(o) ? r.err : -EBADMSG;
}

static void get_state(struct json_reader *r, enum card_state *ret)
{
	const char *words[CARD_STUCK + 1];
	unsigned state = *ret;

	for (unsigned i = 0; i < COUNT(words); i++)
		words[i] = card_state_text((enum card_state)i);
	json_get_word(r, "state", words, COUNT(words), &state);
	*ret = (enum card_state)state;
}

static void get_identity(struct json_reader *r, struct boot_card *c)
{
	const char *words[IDENTITY_AMBIGUOUS + 1];
	unsigned identity = c->identity;

	for (unsigned i = 0; i < COUNT(words); i++)
		words[i] = identity_word((enum identity)i);
	json_get_word(r, "identity", words, COUNT(words), &identity);
	c->identity = (enum identity)identity;
	json_get_text(r, "identity_text", c->identity_text, sizeof(c->identity_text));
}

static unsigned warnings_read(const cJSON *a)
{
	unsigned bits = 0;
	const cJSON *v;

	cJSON_ArrayForEach(v, a)
	{
		for (size_t i = 0; cJSON_IsString(v) && i < COUNT(warning_words); i++)
			if (strcmp(v->valuestring, warning_words[i].word) == 0)
				bits |= warning_words[i].bit;
	}
	return bits;
}

static int functions_read(struct json_reader *r, struct boot_card *c)
{
	const cJSON *a = json_get_array(r, "functions", PLAN_CARD_FUNCTIONS_MAX), *o;
	uint64_t display = 0;

	cJSON_ArrayForEach(o, a)
	{
		int err = fn_read(o, &c->fn[c->n]);

		if (err)
			return err;
		c->n++;
	}
	json_get_u64(r, "display", PLAN_CARD_FUNCTIONS_MAX - 1, &display);
	if (!c->n || display >= c->n)
		return -EBADMSG;
	c->display = (size_t)display;
	return r->err;
}

/* boot_card is some kilobytes: the callers' stack has room for one, not for a second here. */
static int card_read(const cJSON *o, struct boot_card *c)
{
	struct json_reader r = {.o = o};
	unsigned why = PLAN_SELECTED;
	int err;

	c->enable_before = -1;
	json_get_addr(&r, &c->addr);
	json_get_text(&r, "path", c->path, sizeof(c->path));
	json_get_serial(&r, &c->serial);
	json_get_slot(&r, c->slot);
	get_identity(&r, c);
	json_get_text(&r, "stored", c->stored, sizeof(c->stored));
	get_state(&r, &c->state);
	json_get_text(&r, "why", c->why, sizeof(c->why));
	json_get_text(&r, "console", c->console, sizeof(c->console));
	json_get_word(&r, "plan", why_words, COUNT(why_words), &why);
	c->plan_why = (enum plan_why)why;
	c->warnings = warnings_read(json_get_array(&r, "warnings", 64));
	err = functions_read(&r, c);
	if (err)
		return err;
	err = cardrom_read(json_get_object(&r, "rom"), &c->rom);
	json_get_unsigned(&r, "hold_us", &c->hold_us);
	json_get_unsigned(&r, "handover_us", &c->handover_us);
	json_get_int(&r, "enable_before", &c->enable_before);
	json_get_bool(&r, "power_auto", &c->power_auto);
	json_get_unsigned(&r, "prom_register", &c->prom_register);
	json_get_unsigned(&r, "prom_value", &c->prom_value);
	json_get_int(&r, "worker", &c->worker);
	return err ? err : r.err;
}

int cardjson_read(const cJSON *o, struct boot_card *ret)
{
	struct boot_card *c;
	int err;

	if (!cJSON_IsObject(o))
		return -EBADMSG;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	err = card_read(o, c);
	if (!err)
		*ret = *c;
	free(c);
	return err;
}
