// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/doctor-facts.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/doctor-vms-XXXXXX";
static struct root root;
static struct doctor_facts f;

static void write_file(const char *name, mode_t mode, const char *text)
{
	char path[256];
	FILE *to;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	to = fopen(path, "w");
	assert_non_null(to);
	fputs(text, to);
	assert_int_equal(fclose(to), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static int make_tree(void **state)
{
	char path[256];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "mkdir -p %s/etc/libvirt/qemu/networks %s/etc/pve/qemu-server",
		 folder, folder);
	assert_int_equal(system(path), 0);
	assert_int_equal(root_open(folder, &root), 0);
	/* It says of a definition what is in it. */
	write_file(
		"program", 0755,
		"#!/bin/sh\n[ \"$1\" = check ] || exit 9\n"
		"[ \"$2\" != --proxmox ] || { echo gpurom-domain: $3: 0000:01:00.0: is wrong >&2; exit 3; }\n"
		"read -r status text\nread -r more\n"
		"[ \"$status\" != hang ] || exec sleep 60\n"
		"echo noise\n[ -z \"$text\" ] || echo \"$text\" >&2\n"
		"[ -z \"$more\" ] || echo \"$more\" >&2\nexit \"$status\"\n");
	write_file("etc/libvirt/qemu/a.xml", 0600, "0\n");
	write_file("etc/libvirt/qemu/b.xml", 0600,
		   "3 gpurom-domain: b: 0000:01:00.0: is: wrong\n"
		   "gpurom-domain: b: 0000:02:00.0: and this\n");
	write_file("etc/libvirt/qemu/c.xml", 0600, "1 gpurom-domain: standard input: no XML\n");
	write_file("etc/libvirt/qemu/d.xml", 0600, "hang\n");
	write_file("etc/libvirt/qemu/e.txt", 0600, "0\n");
	write_file("etc/pve/qemu-server/100.conf", 0600, "\n");
	write_file("etc/pve/qemu-server/foo.conf", 0600, "\n");
	write_file("etc/pve/qemu-server/-x.conf", 0600, "\n");
	return 0;
}

static int remove_tree(void **state)
{
	char path[256];

	(void)state;
	root_close(&root);
	snprintf(path, sizeof(path), "rm -r %s", folder);
	return system(path);
}

static void each_answer(void **state)
{
	char program[256];

	(void)state;
	snprintf(program, sizeof(program), "%s/program", folder);
	f = (struct doctor_facts){.n_vms = 0};
	doctor_gather_vms(&root, program, &f);
	assert_int_equal(f.n_vms, 5);
	assert_string_equal(f.vm[0].name, "100");
	assert_true(f.vm[0].proxmox);
	assert_int_equal(f.vm[0].state, DOCTOR_VM_WRONG);
	assert_string_equal(f.vm[0].text, "0000:01:00.0: is wrong");
	assert_string_equal(f.vm[1].name, "a");
	assert_false(f.vm[1].proxmox);
	assert_int_equal(f.vm[1].state, DOCTOR_VM_RIGHT);
	assert_int_equal(f.vm[2].state, DOCTOR_VM_WRONG);
	assert_string_equal(f.vm[2].text, "0000:01:00.0: is: wrong; 0000:02:00.0: and this");
	assert_int_equal(f.vm[3].state, DOCTOR_VM_FAILED);
	assert_string_equal(f.vm[3].text, "no XML");
	/* One that does not end is left after its time, DOCTOR_VM_MS. */
	assert_int_equal(f.vm[4].state, DOCTOR_VM_FAILED);
	assert_string_equal(f.vm[4].text, "gpurom-domain did not end in time");
	assert_string_equal(f.vms_silent, "");
}

static void without_program(void **state)
{
	(void)state;
	f = (struct doctor_facts){.n_vms = 0};
	doctor_gather_vms(&root, "", &f);
	assert_int_equal(f.n_vms, 5);
	assert_int_equal(f.vm[0].state, DOCTOR_VM_UNCHECKED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(each_answer),
						  cmocka_unit_test(without_program)};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
