// SPDX-License-Identifier: GPL-2.0-or-later
/* The journal of systemd by its own protocol: which bytes it gets, and what becomes of the line
 * where there is none. */
#include "sys/journal.h"
#include "tempdir.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)

static struct root root_of(void **state)
{
	struct root root = {.fd = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC)};

	assert_true(root.fd >= 0);
	tempdir_put_text(root.fd, ROOT_KMSG, "");
	return root;
}

/* Where journald listens. */
static int listen_below(const struct root *root)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	tempdir_put_text(root->fd, ROOT_JOURNAL, "");
	assert_int_equal(unlinkat(root->fd, ROOT_JOURNAL, 0), 0);
	snprintf(at.sun_path, sizeof(at.sun_path), "/proc/self/fd/%d/" ROOT_JOURNAL, root->fd);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void the_fields_of_an_event(void **state)
{
	static const char want[] = "MESSAGE=0000:01:00: stuck\n"
				   "MESSAGE_ID=e8034aaa3f9740528ae0b59f4bde04bc\n"
				   "PRIORITY=4\n"
				   "SYSLOG_IDENTIFIER=gpurom\n"
				   "GPUROM_EVENT=card-not-taken\n"
				   "GPUROM_CARD=0000:01:00\n"
				   "GPUROM_ID=0123456789ab\n";
	struct root root = root_of(state);
	const struct event e = {.kind = EVENT_CARD_NOT_TAKEN,
				.card = "0000:01:00",
				.path = "",
				.id = "0123456789ab"};
	int journal = listen_below(&root);
	char got[9000];
	ssize_t n;

	errno = ENOTTY;
	event_log(&root, &e, "%s: %s", "0000:01:00", "stuck");
	assert_int_equal(errno, ENOTTY);
	n = recv(journal, got, sizeof(got), 0);
	assert_int_equal(n, sizeof(want) - 1);
	assert_memory_equal(got, want, sizeof(want) - 1);
	assert_true(recv(journal, got, sizeof(got), 0) < 0);
	assert_true(tempdir_is(root.fd, ROOT_KMSG, "<4>gpurom: 0000:01:00: stuck\n"));
	close(journal);
	root_close(&root);
}

/* A newline in a value begins no field. */
static void a_newline_is_counted(void **state)
{
	static const char value[] = "a\nPRIORITY=0";
	static const char want[] = "GPUROM_VM\n\14\0\0\0\0\0\0\0a\nPRIORITY=0\n";
	struct root root = root_of(state);
	const struct event e = {.kind = EVENT_VM_REFUSED, .vm = value};
	int journal = listen_below(&root);
	char got[9000];
	ssize_t n;

	assert_true(event_send(&root, &e, "one\ntwo"));
	n = recv(journal, got, sizeof(got), 0);
	assert_true(n > (ssize_t)sizeof(want));
	assert_memory_equal(got, "MESSAGE=one?two\n", 16);
	assert_memory_equal(got + n - (sizeof(want) - 1), want, sizeof(want) - 1);
	assert_true(tempdir_is(root.fd, ROOT_KMSG, ""));
	close(journal);
	root_close(&root);
}

/* What does not fit is left out as a whole. */
static void the_longest(void **state)
{
	struct root root = root_of(state);
	char text[2 * EVENT_TEXT_MAX], name[8192], got[9000];
	const struct event e = {.kind = EVENT_VM_REFUSED, .card = name, .vm = "v"};
	int journal = listen_below(&root);
	ssize_t n;

	memset(text, 'w', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_true(event_send(&root, &e, "%s", text));
	n = recv(journal, got, sizeof(got) - 1, 0);
	assert_true(n > EVENT_TEXT_MAX);
	got[n] = '\0';
	assert_null(strstr(got, "GPUROM_CARD"));
	assert_non_null(strstr(got, "\nGPUROM_VM=v\n"));
	assert_int_equal(strcspn(got, "\n"), strlen("MESSAGE=") + EVENT_TEXT_MAX - 1);
	close(journal);
	root_close(&root);
}

/* Runs fn with standard error in the file "err" below the root. */
static char *said(const struct root *root, const struct event *e)
{
	int was = dup(STDERR_FILENO), fd;

	tempdir_put_text(root->fd, "err", "");
	fd = openat(root->fd, "err", O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_true(fd >= 0 && dup2(fd, STDERR_FILENO) >= 0);
	event_log(root, e, "what");
	assert_true(dup2(was, STDERR_FILENO) >= 0);
	close(was);
	close(fd);
	return tempdir_text(root->fd, "err");
}

/* Without kernel log and journal, or where the journal takes nothing more: standard error. Never
 * twice, and never nowhere. */
static void where_the_line_goes(void **state)
{
	const struct event e = {.kind = EVENT_ROM_STORED};
	struct root root = root_of(state);
	char *err, got[9000];
	int journal;

	err = said(&root, &e);
	assert_string_equal(err, "");
	free(err);
	assert_int_equal(unlinkat(root.fd, ROOT_KMSG, 0), 0);
	err = said(&root, &e);
	assert_string_equal(err, "gpurom: what\n");
	free(err);
	journal = listen_below(&root);
	err = said(&root, &e);
	assert_string_equal(err, "");
	assert_true(recv(journal, got, sizeof(got), 0) > 0);
	free(err);
	for (int i = 0; i < 10000 && event_send(&root, &e, "more"); i++)
		;
	err = said(&root, &e);
	assert_string_equal(err, "gpurom: what\n");
	free(err);
	close(journal); /* the socket's file is still there: nobody listens */
	assert_false(event_send(&root, &e, "more"));
	err = said(&root, &e);
	assert_string_equal(err, "gpurom: what\n");
	free(err);
	root_close(&root);
}

static void kinds_have_ids_of_their_own(void **state)
{
	(void)state;
	for (size_t i = 0; i < EVENT_KINDS; i++) {
		const char *id = event_rows[i].message_id;

		assert_non_null(event_rows[i].word);
		assert_int_equal(strlen(id), 32);
		assert_int_equal(strspn(id, "0123456789abcdef"), 32);
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(event_rows[k].word, event_rows[i].word);
			assert_string_not_equal(event_rows[k].message_id, id);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(the_fields_of_an_event),
		WITH_DIR(a_newline_is_counted),
		WITH_DIR(the_longest),
		WITH_DIR(where_the_line_goes),
		cmocka_unit_test(kinds_have_ids_of_their_own),
	};

	return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
