#include "boot/card.h"

#include "record/record.h"
#include "sys/json-fields.h"

#include <errno.h>
#include <stdlib.h>

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

/* By bit of enum plan_warning. */
static const char *const warning_words[] = {
	"boot-vga", "no-iommu",	    "no-rom-bar",  "shadow",
	"bound",    "group-shared", "framebuffer", NULL /* vfio-ids: of one that is left */,
	"silent"};

#define WORDS(words) .more = sizeof(words) / sizeof((words)[0]), .of = words

/* --- the fields, in their order in the file --------------------------------------------------- */

#define AT(member) JSON_AT(struct finding, member)
static const struct json_field finding_fields[] = {
	{"code", JSON_TEXT, AT(code)},
	{"severity", JSON_WORD, AT(severity), WORDS(finding_words)},
	{"text", JSON_TEXT, AT(text)},
};
static const struct json_table finding = JSON_PLAIN_TABLE(struct finding, finding_fields);
#undef AT

#define AT(member) JSON_AT(struct rom_attempt, member)
static const struct json_field attempt_fields[] = {
	{"source", JSON_TEXT, AT(source)},
	{"outcome", JSON_TEXT, AT(outcome)},
	{"size", JSON_SIZE, AT(size), .more = ROM_FILE_MAX},
	{"verdict", JSON_WORD, AT(verdict), WORDS(verdict_words)},
	{"us", JSON_UNSIGNED, AT(us)},
};
static const struct json_table attempt = JSON_PLAIN_TABLE(struct rom_attempt, attempt_fields);
#undef AT

#define AT(member) JSON_AT(struct rom_reading, member)
#define COUNT(member) .more = offsetof(struct rom_reading, member)
static const struct json_field rom_fields[] = {
	{"tried", JSON_BOOL, AT(tried)},
	{"source", JSON_TEXT, AT(source)},
	{"outcome", JSON_TEXT, AT(outcome)},
	{"verdict", JSON_WORD, AT(verdict), WORDS(verdict_words)},
	{"findings", JSON_ARRAY, AT(findings.f), COUNT(findings.n), .of = &finding},
	{"attempts", JSON_ARRAY, AT(attempt), COUNT(n_attempts), .of = &attempt},
	{"raw_size", JSON_SIZE, AT(raw_size), .more = ROM_FILE_MAX},
	{"size", JSON_SIZE, AT(rom_size), .more = ROM_FILE_MAX},
	{"raw_sha256", JSON_HEX, AT(raw_sha256)},
	{"sha256", JSON_HEX, AT(sha256)},
	{"version", JSON_TEXT, AT(version)},
	{"sign_on", JSON_TEXT, AT(sign_on)},
	{"has_efi", JSON_BOOL, AT(has_efi)},
	{"read_us", JSON_UNSIGNED, AT(read_us)},
};
static const struct json_table rom = JSON_PLAIN_TABLE(struct rom_reading, rom_fields);
#undef COUNT
#undef AT

#define AT(member) JSON_AT(struct boot_fn, member)
static const struct json_field fn_fields[] = {
	{"address", JSON_ADDR, AT(addr), .flags = JSON_NEEDED},
	{"ids", JSON_IDS, AT(ids.vendor), .flags = JSON_NEEDED},
	{"subsystem", JSON_IDS, AT(ids.subvendor), .flags = JSON_NEEDED},
	{"class", JSON_CLASS, AT(class), .flags = JSON_NEEDED},
	{"iommu_group", JSON_INT, AT(iommu_group)},
	{"was", JSON_TEXT, AT(was)},
	{"was_override", JSON_TEXT, AT(was_override)},
	{"driver", JSON_TEXT, AT(driver)},
};
static const struct json_table fn = JSON_PLAIN_TABLE(struct boot_fn, fn_fields);
#undef AT

#define AT(member) JSON_AT(struct boot_card, member)
static const struct json_field card_fields[] = {
	{"address", JSON_ADDR, AT(addr), .flags = JSON_NEEDED},
	{"path", JSON_TEXT, AT(path)},
	{"serial", JSON_SERIAL, AT(serial), .flags = JSON_OPTIONAL},
	{"slot", JSON_SLOT, AT(slot), .flags = JSON_OPTIONAL},
	{"identity", JSON_WORD, AT(identity), WORDS(identity_words)},
	{"identity_text", JSON_TEXT, AT(identity_text)},
	{"stored", JSON_TEXT, AT(stored)},
	{"state", JSON_WORD, AT(state), WORDS(state_words)},
	{"why", JSON_TEXT, AT(why)},
	{"console", JSON_TEXT, AT(console)},
	{"plan", JSON_WORD, AT(plan_why), WORDS(why_words)},
	{"warnings", JSON_BITS, AT(warnings), WORDS(warning_words)},
	{"functions", JSON_ARRAY, AT(fn), .more = offsetof(struct boot_card, n), .of = &fn},
	{"display", JSON_SIZE, AT(display), .more = PLAN_CARD_FUNCTIONS_MAX - 1},
	{"rom", JSON_PART, AT(rom), .of = &rom},
	{"hold_us", JSON_UNSIGNED, AT(hold_us)},
	{"handover_us", JSON_UNSIGNED, AT(handover_us)},
	{"enable_before", JSON_INT, AT(enable_before)},
	{"power_auto", JSON_BOOL, AT(power_auto)},
	{"prom_register", JSON_UNSIGNED, AT(prom_register)},
	{"prom_value", JSON_UNSIGNED, AT(prom_value)},
	{"worker", JSON_INT, AT(worker)},
};
static const struct json_table card = JSON_PLAIN_TABLE(struct boot_card, card_fields);

cJSON *cardjson_make(const struct boot_card *c)
{
	return json_fields_write(&card, c);
}

static int card_read(const cJSON *o, struct boot_card *c)
{
	int err;

	c->enable_before = -1;
	for (size_t i = 0; i < PLAN_CARD_FUNCTIONS_MAX; i++)
		c->fn[i].iommu_group = -1;
	err = json_fields_read(&card, o, c);
	if (!err && c->display >= c->n)
		err = -EBADMSG;
	for (size_t i = 0; i < c->rom.findings.n; i++)
		if (!c->rom.findings.f[i].code[0])
			err = -EBADMSG;
	return err;
}

/* boot_card is some kilobytes: the callers' stack has room for one, not for a second here. */
int cardjson_read(const cJSON *o, struct boot_card *ret)
{
	struct boot_card *c = calloc(1, sizeof(*c));
	int err = c ? card_read(o, c) : -ENOMEM;

	if (!err)
		*ret = *c;
	free(c);
	return err;
}
