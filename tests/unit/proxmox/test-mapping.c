// SPDX-License-Identifier: GPL-2.0-or-later
/* A cluster's PCI mappings, and whether one fits a host. */
#include "proxmox/mapping.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct pve_map m;

static struct bytes text(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

static void every_line(void **state)
{
	struct bytes b = text("# by hand\n"
			      "gpu-3\n"
			      "\tdescription map of the workshop\n"
			      "\tmap id=10de:2204,iommugroup=1,node=pve1,path=0000:01:00,"
			      "subsystem-id=1462:3896\r\n"
			      "  map node=pve2,path=0000:41:00.0;0000:41:00.1,id=10DE:2204\n"
			      "\n"
			      "bad name\n"
			      "\tmap node=pve1,path=0000:05:00\n"
			      "other\n"
			      "\tmapping node=pve1\n"
			      "\tmap node=pve1,path=somewhere");
	struct pve_maps at = {0};

	(void)state;
	assert_true(pvemap_next(b, &at, &m));
	assert_string_equal(m.name, "gpu-3");
	assert_string_equal(m.node, "pve1");
	assert_int_equal(m.line, 4);
	assert_int_equal(m.n, 1);
	assert_true(m.id[0].whole);
	assert_int_equal(m.id[0].addr.bus, 1);
	assert_true(m.model.set);
	assert_int_equal(m.model.device, 0x2204);
	assert_int_equal(m.subsystem.vendor, 0x1462);
	assert_int_equal(m.subsystem.device, 0x3896);
	assert_int_equal(m.group, 1);
	assert_true(pvemap_next(b, &at, &m));
	assert_string_equal(m.name, "gpu-3");
	assert_string_equal(m.node, "pve2");
	assert_int_equal(m.n, 2);
	assert_int_equal(m.id[1].addr.fn, 1);
	assert_int_equal(m.model.vendor, 0x10de);
	assert_false(m.subsystem.set);
	assert_int_equal(m.group, -1);
	assert_true(pvemap_next(b, &at, &m));
	assert_string_equal(m.name, "other");
	assert_int_equal(m.line, 11);
	assert_int_equal(m.n, 0);
	assert_false(pvemap_next(b, &at, &m));
	assert_false(pvemap_next(b, &at, &m));
	assert_false(pvemap_next(text(""), &(struct pve_maps){0}, &m));
}

static void nodes(void **state)
{
	(void)state;
	strcpy(m.node, "pve1");
	assert_true(pvemap_is_node(&m, "pve1"));
	assert_true(pvemap_is_node(&m, "pve1.example.org"));
	assert_false(pvemap_is_node(&m, "pve10"));
	assert_false(pvemap_is_node(&m, "pve"));
	strcpy(m.node, "");
	assert_false(pvemap_is_node(&m, ""));
	assert_false(pvemap_is_node(&m, ".example"));
}

static struct pci_fn fn[2] = {
	{.addr = {0, 1, 0, 0}, .ids = {0x10de, 0x2204, 0x1462, 0x3896}, .iommu_group = 1},
	{.addr = {0, 1, 0, 1}, .ids = {0x10de, 0x2204, 0x1462, 0x3896}, .iommu_group = 2},
};

static void fits(const char *line, const char *reason)
{
	const struct pci_scan s = {.fn = fn, .n = 2};
	char all[300], why[PVEMAP_WHY_MAX] = "";
	struct pve_maps at = {0};

	snprintf(all, sizeof(all), "gpu\n\tmap node=pve1,%s\n", line);
	assert_true(pvemap_next(text(all), &at, &m));
	assert_int_equal(pvemap_fits(&m, &s, why), !*reason);
	assert_string_equal(why, reason);
}

#define RIGHT "path=0000:01:00,id=10de:2204,subsystem-id=1462:3896"

static void what_proxmox_compares(void **state)
{
	(void)state;
	fits(RIGHT ",iommugroup=1", "");
	fits("path=0000:01:00.0;0000:01:00.1,id=10de:2204,subsystem-id=1462:3896,iommugroup=1", "");
	fits(RIGHT ",iommugroup=2", "iommugroup of 0000:01:00.0 is 1, not 2");
	fits(RIGHT, "iommugroup of 0000:01:00.0, 1, is missing");
	fits("path=0000:01:00,id=10de:2206,subsystem-id=1462:3896,iommugroup=1",
	     "id of 0000:01:00.0 is 10de:2204, not 10de:2206");
	fits("path=0000:01:00,id=10de:2204,subsystem-id=1462:3897,iommugroup=1",
	     "subsystem-id of 0000:01:00.0 is 1462:3896, not 1462:3897");
	fits("path=0000:01:00,id=10de:2204,iommugroup=1",
	     "subsystem-id of 0000:01:00.0, 1462:3896, is missing");
	fits("path=0000:02:00,id=10de:2204", "nothing is at 0000:02:00.0");
	fits("path=0000:01:00.2,id=10de:2204", "nothing is at 0000:01:00.2");
	fits("id=10de:2204", "line 2 has no path that can be read");
	fn[0].iommu_group = -1;
	fits(RIGHT, "");
	fits(RIGHT ",iommugroup=1", "0000:01:00.0 has no IOMMU group: the IOMMU is off");
	fn[0].iommu_group = 1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line),
		cmocka_unit_test(nodes),
		cmocka_unit_test(what_proxmox_compares),
	};

	return cmocka_run_group_tests_name("proxmox-mapping", tests, NULL, NULL);
}
