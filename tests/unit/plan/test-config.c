// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "plan/config-text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct bench {
	struct config c;
	struct complaints bad;
};

static void start(struct bench *b)
{
	config_default(&b->c);
	memset(&b->bad, 0, sizeof(b->bad));
}

static void boot(struct bench *b, const char *text)
{
	start(b);
	config_cmdline(&b->c, text, true, &b->bad);
}

static void file(struct bench *b, const char *text)
{
	start(b);
	config_file(&b->c, text, "/etc/gpurom.conf", &b->bad);
}

/* The texts of a list, joined by blanks. */
static const char *joined(const struct selector *s, size_t n, char *buf, size_t size)
{
	size_t at = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(buf + at, size - at, "%s%s", i ? " " : "", s[i].text);
	return buf;
}

static void assert_lists(const struct bench *b, const char *devices, const char *keep, bool unclear)
{
	char buf[1024];

	assert_string_equal(joined(b->c.devices, b->c.n_devices, buf, sizeof(buf)), devices);
	assert_string_equal(joined(b->c.keep, b->c.n_keep, buf, sizeof(buf)), keep);
	assert_int_equal(b->c.keep_unclear, unclear);
}

static void defaults(void **state)
{
	struct bench b;

	(void)state;
	memset(&b, 0xa5, sizeof(b));
	start(&b);
	assert_int_equal(b.c.mode, MODE_FULL);
	assert_int_equal(b.c.trim, ROM_TRIM_CHAIN);
	assert_int_equal(b.c.timeout, 10);
	assert_string_equal(b.c.driver, "auto");
	assert_string_equal(b.c.store, "/var/lib/gpurom");
	assert_lists(&b, "nvidia", "", false);
	assert_int_equal(b.c.devices[0].kind, SELECT_NVIDIA);
}

static void mode_texts(void **state)
{
	static const struct {
		enum gpurom_mode mode;
		const char *text;
	} t[] = {{MODE_FULL, "full"},
		 {MODE_CLAIM, "claim"},
		 {MODE_DUMP, "dump"},
		 {MODE_PLAN, "plan"},
		 {MODE_OFF, "off"}};
	struct bench b;
	char text[40];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_string_equal(config_mode_text(t[i].mode), t[i].text);
		snprintf(text, sizeof(text), "gpurom.mode=%s", t[i].text);
		boot(&b, text);
		assert_int_equal(b.c.mode, t[i].mode);
		assert_int_equal(b.bad.n, 0);
	}
}

/* What each value sets; bad: there is a complaint, and the default stays. */
static void scalars(void **state)
{
	static const struct {
		const char *text;
		unsigned timeout;
		const char *driver, *store;
		enum rom_trim trim;
		bool bad;
	} t[] = {
#define AS_WAS 10, "auto", "/var/lib/gpurom", ROM_TRIM_CHAIN
		{"timeout=1", 1, "auto", "/var/lib/gpurom", ROM_TRIM_CHAIN, false},
		{"timeout=300", 300, "auto", "/var/lib/gpurom", ROM_TRIM_CHAIN, false},
		{"timeout=007", 7, "auto", "/var/lib/gpurom", ROM_TRIM_CHAIN, false},
		{"timeout=0", AS_WAS, true},
		{"timeout=301", AS_WAS, true},
		{"timeout=4294967297", AS_WAS, true},
		{"timeout=99999999999999999999", AS_WAS, true},
		{"timeout=5s", AS_WAS, true},
		{"timeout=-1", AS_WAS, true},
		{"timeout=+1", AS_WAS, true},
		{"timeout=\" 5\"", AS_WAS, true},
		{"timeout=", AS_WAS, true},
		{"timeout", AS_WAS, true},
		{"driver=pci-stub", 10, "pci-stub", "/var/lib/gpurom", ROM_TRIM_CHAIN, false},
		{"driver=nvgrace_gpu_vfio_pci", 10, "nvgrace_gpu_vfio_pci", "/var/lib/gpurom",
		 ROM_TRIM_CHAIN, false},
		{"driver=auto", AS_WAS, false},
		{"driver=vfio-pci", 10, "vfio-pci", "/var/lib/gpurom", ROM_TRIM_CHAIN, false},
		{"driver=vfio_pci", 10, "vfio-pci", "/var/lib/gpurom", ROM_TRIM_CHAIN, false},
		{"driver=pci_stub", 10, "pci_stub", "/var/lib/gpurom", ROM_TRIM_CHAIN, false},
		{"driver=", AS_WAS, true},
		{"driver=a/b", AS_WAS, true},
		{"driver=..", AS_WAS, true},
		{"driver=-x", AS_WAS, true},
		{"driver=\"a b\"", AS_WAS, true},
		{"trim=head", 10, "auto", "/var/lib/gpurom", ROM_TRIM_HEAD, false},
		{"trim=chain", AS_WAS, false},
		{"trim=tail", AS_WAS, true},
		{"store=/srv/roms", 10, "auto", "/srv/roms", ROM_TRIM_CHAIN, false},
		{"store=/srv/roms/", 10, "auto", "/srv/roms", ROM_TRIM_CHAIN, false},
		{"store=/a.b/..c/.../_-9", 10, "auto", "/a.b/..c/.../_-9", ROM_TRIM_CHAIN, false},
		{"store=/", AS_WAS, true},
		{"store=", AS_WAS, true},
		{"store=srv", AS_WAS, true},
		{"store=/srv/../etc", AS_WAS, true},
		{"store=/srv/..", AS_WAS, true},
		{"store=/srv/.", AS_WAS, true},
		{"store=/srv//roms", AS_WAS, true},
		{"store=//", AS_WAS, true},
		{"store=\"/srv/my roms\"", AS_WAS, true},
		{"store=/srv/a,b", AS_WAS, true},
		{"store=/srv/r\xc3\xb6m", AS_WAS, true},
		{"store=/srv/'x'", AS_WAS, true},
		{"mode=of", AS_WAS, true},
		{"mode=FULL", AS_WAS, true},
		{"mode", AS_WAS, true},
#undef AS_WAS
	};
	struct bench b;
	char text[80];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		snprintf(text, sizeof(text), "gpurom.%s", t[i].text);
		boot(&b, text);
		if (b.bad.n != t[i].bad)
			fail_msg("'%s': %zu complaints", text, b.bad.n);
		assert_int_equal(b.c.timeout, t[i].timeout);
		assert_string_equal(b.c.driver, t[i].driver);
		assert_string_equal(b.c.store, t[i].store);
		assert_int_equal(b.c.trim, t[i].trim);
		assert_int_equal(b.c.mode, MODE_FULL);
	}
}

static void metrics(void **state)
{
	static const struct {
		const char *line, *folder;
		size_t bad;
	} t[] = {
		{"", "", 0},
		{"gpurom.metrics=/srv/m/", "/srv/m", 0},
		{"gpurom.metrics=/srv/m gpurom.metrics=none", "", 0},
		{"gpurom.metrics=none gpurom.metrics=/srv", "/srv", 0},
		{"gpurom.metrics=/srv gpurom.metrics=../x", "/srv", 1},
		{"gpurom.metrics=/", "", 1},
		{"gpurom.metrics=/a/../b", "", 1},
		{"gpurom.metrics=", "", 1},
		{"gpurom.metrics", "", 1},
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		boot(&b, t[i].line);
		assert_string_equal(b.c.metrics, t[i].folder);
		assert_string_equal(b.c.store, "/var/lib/gpurom");
		assert_int_equal(b.bad.n, t[i].bad);
	}
}

static void guards(void **state)
{
	static const struct {
		const char *text;
		enum gpurom_guard guard;
		size_t bad;
	} t[] = {
		{"", GUARD_REFUSE, 0},
		{"gpurom.guard=refuse", GUARD_REFUSE, 0},
		{"gpurom.guard=warn", GUARD_WARN, 0},
		{"gpurom.guard=off", GUARD_OFF, 0},
		{"gpurom.guard=warn gpurom.guard=refuse", GUARD_REFUSE, 0},
		{"gpurom.guard=warn gpurom.guard=0", GUARD_WARN, 1},
		{"gpurom.guard=Off", GUARD_REFUSE, 1},
		{"gpurom.guard=", GUARD_REFUSE, 1},
		{"gpurom.guard", GUARD_REFUSE, 1},
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		boot(&b, t[i].text);
		assert_int_equal(b.c.guard, t[i].guard);
		assert_int_equal(b.bad.n, t[i].bad);
	}
}

static void lists(void **state)
{
	static const struct {
		const char *text; /* behind keep=path:old */
		const char *devices, *keep;
		bool unclear;
		size_t bad;
	} t[] = {
		{"", "nvidia", "path:old", false, 0},
		{"gpurom.devices=10de:2204", "10de:2204", "path:old", false, 0},
		{"gpurom.devices=01:00.0,02:00.0", "01:00.0 02:00.0", "path:old", false, 0},
		{"gpurom.devices=\"01:00.0 02:00.0,,\t03:00\"", "01:00.0 02:00.0 03:00", "path:old",
		 false, 0},
		{"gpurom.devices=01:00.0 gpurom.devices=02:00.0", "02:00.0", "path:old", false, 0},
		{"gpurom.devices=none", "", "path:old", false, 0},
		{"gpurom.devices=nvidia,boot-vga,path:a", "nvidia boot-vga path:a", "path:old",
		 false, 0},
		/* a bad word is left out alone */
		{"gpurom.devices=01:00.0,junk,02:00.0", "01:00.0 02:00.0", "path:old", false, 1},
		{"gpurom.devices=01:00.0,none", "01:00.0", "path:old", false, 1},
		{"gpurom.devices=none,01:00.0", "01:00.0", "path:old", false, 1},
		{"gpurom.devices=slot:3,01:00.0", "slot:3 01:00.0", "path:old", false, 0},
		{"gpurom.devices=serial:48-b0-2d-ff-fe-01-02-03,slot:",
		 "serial:48-b0-2d-ff-fe-01-02-03", "path:old", false, 1},
		/* no word can be understood: nothing is taken, never everything */
		{"gpurom.devices=junk", "", "path:old", false, 2},
		{"gpurom.devices=junk,junk", "", "path:old", false, 3},
		{"gpurom.devices=", "", "path:old", false, 1},
		{"gpurom.devices=,", "", "path:old", false, 1},
		{"gpurom.devices", "", "path:old", false, 1},
		{"gpurom.devices=none,none", "", "path:old", false, 3},
		/* keep */
		{"gpurom.keep=boot-vga", "nvidia", "boot-vga", false, 0},
		{"gpurom.keep=none", "nvidia", "", false, 0},
		{"gpurom.keep=", "nvidia", "path:old", false, 1},
		{"gpurom.keep", "nvidia", "path:old", false, 1},
		{"gpurom.keep=boot_vga", "nvidia", "path:old", true, 2},
		{"gpurom.keep=serial:00-00-00-00-00-2d-b0-48", "nvidia", "path:old", true, 2},
		{"gpurom.keep=02:00.0,junk,path:a", "nvidia", "02:00.0 path:a path:old", true, 2},
		/* a later good list ends the doubt */
		{"gpurom.keep=junk gpurom.keep=02:00", "nvidia", "02:00", false, 2},
		{"gpurom.keep=junk gpurom.keep=none", "nvidia", "", false, 2},
		{"gpurom.keep=junk gpurom.keep=", "nvidia", "path:old", true, 3},
		{"gpurom.keep=02:00 gpurom.keep=junk", "nvidia", "02:00", true, 2},
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		start(&b);
		config_file(&b.c, "keep=path:old", "f", &b.bad);
		config_cmdline(&b.c, t[i].text, true, &b.bad);
		if (b.bad.n != t[i].bad)
			fail_msg("'%s': %zu complaints", t[i].text, b.bad.n);
		assert_lists(&b, t[i].devices, t[i].keep, t[i].unclear);
	}
}

static void which_words_are_ours(void **state)
{
	static const struct {
		const char *text;
		bool initramfs;
		enum gpurom_mode mode;
		size_t bad;
	} t[] = {
		{"quiet ro foo.gpurom=0 gpuromx.mode=off xgpurom.mode=off", true, MODE_FULL, 0},
		{"mode=off devices=junk rd.mode=off rd.rd.gpurom=0", true, MODE_FULL, 0},
		{"gpurom.mode=dump", true, MODE_DUMP, 0},
		{"gpurom.mode=dump", false, MODE_DUMP, 0},
		{"rd.gpurom.mode=dump", true, MODE_DUMP, 0},
		{"rd.gpurom.mode=dump", false, MODE_FULL, 0},
		{"rd.gpurom.junk=dump", false, MODE_FULL, 0},
		{"rd.gpurom.mode=dump gpurom.mode=plan", true, MODE_PLAN, 0},
		{"gpurom.mode=dump rd.gpurom.mode=plan", true, MODE_PLAN, 0},
		{"gpurom.mode=dump -- gpurom.mode=plan", true, MODE_DUMP, 0},
		{"\"gpurom.mode=dump\"", true, MODE_DUMP, 0},
		{"gpurom.souces=sysfs", true, MODE_FULL, 1},
		{"gpurom.mode.x=dump gpurom.=1 gpurom..mode=dump", true, MODE_FULL, 3},
		/* the switch */
		{"rd.gpurom=0", true, MODE_OFF, 0},
		{"rd.gpurom=0", false, MODE_OFF, 0},
		{"gpurom=0", true, MODE_OFF, 0},
		{"gpurom=no", true, MODE_OFF, 0},
		{"gpurom=OFF", true, MODE_OFF, 0},
		{"rd.gpurom=n", true, MODE_OFF, 0},
		{"rd.gpurom=false", true, MODE_OFF, 0},
		{"rd.gpurom=0 gpurom.mode=full", true, MODE_OFF, 0},
		{"rd.gpurom=0 rd.gpurom=1", true, MODE_OFF, 0},
		{"rd.gpurom=1", true, MODE_FULL, 0},
		{"gpurom=yes gpurom", true, MODE_FULL, 0},
		{"gpurom.mode=plan rd.gpurom=1", true, MODE_PLAN, 0},
		{"gpurom=maybe rd.gpurom=", true, MODE_FULL, 2},
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		start(&b);
		config_cmdline(&b.c, t[i].text, t[i].initramfs, &b.bad);
		if (b.bad.n != t[i].bad)
			fail_msg("'%s': %zu complaints", t[i].text, b.bad.n);
		assert_int_equal(b.c.mode, t[i].mode);
	}
}

/* The order is the admin's; a bad word is reported and left out; without a good one: as it was. */
static void sources(void **state)
{
	static const struct {
		const char *text;
		size_t bad, n;
		enum rom_source list[SOURCES_MAX];
	} t[] = {
		{"", 0, 4, {SOURCE_SYSFS, SOURCE_EFI, SOURCE_PROM, SOURCE_VFIO}},
		{"gpurom.sources=efi", 0, 1, {SOURCE_EFI}},
		{"gpurom.sources=efi gpurom.sources=prom,sysfs", 0, 2, {SOURCE_PROM, SOURCE_SYSFS}},
		{"gpurom.sources=vfio,prom,efi,sysfs,shadow",
		 0,
		 5,
		 {SOURCE_VFIO, SOURCE_PROM, SOURCE_EFI, SOURCE_SYSFS, SOURCE_SHADOW}},
		{"gpurom.sources=efi,efi,,sysfs,efi", 0, 2, {SOURCE_EFI, SOURCE_SYSFS}},
		{"gpurom.sources=rom,efi", 1, 1, {SOURCE_EFI}},
		{"gpurom.sources=file", 2, 4, {SOURCE_SYSFS, SOURCE_EFI, SOURCE_PROM, SOURCE_VFIO}},
		{"gpurom.sources=sysfs-and-much-more-than-a-word",
		 2,
		 4,
		 {SOURCE_SYSFS, SOURCE_EFI, SOURCE_PROM, SOURCE_VFIO}},
		{"gpurom.sources=", 1, 4, {SOURCE_SYSFS, SOURCE_EFI, SOURCE_PROM, SOURCE_VFIO}},
		{"gpurom.sources", 1, 4, {SOURCE_SYSFS, SOURCE_EFI, SOURCE_PROM, SOURCE_VFIO}},
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		start(&b);
		config_cmdline(&b.c, t[i].text, true, &b.bad);
		if (b.bad.n != t[i].bad || b.c.n_sources != t[i].n)
			fail_msg("'%s': %zu complaints, %zu sources", t[i].text, b.bad.n,
				 b.c.n_sources);
		assert_memory_equal(b.c.sources, t[i].list, t[i].n * sizeof(t[i].list[0]));
	}
}

/* One bad word of each kind harms nothing else. */
static void the_rest_holds(void **state)
{
	struct bench b;

	(void)state;
	boot(&b,
	     "gpurom.timeout=5 gpurom.devices=junk,01:00.0 gpurom.bogus=1 gpurom.mode=x "
	     "gpurom.trim=head gpurom=perhaps gpurom.keep=02:00 gpurom.store=/s gpurom.driver=d");
	assert_int_equal(b.bad.n, 4);
	assert_int_equal(b.c.timeout, 5);
	assert_int_equal(b.c.trim, ROM_TRIM_HEAD);
	assert_string_equal(b.c.store, "/s");
	assert_string_equal(b.c.driver, "d");
	assert_lists(&b, "01:00.0", "02:00", false);
}

static void complaints_name_place_and_word(void **state)
{
	static const struct {
		const char *text;
		bool is_file;
		const char *place, *word;
	} t[] = {
		{"quiet gpurom.timeout=soon", false, "kernel command line, word 2", "timeout=soon"},
		{"a b gpurom.devices=01:00,j\x1bnk", false, "kernel command line, word 3",
		 "devices=j?nk"},
		{"gpurom=\"a b\"", false, "kernel command line, word 1", "gpurom=a b"},
		{"gpurom.mode", false, "kernel command line, word 1", "mode"},
		{"\n# mode=x\n\ntmeout = 5\n", true, "/etc/gpurom.conf:4", "tmeout=5"},
		{"mode = r\xc3\xb6m", true, "/etc/gpurom.conf:1", "mode=r??m"},
		{"\r\nmode=off x\r\n\r\n", true, "/etc/gpurom.conf:2", "mode=off x"},
		{"=5", true, "/etc/gpurom.conf:1", "="},
		{"rd.gpurom.mode=off", true, "/etc/gpurom.conf:1", "rd.gpurom.mode"},
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		if (t[i].is_file)
			file(&b, t[i].text);
		else
			boot(&b, t[i].text);
		assert_int_equal(b.bad.n, 1);
		assert_string_equal(b.bad.c[0].place, t[i].place);
		assert_string_equal(b.bad.c[0].word, t[i].word);
		assert_true(strlen(b.bad.c[0].why) > 10);
		assert_int_equal(b.c.mode, MODE_FULL);
	}
}

static void files(void **state)
{
	static const struct {
		const char *text;
		enum gpurom_mode mode;
		const char *devices;
		size_t bad;
	} t[] = {
		{"", MODE_FULL, "nvidia", 0},
		{"\n\n  \t\r\n#x\n  # y", MODE_FULL, "nvidia", 0},
		{"mode=plan", MODE_PLAN, "nvidia", 0},
		{"mode=plan\n", MODE_PLAN, "nvidia", 0},
		{"\xef\xbb\xbfmode=plan\r\ndevices=01:00\r\n", MODE_PLAN, "01:00", 0},
		{" \tmode\t = \t plan \t# or full", MODE_PLAN, "nvidia", 0},
		{"mode=plan#x", MODE_PLAN, "nvidia", 0},
		{"gpurom.mode=plan", MODE_PLAN, "nvidia", 0},
		{"gpurom.devices = 01:00, 02:00 03:00", MODE_FULL, "01:00 02:00 03:00", 0},
		{"mode=plan\nmode=dump", MODE_DUMP, "nvidia", 0},
		{"devices=\"01:00 02:00\"  # two", MODE_FULL, "01:00 02:00", 0},
		{"mode='plan'", MODE_PLAN, "nvidia", 0},
		{"rd.gpurom=0", MODE_OFF, "nvidia", 0},
		{"gpurom = off", MODE_OFF, "nvidia", 0},
		{"gpurom=0\nmode=plan", MODE_PLAN, "nvidia", 0}, /* in files, later wins */
		{"gpurom=1", MODE_FULL, "nvidia", 0},
		/* bad lines */
		{"mode plan", MODE_FULL, "nvidia", 1},
		{"= plan", MODE_FULL, "nvidia", 1},
		{"mode=\"plan", MODE_FULL, "nvidia", 1},
		{"mode=\"plan\" x", MODE_FULL, "nvidia", 1},
		{"mode=\"", MODE_FULL, "nvidia", 1},
		{"mode=pl\"an\"", MODE_FULL, "nvidia", 1},
		{"export mode=plan", MODE_FULL, "nvidia", 1},
		{"[gpurom]\nmode=plan", MODE_PLAN, "nvidia", 1},
		{"mode=#plan", MODE_FULL, "nvidia", 1},
		{"Mode=plan", MODE_FULL, "nvidia", 1},
		{"devices=\"01:00 02:00", MODE_FULL, "01:00", 1},
		{"devices=\"01:00", MODE_FULL, "", 2},
	};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char buf[256];

		file(&b, t[i].text);
		if (b.bad.n != t[i].bad)
			fail_msg("'%s': %zu complaints", t[i].text, b.bad.n);
		assert_int_equal(b.c.mode, t[i].mode);
		joined(b.c.devices, b.c.n_devices, buf, sizeof(buf));
		assert_string_equal(buf, t[i].devices);
	}
}

static void a_broken_keep_is_unclear(void **state)
{
	static const char *const t[] = {"keep=\"path:a path:b", "keep='path:a path:b' path:c",
					"keep=\"path:a path:b\" x"};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		file(&b, t[i]);
		assert_true(b.bad.n >= 1);
		assert_lists(&b, "nvidia", "path:a", true);
	}
}

/* n characters: four words "path:bbb", the last one taking up what is left. */
static const char *long_list(char *to, const char *before, size_t n)
{
	size_t at = strlen(before);

	memcpy(to, before, at);
	memset(to + at, 'b', n);
	for (size_t word = 0; word < 4; word++)
		memcpy(to + at + word * 128 - (word > 0), word ? ",path:" : "path:", word ? 6 : 5);
	to[at + n] = '\0';
	return to;
}

/* A value cut short: its last word may be another one than was written. */
static void value_at_and_past_its_limit(void **state)
{
	const size_t most = 511; /* CMDLINE_VALUE_MAX - 1 */
	char text[600];
	struct bench b;

	(void)state;
	for (size_t n = most; n <= most + 1; n++) {
		bool cut = n > most;

		boot(&b, long_list(text, "gpurom.keep=", n));
		assert_int_equal(b.c.n_keep, cut ? 3 : 4);
		assert_int_equal(b.c.keep_unclear, cut);
		assert_int_equal(b.bad.n, cut ? 2 : 0);
		file(&b, long_list(text, "keep = ", n));
		assert_int_equal(b.c.n_keep, cut ? 3 : 4);
		assert_int_equal(b.c.keep_unclear, cut);
		assert_int_equal(b.bad.n, cut ? 2 : 0);
		boot(&b, long_list(text, "gpurom.devices=", n));
		assert_int_equal(b.c.n_devices, cut ? 3 : 4);
		assert_int_equal(b.bad.n, cut ? 1 : 0);
		file(&b, long_list(text, "store = ", n));
		assert_int_equal(b.bad.n, 1);
	}
}

static void selectors_at_and_past_their_limit(void **state)
{
	static const char *const keys[] = {"gpurom.devices", "gpurom.keep"};
	char text[512];
	struct bench b;

	(void)state;
	for (size_t k = 0; k < COUNT(keys); k++)
		for (size_t n = CONFIG_SELECTORS_MAX; n <= CONFIG_SELECTORS_MAX + 1; n++) {
			bool over = n > CONFIG_SELECTORS_MAX;
			int at = snprintf(text, sizeof(text), "%s=", keys[k]);

			for (size_t i = 0; i < n; i++)
				at += snprintf(text + at, sizeof(text) - (size_t)at, "%zx:00,", i);
			boot(&b, text);
			assert_int_equal(k ? b.c.n_keep : b.c.n_devices, CONFIG_SELECTORS_MAX);
			assert_int_equal(b.c.keep_unclear, k && over);
			assert_int_equal(b.bad.n, over ? 1 + k : 0);
		}
}

static void selector_at_and_past_its_limit(void **state)
{
	char text[300];
	struct bench b;

	(void)state;
	for (size_t n = SELECTOR_TEXT_MAX - 1; n <= SELECTOR_TEXT_MAX; n++) {
		int at = snprintf(text, sizeof(text), "gpurom.devices=01:00,path:");

		memset(text + at, 'b', n - 5);
		text[(size_t)at + n - 5] = '\0';
		boot(&b, text);
		assert_int_equal(b.c.n_devices, n < SELECTOR_TEXT_MAX ? 2 : 1);
		assert_int_equal(b.bad.n, n < SELECTOR_TEXT_MAX ? 0 : 1);
	}
}

static void names_at_and_past_their_limits(void **state)
{
	static const struct {
		const char *key, *first;
		size_t size;
	} t[] = {{"gpurom.store=", "/", CONFIG_STORE_MAX}, {"gpurom.driver=", "d", PCI_DRIVER_MAX}};
	char text[200];
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++)
		for (size_t n = t[i].size - 1; n <= t[i].size; n++) {
			int at = snprintf(text, sizeof(text), "%s%s", t[i].key, t[i].first);

			memset(text + at, 'x', n - 1);
			text[(size_t)at + n - 1] = '\0';
			boot(&b, text);
			assert_int_equal(b.bad.n, n == t[i].size);
			assert_int_equal(strlen(i ? b.c.driver : b.c.store),
					 n < t[i].size ? n
					 : i	       ? strlen("auto")
						       : strlen("/var/lib/gpurom"));
		}
}

static void complaints_at_and_past_their_limit(void **state)
{
	char text[(COMPLAINTS_MAX + 1) * 16];
	struct bench b;

	(void)state;
	for (size_t n = COMPLAINTS_MAX; n <= COMPLAINTS_MAX + 1; n++) {
		size_t at = 0;

		for (size_t i = 0; i < n; i++)
			at += (size_t)snprintf(text + at, sizeof(text) - at, "gpurom.x%zu ", i);
		boot(&b, text);
		assert_int_equal(b.bad.n, COMPLAINTS_MAX);
		assert_int_equal(b.bad.lost, n - COMPLAINTS_MAX);
		assert_string_equal(b.bad.c[COMPLAINTS_MAX - 1].word, "x31");
	}
}

/* A file's name never crowds out the line's number; a word is cut to what a complaint holds. */
static void complaint_texts_are_cut(void **state)
{
	char name[COMPLAINT_TEXT_MAX * 2], text[200];
	struct bench b;

	(void)state;
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	memset(text, 'k', sizeof(text));
	memcpy(text + 60, "=", 1);
	text[sizeof(text) - 1] = '\0';
	start(&b);
	config_file(&b.c, text, name, &b.bad);
	assert_int_equal(b.bad.n, 1);
	assert_non_null(strstr(b.bad.c[0].place, "nn:1"));
	assert_int_equal(strncmp(b.bad.c[0].word, "kkkk", 4), 0);
	assert_true(strlen(b.bad.c[0].word) < COMPLAINT_TEXT_MAX);
}

/* Any bytes: ends, stays inside (ASan), and leaves a configuration that is within its limits. */
static void any_text(void **state)
{
	static const char *const bits[] = {"gpurom.", "rd.",  "gpurom", "devices", "keep", "=",
					   "=",	      ",",    " ",	"\n",	   "\"",   "'",
					   "#",	      "none", "nvidia", "junk",	   "\xff", "mode",
					   "off",     "0",    "--",	"timeout", "299",  "store",
					   "/a",      "\r",   ":",	"10de"};
	uint32_t seed = 3;
	struct bench b;

	(void)state;
	for (size_t round = 0; round < 30000; round++) {
		char text[160] = "";
		char *exact;

		for (size_t i = 0; i < round % 16; i++) {
			seed = seed * 1664525 + 1013904223;
			strcat(text, bits[(seed >> 16) % COUNT(bits)]);
		}
		exact = strdup(text);
		assert_non_null(exact);
		start(&b);
		config_file(&b.c, exact, "f", &b.bad);
		config_cmdline(&b.c, exact, true, &b.bad);
		free(exact);
		assert_true(b.c.mode <= MODE_OFF && b.c.timeout >= CONFIG_TIMEOUT_MIN &&
			    b.c.timeout <= CONFIG_TIMEOUT_MAX && b.c.store[0] == '/');
		assert_true(b.c.n_devices <= CONFIG_SELECTORS_MAX &&
			    b.c.n_keep <= CONFIG_SELECTORS_MAX);
		for (size_t i = 0; i < b.bad.n; i++)
			assert_non_null(b.bad.c[i].why);
	}
}

/* line 0: it is text. */
static void bytes_of_no_text(void **state)
{
#define TEXT(s) s, sizeof(s) - 1
	static const struct {
		const char *text;
		size_t n, line;
	} t[] = {{TEXT(""), 0},
		 {TEXT("keep=01:00"), 0},
		 {TEXT("\xef\xbb\xbfkeep=01:00\r\n#\t\xe4\r\r\nx\r"), 0},
		 {TEXT("\0"), 1},
		 {TEXT("a\nb\n\0keep=01:00"), 3},
		 {TEXT("a\nb\n\n\0"), 4},
		 {TEXT("a\n# \x7f"), 2},
		 {TEXT("\v"), 1},
		 {TEXT("\f"), 1},
		 {TEXT("\x1b"), 1},
		 {TEXT("\x1f"), 1},
		 {TEXT("a\n#\rkeep=01:00"), 2},
		 {TEXT("a\r\n\r\tb"), 2},
		 {TEXT("a\r\0"), 1}};
#undef TEXT
	size_t line;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(config_is_text(t[i].text, t[i].n, &line), t[i].line == 0);
		if (t[i].line)
			assert_int_equal(line, t[i].line);
	}
}

static void unread_until_the_command_line_says(void **state)
{
	static const struct {
		const char *file, *boot;
		bool unread, unclear;
	} t[] = {{"", "", true, true},
		 {"devices=01:00\nkeep=none", "", true, false},
		 {"", "gpurom.keep=none", true, false},
		 {"", "gpurom.devices=01:00", false, true},
		 {"", "gpurom.devices=01:00 gpurom.keep=none", false, false},
		 {"", "gpurom.devices=01:00 gpurom.keep=junk", false, true},
		 {"", "gpurom.mode=full", true, true}};
	struct bench b;

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		start(&b);
		config_unread(&b.c);
		config_file(&b.c, t[i].file, "f", &b.bad);
		config_cmdline(&b.c, t[i].boot, true, &b.bad);
		assert_int_equal(b.c.file_unread, t[i].unread);
		assert_int_equal(b.c.keep_unclear, t[i].unclear);
	}
}

static void a_foreign_key_may_be_keep(void **state)
{
	struct bench b;

	(void)state;
	file(&b, "\xc2\xa0keep=01:00");
	assert_lists(&b, "nvidia", "", true);
	assert_int_equal(b.bad.n, 1);
	file(&b, "keeep=01:00");
	assert_lists(&b, "nvidia", "", false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults),
		cmocka_unit_test(mode_texts),
		cmocka_unit_test(scalars),
		cmocka_unit_test(metrics),
		cmocka_unit_test(guards),
		cmocka_unit_test(lists),
		cmocka_unit_test(which_words_are_ours),
		cmocka_unit_test(sources),
		cmocka_unit_test(the_rest_holds),
		cmocka_unit_test(complaints_name_place_and_word),
		cmocka_unit_test(files),
		cmocka_unit_test(a_broken_keep_is_unclear),
		cmocka_unit_test(value_at_and_past_its_limit),
		cmocka_unit_test(selectors_at_and_past_their_limit),
		cmocka_unit_test(selector_at_and_past_its_limit),
		cmocka_unit_test(names_at_and_past_their_limits),
		cmocka_unit_test(complaints_at_and_past_their_limit),
		cmocka_unit_test(complaint_texts_are_cut),
		cmocka_unit_test(any_text),
		cmocka_unit_test(bytes_of_no_text),
		cmocka_unit_test(unread_until_the_command_line_says),
		cmocka_unit_test(a_foreign_key_may_be_keep),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
