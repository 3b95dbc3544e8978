// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pci/group.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* In address order. The card is at 01:00 in groups 1 and 2. */
enum { HOST_BRIDGE, PORT, OTHER_PORT, GPU, AUDIO, DISK, TWIN, USB, BARE, APART, N_FN };
static const struct pci_fn host[N_FN] = {
	[HOST_BRIDGE] = {.addr = {0, 0, 1, 0}, .class = 0x060000, .iommu_group = 1},
	[PORT] = {.addr = {0, 0, 1, 1},
		  .class = 0x060400,
		  .header_type = 1,
		  .iommu_group = 1,
		  .driver = "pcieport"},
	[OTHER_PORT] = {.addr = {0, 0, 1, 2},
			.class = 0x060400,
			.header_type = 1,
			.iommu_group = 1,
			.driver = "shpc"},
	[GPU] = {.addr = {0, 1, 0, 0}, .class = 0x030000, .iommu_group = 1, .driver = "nouveau"},
	[AUDIO] = {.addr = {0, 1, 0, 1}, .class = 0x040300, .iommu_group = 2},
	[DISK] = {.addr = {0, 2, 0, 0}, .class = 0x010802, .iommu_group = 1, .driver = "nvme"},
	[TWIN] = {.addr = {0, 3, 0, 0}, .class = 0x030000, .iommu_group = 2, .driver = "nouveau"},
	[USB] = {.addr = {0, 4, 0, 0}, .class = 0x0c0330, .iommu_group = 2, .driver = "vfio-pci"},
	[BARE] = {.addr = {0, 5, 0, 0}, .class = 0x020000, .iommu_group = 1},
	[APART] = {.addr = {0, 6, 0, 0}, .class = 0x020000, .iommu_group = 7, .driver = "e1000e"},
};

struct bench {
	struct pci_fn fn[N_FN + 1];
	struct pci_scan scan;
	struct group_rule rule;
	struct group_member m[N_FN];
	size_t n;
};

static void find(struct bench *b)
{
	struct pci_card card;
	size_t at = GPU;

	assert_true(pci_card_next(&b->scan, &at, &card));
	b->n = group_members(&b->scan, &card, &b->rule, b->m, COUNT(b->m));
}

static void make(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	memcpy(b->fn, host, sizeof(host));
	b->scan = (struct pci_scan){.fn = b->fn, .n = N_FN};
	find(b);
}

/* "blocks", "along", "harmless"; "" where it is no member. */
static const char *role(const struct bench *b, size_t fn)
{
	for (size_t i = 0; i < b->n; i++)
		if (pci_addr_cmp(b->m[i].addr, b->fn[fn].addr) == 0)
			return group_role_words[b->m[i].role];
	return "";
}

static void by_the_drivers_that_are_bound(void **state)
{
	static const char *const t[N_FN] = {
		[HOST_BRIDGE] = "harmless",
		[PORT] = "harmless",
		[OTHER_PORT] = "blocks",
		[GPU] = "",
		[AUDIO] = "",
		[DISK] = "blocks",
		[TWIN] = "blocks",
		[USB] = "harmless",
		[BARE] = "harmless",
		[APART] = "",
	};
	struct bench b;

	(void)state;
	make(&b);
	for (size_t i = 0; i < N_FN; i++)
		assert_string_equal(role(&b, i), t[i]);
	/* those that block come first */
	for (size_t i = 1; i < b.n; i++)
		assert_true(b.m[i - 1].role <= b.m[i].role);
	strcpy(b.fn[USB].driver, "nvgrace_gpu_vfio_pci");
	strcpy(b.fn[DISK].driver, "pci-stub");
	strcpy(b.fn[TWIN].driver, "uio_pci_generic");
	b.rule.driver = "uio_pci_generic";
	find(&b);
	assert_string_equal(role(&b, USB), "harmless");
	assert_string_equal(role(&b, DISK), "harmless");
	assert_string_equal(role(&b, TWIN), "harmless");
	/* pcieport is harmless on a bridge alone */
	strcpy(b.fn[DISK].driver, "pcieport");
	find(&b);
	assert_string_equal(role(&b, DISK), "blocks");
}

static void before_drivers_are_bound_the_class_decides(void **state)
{
	struct bench b;

	(void)state;
	make(&b);
	b.rule.when = GROUP_BEFORE_DRIVERS;
	b.fn[PORT].driver[0] = b.fn[OTHER_PORT].driver[0] = '\0';
	find(&b);
	assert_string_equal(role(&b, BARE), "blocks");
	assert_string_equal(role(&b, HOST_BRIDGE), "harmless");
	assert_string_equal(role(&b, PORT), "harmless");
	assert_string_equal(role(&b, OTHER_PORT), "harmless");
	/* an ISA bridge gets a driver, and so does a bridge of class 0680 */
	b.fn[BARE].class = 0x060100;
	find(&b);
	assert_string_equal(role(&b, BARE), "blocks");
	b.fn[BARE].class = 0x068000;
	find(&b);
	assert_string_equal(role(&b, BARE), "blocks");
}

static void a_taken_card_goes_along(void **state)
{
	const struct pci_addr taken[] = {{0, 1, 0, 0}, {0, 3, 0, 0}};
	char text[GROUP_TEXT_MAX];
	struct bench b;

	(void)state;
	make(&b);
	b.rule.taken = taken;
	b.rule.n_taken = COUNT(taken);
	find(&b);
	assert_string_equal(role(&b, TWIN), "along");
	assert_string_equal(role(&b, GPU), "");
	assert_string_equal(role(&b, DISK), "blocks");
	assert_string_equal(group_text(&b.m[1], text),
			    "0000:02:00.0 0000:0000 on nvme, in IOMMU group 1: no VM can get the "
			    "card while a driver of the host has this device");
}

/* A virtual function at the card's device number is no part of it; one by itself has a group too.
 */
static void virtual_functions_are_judged_by_themselves(void **state)
{
	struct bench b;
	struct pci_card alone = {.addr = {0, 1, 0, 4}, .n = 1};

	(void)state;
	make(&b);
	b.fn[N_FN] = (struct pci_fn){.addr = {0, 1, 0, 4},
				     .physfn = {0, 1, 0, 0},
				     .is_vf = true,
				     .iommu_group = 1,
				     .driver = "nvidia"};
	b.scan.vf = &b.fn[N_FN];
	b.scan.n_vf = 1;
	find(&b);
	assert_string_equal(role(&b, N_FN), "blocks");
	alone.fn[0] = b.fn[N_FN];
	b.n = group_members(&b.scan, &alone, &b.rule, b.m, COUNT(b.m));
	assert_string_equal(role(&b, N_FN), "");
	assert_string_equal(role(&b, GPU), "blocks");
}

static void counts_more_than_fit(void **state)
{
	struct bench b;
	struct pci_card card;
	size_t at = GPU;

	(void)state;
	make(&b);
	assert_true(pci_card_next(&b.scan, &at, &card));
	memset(b.m, 0xa5, sizeof(b.m));
	assert_int_equal(group_members(&b.scan, &card, &b.rule, b.m, 1), b.n);
	assert_int_equal(b.m[0].role, GROUP_BLOCKS);
	assert_int_equal(b.m[1].iommu_group, (int)0xa5a5a5a5);
	/* without an IOMMU there is no group, and nobody shares it */
	for (size_t i = 0; i < N_FN; i++)
		b.fn[i].iommu_group = -1;
	find(&b);
	assert_int_equal(b.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_the_drivers_that_are_bound),
		cmocka_unit_test(before_drivers_are_bound_the_class_decides),
		cmocka_unit_test(a_taken_card_goes_along),
		cmocka_unit_test(virtual_functions_are_judged_by_themselves),
		cmocka_unit_test(counts_more_than_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
