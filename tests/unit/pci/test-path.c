// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pci/path.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PC "devices/pci0000:00/0000:00:01.0/0000:01:00.0"

static void names(void **state)
{
	static const struct {
		const char *sysfs, *uid, *name;
	} t[] = {
		{PC, "0", "pci0000-uid0-01.0-00"},
		{PC, NULL, "pci0000-bus00-01.0-00"},
		{PC, "", "pci0000-bus00-01.0-00"},
		{PC, " \n", "pci0000-bus00-01.0-00"},
		{PC, "0\n", "pci0000-uid0-01.0-00"},
		{PC, "00", "pci0000-uid00-01.0-00"},
		/* one name for the whole card, and no bus number of what lies below */
		{"devices/pci0000:00/0000:00:01.0/0000:41:00.3", "0", "pci0000-uid0-01.0-00"},
		/* on the root bus itself; the last device */
		{"devices/pci0000:00/0000:00:02.0", "0", "pci0000-uid0-02"},
		{"devices/pci0000:00/0000:00:1f.7/0000:ff:1f.7", "0", "pci0000-uid0-1f.7-1f"},
		/* a server: several roots, a switch */
		{"devices/pci0000:c0/0000:c0:03.1/0000:c1:00.0/0000:c2:02.0/0000:c4:00.0", "3",
		 "pci0000-uid3-03.1-00.0-02.0-00"},
		{"devices/pci000a:80/000a:80:00.0/000a:81:00.0", NULL, "pci000a-bus80-00.0-00"},
		{"devices/pci7f000:00/7f000:00:00.0/7f000:01:00.0", "1", "pci7f000-uid1-00.0-00"},
		/* VMD: its domain depends on the order of probing, the chain does not */
		{"devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/10000:e1:00.0", "0",
		 "pci0000-uid0-0e.0-pci-06.0-00"},
		{"devices/pci0000:00/0000:00:0e.0/pci10001:e0/10001:e0:06.0/10001:e1:00.0", "0",
		 "pci0000-uid0-0e.0-pci-06.0-00"},
		/* host bridges that are not at the top: device tree, Hyper-V */
		{"devices/platform/soc/40000000.pcie/pci0000:00/0000:00:00.0/0000:01:00.0", NULL,
		 "pci0000-bus00-00.0-00"},
		{"devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0004:00/VMBUS:00/"
		 "47505500-0001-0000-3130-444532454238/pci3130:00/3130:00:00.0",
		 NULL, "pci3130-bus00-00"},
		{"devices/pcie/pci/pci0:0x/pci0000:00/0000:00:01.0", "0", "pci0000-uid0-01"},
		/* _UID texts: upper case and digits fold without loss, others get a hash */
		{PC, "PC00", "pci0000-uidpc00-01.0-00"},
		{PC, "pc00", "pci0000-uidpc00.6572bbe4-01.0-00"},
		{PC, "Pc00", "pci0000-uidpc00.4d905104-01.0-00"},
		{PC, "a.b", "pci0000-uida_b.108bf50c-01.0-00"},
		{PC, "a_b", "pci0000-uida_b.1ba46871-01.0-00"},
		{PC, "a/b", "pci0000-uida_b.3a8e75c1-01.0-00"},
		{PC, "../..", "pci0000-uid_____.ff09c962-01.0-00"},
		{PC, "\xc3\xa9", "pci0000-uid__.1e9de8c1-01.0-00"},
	};
	char buf[PCI_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		if (pcipath_make(t[i].sysfs, t[i].uid, buf) != 0)
			fail_msg("'%s' is refused", t[i].sysfs);
		assert_string_equal(buf, t[i].name);
		assert_int_equal(strspn(buf, "abcdefghijklmnopqrstuvwxyz0123456789._-"),
				 strlen(buf));
	}
}

static void refuses_other_shapes(void **state)
{
	static const char *const t[] = {
		"",
		"/",
		"devices",
		"devices/",
		"devices//",
		"/" PC,
		"/sys/" PC,
		"../" PC,
		"bus/pci/devices/0000:01:00.0",
		"devices/virtual/net/lo",
		"devices/pci0000:00",
		"devices/pci0000:00/",
		"devices/pci0000:00//0000:00:01.0",
		"devices/pci0000:00/0000:00:01.0/",
		"devices/pci0000:00/0000:00:01.0//",
		"devices/pci0000:00/pci0001:00/0001:00:01.0",
		"devices/pci0000:00/0000:00:0e.0/pci10000:e0",
		"devices/pci0000:00/0001:00:01.0", /* another domain than its host bridge's */
		"devices/pci0000:00/0000:00:0e.0/pci10000:e0/0000:e0:06.0",
		PC "/drm",
		PC "/drm/card0",
		"devices/pci0000:00/0000:00:01/0000:01:00.0",
		"devices/pci0000:00/0000:00:01.8",
		"devices/pci0000:00/0000:00:20.0",
		"devices/pci0000:00/..",
		"devices/pci0000:00/0000:00:01.0/../0000:00:02.0",
		"devices/pci0000:00/0000:00:01.0 /0000:01:00.0",
		"devices/pcig:00/0000:00:01.0",
		"devices/pci0000:000/0000:00:01.0",
		"devices/pci000000000:00/0000:00:01.0",
		"devices/pci0000:00/"
		"0000:00:01.0000000000000000000000000000000000000000000000000000000000000000000000",
	};
	char buf[PCI_PATH_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		strcpy(buf, "before");
		if (pcipath_make(t[i], "0", buf) != -EINVAL)
			fail_msg("'%s' is taken: %s", t[i], buf);
		assert_string_equal(buf, "");
	}
}

static void length_at_and_past_its_limit(void **state)
{
	char uid[PCI_PATH_MAX + 1], buf[PCI_PATH_MAX];
	const size_t rest = strlen("pci0000-uid-01.0-00");

	(void)state;
	memset(uid, '7', sizeof(uid));
	uid[PCI_PATH_MAX - 1 - rest] = '\0';
	assert_int_equal(pcipath_make(PC, uid, buf), 0);
	assert_int_equal(strlen(buf), PCI_PATH_MAX - 1);
	assert_string_equal(buf + PCI_PATH_MAX - 1 - strlen("7-01.0-00"), "7-01.0-00");
	uid[PCI_PATH_MAX - 1 - rest] = '7';
	uid[PCI_PATH_MAX - rest] = '\0';
	assert_int_equal(pcipath_make(PC, uid, buf), -ENAMETOOLONG);
	assert_string_equal(buf, "");
}

/* As deep as a path can be: there are 256 buses, and PATH_MAX is 4096. */
static void long_chains(void **state)
{
	char sysfs[8192], buf[PCI_PATH_MAX];
	size_t at = (size_t)snprintf(sysfs, sizeof(sysfs), "devices/pci0000:00");
	int r = 0;

	(void)state;
	for (unsigned bus = 0; bus < 256; bus++) {
		at += (size_t)snprintf(sysfs + at, sizeof(sysfs) - at, "/0000:%02x:00.0", bus);
		r = pcipath_make(sysfs, "0", buf);
		/* "pci0000-uid0" and "-00", and "-00.0" for each bridge */
		assert_int_equal(r, 12 + 3 + 5 * bus < PCI_PATH_MAX ? 0 : -ENAMETOOLONG);
		assert_int_equal(strlen(buf), r == 0 ? 15 + 5 * bus : 0);
	}
	assert_int_equal(r, -ENAMETOOLONG);
}

static void root_is_the_first_host_bridge(void **state)
{
	static const struct {
		const char *sysfs, *root;
	} t[] = {
		{PC, "devices/pci0000:00"},
		{"devices/pci0000:00", "devices/pci0000:00"},
		{"devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0", "devices/pci0000:00"},
		{"devices/platform/pcie@1/pci0001:00/0001:00:00.0",
		 "devices/platform/pcie@1/pci0001:00"},
		{"devices/virtual/net", ""},
		{"", ""},
		{"//", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(pcipath_root(t[i].sysfs), strlen(t[i].root));
		assert_int_equal(strncmp(t[i].sysfs, t[i].root, strlen(t[i].root)), 0);
	}
}

static void uniqueness(void **state)
{
	struct pci_fn fn[] = {
		{.addr = {0, 1, 0, 0}, .path = "a"}, {.addr = {0, 1, 0, 1}, .path = "a"},
		{.addr = {0, 2, 0, 0}, .path = "b"}, {.addr = {0, 3, 0, 0}, .path = "b"},
		{.addr = {0, 4, 0, 0}, .path = ""},  {.addr = {0, 5, 0, 0}, .path = ""}};
	static const bool unique[] = {true, true, false, false, true, true};
	const struct pci_scan s = {.fn = fn, .n = COUNT(fn)};

	(void)state;
	for (size_t i = 0; i < COUNT(fn); i++)
		assert_int_equal(pcipath_is_unique(&s, i), unique[i]);
}

/* Any text: a documented result, a name of harmless characters or none, no read past the end
 * (ASan). */
static void any_text(void **state)
{
	static const char *const bits[] = {"devices/",
					   "pci0000:00",
					   "0000:00:01.0",
					   "/",
					   "/",
					   ":",
					   "pci",
					   "10000:e0:06.0",
					   "pci10000:e0",
					   "..",
					   "\xff",
					   "0",
					   ".",
					   "0000:",
					   "e0"};
	uint32_t seed = 5;

	(void)state;
	for (size_t round = 0; round < 50000; round++) {
		char text[256] = "devices/pci0000:00/", buf[PCI_PATH_MAX];
		char *exact;
		int r;

		for (size_t i = 0; i < round % 12; i++) {
			seed = seed * 1664525 + 1013904223;
			strcat(text, bits[(seed >> 16) % COUNT(bits)]);
		}
		exact = strdup(text + (round % 3 ? 0 : 8));
		assert_non_null(exact);
		r = pcipath_make(exact, exact, buf);
		assert_true(r == 0 || r == -EINVAL || r == -ENAMETOOLONG);
		assert_int_equal(buf[0] != '\0', r == 0);
		assert_int_equal(strspn(buf, "abcdefghijklmnopqrstuvwxyz0123456789._-"),
				 strlen(buf));
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(refuses_other_shapes),
		cmocka_unit_test(length_at_and_past_its_limit),
		cmocka_unit_test(long_chains),
		cmocka_unit_test(root_is_the_first_host_bridge),
		cmocka_unit_test(uniqueness),
		cmocka_unit_test(any_text),
	};

	return cmocka_run_group_tests_name("pcipath", tests, NULL, NULL);
}
