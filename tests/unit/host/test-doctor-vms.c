// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/doctor-facts.h"
#include "tempdir.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct root root;
static struct doctor_facts f;

#define FAULT(bus, level, text)                                                                    \
	"{\"address\":\"0000:" bus ":00.0\",\"level\":\"" level "\",\"text\":\"" text "\"}"
#define ANSWER(faults) "{\"version\":1,\"vm\":\"x\",\"faults\":[" faults "]}\n"

static void write_file(const char *name, mode_t mode, const char *text)
{
	tempdir_put_text(root.fd, name, text);
	assert_int_equal(fchmodat(root.fd, name, mode, 0), 0);
}

static int make_tree(void **state)
{
	assert_int_equal(tempdir_make(state), 0);
	assert_int_equal(root_open(*state, &root), 0);
	tempdir_shell(root.fd, "mkdir -p etc/libvirt/qemu/networks etc/pve/qemu-server");
	/* It says of a definition what is in it: the first line is its exit status. */
	write_file("program", 0755,
		   "#!/bin/sh\n[ \"$1 $2\" = 'check --json' ] || exit 9\n"
		   "[ \"$3\" != --proxmox ] || { echo '{\"faults\":[" FAULT(
			   "01", "fault",
			   "$4") "]}' | sed \"s/[$]4/$4/\"; exit 3; }\n"
				 "read -r status\n[ \"$status\" != hang ] || exec sleep 60\n"
				 "[ \"$status\" = 1 ] && cat >&2 || cat\nexit \"$status\"\n");
	write_file("etc/libvirt/qemu/a.xml", 0600, "0\n" ANSWER(""));
	write_file("etc/libvirt/qemu/b.xml", 0600,
		   "3\n" ANSWER(FAULT("01", "fault", "is: wrong") "," FAULT("02", "warning",
									    "and this")));
	write_file("etc/libvirt/qemu/c.xml", 0600,
		   "1\ngpurom-domain: standard input: no XML\ngpurom-domain: c: and more\n");
	write_file("etc/libvirt/qemu/d.xml", 0600, "hang\n");
	write_file("etc/libvirt/qemu/f.xml", 0600, "0\n" ANSWER(FAULT("01", "warning", "but")));
	write_file("etc/libvirt/qemu/g.xml", 0600, "0\nnoise\n");
	write_file("etc/libvirt/qemu/h.xml", 0600, "0\n" ANSWER(FAULT("01", "odd", "x")));
	write_file("etc/libvirt/qemu/i.xml", 0600, "0\n{}\n");
	write_file("etc/libvirt/qemu/e.txt", 0600, "0\n");
	write_file("etc/pve/qemu-server/100.conf", 0600, "\n");
	write_file("etc/pve/qemu-server/foo.conf", 0600, "\n");
	write_file("etc/pve/qemu-server/-x.conf", 0600, "\n");
	return 0;
}

static int remove_tree(void **state)
{
	root_close(&root);
	return tempdir_remove(state);
}

static void expect(size_t i, const char *name, enum doctor_vm state, const char *text)
{
	assert_string_equal(f.vm[i].name, name);
	assert_string_equal(f.vm[i].text, text);
	assert_int_equal(f.vm[i].state, state);
}

static void each_answer(void **state)
{
	char program[256];

	(void)state;
	snprintf(program, sizeof(program), "%s/program", root.path);
	f = (struct doctor_facts){.n_vms = 0};
	doctor_gather_vms(&root, program, &f);
	assert_int_equal(f.n_vms, 9);
	assert_true(f.vm[0].proxmox);
	expect(0, "100", DOCTOR_VM_WRONG, "0000:01:00.0: 100");
	assert_false(f.vm[1].proxmox);
	expect(1, "a", DOCTOR_VM_RIGHT, "");
	expect(2, "b", DOCTOR_VM_WRONG, "0000:01:00.0: is: wrong; 0000:02:00.0: warning: and this");
	expect(3, "c", DOCTOR_VM_FAILED, "no XML; and more");
	/* One that does not end is left after its time, DOCTOR_VM_MS. */
	expect(4, "d", DOCTOR_VM_FAILED, "gpurom-domain did not end in time");
	expect(5, "f", DOCTOR_VM_WARNED, "0000:01:00.0: warning: but");
	for (size_t i = 6; i < 9; i++) {
		const char *names[] = {"g", "h", "i"};

		expect(i, names[i - 6], DOCTOR_VM_FAILED,
		       "what gpurom-domain prints is not understood");
	}
	assert_string_equal(f.vms_silent, "");
}

static void too_many(void **state)
{
	char name[100];

	(void)state;
	/* One whose name is too long, and more than there is room for beside the nine. */
	snprintf(name, sizeof(name), "etc/libvirt/qemu/%0*d.xml", DOCTOR_NAME_MAX, 1);
	write_file(name, 0600, "0\n");
	for (int i = 0; i < DOCTOR_VMS_MAX - 9 + 2; i++) {
		snprintf(name, sizeof(name), "etc/libvirt/qemu/more-%d.xml", i);
		write_file(name, 0600, "0\n");
	}
	f = (struct doctor_facts){.n_vms = 0};
	doctor_gather_vms(&root, "", &f);
	assert_int_equal(f.n_vms, DOCTOR_VMS_MAX);
	assert_int_equal(f.lost_vms, 3);
}

static void without_program(void **state)
{
	(void)state;
	f = (struct doctor_facts){.n_vms = 0};
	doctor_gather_vms(&root, "", &f);
	assert_int_equal(f.n_vms, 9);
	assert_int_equal(f.vm[0].state, DOCTOR_VM_UNCHECKED);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(each_answer),
						  cmocka_unit_test(without_program),
						  cmocka_unit_test(too_many)};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
