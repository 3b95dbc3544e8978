// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pci/iomem.h"

#include <string.h>

static struct bytes text(const char *s)
{
	return (struct bytes){(const uint8_t *)s, strlen(s)};
}

/* The first framebuffer of s is this one; NULL: there is none. */
static void first(const char *s, const char *name, const char *device)
{
	struct iomem_framebuffer f;
	size_t at = 0;

	assert_int_equal(iomem_next_framebuffer(text(s), &at, &f), name != NULL);
	if (!name)
		return;
	assert_string_equal(f.name, name);
	assert_string_equal(f.device, device);
}

static void finds_each(void **state)
{
	const char *s = "00001000-0009fbff : System RAM\n"
			"80000000-afffffff : PCI Bus 0000:00\n"
			"  80000000-80ffffff : 0000:00:1d.0\n"
			"    80000000-801d4bff : efifb\n"
			"3800000000-38ffffffff : PCI Bus 0000:01\n"
			"  3800000000-380fffffff : 0000:01:00.0\n"
			"    3800000000-38007e8fff : BOOTFB\n"
			"      3800000000-38007e8fff : simplefb";
	struct iomem_framebuffer f;
	size_t at = 0;

	(void)state;
	assert_true(iomem_next_framebuffer(text(s), &at, &f));
	assert_true(f.start == 0x80000000 && f.end == 0x801d4bff);
	assert_string_equal(f.name, "efifb");
	assert_string_equal(f.device, "efi-framebuffer.0");
	assert_true(iomem_next_framebuffer(text(s), &at, &f));
	assert_true(f.start == 0x3800000000 && f.end == 0x38007e8fff);
	assert_string_equal(f.name, "BOOTFB");
	assert_true(iomem_next_framebuffer(text(s), &at, &f));
	assert_string_equal(f.name, "simplefb");
	assert_string_equal(f.device, "simple-framebuffer.0");
	assert_false(iomem_next_framebuffer(text(s), &at, &f));
	assert_int_equal(at, strlen(s));
}

static void finds_every_driver(void **state)
{
	(void)state;
	first("a0000-bffff : efidrm\n", "efidrm", "efi-framebuffer.0");
	first("a0000-bffff : vesafb\n", "vesafb", "vesa-framebuffer.0");
	first("a0000-bffff : vesadrm\n", "vesadrm", "vesa-framebuffer.0");
	first("a0000-bffff : simpledrm\n", "simpledrm", "simple-framebuffer.0");
}

static void skips_the_rest(void **state)
{
	static const char *const none[] = {
		"",
		"\n\n",
		"a0000-bffff : efifb2\n",
		"a0000-bffff : xefifb\n",
		"a0000-bffff : efi\n",
		"a0000-bffff :efifb\n",
		"a0000-bffff efifb\n",
		"a0000 : efifb\n",
		"-bffff : efifb\n",
		"bffff-a0000 : efifb\n",
		"A0000-BFFFF : efifb\n",
		"\ta0000-bffff : efifb\n",
		/* what a reader without CAP_SYS_ADMIN is shown */
		"00000000-00000000 : efifb\n",
		/* 17 digits */
		"10000000000000000-10000000000000fff : efifb\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		first(none[i], NULL, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_each),
		cmocka_unit_test(finds_every_driver),
		cmocka_unit_test(skips_the_rest),
	};

	return cmocka_run_group_tests_name("iomem", tests, NULL, NULL);
}
