// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/card.h"

#include "record/record.h"

#include <errno.h>
#include <string.h>

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
	[PLAN_FOREIGN] = "foreign",
	[PLAN_NVSWITCH] = "nvswitch",
	[PLAN_SHARED_NAME] = "shared-name",
};

/* By bit of enum plan_warning. */
static const char *const warning_words[] = {
	"boot-vga", "no-iommu",	    "no-rom-bar",  "shadow",
	"bound",    "group-shared", "framebuffer", NULL /* vfio-ids: of one that is left */,
	"silent",   "shared-name"};

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

#define AT(member) JSON_AT(struct group_member, member)
static const struct json_field group_fields[] = {
	{"address", JSON_ADDR, AT(addr), .flags = JSON_NEEDED},
	{"ids", JSON_IDS, AT(ids.vendor), .flags = JSON_NEEDED},
	{"class", JSON_CLASS, AT(class)},
	{"iommu_group", JSON_INT, AT(iommu_group)},
	{"driver", JSON_TEXT, AT(driver)},
	{"role", JSON_WORD, AT(role), WORDS(group_role_words)},
};
static const struct json_table group = JSON_PLAIN_TABLE(struct group_member, group_fields);
#undef AT

/* A card in the report's layout: a function has what claim found on it, and the driver asked for.
 */
struct function {
	struct pci_fn fn;
	struct boot_was was;
	char wanted[PCI_DRIVER_MAX];
};

/* 20 KiB, and one is enough, as no program here has threads: from the heap each card's would be
 * fresh pages, whose first touch takes longer than the rest of the card. */
static struct written {
	struct boot_card b;
	struct function fn[PCI_CARD_FUNCTIONS_MAX];
} written;

#define AT(member) JSON_AT(struct function, member)
static const struct json_field fn_fields[] = {
	{"address", JSON_ADDR, AT(fn.addr), .flags = JSON_NEEDED},
	{"ids", JSON_IDS, AT(fn.ids.vendor), .flags = JSON_NEEDED},
	{"subsystem", JSON_IDS, AT(fn.ids.subvendor), .flags = JSON_NEEDED},
	{"class", JSON_CLASS, AT(fn.class), .flags = JSON_NEEDED},
	{"iommu_group", JSON_INT, AT(fn.iommu_group)},
	{"was", JSON_TEXT, AT(was.driver)},
	{"was_override", JSON_TEXT, AT(was.override)},
	{"driver", JSON_TEXT, AT(fn.driver)},
	{"wanted", JSON_TEXT, AT(wanted)},
};
static const struct json_table fn = JSON_PLAIN_TABLE(struct function, fn_fields);
#undef AT

#define AT(member) JSON_AT(struct written, member)
static const struct json_field card_fields[] = {
	{"address", JSON_ADDR, AT(b.card.addr), .flags = JSON_NEEDED},
	{"path", JSON_TEXT, AT(b.card.path)},
	{"serial", JSON_SERIAL, AT(b.card.serial), .flags = JSON_OPTIONAL},
	{"slot", JSON_SLOT, AT(b.card.slot), .flags = JSON_OPTIONAL},
	{"identity", JSON_WORD, AT(b.identity), WORDS(identity_words)},
	{"identity_text", JSON_TEXT, AT(b.identity_text)},
	{"stored", JSON_TEXT, AT(b.stored)},
	{"state", JSON_WORD, AT(b.state), WORDS(state_words)},
	{"why", JSON_TEXT, AT(b.why)},
	{"console", JSON_TEXT, AT(b.console)},
	{"plan", JSON_WORD, AT(b.plan_why), WORDS(why_words)},
	{"warnings", JSON_BITS, AT(b.warnings), WORDS(warning_words)},
	{"group", JSON_ARRAY, AT(b.group), .more = offsetof(struct written, b.n_group),
	 .of = &group},
	{"functions", JSON_ARRAY, AT(fn), .more = offsetof(struct written, b.card.n), .of = &fn},
	{"display", JSON_SIZE, AT(b.card.display), .more = PCI_CARD_FUNCTIONS_MAX - 1},
	{"rom", JSON_PART, AT(b.rom), .of = &rom},
	{"hold_us", JSON_UNSIGNED, AT(b.hold_us)},
	{"handover_us", JSON_UNSIGNED, AT(b.handover_us)},
	{"enable_before", JSON_INT, AT(b.enable_before)},
	{"power_auto", JSON_BOOL, AT(b.power_auto)},
	{"prom_register", JSON_UNSIGNED, AT(b.prom_register)},
	{"prom_value", JSON_UNSIGNED, AT(b.prom_value)},
	{"worker", JSON_INT, AT(b.worker)},
	{"by_hand", JSON_BOOL, AT(b.by_hand)},
};
static const struct json_table card = JSON_PLAIN_TABLE(struct written, card_fields);

static cJSON *card_write(const void *from)
{
	const struct boot_card *c = from;

	written.b = *c;
	for (size_t i = 0; i < c->card.n; i++) {
		written.fn[i] = (struct function){c->card.fn[i], c->was[i], ""};
		memcpy(written.fn[i].wanted, c->wanted[i], sizeof(c->wanted[i]));
	}
	return json_fields_write(&card, &written);
}

static int written_read(const cJSON *o, struct written *w)
{
	struct boot_card *c = &w->b;
	int err;

	c->enable_before = -1;
	for (size_t i = 0; i < PCI_CARD_FUNCTIONS_MAX; i++)
		w->fn[i].fn.iommu_group = -1;
	err = json_fields_read(&card, o, NULL, w);
	if (!err && c->card.display >= c->card.n)
		err = -EBADMSG;
	for (size_t i = 0; i < c->rom.findings.n; i++)
		if (!c->rom.findings.f[i].code[0])
			err = -EBADMSG;
	for (size_t i = 0; i < c->card.n; i++) {
		c->card.fn[i] = w->fn[i].fn;
		c->was[i] = w->fn[i].was;
		memcpy(c->wanted[i], w->fn[i].wanted, sizeof(c->wanted[i]));
	}
	return err;
}

static int card_read(const cJSON *o, void *ret)
{
	int err;

	memset(&written, 0, sizeof(written));
	err = written_read(o, &written);
	if (!err)
		*(struct boot_card *)ret = written.b;
	return err;
}

const struct json_table boot_card_table = JSON_OWN_TABLE(struct boot_card, card_read, card_write);
