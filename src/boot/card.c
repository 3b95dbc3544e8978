#include "boot/card.h"

#include "record/record.h"
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

static const char *const state_words[] = {
	[CARD_LEFT] = RECORD_LEFT,
	[CARD_SELECTED] = "selected",
	[CARD_HELD] = "held",
	[CARD_BOUND] = "bound",
	[CARD_DRIVERLESS] = "driverless",
	[CARD_RELEASED] = RECORD_RELEASED,
	[CARD_STUCK] = "stuck",
};

const char *card_state_text(enum card_state s)
{
	return state_words[s];
}

/* --- its ROM ---------------------------------------------------------------------------------- */

static cJSON *finding_make(const struct finding *f)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_text(&w, "code", f->code);
	json_put_text(&w, "severity", finding_severity_text(f->severity));
	json_put_text(&w, "text", f->text);
	return json_done(&w);
}

static cJSON *attempt_make(const struct rom_attempt *a)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_text(&w, "source", a->source);
	json_put_text(&w, "outcome", a->outcome);
	json_put_u64(&w, "size", a->size);
	json_put_text(&w, "verdict", verdict_text(a->verdict));
	json_put_u64(&w, "us", a->us);
	return json_done(&w);
}

static cJSON *rom_make(const struct rom_reading *r)
{
	struct json_writer w = {.o = cJSON_CreateObject()};
	cJSON *findings = cJSON_CreateArray(), *attempts = cJSON_CreateArray();

	json_put_bool(&w, "tried", r->tried);
	json_put_text(&w, "source", r->source);
	json_put_text(&w, "outcome", r->outcome);
	json_put_text(&w, "verdict", verdict_text(r->verdict));
	for (size_t i = 0; i < r->findings.n && i < FINDINGS_MAX; i++)
		json_push(&w, findings, finding_make(&r->findings.f[i]));
	json_put(&w, "findings", findings);
	for (size_t i = 0; i < r->n_attempts && i < ROM_ATTEMPTS_MAX; i++)
		json_push(&w, attempts, attempt_make(&r->attempt[i]));
	json_put(&w, "attempts", attempts);
	json_put_u64(&w, "raw_size", r->raw_size);
	json_put_u64(&w, "size", r->rom_size);
	json_put_text(&w, "raw_sha256", r->raw_sha256);
	json_put_text(&w, "sha256", r->sha256);
	json_put_text(&w, "version", r->version);
	json_put_text(&w, "sign_on", r->sign_on);
	json_put_bool(&w, "has_efi", r->has_efi);
	json_put_u64(&w, "read_us", r->read_us);
	return json_done(&w);
}

static int finding_read(const cJSON *o, struct finding *f)
{
	const char *words[] = {finding_severity_text(FINDING_NOTE),
			       finding_severity_text(FINDING_WARN),
			       finding_severity_text(FINDING_FATAL)};
	struct json_reader r = {.o = o};
	unsigned severity = FINDING_NOTE;

	json_get_text(&r, "code", f->code, sizeof(f->code));
	if (!f->code[0])
		return -EBADMSG;
	json_get_word(&r, "severity", words, COUNT(words), &severity);
	f->severity = (enum finding_severity)severity;
	json_get_text(&r, "text", f->text, sizeof(f->text));
	return r.err;
}

static int findings_read(const cJSON *a, struct findings *ret)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, a)
	{
		int err = finding_read(o, &ret->f[ret->n]);

		if (err)
			return err;
		ret->n++;
	}
	return 0;
}

static int attempt_read(const cJSON *o, struct rom_attempt *a)
{
	struct json_reader r = {.o = o};
	uint64_t size = 0;

	json_get_text(&r, "source", a->source, sizeof(a->source));
	json_get_text(&r, "outcome", a->outcome, sizeof(a->outcome));
	json_get_u64(&r, "size", ROM_FILE_MAX, &size);
	a->size = (size_t)size;
	json_get_verdict(&r, &a->verdict);
	json_get_unsigned(&r, "us", &a->us);
	return cJSON_IsObject(o) ? r.err : -EBADMSG;
}

static int attempts_read(const cJSON *a, struct rom_reading *b)
{
	const cJSON *o;

	cJSON_ArrayForEach(o, a)
	{
		int err = attempt_read(o, &b->attempt[b->n_attempts]);

		if (err)
			return err;
		b->n_attempts++;
	}
	return 0;
}

/* o NULL: nothing was read. */
static int rom_read(const cJSON *o, struct rom_reading *b)
{
	struct json_reader r = {.o = o};
	uint64_t raw_size = 0, rom_size = 0;
	int err;

	json_get_bool(&r, "tried", &b->tried);
	json_get_text(&r, "source", b->source, sizeof(b->source));
	json_get_text(&r, "outcome", b->outcome, sizeof(b->outcome));
	json_get_verdict(&r, &b->verdict);
	err = findings_read(json_get_array(&r, "findings", FINDINGS_MAX), &b->findings);
	if (!err)
		err = attempts_read(json_get_array(&r, "attempts", ROM_ATTEMPTS_MAX), b);
	json_get_u64(&r, "raw_size", ROM_FILE_MAX, &raw_size);
	json_get_u64(&r, "size", ROM_FILE_MAX, &rom_size);
	b->raw_size = (size_t)raw_size;
	b->rom_size = (size_t)rom_size;
	json_get_sha256(&r, "raw_sha256", b->raw_sha256);
	json_get_sha256(&r, "sha256", b->sha256);
	json_get_text(&r, "version", b->version, sizeof(b->version));
	json_get_text(&r, "sign_on", b->sign_on, sizeof(b->sign_on));
	json_get_bool(&r, "has_efi", &b->has_efi);
	json_get_unsigned(&r, "read_us", &b->read_us);
	return err ? err : r.err;
}

/* --- the card --------------------------------------------------------------------------------- */

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
	json_put(&w, "rom", rom_make(&c->rom));
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
	unsigned state = *ret;

	json_get_word(r, "state", state_words, COUNT(state_words), &state);
	*ret = (enum card_state)state;
}

static void get_identity(struct json_reader *r, struct boot_card *c)
{
	unsigned identity = c->identity;

	json_get_word(r, "identity", identity_words, COUNT(identity_words), &identity);
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
	err = rom_read(json_get_object(&r, "rom"), &c->rom);
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
