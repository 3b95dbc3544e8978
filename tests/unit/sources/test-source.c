// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of sources: every word of sources= reads cards, and what each row says fits the others.
 */
#include "sources/source.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void every_word_has_a_row(void **state)
{
	(void)state;
	for (unsigned i = 0; i < SOURCES_MAX; i++) {
		const struct source *s = source_of((enum rom_source)i);

		assert_non_null(s->read);
		/* A shadow is RAM that the `rom` attribute shows. */
		if (s->is_shadow)
			assert_true(s->is_memory && s->needs_rom_bar);
		/* What needs the card after the hand-over is no copy of its ROM. */
		assert_false(s->needs_vfio && (s->is_memory || s->needs_rom_bar));
	}
}

static void a_file_reads_no_card(void **state)
{
	const struct source_job job = {.until_us = ~0ull};
	struct source_bytes ret;

	(void)state;
	assert_int_equal(source_read(SOURCE_FILE, &job, &ret), -ENODEV);
	assert_string_equal(ret.outcome, "no source of this name reads cards");
	assert_null(ret.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_has_a_row),
		cmocka_unit_test(a_file_reads_no_card),
	};

	return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
