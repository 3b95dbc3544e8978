#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ROMFILE "/var/lib/gpurom/by-path/pci0000-uid0-01.0-00.rom"
#define NAME "pci0000-uid0-01.0-00"
#define WHEN_ROM                                                                                   \
	"no romfile is known; most VMs need none: it is for a card that the host booted on, or "   \
	"that stays dark until the guest's driver loads"
#define WHEN_HIDE "only GeForce drivers before R465 (March 2021) in a Windows guest still need this"

static const struct pci_fn four[] = {
	{.addr = {0, 1, 0, 0}, .class = 0x030000},
	{.addr = {0, 1, 0, 1}, .class = 0x040300},
	{.addr = {0, 1, 0, 2}, .class = 0x0c0330},
	{.addr = {0, 1, 0, 3}, .class = 0x0c8000},
};

/* The text of one form; the caller frees. */
static char *emitted(void (*emit)(FILE *, const struct emit_card *, unsigned),
		     const struct emit_card *c, unsigned flags)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	emit(out, c, flags);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void assert_emits(void (*emit)(FILE *, const struct emit_card *, unsigned),
			 const struct emit_card *c, unsigned flags, const char *expected)
{
	char *text = emitted(emit, c, flags);

	assert_string_equal(text, expected);
	free(text);
}

static void libvirt_whole_card(void **state)
{
	const struct emit_card c = {.fn = four, .n = 2, .romfile = ROMFILE, .name = NAME};

	(void)state;
	assert_emits(
		emit_libvirt, &c, 0,
		"<!-- card 0000:01:00 (" NAME "): into <devices>; one slot for all its functions, "
		"on guest bus 0x0a: take another number where that one is in use -->\n"
		"<hostdev mode='subsystem' type='pci' managed='no'>\n"
		"  <source>\n"
		"    <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n"
		"  </source>\n"
		"  <rom file='" ROMFILE "'/>\n"
		"  <address type='pci' domain='0x0000' bus='0x0a' slot='0x00' function='0x0' "
		"multifunction='on'/>\n"
		"</hostdev>\n"
		"<hostdev mode='subsystem' type='pci' managed='no'>\n"
		"  <source>\n"
		"    <address domain='0x0000' bus='0x01' slot='0x00' function='0x1'/>\n"
		"  </source>\n"
		"  <address type='pci' domain='0x0000' bus='0x0a' slot='0x00' function='0x1'/>\n"
		"</hostdev>\n");
}

static void libvirt_one_function(void **state)
{
	static const struct pci_fn fn = {.addr = {0x10000, 0xe1, 0x1f, 0}};
	const struct emit_card c = {.fn = &fn, .n = 1, .romfile = NULL};

	(void)state;
	assert_emits(emit_libvirt, &c, EMIT_HIDE_KVM,
		     "<!-- into <domain>; " WHEN_HIDE " -->\n"
		     "<features><kvm><hidden state='on'/></kvm></features>\n"
		     "<!-- card 10000:e1:1f: into <devices> -->\n"
		     "<!-- " WHEN_ROM " -->\n"
		     "<hostdev mode='subsystem' type='pci' managed='no'>\n"
		     "  <source>\n"
		     "    <address domain='0x10000' bus='0xe1' slot='0x1f' function='0x0'/>\n"
		     "  </source>\n"
		     "</hostdev>\n");
}

static void qemu_whole_card(void **state)
{
	const struct emit_card c = {.fn = four, .n = 4, .romfile = ROMFILE, .name = NAME};

	(void)state;
	assert_emits(emit_qemu, &c, 0,
		     "# card 0000:01:00 (" NAME "): for machine q35; no other root port may have "
		     "this chassis number\n"
		     "-device pcie-root-port,id=gpurom-0000-01-00,chassis=10 \\\n"
		     "-device vfio-pci,host=0000:01:00.0,bus=gpurom-0000-01-00,addr=0x0.0,"
		     "multifunction=on,romfile=" ROMFILE " \\\n"
		     "-device vfio-pci,host=0000:01:00.1,bus=gpurom-0000-01-00,addr=0x0.1 \\\n"
		     "-device vfio-pci,host=0000:01:00.2,bus=gpurom-0000-01-00,addr=0x0.2 \\\n"
		     "-device vfio-pci,host=0000:01:00.3,bus=gpurom-0000-01-00,addr=0x0.3\n");
}

static void qemu_one_function(void **state)
{
	const struct emit_card c = {.fn = four, .n = 1, .guest_bus = 12};

	(void)state;
	assert_emits(emit_qemu, &c, EMIT_HIDE_KVM,
		     "# kvm=off: " WHEN_HIDE "\n"
		     "# card 0000:01:00: for machine q35; no other root port may have this chassis "
		     "number\n"
		     "# " WHEN_ROM "\n"
		     "-cpu host,kvm=off \\\n"
		     "-device pcie-root-port,id=gpurom-0000-01-00,chassis=12 \\\n"
		     "-device vfio-pci,host=0000:01:00.0,bus=gpurom-0000-01-00,addr=0x0.0\n");
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}

/* The ROM goes with the display function, wherever that stands, and with no other. */
static void rom_on_the_display_function_only(void **state)
{
	(void)state;
	for (size_t display = 0; display < COUNT(four); display++) {
		const struct emit_card c = {
			.fn = four, .n = COUNT(four), .display = display, .romfile = ROMFILE};
		char host[40], *text = emitted(emit_libvirt, &c, 0), *rom;

		assert_int_equal(count(text, "<hostdev "), COUNT(four));
		assert_int_equal(count(text, "managed='no'"), COUNT(four));
		assert_int_equal(count(text, "multifunction='on'"), 1);
		assert_int_equal(count(text, "<rom "), 1);
		rom = strstr(text, "<rom ");
		*rom = '\0';
		assert_int_equal(count(text, "<hostdev "), display + 1);
		free(text);

		text = emitted(emit_qemu, &c, 0);
		snprintf(host, sizeof(host), "host=0000:01:00.%zu,", display);
		rom = strstr(text, ",romfile=");
		assert_int_equal(count(text, "romfile="), 1);
		assert_true(strstr(text, host) < rom);
		assert_null(memchr(strstr(text, host), '\n', (size_t)(rom - strstr(text, host))));
		free(text);
	}
}

/* A guest looks at no function of a slot without function 0. */
static void a_card_without_function_0(void **state)
{
	static const struct pci_fn fn[] = {{.addr = {0, 1, 0, 2}}, {.addr = {0, 1, 0, 5}}};
	const struct emit_card c = {.fn = fn, .n = 2, .guest_bus = 0xff};
	char *text = emitted(emit_libvirt, &c, 0);

	(void)state;
	assert_non_null(strstr(text, "slot='0x00' function='0x2'/>\n  </source>\n  <address "
				     "type='pci' domain='0x0000' bus='0xff' slot='0x00' "
				     "function='0x0' multifunction='on'/>"));
	assert_non_null(strstr(text, "function='0x5'/>\n  </source>\n  <address type='pci' "
				     "domain='0x0000' bus='0xff' slot='0x00' function='0x5'/>"));
	free(text);
	text = emitted(emit_qemu, &c, 0);
	assert_non_null(strstr(text, "host=0000:01:00.2,bus=gpurom-0000-01-00,addr=0x0.0,multi"));
	assert_non_null(strstr(text, "host=0000:01:00.5,bus=gpurom-0000-01-00,addr=0x0.5\n"));
	free(text);
}

static void quoting(void **state)
{
	static const struct {
		const char *file, *xml, *qemu;
	} t[] = {
		{"/a-b/c.d_E9", "/a-b/c.d_E9", "/a-b/c.d_E9"},
		{"/a,b,,c", "/a,b,,c", "/a,,b,,,,c"},
		{"/a b", "/a b", "'/a b'"},
		{"/a'b", "/a&apos;b", "'/a'\\''b'"},
		{"/a\"b", "/a&quot;b", "'/a\"b'"},
		{"/a&b", "/a&amp;b", "'/a&b'"},
		{"/<a>", "/&lt;a&gt;", "'/<a>'"},
		{"/]]>", "/]]&gt;", "'/]]>'"},
		{"/a\tb\nc\rd", "/a&#9;b&#10;c&#13;d", "'/a\tb\nc\rd'"},
		{"/a\x01\x1f"
		 "b",
		 "/a??b",
		 "'/a\x01\x1f"
		 "b'"},
		{"/$(x)`y`;z\\", "/$(x)`y`;z\\", "'/$(x)`y`;z\\'"},
		{"/\xc3\xa9", "/\xc3\xa9", "'/\xc3\xa9'"},
		{"/'/><x y='", "/&apos;/&gt;&lt;x y=&apos;", "'/'\\''/><x y='\\'''"},
		{"", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct emit_card c = {.fn = four, .n = 1, .romfile = t[i].file};
		char expected[100], *text = emitted(emit_libvirt, &c, 0);

		snprintf(expected, sizeof(expected), "  <rom file='%s'/>\n", t[i].xml);
		assert_non_null(strstr(text, expected));
		free(text);
		text = emitted(emit_qemu, &c, 0);
		snprintf(expected, sizeof(expected), ",addr=0x0.0,romfile=%s\n", t[i].qemu);
		assert_non_null(strstr(text, expected));
		free(text);
	}
}

/* A name can end neither an XML comment nor a shell's. */
static void names_stay_in_their_comment(void **state)
{
	static const struct {
		const char *name, *told;
	} t[] = {
		{"", "card 0000:01:00:"},
		{"a-b", "card 0000:01:00 (a-b):"},
		{"a--b---", "card 0000:01:00 (a?-b?\?-):"},
		{"-->x", "card 0000:01:00 (?->x):"},
		{"a\nrm -rf", "card 0000:01:00 (a?rm?-rf):"},
		{"\x7f\xff", "card 0000:01:00 (?\?):"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct emit_card c = {.fn = four, .n = 1, .romfile = "/r", .name = t[i].name};
		char *text = emitted(emit_libvirt, &c, 0);

		assert_non_null(strstr(text, t[i].told));
		assert_int_equal(count(text, "--"), 2);
		free(text);
		text = emitted(emit_qemu, &c, 0);
		assert_non_null(strstr(text, t[i].told));
		assert_int_equal(count(text, "\n"), 3);
		free(text);
	}
}

static void no_function_no_text(void **state)
{
	const struct emit_card c = {.fn = NULL, .n = 0};

	(void)state;
	assert_emits(emit_libvirt, &c, EMIT_HIDE_KVM, "");
	assert_emits(emit_qemu, &c, EMIT_HIDE_KVM, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libvirt_whole_card),
		cmocka_unit_test(libvirt_one_function),
		cmocka_unit_test(qemu_whole_card),
		cmocka_unit_test(qemu_one_function),
		cmocka_unit_test(rom_on_the_display_function_only),
		cmocka_unit_test(a_card_without_function_0),
		cmocka_unit_test(quoting),
		cmocka_unit_test(names_stay_in_their_comment),
		cmocka_unit_test(no_function_no_text),
	};

	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
