// SPDX-License-Identifier: GPL-2.0-or-later
/* host_load loads what is asked for, and only that. */
#include "host/host.h"

#include "boot/report.h"
#include "tempdir.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define RECORD "{\"version\": 2, \"cards\": {}}"

static struct host h;

static struct root root_at(void *path)
{
	return (struct root){path, tempdir_open(path)};
}

/* A scan fails here: there is no PCI bus. */
static void only_what_is_asked_for(void **state)
{
	struct root root = root_at(*state);

	tempdir_put_text(root.fd, ROOT_CONF, "timeout=7\n");
	assert_int_equal(host_load(&root, "rd.gpurom.timeout=9", 0, &h), 0);
	assert_int_equal(h.config.timeout, 7);
	assert_int_equal(host_add(&h, HOST_SCAN | HOST_RECORD), -ENOENT);
	assert_int_equal(host_load(&root, "rd.gpurom.timeout=9 gpurom.x", HOST_RD_WORDS, &h), 0);
	assert_int_equal(h.config.timeout, 9);
	assert_int_equal(h.complaints.n, 1);
	host_free(&h);
	root_close(&root);
}

static void why_there_is_no_record(void **state)
{
	static const struct {
		const char *configured, *in_run;
		int unknown;
	} cases[] = {
		{NULL, NULL, -ENOENT}, {RECORD, NULL, 0},    {"{", NULL, -EBADMSG},
		{NULL, RECORD, 0}, /* from here on there is a volatile store */
		{"{", RECORD, 0},      {"{", "{", -EBADMSG}, {NULL, "{", -ENOENT},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct root root = root_at(*state);
		char line[64], file[80], store[40];

		snprintf(store, sizeof(store), "/var/lib/%zu", i);
		snprintf(line, sizeof(line), "gpurom.store=%s", store);
		snprintf(file, sizeof(file), "%s/" RECORD_FILE, store + 1);
		if (cases[i].configured)
			tempdir_put_text(root.fd, file, cases[i].configured);
		if (cases[i].in_run)
			tempdir_put_text(root.fd, "run/gpurom/store/" RECORD_FILE, cases[i].in_run);
		assert_int_equal(host_load(&root, line, HOST_RECORD, &h), 0);
		assert_int_equal(h.unknown, cases[i].unknown);
		host_free(&h);
		root_close(&root);
	}
}

static void this_boots_card(void **state)
{
	struct boot_card card = {.card = {.addr = {0, 1, 0, 0}, .n = 1}};
	struct report r = {.card = &card, .n = 1, .store = "/var/lib/gpurom", .driver = "vfio-pci"};
	struct root root = root_at(*state);

	assert_int_equal(host_load(&root, "", HOST_REPORT, &h), 0);
	assert_null(h.report);
	assert_null(host_boot_card(&h, card.card.addr));
	assert_int_equal(report_save(&root, &r), 0);
	assert_int_equal(host_add(&h, HOST_REPORT), 0);
	assert_non_null(h.report);
	assert_ptr_equal(host_boot_card(&h, (struct pci_addr){0, 1, 0, 1}), &h.report->card[0]);
	assert_null(host_boot_card(&h, (struct pci_addr){0, 2, 0, 0}));
	host_free(&h);
	host_free(&h);
	root_close(&root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(only_what_is_asked_for),
		WITH_DIR(why_there_is_no_record),
		WITH_DIR(this_boots_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
