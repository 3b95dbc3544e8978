// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/doctor-facts.h"
#include "tempdir.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_PATH "etc/pve/mapping/pci.cfg"

static struct root root;
static struct doctor_facts f;

static int make_tree(void **state)
{
	assert_int_equal(tempdir_make(state), 0);
	assert_int_equal(root_open(*state, &root), 0);
	tempdir_put_text(root.fd, FILE_PATH, "");
	tempdir_put_text(root.fd, "proc/sys/kernel/hostname", "pve1.example\n");
	return 0;
}

static int remove_tree(void **state)
{
	root_close(&root);
	return tempdir_remove(state);
}

static void write_lines(size_t n)
{
	char path[256];
	FILE *to;

	snprintf(path, sizeof(path), "%s/" FILE_PATH, root.path);
	to = fopen(path, "w");
	assert_non_null(to);
	fputs("gpu\n\tmap node=pve2,path=0000:01:00\n", to);
	for (size_t i = 0; i < n; i++)
		fputs("\tmap node=pve1,path=0000:01:00,id=10de:2204\n", to);
	assert_int_equal(fclose(to), 0);
}

static void gather(const struct pci_scan *scan, const char *silent)
{
	static struct host h;

	h = (struct host){.root = &root};
	if (scan)
		h.scan = *scan;
	f = (struct doctor_facts){.n_vms = 0};
	snprintf(f.vms_silent, sizeof(f.vms_silent), "%s", silent);
	doctor_gather_mappings(&h, &f);
}

static void each_line_of_this_node(void **state)
{
	struct pci_fn fn = {.addr = {0, 4, 0, 0},
			    .class = 0x030000,
			    .ids = {.vendor = 0x10de, .device = 0x2204}};
	const struct pci_scan scan = {.fn = &fn, .n = 1};

	(void)state;
	write_lines(1);
	gather(NULL, "");
	assert_int_equal(f.n_mappings, 1);
	assert_string_equal(f.mapping[0].name, "gpu");
	assert_int_equal(f.mapping[0].line, 3);
	assert_string_equal(f.mapping[0].why, "nothing is at 0000:01:00.0");
	assert_string_equal(f.mapping[0].card, "");
	gather(&scan, "");
	assert_string_equal(f.mapping[0].card, "0000:04:00");
	assert_int_equal(f.mappings_error, 0);
}

static void more_than_there_is_room_for(void **state)
{
	(void)state;
	write_lines(DOCTOR_MAPPINGS_MAX);
	gather(NULL, "");
	assert_int_equal(f.n_mappings, DOCTOR_MAPPINGS_MAX);
	assert_int_equal(f.lost_mappings, 0);
	write_lines(DOCTOR_MAPPINGS_MAX + 1);
	gather(NULL, "");
	assert_int_equal(f.n_mappings, DOCTOR_MAPPINGS_MAX);
	assert_int_equal(f.lost_mappings, 1);
}

/* A host without the file has no mappings; a silent /etc/pve is not asked again. */
static void no_file(void **state)
{
	(void)state;
	write_lines(1);
	gather(NULL, "etc/pve/qemu-server");
	assert_int_equal(f.mappings_error, -ETIMEDOUT);
	assert_int_equal(f.n_mappings, 0);
	gather(NULL, "etc/libvirt/qemu");
	assert_int_equal(f.n_mappings, 1);
	assert_int_equal(unlinkat(root.fd, FILE_PATH, 0), 0);
	gather(NULL, "");
	assert_int_equal(f.mappings_error, 0);
	assert_int_equal(mkdirat(root.fd, FILE_PATH, 0700), 0);
	gather(NULL, "");
	assert_int_equal(f.mappings_error, -EINVAL);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(each_line_of_this_node),
						  cmocka_unit_test(more_than_there_is_room_for),
						  cmocka_unit_test(no_file)};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
