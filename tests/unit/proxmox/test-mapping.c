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

/* Twins at 01:00.0 and 02:00.0, another card at 03:00.0, and something else at 04:00.0. */
static struct pci_fn moved[] = {
	{.addr = {0, 1, 0, 0}, .class = 0x030000, .ids = {0x10de, 0x2204, 0x1462, 0x3896}},
	{.addr = {0, 2, 0, 0}, .class = 0x030000, .ids = {0x10de, 0x2204, 0x1462, 0x3896}},
	{.addr = {0, 3, 0, 0}, .class = 0x030000, .ids = {0x10de, 0x2206, 0x1462, 0x3896}},
	{.addr = {0, 4, 0, 0}, .class = 0x020000, .ids = {0x8086, 0x1533, 0x8086, 0x0001}},
};

/* bus: of the card that the first line means; 0 none. more: other lines. */
static void means(const char *line, const char *more, unsigned bus)
{
	const struct pci_scan s = {.fn = moved, .n = sizeof(moved) / sizeof(moved[0])};
	struct pci_addr found = {0};
	struct pve_maps at = {0};
	char all[400];

	snprintf(all, sizeof(all), "gpu\n\tmap node=pve1,%s\n%s", line, more);
	assert_true(pvemap_next(text(all), &at, &m));
	assert_int_equal(pvemap_find(text(all), "pve1.example", &m, &s, &found), bus != 0);
	assert_int_equal(found.bus, bus);
}

#define TWIN "id=10de:2204,subsystem-id=1462:3896,iommugroup="
#define TWIN_AT "path=0000:02:00,id=10de:2204,subsystem-id=1462:3896,iommugroup=0\n"

static void the_card_that_is_meant(void **state)
{
	(void)state;
	/* At its address, where only the group is another one; else the only one of the model. */
	means("path=0000:02:00," TWIN "9", "", 2);
	means("path=0000:09:00,id=10de:2206,subsystem-id=1462:3896", "", 3);
	means("path=0000:01:00,id=10de:2206", "", 3);
	means("path=somewhere,id=10de:2206", "", 3);
	/* Twins: the one that no other line of this node has. */
	means("path=0000:09:00," TWIN "9", "", 0);
	means("path=0000:09:00," TWIN "9", "other\n\tmap node=pve1," TWIN_AT, 1);
	means("path=0000:09:00," TWIN "9", "other\n\tmap node=pve2," TWIN_AT, 0);
	/* Another board, no model, and what is no graphics card. */
	means("path=0000:09:00,id=10de:2206,subsystem-id=1462:3897", "", 0);
	means("path=0000:09:00", "", 0);
	means("path=0000:09:00,id=8086:1533", "", 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line),
		cmocka_unit_test(nodes),
		cmocka_unit_test(what_proxmox_compares),
		cmocka_unit_test(the_card_that_is_meant),
	};

	return cmocka_run_group_tests_name("proxmox-mapping", tests, NULL, NULL);
}
