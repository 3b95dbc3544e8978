// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel log is read on terminals: what a line may hold, whoever wrote the words in it. */
#include "sys/log.h"
#include "tempdir.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)

static struct root root_of(void **state)
{
	struct root root = {.fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};

	assert_true(root.fd >= 0);
	tempdir_put_text(root.fd, ROOT_KMSG, "");
	return root;
}

static void control_bytes_do_not_pass(void **state)
{
	struct root root = root_of(state);
	char text[3] = "xx", *line;

	for (int c = 1; c < 0x80; c++) {
		bool control = c < ' ' || c == 0x7f;
		char want[40];

		tempdir_put_text(root.fd, ROOT_KMSG, "");
		text[0] = (char)c;
		log_info(&root, "a%sb", text);
		snprintf(want, sizeof(want), "<6>gpurom: a%cxb\n", control ? '?' : c);
		line = tempdir_text(root.fd, ROOT_KMSG);
		assert_string_equal(line, want);
		free(line);
	}
	root_close(&root);
}

/* One line, whole, within what the kernel keeps of it; each call makes one. */
static void a_line_each(void **state)
{
	struct root root = root_of(state);
	char text[2 * LOG_LINE_MAX], *all;
	size_t first;

	memset(text, 'w', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	errno = ENOTTY;
	log_warn(&root, "%s", text);
	assert_int_equal(errno, ENOTTY);
	log_info(&root, "second");
	all = tempdir_text(root.fd, ROOT_KMSG);
	first = strcspn(all, "\n") + 1;
	assert_true(first < LOG_LINE_MAX && first > LOG_LINE_MAX / 2);
	assert_int_equal(strncmp(all, "<4>gpurom: www", 14), 0);
	assert_string_equal(all + first, "<6>gpurom: second\n");
	free(all);
	root_close(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(control_bytes_do_not_pass),
		WITH_DIR(a_line_each),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
