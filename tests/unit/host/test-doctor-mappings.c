// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/doctor-facts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_PATH "etc/pve/mapping/pci.cfg"

static char folder[] = "/tmp/doctor-mappings-XXXXXX";
static struct root root;
static struct doctor_facts f;

static FILE *create(const char *name)
{
	char path[256];
	FILE *to;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	to = fopen(path, "w");
	assert_non_null(to);
	return to;
}

static int make_tree(void **state)
{
	char command[256];
	FILE *to;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(command, sizeof(command), "mkdir -p %s/etc/pve/mapping %s/proc/sys/kernel", folder,
		 folder);
	assert_int_equal(system(command), 0);
	assert_int_equal(root_open(folder, &root), 0);
	to = create("proc/sys/kernel/hostname");
	fputs("pve1.example\n", to);
	assert_int_equal(fclose(to), 0);
	return 0;
}

static int remove_tree(void **state)
{
	char command[256];

	(void)state;
	root_close(&root);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	return system(command);
}

static void write_lines(size_t n)
{
	FILE *to = create(FILE_PATH);

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
