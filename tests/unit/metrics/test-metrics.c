// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "metrics/metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *written(const struct metrics *m)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	metrics_write(out, m);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void has_line(const char *text, const char *line)
{
	char want[512];

	snprintf(want, sizeof(want), "\n%s\n", line);
	if (!strstr(text, want))
		fail_msg("no line '%s' in:\n%s", line, text);
}

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("'%s' is in:\n%s", part, text);
}

static struct metrics boot(void)
{
	return (struct metrics){.version = "1.0", .states = {"left", "bound"}, .report = true};
}

static void times(void **state)
{
	static const struct {
		const char *text;
		int64_t want;
	} t[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"2000-02-29T23:59:59Z", 951868799},
		{"2000-03-01T00:00:00Z", 951868800},
		{"2026-01-31T12:59:59Z", 1769864399},
		{"2100-03-01T00:00:00Z", 4107542400},
		{"2026-12-31T23:59:60Z", 1798761600},
		{"1969-12-31T23:59:59Z", -1},
		{"2026-00-01T00:00:00Z", -1},
		{"2026-13-01T00:00:00Z", -1},
		{"2026-01-00T00:00:00Z", -1},
		{"2026-01-32T00:00:00Z", -1},
		{"2026-01-01T24:00:00Z", -1},
		{"2026-01-01T00:60:00Z", -1},
		{"2026-01-01T00:00:61Z", -1},
		{"2026-01-01T00:00:00", -1},
		{"2026-01-01T00:00:00Z ", -1},
		{"2026-01-01 00:00:00Z", -1},
		{"x", -1},
		{"", -1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_int_equal(metrics_time(t[i].text), t[i].want);
}

static void cards_by_state(void **state)
{
	const struct metrics_card c[] = {
		{.address = "0000:01:00",
		 .path = "p1",
		 .state = "bound",
		 .has_verdict = true,
		 .verdict = VERDICT_COMPLETE,
		 .identity = IDENTITY_SAME,
		 .read_us = 12345678,
		 .ids = {0x10de, 0x2204, 0, 0}},
		{.address = "0000:02:00",
		 .path = "",
		 .state = "bound",
		 .rom_changed = true,
		 .handover_us = 42},
	};
	struct metrics m = boot();
	char *text;

	(void)state;
	m.card = c;
	m.n = 2;
	text = written(&m);
	has_line(text, "gpurom_cards{state=\"left\"} 0");
	has_line(text, "gpurom_cards{state=\"bound\"} 2");
	has_line(text, "gpurom_roms{verdict=\"complete\"} 1");
	has_line(text, "gpurom_roms{verdict=\"rejected\"} 0");
	has_line(text, "gpurom_roms{verdict=\"none\"} 1");
	has_line(text, "gpurom_card_info{address=\"0000:01:00\",path=\"p1\",ids=\"10de:2204\","
		       "state=\"bound\",verdict=\"complete\",identity=\"same\"} 1");
	has_line(text, "gpurom_card_info{address=\"0000:02:00\",path=\"\",ids=\"0000:0000\","
		       "state=\"bound\",verdict=\"none\",identity=\"\"} 1");
	has_line(text, "gpurom_card_rom_changed{address=\"0000:01:00\",path=\"p1\"} 0");
	has_line(text, "gpurom_card_rom_changed{address=\"0000:02:00\",path=\"\"} 1");
	has_line(text, "gpurom_card_read_seconds{address=\"0000:01:00\",path=\"p1\"} 12.345678");
	has_line(text, "gpurom_card_handover_seconds{address=\"0000:02:00\",path=\"\"} 0.000042");
	free(text);
}

static void labels_are_escaped(void **state)
{
	const struct metrics_card c = {.address = "a\\b", .path = "say \"x\"\nn", .state = "bound"};
	struct metrics m = boot();
	char *text;

	(void)state;
	m.card = &c;
	m.n = 1;
	text = written(&m);
	has_line(text, "gpurom_card_rom_changed{address=\"a\\\\b\",path=\"say \\\"x\\\"\\nn\"} 0");
	free(text);
}

static void waits(void **state)
{
	struct metrics m = boot();
	char *text;

	(void)state;
	m.claim_us = 1500;
	m.settle_us = 2000001;
	text = written(&m);
	has_line(text, "gpurom_claim_seconds 0.001500");
	has_line(text, "gpurom_committed 0");
	lacks(text, "\ngpurom_settle_seconds");
	free(text);
	m.settled = m.committed = true;
	text = written(&m);
	has_line(text, "gpurom_settle_seconds 2.000001");
	has_line(text, "gpurom_committed 1");
	free(text);
}

/* What is not there is not 0. */
static void without_report_or_record(void **state)
{
	struct metrics m = {.version = "1.0", .states = {"left"}};
	char *text = written(&m);

	(void)state;
	has_line(text, "gpurom_report 0");
	lacks(text, "\ngpurom_claim_seconds");
	lacks(text, "\ngpurom_recorded_cards");
	lacks(text, "\ngpurom_last_commit");
	free(text);
}

static void recorded(void **state)
{
	struct record_card missing = {.identity = IDENTITY_MISSING,
				      .seen.last_seen = "2026-01-31T12:59:59Z"};
	struct record_card same = {.next = &missing,
				   .identity = IDENTITY_SAME,
				   .seen.last_seen = "2026-01-31T13:00:00Z"};
	struct record_card imported = {.next = &same};
	struct record r = {.cards = &imported};
	struct metrics m = boot();
	char *text;

	(void)state;
	m.record = &r;
	text = written(&m);
	has_line(text, "gpurom_recorded_cards{identity=\"missing\"} 1");
	has_line(text, "gpurom_recorded_cards{identity=\"same\"} 1");
	has_line(text, "gpurom_recorded_cards{identity=\"ambiguous\"} 0");
	has_line(text, "gpurom_last_commit_timestamp_seconds 1769864400");
	free(text);
}

static void images(void **state)
{
	const struct metrics_image i[] = {{"6.1.0-9-amd64", "current"},
					  {"6.1.0-10", "stale-config"}};
	struct metrics m = boot();
	char *text = written(&m);

	(void)state;
	lacks(text, "\ngpurom_image_info");
	free(text);
	m.report = false;
	m.image = i;
	m.n_images = 2;
	text = written(&m);
	has_line(text, "gpurom_image_info{kernel=\"6.1.0-9-amd64\",state=\"current\"} 1");
	has_line(text, "gpurom_image_info{kernel=\"6.1.0-10\",state=\"stale-config\"} 1");
	free(text);
}

/* Each sample stands behind the HELP and TYPE of its own name. */
static void families(void **state)
{
	const struct metrics_card c = {.address = "a", .path = "p", .state = "left"};
	const struct metrics_image image = {"6.1", "current"};
	struct record r = {.cards = NULL};
	struct metrics m = boot();
	char *text, *rest, family[64] = "";
	size_t samples = 0;

	(void)state;
	m.card = &c;
	m.n = 1;
	m.record = &r;
	m.image = &image;
	m.n_images = 1;
	text = written(&m);
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char want[128];

		if (sscanf(line, "# HELP %63s", family) == 1) {
			line = strtok_r(NULL, "\n", &rest);
			snprintf(want, sizeof(want), "# TYPE %s gauge", family);
			assert_string_equal(line, want);
			continue;
		}
		assert_int_equal(strcspn(line, "{ "), strlen(family));
		assert_memory_equal(line, family, strlen(family));
		samples++;
	}
	assert_true(samples > 15);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times),
		cmocka_unit_test(cards_by_state),
		cmocka_unit_test(labels_are_escaped),
		cmocka_unit_test(waits),
		cmocka_unit_test(without_report_or_record),
		cmocka_unit_test(recorded),
		cmocka_unit_test(images),
		cmocka_unit_test(families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
