#include "cardjson.h"

#include "cardrom.h"
#include "pciserial.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define IDS_BUF 10 /* "10de:2204" */

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

void cardjson_put_addr(struct json_writer *w, struct pci_addr a)
{
	char buf[PCI_ADDR_BUF];

	json_put_text(w, "address", pci_addr_format(a, buf));
}

void cardjson_put_ids(struct json_writer *w, const char *key, uint16_t vendor, uint16_t device)
{
	char buf[IDS_BUF];

	snprintf(buf, sizeof(buf), "%04x:%04x", vendor, device);
	json_put_text(w, key, buf);
}

void cardjson_put_class(struct json_writer *w, uint32_t class)
{
	char buf[8];

	snprintf(buf, sizeof(buf), "%06x", class & 0xffffff);
	json_put_text(w, "class", buf);
}

void cardjson_put_serial(struct json_writer *w, uint64_t serial)
{
	char buf[PCI_SERIAL_BUF];

	if (serial)
		json_put_text(w, "serial", pci_serial_format(serial, buf));
}

void cardjson_put_slot(struct json_writer *w, const char *slot)
{
	if (*slot)
		json_put_text(w, "slot", slot);
}

static cJSON *fn_make(const struct boot_fn *f)
{
	struct json_writer w = {.o = cJSON_CreateObject()};

	cardjson_put_addr(&w, f->addr);
	cardjson_put_ids(&w, "ids", f->ids.vendor, f->ids.device);
	cardjson_put_ids(&w, "subsystem", f->ids.subvendor, f->ids.subdevice);
	cardjson_put_class(&w, f->class);
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

	cardjson_put_addr(&w, c->addr);
	json_put_text(&w, "path", c->path);
	cardjson_put_serial(&w, c->serial);
	cardjson_put_slot(&w, c->slot);
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

void cardjson_get_addr(struct json_reader *r, struct pci_addr *ret)
{
	char text[PCI_ADDR_BUF + 1] = "";

	json_get_text(r, "address", text, sizeof(text));
	if (pci_addr_parse(text, ret) < 0)
		r->err = -EBADMSG;
}

/* Exactly `digits` lower-case hex digits at s. */
static bool hex_at(const char *s, size_t digits, uint32_t *ret)
{
	uint32_t v = 0;

	for (size_t i = 0; i < digits; i++) {
		const char *hex = "0123456789abcdef";
		const char *at = s[i] ? strchr(hex, s[i]) : NULL;

		if (!at)
			return false;
		v = v << 4 | (uint32_t)(at - hex);
	}
	*ret = v;
	return true;
}

void cardjson_get_ids(struct json_reader *r, const char *key, uint16_t *vendor, uint16_t *device)
{
	char text[IDS_BUF + 1] = "";
	uint32_t v, d;

	json_get_text(r, key, text, sizeof(text));
	if (strlen(text) != IDS_BUF - 1 || !hex_at(text, 4, &v) || text[4] != ':' ||
	    !hex_at(text + 5, 4, &d)) {
		r->err = -EBADMSG;
		return;
	}
	*vendor = (uint16_t)v;
	*device = (uint16_t)d;
}

void cardjson_get_sha256(struct json_reader *r, const char *key, char ret[SHA256_HEX])
{
	char text[SHA256_HEX + 1] = "";
	uint32_t part;

	json_get_text(r, key, text, sizeof(text));
	/* It becomes part of a file's name: nothing but a digest may pass. */
	for (size_t i = 0; *text && i < SHA256_HEX - 1; i += 8)
		if (!hex_at(text + i, 8, &part)) {
			r->err = -EBADMSG;
			return;
		}
	if (*text && text[SHA256_HEX - 1])
		r->err = -EBADMSG;
	else
		memcpy(ret, text, SHA256_HEX);
}

void cardjson_get_serial(struct json_reader *r, uint64_t *ret)
{
	char text[PCI_SERIAL_BUF + 1] = "";
	uint64_t serial = 0;

	json_get_text(r, "serial", text, sizeof(text));
	if (!*text)
		return;
	if (pci_serial_parse(text, &serial) < 0 || !pci_serial_usable(serial))
		r->err = -EBADMSG;
	else
		*ret = serial;
}

void cardjson_get_slot(struct json_reader *r, char ret[PCI_SLOT_MAX])
{
	char text[PCI_SLOT_MAX + 1] = "";
	size_t n;

	json_get_text(r, "slot", text, sizeof(text));
	n = strlen(text);
	if (n >= PCI_SLOT_MAX || text[strspn(text, PCI_SLOT_CHARS)])
		r->err = -EBADMSG;
	else if (n)
		memcpy(ret, text, n + 1);
}

static int fn_read(const cJSON *o, struct boot_fn *f)
{
	struct json_reader r = {.o = o};
	char class[8] = "";
	uint32_t v = 0;

	f->iommu_group = -1;
	cardjson_get_addr(&r, &f->addr);
	cardjson_get_ids(&r, "ids", &f->ids.vendor, &f->ids.device);
	cardjson_get_ids(&r, "subsystem", &f->ids.subvendor, &f->ids.subdevice);
	json_get_text(&r, "class", class, sizeof(class));
	if (strlen(class) != 6 || !hex_at(class, 6, &v))
		r.err = -EBADMSG;
	f->class = v;
	json_get_int(&r, "iommu_group", &f->iommu_group);
	json_get_text(&r, "was", f->was, sizeof(f->was));
	json_get_text(&r, "was_override", f->was_override, sizeof(f->was_override));
	json_get_text(&r, "driver", f->driver, sizeof(f->driver));
	return cJSON_IsObject(o) ? r.err : -EBADMSG;
}

void cardjson_get_verdict(struct json_reader *r, enum verdict *ret)
{
	const char *words[] = {verdict_text(VERDICT_REJECTED), verdict_text(VERDICT_USABLE),
			       verdict_text(VERDICT_COMPLETE)};
	unsigned verdict = *ret;

	json_get_word(r, "verdict", words, COUNT(words), &verdict);
	*ret = (enum verdict)verdict;
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
	cardjson_get_addr(&r, &c->addr);
	json_get_text(&r, "path", c->path, sizeof(c->path));
	cardjson_get_serial(&r, &c->serial);
	cardjson_get_slot(&r, c->slot);
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
