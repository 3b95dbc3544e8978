// SPDX-License-Identifier: GPL-2.0-or-later
/* What a romfile's name says. */
#include "guard/romfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void names(void **state)
{
	static const struct {
		const char *file;
		enum romname_kind kind;
		const char *name, *store;
		size_t folder;
	} t[] = {
		{"/srv/x/by-path/pci0000-01.rom", ROMNAME_PATH, "pci0000-01", "/srv/x", 15},
		{"//srv/./x/by-path//./p.rom", ROMNAME_PATH, "p", "/srv/x", 21},
		{"/srv/x/by-id/10de-2204.rom", ROMNAME_ID, "10de-2204", "/srv/x", 13},
		{"/srv/x/roms/" SHA ".rom", ROMNAME_ROM, SHA, "/srv/x", 12},
		{"/run/gpurom/store/by-path/p.rom", ROMNAME_PATH, "p", "/run/gpurom/store", 26},
		{"/usr/share/kvm/gpurom/p.rom", ROMNAME_PATH, "p", "/srv/x", 22},
		{"/srv/x/by-path/p.rom.rom", ROMNAME_PATH, "p.rom", "/srv/x", 15},
	};
	struct romname r;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		romname_parse("/srv/x", t[i].file, &r);
		assert_int_equal(r.kind, t[i].kind);
		assert_string_equal(r.name, t[i].name);
		assert_string_equal(r.store, t[i].store);
		assert_int_equal(r.folder, t[i].folder);
	}
}

static void foreign(void **state)
{
	static const char *const t[] = {
		"",
		"/",
		"p.rom",
		"srv/x/by-path/p.rom",
		"/srv/by-path/p.rom",
		"/srv/xx/by-path/p.rom",
		"/srv/x/by-path/../by-path/p.rom",
		"/srv/x/by-path/..rom",
		"/srv/x/by-path/.rom",
		"/srv/x/by-path/.p.rom",
		"/srv/x/by-path/p",
		"/srv/x/by-path/p.bin",
		"/srv/x/by-path/P.rom",
		"/srv/x/by-path/a b.rom",
		"/srv/x/by-path/p.rom/",
		"/srv/x/by-path/q/p.rom",
		"/srv/x/by-path",
		"/srv/x/raw/" SHA ".bin",
		"/srv/x/roms/p.rom",
		"/srv/x/roms/" SHA "0.rom",
		"/usr/share/kvm/p.rom",
	};
	struct romname r;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		romname_parse("/srv/x", t[i], &r);
		if (r.kind != ROMNAME_FOREIGN)
			fail_msg("'%s' is taken for the store's", t[i]);
	}
}

static void a_name_at_the_limit(void **state)
{
	char file[512], name[PCI_PATH_MAX + 1];
	struct romname r;

	(void)state;
	memset(name, 'p', sizeof(name));
	for (size_t n = PCI_PATH_MAX - 1; n <= PCI_PATH_MAX; n++) {
		snprintf(file, sizeof(file), "/srv/x/by-path/%.*s.rom", (int)n, name);
		romname_parse("/srv/x", file, &r);
		assert_int_equal(r.kind, n < PCI_PATH_MAX ? ROMNAME_PATH : ROMNAME_FOREIGN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
		cmocka_unit_test(foreign),
		cmocka_unit_test(a_name_at_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
