// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emittext.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define CARD_LINE                                                                                  \
	"card 0000:01:00 (" EMITTEXT_NAME "): 10de:1e04 of 1462:3711, slot 3, ROM 90.02.0B, GOP yes"

static void libvirt_whole_card(void **state)
{
	const struct snippet_card c = {.fn = emittext_four,
				       .n = 2,
				       .romfile = EMITTEXT_ROMFILE,
				       .name = EMITTEXT_NAME,
				       .id = EMITTEXT_ID,
				       .facts = true,
				       .has_efi = true,
				       .version = "90.02.0B"};

	(void)state;
	emittext_is(
		snippet_libvirt, &c, 0,
		"<!-- " CARD_LINE " -->\n"
		"<!-- into <devices>, for machine q35; one slot for all its functions, on guest bus "
		"0x0a: take another number if that one is in use -->\n"
		"<hostdev mode='subsystem' type='pci' managed='no'>\n"
		"  <source>\n"
		"    <address domain='0x0000' bus='0x01' slot='0x00' function='0x0'/>\n"
		"  </source>\n"
		"  <rom file='" EMITTEXT_ROMFILE "'/>\n"
		"  <alias name='ua-gpurom-" EMITTEXT_ID "-0'/>\n"
		"  <address type='pci' domain='0x0000' bus='0x0a' slot='0x00' function='0x0' "
		"multifunction='on'/>\n"
		"</hostdev>\n"
		"<hostdev mode='subsystem' type='pci' managed='no'>\n"
		"  <source>\n"
		"    <address domain='0x0000' bus='0x01' slot='0x00' function='0x1'/>\n"
		"  </source>\n"
		"  <alias name='ua-gpurom-" EMITTEXT_ID "-1'/>\n"
		"  <address type='pci' domain='0x0000' bus='0x0a' slot='0x00' function='0x1'/>\n"
		"</hostdev>\n");
}

static void libvirt_one_function(void **state)
{
	static const struct pci_fn fn = {.addr = {0x10000, 0xe1, 0x1f, 0}, .driver = "vfio-pci"};
	const struct snippet_card c = {.fn = &fn, .n = 1, .romfile = "/r", .id = "no id"};
	char *text = emittext(snippet_libvirt, &c, SNIPPET_HIDE_KVM);

	(void)state;
	assert_non_null(strstr(text, "<!-- card 10000:e1:1f: "));
	assert_non_null(
		strstr(text, "<!-- into <domain>; only GeForce drivers before R465 (March 2021) in "
			     "a Windows guest still need this -->\n"
			     "<features><kvm><hidden state='on'/></kvm></features>\n"
			     "<!-- into <devices> -->\n"
			     "<hostdev mode='subsystem' type='pci' managed='no'>\n"
			     "  <source>\n"
			     "    <address domain='0x10000' bus='0xe1' slot='0x1f' "
			     "function='0x0'/>\n"
			     "  </source>\n"
			     "  <rom file='/r'/>\n"
			     "</hostdev>\n"));
	free(text);
}

/* The display function has the ROM, wherever it is in the list, and no other function has. */
static void rom_on_the_display_function_only(void **state)
{
	(void)state;
	for (size_t display = 0; display < COUNT(emittext_four); display++) {
		const struct snippet_card c = {.fn = emittext_four,
					       .n = COUNT(emittext_four),
					       .display = display,
					       .romfile = EMITTEXT_ROMFILE};
		char host[40], *text = emittext(snippet_libvirt, &c, 0), *rom;

		assert_int_equal(emittext_count(text, "<hostdev "), COUNT(emittext_four));
		assert_int_equal(emittext_count(text, "managed='no'"), COUNT(emittext_four));
		assert_int_equal(emittext_count(text, "multifunction='on'"), 1);
		assert_int_equal(emittext_count(text, "<alias "), 0);
		assert_int_equal(emittext_count(text, "<rom "), 1);
		rom = strstr(text, "<rom ");
		*rom = '\0';
		assert_int_equal(emittext_count(text, "<hostdev "), display + 1);
		free(text);

		text = emittext(snippet_qemu, &c, 0);
		snprintf(host, sizeof(host), "host=0000:01:00.%zu,", display);
		rom = strstr(text, ",romfile=");
		assert_int_equal(emittext_count(text, "romfile="), 1);
		assert_true(strstr(text, host) < rom);
		assert_null(memchr(strstr(text, host), '\n', (size_t)(rom - strstr(text, host))));
		free(text);
	}
}

/* A guest ignores a slot without function 0; the tag keeps the host's number. */
static void a_card_without_function_0(void **state)
{
	static const struct pci_fn fn[] = {{.addr = {0, 1, 0, 2}}, {.addr = {0, 1, 0, 5}}};
	const struct snippet_card c = {.fn = fn, .n = 2, .guest_bus = 0xff, .id = EMITTEXT_ID};

	(void)state;
	emittext_has(snippet_libvirt, &c, 0,
		     "slot='0x00' function='0x2'/>\n  </source>\n"
		     "  <alias name='ua-gpurom-" EMITTEXT_ID "-2'/>\n"
		     "  <address type='pci' domain='0x0000' bus='0xff' slot='0x00' function='0x0' "
		     "multifunction='on'/>");
	emittext_has(snippet_libvirt, &c, 0,
		     "function='0x5'/>\n  </source>\n"
		     "  <alias name='ua-gpurom-" EMITTEXT_ID "-5'/>\n"
		     "  <address type='pci' domain='0x0000' bus='0xff' slot='0x00' "
		     "function='0x5'/>");
	emittext_has(snippet_qemu, &c, 0,
		     "host=0000:01:00.2,bus=gpurom-0000-01-00,addr=0x0.0,multifunction=on \\\n");
	emittext_has(snippet_qemu, &c, 0, "host=0000:01:00.5,bus=gpurom-0000-01-00,addr=0x0.5\n");
}

/* The romfile's name in each form; bytes that the shell or QEMU would act on come out as they are
 * to be pasted. */
static void quoting(void **state)
{
	static const struct {
		const char *file, *xml, *qemu, *json;
	} t[] = {
		{"/a-b/c.d_E9", "/a-b/c.d_E9", "/a-b/c.d_E9", "/a-b/c.d_E9"},
		{"/a,b,,c", "/a,b,,c", "/a,,b,,,,c", "/a,b,,c"},
		{"/a b", "/a b", "'/a b'", "/a b"},
		{"/a'b", "/a&apos;b", "'/a'\\''b'", "/a'\\''b"},
		{"/a\"b", "/a&quot;b", "'/a\"b'", "/a\\\"b"},
		{"/a&b", "/a&amp;b", "'/a&b'", "/a&b"},
		{"/<a>", "/&lt;a&gt;", "'/<a>'", "/<a>"},
		{"/]]>", "/]]&gt;", "'/]]>'", "/]]>"},
		{"/a\tb\nc\rd", "/a&#9;b&#10;c&#13;d", "'/a\tb\nc\rd'",
		 "/a\\u0009b\\u000ac\\u000dd"},
		{"/a\x01\x1f"
		 "b",
		 "/a??b",
		 "'/a\x01\x1f"
		 "b'",
		 "/a\\u0001\\u001fb"},
		{"/$(x)`y`;z\\", "/$(x)`y`;z\\", "'/$(x)`y`;z\\'", "/$(x)`y`;z\\\\"},
		{"/\xc3\xa9", "/\xc3\xa9", "'/\xc3\xa9'", "/\xc3\xa9"},
		{"/'/><x y='", "/&apos;/&gt;&lt;x y=&apos;", "'/'\\''/><x y='\\'''",
		 "/'\\''/><x y='\\''"},
		{"", "", "", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		const struct snippet_card c = {.fn = emittext_four, .n = 1, .romfile = t[i].file};
		char part[100];

		snprintf(part, sizeof(part), "  <rom file='%s'/>\n", t[i].xml);
		emittext_has(snippet_libvirt, &c, 0, part);
		snprintf(part, sizeof(part), ",addr=0x0.0,romfile=%s\n", t[i].qemu);
		emittext_has(snippet_qemu, &c, 0, part);
		snprintf(part, sizeof(part), ",\"romfile\":\"%s\"}'\n", t[i].json);
		emittext_has(snippet_qemu, &c, SNIPPET_JSON, part);
	}
}

static void no_function_no_text(void **state)
{
	const struct snippet_card c = {.fn = NULL, .n = 0};

	(void)state;
	emittext_is(snippet_libvirt, &c, SNIPPET_HIDE_KVM, "");
	emittext_is(snippet_qemu, &c, SNIPPET_HIDE_KVM | SNIPPET_JSON | SNIPPET_IOMMUFD, "");
	emittext_is(snippet_proxmox, &c, SNIPPET_HIDE_KVM, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(libvirt_whole_card),
		cmocka_unit_test(libvirt_one_function),
		cmocka_unit_test(rom_on_the_display_function_only),
		cmocka_unit_test(a_card_without_function_0),
		cmocka_unit_test(quoting),
		cmocka_unit_test(no_function_no_text),
	};

	return cmocka_run_group_tests_name("emit", tests, NULL, NULL);
}
