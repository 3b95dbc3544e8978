// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cmd/bundle-text.h"
#include "pci/serial.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct bundle_secrets secrets = {.host = "seven", .key = "key"};
#define SERIAL 0x48b02dfffe123456ull

static void made_up_numbers(void **state)
{
	const struct bundle_secrets other = {.key = "another"};
	const uint64_t n = bundle_serial(&secrets, SERIAL);

	(void)state;
	assert_true(pci_serial_usable(n));
	assert_true(n != SERIAL);
	assert_true(n == bundle_serial(&secrets, SERIAL));
	assert_true(n != bundle_serial(&secrets, SERIAL + 1));
	assert_true(n != bundle_serial(&other, SERIAL));
	/* names no card: GB10 (pci/serial.h) */
	assert_true(bundle_serial(&secrets, 0x48b02d0000000000ull) == 0x48b02d0000000000ull);
}

static void assert_hidden(const char *before, const char *after, bool hidden)
{
	char serial[PCI_SERIAL_BUF], text[200], want[200];

	snprintf(text, sizeof(text), "%s%s%s", before, pci_serial_format(SERIAL, serial), after);
	pci_serial_format(hidden ? bundle_serial(&secrets, SERIAL) : SERIAL, serial);
	snprintf(want, sizeof(want), "%s%s%s", before, serial, after);
	bundle_hide_serials(&secrets, text, strlen(text));
	assert_string_equal(text, want);
}

static void serials_in_text(void **state)
{
	struct bundle_secrets all = secrets;
	char text[] = "48-B0-2D-FF-FE-12-34-56 GPU-12345678-abcd", copy[sizeof(text)];
	char serial[PCI_SERIAL_BUF];

	(void)state;
	assert_hidden("", "", true);
	assert_hidden("\"serial\": \"", "\",", true);
	assert_hidden("keep=serial:", ",10de:2204\n", true);
	assert_hidden("a-", "", false); /* a longer word of the same form is something else */
	assert_hidden("", "-77", false);
	all.serials = true;
	strcpy(copy, text);
	bundle_hide_serials(&all, text, strlen(text));
	assert_string_equal(text, copy);
	bundle_hide_serials(&secrets, text, strlen(text));
	pci_serial_format(bundle_serial(&secrets, SERIAL), serial);
	assert_memory_equal(text, serial, PCI_SERIAL_BUF - 1);
	assert_string_equal(text + PCI_SERIAL_BUF, "GPU-00000000-0000");
}

static void host_in_text(void **state)
{
	const struct bundle_secrets none = {.host = ""};
	char text[] = "seven SEVEN. seventh on-seven (seven)";

	(void)state;
	bundle_hide_host(&none, text, strlen(text));
	assert_string_equal(text, "seven SEVEN. seventh on-seven (seven)");
	bundle_hide_host(&secrets, text, strlen(text));
	assert_string_equal(text, "xxxxx xxxxx. seventh on-seven (xxxxx)");
}

static void expect_settings(const char *host, bool words, const char *text, const char *want)
{
	struct bundle_secrets s = {.host = ""};
	char buf[128];

	snprintf(s.host, sizeof(s.host), "%s", host);
	snprintf(buf, sizeof(buf), "%s", text);
	bundle_hide_in_settings(&s, words, buf, strlen(buf));
	assert_string_equal(buf, want);
}

static void host_in_settings(void **state)
{
	(void)state;
	expect_settings("seven", false, "metrics=/srv/seven/x\nfrob = seven\n\nkeep=7",
			"metrics=/srv/xxxxx/x\nfrob = xxxxx\n\nkeep=7");
	/* The bundle has files below the store's path. */
	expect_settings("seven", false,
			" gpurom.store = \"/srv/seven\"\nstore=/seven\nstores=/seven",
			" gpurom.store = \"/srv/seven\"\nstore=/seven\nstores=/xxxxx");
	expect_settings(
		"seven", true,
		"- gpurom.store=/seven rd.gpurom.metrics=/seven \"gpurom.store=/ seven\" seven",
		"- gpurom.store=/seven rd.gpurom.metrics=/xxxxx \"gpurom.store=/ seven\" xxxxx");
	expect_settings("seven", true, "store seven", "store xxxxx");
	expect_settings("seven", false, "store", "store");
	/* Words of the settings, numbers, names of drivers. */
	expect_settings("nvidia", false, "devices=nvidia", "devices=nvidia");
	expect_settings("10de", false, "devices=10de:2204", "devices=10de:2204");
	expect_settings("vfio-pci", true, "vfio-pci.ids=10de:2204", "vfio-pci.ids=10de:2204");
	expect_settings("", false, "devices=nvidia", "devices=nvidia");
}

static void put_capability(uint8_t *config, size_t at, unsigned id, unsigned next)
{
	const uint32_t head = id | 1u << 16 | next << 20;
	const uint64_t number = SERIAL;

	for (int i = 0; i < 4; i++)
		config[at + (size_t)i] = (uint8_t)(head >> 8 * i);
	for (int i = 0; id == 3 && i < 8; i++)
		config[at + 4 + (size_t)i] = (uint8_t)(number >> 8 * i);
}

static bool has_number(const uint8_t *config, size_t at)
{
	static const uint8_t number[] = {0x56, 0x34, 0x12, 0xfe, 0xff, 0x2d, 0xb0, 0x48};

	return memcmp(config + at + 4, number, sizeof(number)) == 0;
}

static void numbers_in_config(void **state)
{
	uint8_t config[4096] = {0};

	(void)state;
	put_capability(config, 0x100, 1, 0x140);
	put_capability(config, 0x140, 3, 0xff0);
	put_capability(config, 0xff0, 3, 0x100); /* a ring */
	bundle_hide_config(&secrets, config, sizeof(config));
	assert_false(has_number(config, 0x140));
	assert_false(has_number(config, 0xff0));
	/* cut off behind the number's first half, at its head, before it: nothing beyond is touched
	 */
	for (size_t n = 0x140; n < 0x140 + 12; n++) {
		put_capability(config, 0x140, 3, 0);
		bundle_hide_config(&secrets, config, n);
		assert_true(has_number(config, 0x140));
	}
	bundle_hide_config(&secrets, config, 0x140 + 12);
	assert_false(has_number(config, 0x140));
}

static void assert_edited(size_t (*edit)(char *text, size_t n), const char *before,
			  const char *after)
{
	char text[300];

	strcpy(text, before);
	text[edit(text, strlen(before))] = '\0';
	assert_string_equal(text, after);
}

static void settings(void **state)
{
	(void)state;
	assert_edited(bundle_config, "", "");
	assert_edited(bundle_config, "# a\nkeep=1:0.0 # b\n\nx", "\nkeep=1:0.0 \n\nx");
	assert_edited(bundle_config, "store=\"/a#b\" # c\r\nstore='#", "store=\"/a#b\" \nstore='#");
	assert_edited(bundle_config, "# Petra\n# \1\nkeep=all", "\n\1");
}

static void command_lines(void **state)
{
	(void)state;
	assert_edited(bundle_cmdline, "", "");
	assert_edited(bundle_cmdline, "root=/dev/x quiet\n", "- quiet\n");
	assert_edited(bundle_cmdline,
		      "a=\"b c\" \"gpurom.keep=01:00.0 \" rd.gpurom=0 vfio-pci.ids=1:2 -- x",
		      "- \"gpurom.keep=01:00.0 \" rd.gpurom=0 vfio-pci.ids=1:2 -- -");
}

static bool keep_b(void *ctx, const char *line)
{
	return strchr(line, *(const char *)ctx);
}

static void lines(void **state)
{
	char text[32] = "ab\n\nc\nb", letter = 'b';

	(void)state;
	text[bundle_lines(text, strlen(text), keep_b, &letter)] = '\0';
	assert_string_equal(text, "ab\nb\n");
	assert_int_equal(bundle_lines(text, 0, keep_b, &letter), 0);
}

static void slots(void **state)
{
	static const uint8_t system[] = {1, 8, 0, 0, 1, 2, 3, 4, 'S', '1', 0, 0};
	static const uint8_t slot[] = {9, 0x11, 1, 0, 1, 0, 0,	 0,   0,   0, 0,
				       0, 0,	0, 0, 1, 0, 'P', 'C', 'I', 0, 0};
	uint8_t table[sizeof(system) + sizeof(slot) + 4];

	(void)state;
	memcpy(table, system, sizeof(system));
	memcpy(table + sizeof(system), slot, sizeof(slot));
	memcpy(table + sizeof(system) + sizeof(slot), (uint8_t[]){127, 4, 0, 0}, 4);
	assert_int_equal(bundle_slots(table, sizeof(table)), sizeof(slot));
	assert_memory_equal(table, slot, sizeof(slot));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_up_numbers),
		cmocka_unit_test(serials_in_text),
		cmocka_unit_test(host_in_text),
		cmocka_unit_test(host_in_settings),
		cmocka_unit_test(numbers_in_config),
		cmocka_unit_test(settings),
		cmocka_unit_test(command_lines),
		cmocka_unit_test(lines),
		cmocka_unit_test(slots),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
