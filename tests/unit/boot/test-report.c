// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/report.h"
#include "pci/modalias.h"
#include "sys/file.h"
#include "tempdir.h"

#include <cJSON.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHA_A "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define SHA_B "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"

static struct root root_at(const char *path)
{
	return (struct root){.path = path, .fd = tempdir_open(path)};
}

/* Every field with a value of its own. */
static struct boot_card card_full(uint8_t bus)
{
	struct boot_card c = {
		.card.addr = {0x10000, bus, 0x1f, 0},
		.card.path = "pci0000-uid0-01.0-00.0",
		.identity = IDENTITY_MOVED,
		.identity_text = "it was at pci0000-uid0-02.0-00.0",
		.stored = "the stored ROM stays",
		.card.serial = 0xf8b02dfffe010203,
		.card.slot = "PCIE_6:x16.A-1+",
		.state = CARD_DRIVERLESS,
		.plan_why = PLAN_SELECTED,
		.warnings = PLAN_WARN_BOOT_VGA | PLAN_WARN_GROUP_SHARED | PLAN_WARN_FRAMEBUFFER,
		.why = "01:00.1: vfio-pci did not take it",
		.console = "the console (efifb) was taken off it",
		.card.n = 2,
		.card.display = 1,
		.rom = {.tried = true,
			.source = "sysfs",
			.outcome = "read",
			.attempt = {{"efi", "no copy", 0, VERDICT_REJECTED, 7},
				    {"sysfs", "read", 262144, VERDICT_USABLE, 4294967295u}},
			.n_attempts = 2,
			.verdict = VERDICT_USABLE,
			.raw_size = 262144,
			.rom_size = 131072,
			.raw_sha256 = SHA_A,
			.sha256 = SHA_B,
			.version = "94.02.26.40.99",
			.sign_on = "GA102 \"VGA\" BIOS \\",
			.has_efi = true,
			.read_us = 4294967295u},
		.hold_us = 12,
		.handover_us = 34,
		.enable_before = 3,
		.power_auto = true,
		.prom_register = 0x88050,
		.prom_value = 4294967295u,
		.worker = 4711,
	};

	c.card.fn[0] = (struct pci_fn){.addr = {0x10000, bus, 0x1f, 0},
				       .ids = {0x10de, 0x1aef, 0x1462, 0x3892},
				       .class = 0x040300,
				       .iommu_group = -1,
				       .driver = ""};
	c.card.fn[1] = (struct pci_fn){.addr = {0x10000, bus, 0x1f, 7},
				       .ids = {0x10de, 0x2204, 0, 0},
				       .class = 0x030000,
				       .iommu_group = 17,
				       .driver = "vfio-pci"};
	c.was[0] = (struct boot_was){.driver = "snd_hda_intel", .override = "x"};
	strcpy(c.wanted[0], "pci-stub");
	strcpy(c.wanted[1], "nvgrace_gpu_vfio_pci");
	c.rom.findings.n = 2;
	c.rom.findings.f[0] = (struct finding){"tail", FINDING_NOTE, "5 bytes behind the chain"};
	c.rom.findings.f[1] = (struct finding){"checksum", FINDING_WARN, "sums to 3"};
	return c;
}

static struct report report_full(void)
{
	struct report r = {.mode = MODE_DUMP,
			   .timeout = 17,
			   .driver = "vfio-pci",
			   .trim = ROM_TRIM_HEAD,
			   .store = "/srv/gr\xc3\xb6\xc3\x9f"
				    "e",
			   .kernel = "6.1.0-18-amd64",
			   .program = "1.2-3-gabcdef",
			   .config_digest = "0123456789abcdef",
			   .late = true,
			   .claim_at_us = 999999999999999ull,
			   .claim_us = 12345,
			   .settle_us = 6789,
			   .settled = true,
			   .stored = "/var/lib/gpurom: 1 new",
			   .sources = {SOURCE_PROM, SOURCE_SHADOW},
			   .n_sources = 2,
			   .n_bad = 2,
			   .n = 2};

	r.bad = calloc(2, sizeof(*r.bad));
	strcpy(r.bad[0], "kernel command line, word 7: \"x\ty\"");
	memset(r.bad[1], 'z', sizeof(*r.bad) - 1);
	r.card = calloc(2, sizeof(*r.card));
	r.card[0] = card_full(1);
	r.card[1] = card_full(2);
	r.card[1].state = CARD_LEFT;
	r.card[1].plan_why = PLAN_TOO_MANY;
	r.card[1].warnings = 0;
	r.card[1].enable_before = -1;
	r.card[1].identity = IDENTITY_UNKNOWN;
	r.card[1].card.serial = 0;
	r.card[1].card.slot[0] = '\0';
	r.card[1].rom = (struct rom_reading){0};
	r.missing = calloc(2, sizeof(*r.missing));
	r.n_missing = 2;
	r.missing[0] = (struct report_missing){"pci0000-uid0-03.0-00",
					       {0x10000, 9, 0, 0},
					       {0x10de, 0x2204, 0, 0},
					       "2026-01-31T12:59:59Z"};
	strcpy(r.missing[1].path, "pci0000-uid0-04.0-00");
	return r;
}

static void same_fn(const struct pci_fn *a, const struct pci_fn *b)
{
	assert_int_equal(pci_addr_cmp(a->addr, b->addr), 0);
	assert_memory_equal(&a->ids, &b->ids, sizeof(a->ids));
	assert_int_equal(a->class, b->class);
	assert_int_equal(a->iommu_group, b->iommu_group);
	assert_string_equal(a->driver, b->driver);
}

static void same_rom(const struct rom_reading *a, const struct rom_reading *b)
{
	assert_int_equal(a->tried, b->tried);
	assert_string_equal(a->source, b->source);
	assert_string_equal(a->outcome, b->outcome);
	assert_int_equal(a->verdict, b->verdict);
	assert_int_equal(a->findings.n, b->findings.n);
	for (size_t i = 0; i < a->findings.n; i++) {
		assert_string_equal(a->findings.f[i].code, b->findings.f[i].code);
		assert_int_equal(a->findings.f[i].severity, b->findings.f[i].severity);
		assert_string_equal(a->findings.f[i].text, b->findings.f[i].text);
	}
	assert_int_equal(a->n_attempts, b->n_attempts);
	for (size_t i = 0; i < a->n_attempts; i++) {
		assert_string_equal(a->attempt[i].source, b->attempt[i].source);
		assert_string_equal(a->attempt[i].outcome, b->attempt[i].outcome);
		assert_int_equal(a->attempt[i].size, b->attempt[i].size);
		assert_int_equal(a->attempt[i].verdict, b->attempt[i].verdict);
		assert_int_equal(a->attempt[i].us, b->attempt[i].us);
	}
	assert_int_equal(a->raw_size, b->raw_size);
	assert_int_equal(a->rom_size, b->rom_size);
	assert_string_equal(a->raw_sha256, b->raw_sha256);
	assert_string_equal(a->sha256, b->sha256);
	assert_string_equal(a->version, b->version);
	assert_string_equal(a->sign_on, b->sign_on);
	assert_int_equal(a->has_efi, b->has_efi);
	assert_int_equal(a->read_us, b->read_us);
}

static void same_card(const struct boot_card *a, const struct boot_card *b)
{
	assert_int_equal(pci_addr_cmp(a->card.addr, b->card.addr), 0);
	assert_string_equal(a->card.path, b->card.path);
	assert_int_equal(a->identity, b->identity);
	assert_string_equal(a->identity_text, b->identity_text);
	assert_string_equal(a->stored, b->stored);
	assert_true(a->card.serial == b->card.serial);
	assert_string_equal(a->card.slot, b->card.slot);
	assert_int_equal(a->state, b->state);
	assert_int_equal(a->plan_why, b->plan_why);
	assert_int_equal(a->warnings, b->warnings);
	assert_string_equal(a->why, b->why);
	assert_string_equal(a->console, b->console);
	assert_int_equal(a->card.n, b->card.n);
	for (size_t i = 0; i < a->card.n; i++) {
		same_fn(&a->card.fn[i], &b->card.fn[i]);
		assert_string_equal(a->was[i].driver, b->was[i].driver);
		assert_string_equal(a->was[i].override, b->was[i].override);
		assert_string_equal(a->wanted[i], b->wanted[i]);
	}
	assert_int_equal(a->card.display, b->card.display);
	same_rom(&a->rom, &b->rom);
	assert_int_equal(a->hold_us, b->hold_us);
	assert_int_equal(a->handover_us, b->handover_us);
	assert_int_equal(a->enable_before, b->enable_before);
	assert_int_equal(a->power_auto, b->power_auto);
	assert_int_equal(a->prom_register, b->prom_register);
	assert_int_equal(a->prom_value, b->prom_value);
	assert_int_equal(a->worker, b->worker);
}

static void round_trip(void **state)
{
	struct root root = root_at(*state);
	struct report a = report_full(), b;

	assert_int_equal(report_load(&root, &b), -ENOENT);
	assert_int_equal(report_save(&root, &a), 0);
	assert_int_equal(report_load(&root, &b), 0);
	assert_int_equal(a.mode, b.mode);
	assert_int_equal(a.timeout, b.timeout);
	assert_string_equal(a.driver, b.driver);
	assert_int_equal(a.trim, b.trim);
	assert_string_equal(a.store, b.store);
	assert_string_equal(a.kernel, b.kernel);
	assert_string_equal(a.program, b.program);
	assert_string_equal(a.config_digest, b.config_digest);
	assert_int_equal(a.late, b.late);
	assert_true(a.claim_at_us == b.claim_at_us);
	assert_int_equal(a.claim_us, b.claim_us);
	assert_int_equal(a.settle_us, b.settle_us);
	assert_int_equal(a.n_sources, b.n_sources);
	assert_memory_equal(a.sources, b.sources, sizeof(a.sources));
	assert_int_equal(a.settled, b.settled);
	assert_string_equal(a.stored, b.stored);
	assert_int_equal(a.n_bad, b.n_bad);
	for (size_t i = 0; i < a.n_bad; i++)
		assert_string_equal(a.bad[i], b.bad[i]);
	assert_int_equal(a.n, b.n);
	for (size_t i = 0; i < a.n; i++)
		same_card(&a.card[i], &b.card[i]);
	assert_int_equal(a.n_missing, b.n_missing);
	for (size_t i = 0; i < a.n_missing; i++) {
		assert_string_equal(a.missing[i].path, b.missing[i].path);
		assert_int_equal(pci_addr_cmp(a.missing[i].addr, b.missing[i].addr), 0);
		assert_int_equal(a.missing[i].ids.device, b.missing[i].ids.device);
		assert_string_equal(a.missing[i].last_seen, b.missing[i].last_seen);
	}
	report_free(&a);
	report_free(&b);
	close(root.fd);
}

/* Each word of each enum is written and understood. */
static void every_word(void **state)
{
	struct root root = root_at(*state);
	struct report a = report_full(), b;

	for (int i = 0; i < 16; i++) {
		a.mode = (enum gpurom_mode)(i % (MODE_OFF + 1));
		a.trim = (enum rom_trim)(i % 2);
		a.card[0].state = (enum card_state)(i % (CARD_STUCK + 1));
		a.card[0].plan_why = (enum plan_why)(i % (PLAN_MODE_OFF + 1));
		a.card[0].identity = (enum identity)(i % (IDENTITY_AMBIGUOUS + 1));
		a.card[0].warnings = 1u << (i % 6);
		a.card[0].rom.verdict = (enum verdict)(i % 3);
		a.card[0].rom.findings.f[0].severity = (enum finding_severity)(i % 3);
		assert_int_equal(report_save(&root, &a), 0);
		assert_int_equal(report_load(&root, &b), 0);
		assert_int_equal(a.mode, b.mode);
		assert_int_equal(a.trim, b.trim);
		same_card(&a.card[0], &b.card[0]);
		report_free(&b);
	}
	report_free(&a);
	close(root.fd);
}

static void card_names(void **state)
{
	char buf[PCI_ADDR_BUF + 8];

	(void)state;
	assert_string_equal(report_card_name((struct pci_addr){0, 1, 0, 3}, ".json", buf),
			    "0000-01-00.json");
	assert_string_equal(
		report_card_name((struct pci_addr){0xffffffff, 0xff, 0x1f, 0}, ".lock", buf),
		"ffffffff-ff-1f.lock");
}

static void card_file_has_the_last_word(void **state)
{
	struct root root = root_at(*state);
	struct report a = report_full(), b;
	struct boot_card newer = card_full(1), stranger = card_full(9);

	assert_int_equal(report_save(&root, &a), 0);
	newer.state = CARD_BOUND;
	/* A worker knows nothing of what commit found. */
	newer.identity = IDENTITY_UNKNOWN;
	newer.identity_text[0] = newer.stored[0] = '\0';
	strcpy(newer.rom.findings.f[0].code, "another-word");
	assert_int_equal(report_save_card(&root, &newer), 0);
	assert_int_equal(report_save_card(&root, &stranger), 0);
	assert_int_equal(report_load(&root, &b), 0);
	assert_int_equal(b.n, 2);
	newer.identity = a.card[0].identity;
	strcpy(newer.identity_text, a.card[0].identity_text);
	strcpy(newer.stored, a.card[0].stored);
	same_card(&b.card[0], &newer);
	same_card(&b.card[1], &a.card[1]);
	/* ... and again, where the newer word is saved as part of the whole. */
	assert_int_equal(report_save(&root, &b), 0);
	report_free(&b);
	assert_int_equal(unlinkat(root.fd, ROOT_CARDS "/10000-01-1f.json", 0), 0);
	assert_int_equal(report_load(&root, &b), 0);
	same_card(&b.card[0], &newer);
	report_free(&a);
	report_free(&b);
	close(root.fd);
}

static void bad_card_file_is_ignored(void **state)
{
	static const char *const bad[] = {"",
					  "{",
					  "null",
					  "{\"version\":1}",
					  "{\"version\":1,\"card\":7}",
					  "{\"version\":1,\"card\":null}",
					  "{\"version\":2,\"card\":{}}",
					  "{\"version\":1,\"card\":{\"address\":\"x\"}}"};
	struct root root = root_at(*state);
	struct report a = report_full(), b;
	struct boot_card other = card_full(2);
	char *text;

	assert_int_equal(report_save(&root, &a), 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		tempdir_put_text(root.fd, ROOT_CARDS "/10000-01-1f.json", bad[i]);
		assert_int_equal(report_load(&root, &b), 0);
		same_card(&b.card[0], &a.card[0]);
		report_free(&b);
	}
	/* The file of another card under this one's name. */
	assert_int_equal(report_save_card(&root, &other), 0);
	text = tempdir_text(root.fd, ROOT_CARDS "/10000-02-1f.json");
	tempdir_put_text(root.fd, ROOT_CARDS "/10000-01-1f.json", text);
	free(text);
	assert_int_equal(report_load(&root, &b), 0);
	same_card(&b.card[0], &a.card[0]);
	report_free(&b);
	report_free(&a);
	close(root.fd);
}

/* Every beginning of a whole file, and every file with one byte changed, is refused or read. */
static void damaged_files(void **state)
{
	struct root root = root_at(*state);
	struct report a = report_full(), b;
	char *text = report_json(&a);
	size_t n = strlen(text), refused = 0;

	for (size_t i = 0; i < n; i++) {
		tempdir_put(root.fd, ROOT_REPORT, text, i);
		assert_int_equal(report_load(&root, &b), -EBADMSG);
	}
	for (size_t i = 0; i < n; i++) {
		static const char odd[] = "\0\x01\"{[9-\xff";
		char was = text[i];
		int err;

		text[i] = odd[i % (sizeof(odd) - 1)];
		tempdir_put(root.fd, ROOT_REPORT, text, n);
		err = report_load(&root, &b);
		assert_true(err == 0 || err == -EBADMSG);
		if (!err)
			report_free(&b);
		refused += err != 0;
		text[i] = was;
	}
	assert_true(refused > 0);
	free(text);
	report_free(&a);
	close(root.fd);
}

/* One value replaced in a file that is otherwise right. path: keys, then the new value. */
static void wrong_values(void **state)
{
	static const struct {
		const char *in, *key,
			*value; /* in: "" the report, "card", "fn", "rom", "finding" */
		int err;
	} cases[] = {
		{"", "version", "2", -EBADMSG},
		{"", "version", "0", -EBADMSG},
		{"", "version", "\"1\"", -EBADMSG},
		{"", "mode", "\"furious\"", -EBADMSG},
		{"", "mode", "3", -EBADMSG},
		{"", "trim", "\"tail\"", -EBADMSG},
		{"", "sources", "{}", -EBADMSG},
		{"", "sources", "[\"sysfs\",\"floppy\"]", -EBADMSG},
		{"", "sources", "[1]", -EBADMSG},
		{"", "silent", "[\"0000:01:00.0\"]", 0},
		{"", "silent", "[\"x\"]", -EBADMSG},
		{"", "missing", "[{}]", -EBADMSG},
		{"", "missing", "null", -EBADMSG},
		{"", "timeout", "-1", -EBADMSG},
		{"", "timeout", "1.5", -EBADMSG},
		{"", "timeout", "1e300", -EBADMSG},
		{"", "timeout", "4294967296", -EBADMSG},
		{"", "timeout", "4294967295", 0},
		{"", "claim_at_us", "1000000000000000", -EBADMSG},
		{"", "store", "[]", -EBADMSG},
		{"", "late", "\"true\"", -EBADMSG},
		{"", "late", "1", -EBADMSG},
		{"", "complaints", "{}", -EBADMSG},
		{"", "complaints", "[1]", -EBADMSG},
		{"", "cards", "[1]", -EBADMSG},
		{"", "cards", "[{}]", -EBADMSG},
		{"", "cards", "[]", 0},
		{"", "whatever", "[{\"a\":1}]", 0},
		{"card", "address", "\"0000:01:00\"", -EBADMSG},
		{"card", "address", "\"0000:01:00.0000000000000000\"", -EBADMSG},
		{"card", "serial", "\"48-b0-2d-ff-fe-01-02-03\"", 0},
		{"card", "serial", "\"\"", 0},
		{"card", "serial", "\"48-b0-2d-ff-fe-01-02-0\"", -EBADMSG},
		{"card", "serial", "\"48-b0-2d-ff-fe-01-02-034\"", -EBADMSG},
		{"card", "serial", "\"00-00-00-00-00-2d-b0-48\"", -EBADMSG},
		{"card", "serial", "1", -EBADMSG},
		{"card", "slot", "\"abcdefghijklmnopqrstuvwxyzabcdefghijklm\"", 0},
		{"card", "slot", "\"abcdefghijklmnopqrstuvwxyzabcdefghijklmn\"", -EBADMSG},
		{"card", "slot", "\"a b\"", -EBADMSG},
		{"card", "slot", "\"\\u001b[2J\"", -EBADMSG},
		{"card", "slot", "{}", -EBADMSG},
		{"card", "state", "\"gone\"", -EBADMSG},
		{"card", "functions", "[]", -EBADMSG},
		{"card", "functions", "{}", -EBADMSG},
		{"card", "display", "2", -EBADMSG},
		{"card", "display", "-1", -EBADMSG},
		{"card", "rom", "[]", -EBADMSG},
		{"card", "rom", "null", 0},
		{"card", "warnings", "[\"new-in-version-9\",7]", 0},
		{"card", "enable_before", "2147483648", -EBADMSG},
		{"card", "prom_register", "4294967295", 0},
		{"card", "prom_register", "4294967296", -EBADMSG},
		{"card", "prom_value", "-1", -EBADMSG},
		{"fn", "ids", "\"10de:22040\"", -EBADMSG},
		{"fn", "ids", "\"10DE:2204\"", -EBADMSG},
		{"fn", "ids", "\"10de-2204\"", -EBADMSG},
		{"fn", "class", "\"3000\"", -EBADMSG},
		{"fn", "class", "\"0300zz\"", -EBADMSG},
		{"fn", "address", "null", -EBADMSG},
		{"rom", "sha256", "\"../../etc/passwd\"", -EBADMSG},
		{"rom", "sha256", "\"" SHA_A "0\"", -EBADMSG},
		{"rom", "sha256", "\"" SHA_A "\"", 0},
		{"rom", "sha256", "\"\"", 0},
		{"rom", "verdict", "\"good\"", -EBADMSG},
		{"rom", "size", "16777216", 0},
		{"rom", "size", "16777217", -EBADMSG},
		{"rom", "findings", "[{}]", -EBADMSG},
		{"finding", "code", "1", -EBADMSG},
		{"finding", "severity", "\"awful\"", -EBADMSG},
	};
	struct root root = root_at(*state);
	struct report a = report_full(), b;
	char *whole = report_json(&a);

	for (size_t i = 0; i < COUNT(cases); i++) {
		cJSON *o = cJSON_Parse(whole), *at = o;
		char *text;

		if (*cases[i].in)
			at = cJSON_GetArrayItem(cJSON_GetObjectItem(o, "cards"), 0);
		if (strcmp(cases[i].in, "fn") == 0)
			at = cJSON_GetArrayItem(cJSON_GetObjectItem(at, "functions"), 1);
		if (strcmp(cases[i].in, "rom") == 0 || strcmp(cases[i].in, "finding") == 0)
			at = cJSON_GetObjectItem(at, "rom");
		if (strcmp(cases[i].in, "finding") == 0)
			at = cJSON_GetArrayItem(cJSON_GetObjectItem(at, "findings"), 0);
		cJSON_DeleteItemFromObject(at, cases[i].key);
		cJSON_AddItemToObject(at, cases[i].key, cJSON_Parse(cases[i].value));
		text = cJSON_Print(o);
		tempdir_put_text(root.fd, ROOT_REPORT, text);
		if (report_load(&root, &b) != cases[i].err)
			fail_msg("%s.%s = %s", cases[i].in, cases[i].key, cases[i].value);
		if (!cases[i].err)
			report_free(&b);
		cJSON_Delete(o);
		free(text);
	}
	free(whole);
	report_free(&a);
	close(root.fd);
}

/* A file of n elements in one of its arrays. */
static int load_with(const struct root *root, const char *array, size_t n)
{
	struct report a = report_full(), b;
	char *whole = report_json(&a), *text;
	cJSON *o = cJSON_Parse(whole), *card, *old, *list;
	int err;

	card = cJSON_GetArrayItem(cJSON_GetObjectItem(o, "cards"), 0);
	old = cJSON_GetObjectItem(o, array);
	if (!old)
		old = cJSON_GetObjectItem(card, array);
	if (!old)
		old = cJSON_GetObjectItem(cJSON_GetObjectItem(card, "rom"), array);
	list = old;
	while ((size_t)cJSON_GetArraySize(list) < n)
		cJSON_AddItemToArray(list, cJSON_Duplicate(cJSON_GetArrayItem(list, 0), true));
	text = cJSON_Print(o);
	tempdir_put_text(root->fd, ROOT_REPORT, text);
	err = report_load(root, &b);
	if (!err)
		report_free(&b);
	free(whole);
	free(text);
	cJSON_Delete(o);
	report_free(&a);
	return err;
}

static void limits(void **state)
{
	static const struct {
		const char *array;
		size_t max;
	} cases[] = {{"complaints", REPORT_BAD_MAX},	    {"sources", SOURCES_MAX},
		     {"missing", REPORT_MISSING_MAX},	    {"cards", PLAN_CARDS_MAX},
		     {"functions", PCI_CARD_FUNCTIONS_MAX}, {"findings", FINDINGS_MAX}};
	struct root root = root_at(*state);

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(load_with(&root, cases[i].array, cases[i].max), 0);
		assert_int_equal(load_with(&root, cases[i].array, cases[i].max + 1), -EBADMSG);
	}
	close(root.fd);
}

static void long_texts_are_cut(void **state)
{
	struct root root = root_at(*state);
	struct report b;
	char text[2000], longer[1200];

	memset(longer, 'k', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	snprintf(text, sizeof(text), "{\"version\":1,\"kernel\":\"%s\",\"complaints\":[\"%s\"]}",
		 longer, "short");
	tempdir_put_text(root.fd, ROOT_REPORT, text);
	assert_int_equal(report_load(&root, &b), 0);
	assert_int_equal(strlen(b.kernel), sizeof(b.kernel) - 1);
	report_free(&b);
	snprintf(text, sizeof(text), "{\"version\":1,\"complaints\":[\"%s\"]}", longer);
	tempdir_put_text(root.fd, ROOT_REPORT, text);
	assert_int_equal(report_load(&root, &b), 0);
	assert_int_equal(strlen(b.bad[0]), REPORT_BAD_TEXT - 1);
	report_free(&b);
	close(root.fd);
}

/* An older version's: one driver for all. What is no driver's name is none here either: "auto" or
 * an empty override would leave the function to nobody, or to anybody. */
static void functions_without_a_driver(void **state)
{
	static const char *const t[][2] = {
		{"pci-stub", "pci-stub"}, {"auto", "vfio-pci"}, {"", "vfio-pci"}};
	struct root root = root_at(*state);
	struct report a = report_full(), b;

	for (size_t i = 0; i < COUNT(t); i++) {
		strcpy(a.driver, t[i][0]);
		a.card[0].wanted[0][0] = a.card[1].wanted[1][0] = '\0';
		assert_int_equal(report_save(&root, &a), 0);
		assert_int_equal(report_load(&root, &b), 0);
		assert_string_equal(b.card[0].wanted[0], t[i][1]);
		assert_string_equal(b.card[0].wanted[1], "nvgrace_gpu_vfio_pci");
		assert_string_equal(b.card[1].wanted[1], t[i][1]);
		report_free(&b);
	}
	report_free(&a);
	close(root.fd);
}

/* What is older, or leaves things out, is read; deep nesting is refused, not followed. */
static void strange_files(void **state)
{
	struct root root = root_at(*state);
	char *deep = malloc(200001);
	struct report b;

	tempdir_put_text(root.fd, ROOT_REPORT, "{\"version\":1}");
	assert_int_equal(report_load(&root, &b), 0);
	assert_int_equal(b.n, 0);
	report_free(&b);
	memset(deep, '[', 200000);
	deep[200000] = '\0';
	tempdir_put_text(root.fd, ROOT_REPORT, deep);
	assert_int_equal(report_load(&root, &b), -EBADMSG);
	tempdir_put_text(root.fd, ROOT_REPORT, "{\"version\":1} {}");
	assert_int_equal(report_load(&root, &b), -EBADMSG);
	assert_int_equal(unlinkat(root.fd, ROOT_REPORT, 0), 0);
	assert_int_equal(symlinkat("/etc/passwd", root.fd, ROOT_REPORT), 0);
	assert_int_equal(report_load(&root, &b), -ELOOP);
	free(deep);
	close(root.fd);
}

/* Bytes of a ROM's text that are no UTF-8 must not spoil the file. */
static void foreign_bytes_in_texts(void **state)
{
	static const struct {
		const char *text, *written;
	} cases[] = {
		{"plain", "plain"},
		{"\xff\xfe", "??"},
		{"a\x80z", "a?z"},
		{"\xc3\xa9", "\xc3\xa9"},
		{"\xc3", "?"},
		{"\xc0\xaf", "??"},
		{"\xe2\x82\xac", "\xe2\x82\xac"},
		{"\xe2\x82", "??"},
		{"\xed\xa0\x80", "???"},
		{"\xf0\x9f\x8e\xae", "\xf0\x9f\x8e\xae"},
		{"\xf4\x90\x80\x80", "????"},
		{"\xe0\x80\x80", "???"},
		{"\xf0\x80\x80\x80", "????"},
		{"tab\tand\x01", "tab\tand\x01"},
	};
	struct root root = root_at(*state);
	struct report a = report_full(), b;

	for (size_t i = 0; i < COUNT(cases); i++) {
		strcpy(a.card[0].rom.sign_on, cases[i].text);
		assert_int_equal(report_save(&root, &a), 0);
		assert_int_equal(report_load(&root, &b), 0);
		assert_string_equal(b.card[0].rom.sign_on, cases[i].written);
		report_free(&b);
	}
	report_free(&a);
	close(root.fd);
}

/* Of one card nothing else is read: neither the report nor other cards' files. */
static void one_card_of_many(void **state)
{
	static const struct boot_card first = {
		.card.addr = {0, 1, 0, 0},
		.card.n = 2,
		.card.fn = {{.addr = {0, 1, 0, 0}}, {.addr = {0, 1, 0, 1}}},
		.state = CARD_SELECTED};
	struct root root = root_at(*state);
	struct boot_card card[] = {first, first};
	struct report r = {.card = card, .n = 2}, loaded;
	struct report_stamp seen = {0};

	card[1].card.addr.bus = 2;
	snprintf(card[0].stored, sizeof(card[0].stored), "as the report has it");
	assert_int_equal(report_save(&root, &r), 0);
	assert_int_equal(report_load(&root, &loaded), 0);
	assert_int_equal(unlinkat(root.fd, ROOT_REPORT, 0), 0);

	assert_false(report_card_changed(&root, card[0].card.addr, &seen));
	report_refresh_card(&root, &loaded, &loaded.card[0]);
	assert_int_equal(loaded.card[0].state, CARD_SELECTED);

	card[0].state = CARD_HELD;
	card[0].worker = 77;
	card[0].stored[0] = '\0';
	assert_int_equal(report_save_card(&root, &card[0]), 0);
	assert_int_equal(report_save_card(&root, &card[1]), 0);
	assert_true(report_card_changed(&root, card[0].card.addr, &seen));
	assert_false(report_card_changed(&root, card[0].card.addr, &seen));
	report_refresh_card(&root, &loaded, &loaded.card[0]);
	assert_int_equal(loaded.card[0].state, CARD_HELD);
	assert_int_equal(loaded.card[0].worker, 77);
	assert_string_equal(loaded.card[0].stored, "as the report has it");
	assert_string_equal(loaded.card[0].wanted[1], MODALIAS_GENERIC);
	assert_int_equal(loaded.card[1].state, CARD_SELECTED);

	/* The same words in a new file; and a file that says nothing. */
	assert_int_equal(report_save_card(&root, &card[0]), 0);
	assert_true(report_card_changed(&root, card[0].card.addr, &seen));
	tempdir_put_text(root.fd, ROOT_CARDS "/0000-01-00.json", "{");
	assert_true(report_card_changed(&root, card[0].card.addr, &seen));
	report_refresh_card(&root, &loaded, &loaded.card[0]);
	assert_int_equal(loaded.card[0].worker, 77);
	report_free(&loaded);
	root_close(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(round_trip),
		WITH_DIR(every_word),
		cmocka_unit_test(card_names),
		WITH_DIR(card_file_has_the_last_word),
		WITH_DIR(bad_card_file_is_ignored),
		WITH_DIR(damaged_files),
		WITH_DIR(wrong_values),
		WITH_DIR(limits),
		WITH_DIR(long_texts_are_cut),
		WITH_DIR(functions_without_a_driver),
		WITH_DIR(strange_files),
		WITH_DIR(foreign_bytes_in_texts),
		WITH_DIR(one_card_of_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
