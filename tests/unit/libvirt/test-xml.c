// SPDX-License-Identifier: GPL-2.0-or-later
/* A domain's XML: its PCI host devices, and where their values are. */
#include "libvirt/xml.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct vm d;
static char why[DOMXML_WHY_MAX];

/* Of a copy without a byte of room. */
static int parse_n(const char *text, size_t n)
{
	uint8_t *exact = malloc(n);
	int err;

	if (n)
		memcpy(exact, text, n);
	strcpy(why, "");
	err = domxml_parse((struct bytes){exact, n}, &d, why);
	free(exact);
	return err;
}

static int parse(const char *text)
{
	return parse_n(text, strlen(text));
}

static bool value_is(const char *text, struct vm_range r, const char *value)
{
	return r.at && r.n == strlen(value) && strncmp(text + r.at, value, r.n) == 0;
}

static void numbers_as_libvirt_reads_them(void **state)
{
	static const struct {
		const char *text;
		uint32_t max;
		bool good;
		uint32_t value;
	} t[] = {
		{"0", 7, true, 0},
		{"7", 7, true, 7},
		{"8", 7, false, 0},
		{"0x1f", 31, true, 31},
		{"0X1F", 31, true, 31},
		{"0x20", 31, false, 0},
		{"010", 255, true, 8},
		{"08", 255, false, 0},
		{"000", 255, true, 0},
		{" \t+5", 255, true, 5},
		{"5 ", 255, false, 0},
		{"-1", 255, false, 0},
		{"+-1", 255, false, 0},
		{"", 255, false, 0},
		{"+", 255, false, 0},
		{"0x", 255, false, 0},
		{"a", 255, false, 0},
		{"1a", 255, false, 0},
		{"0xfg", 255, false, 0},
		{"0xffffffff", UINT32_MAX, true, UINT32_MAX},
		{"0x100000000", UINT32_MAX, false, 0},
		{"0x10000000000000001", UINT32_MAX, false, 0},
		{"99999999999999999999999999", UINT32_MAX, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		uint32_t v = 77;

		if (domxml_number(t[i].text, t[i].max, &v) != t[i].good)
			fail_msg("'%s' of %u", t[i].text, t[i].max);
		assert_int_equal(v, t[i].good ? t[i].value : 77);
	}
}

static void what_a_device_has(void **state)
{
	static const char text[] =
		"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- <hostdev type='pci'/> --><domain>\n"
		"<name>a&lt;\xc3\xa4</name><uuid>5f6f3f2e-8f6e-4a51-9f0a-0f3f3a1d2b10</uuid>\n"
		"<devices><disk/>\n<hostdev type=\"pci\" managed='yes'\n mode='subsystem'>"
		"<source x='/>'\n>\n<address\n domain = \"0x0001\"\tbus='&#x30;x02' slot='3'"
		" function='4' />\n</source>"
		"<rom bar='on' file='/a&amp;b'/><alias name='ua-gpurom-0123456789ab-4'/>"
		"<address type='pci' bus='9'/></hostdev></devices></domain>\n";
	const struct vm_dev *dev = &d.dev[0];

	(void)state;
	assert_int_equal(parse(text), 0);
	assert_int_equal(d.n, 1);
	assert_string_equal(d.name, "a<??");
	assert_false(d.name_exact);
	assert_string_equal(d.uuid, "5f6f3f2e-8f6e-4a51-9f0a-0f3f3a1d2b10");
	assert_int_equal(pci_addr_cmp(dev->addr, (struct pci_addr){1, 2, 3, 4}), 0);
	assert_true(dev->managed);
	assert_false(dev->rom_off);
	assert_string_equal(dev->file, "/a&b");
	assert_string_equal(dev->alias, "ua-gpurom-0123456789ab-4");
	assert_true(value_is(text, dev->part[VM_DOMAIN], "0x0001"));
	assert_true(value_is(text, dev->part[VM_BUS], "&#x30;x02"));
	assert_true(value_is(text, dev->part[VM_SLOT], "3"));
	assert_true(value_is(text, dev->in_file, "/a&amp;b"));
	assert_int_equal(strncmp(text + dev->behind_address - 8, "<address\n domain", 16), 0);
	assert_int_equal(dev->line, 5);
}

static void what_is_passed_over(void **state)
{
	static const char *const t[] = {
		"<hostdev type='usb'><source><address bus='1'/></source></hostdev>",
		"<hostdev type='mdev'><source><address uuid='1'/></source></hostdev>",
		"<hostdev mode='capabilities' type='pci'/>",
		"<hostdev><source><address bus='1'/></source></hostdev>",
		"<interface type='hostdev'><source><address type='pci' bus='1'/></source></interface>",
		"<x><hostdev type='pci'><source><address bus='1'/></source></hostdev></x>",
		"<x:hostdev xmlns:x='urn:x' type='pci'/>",
	};
	char text[400];

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		snprintf(text, sizeof(text), "<domain><devices>%s</devices>%s</domain>", t[i],
			 t[i]);
		assert_int_equal(parse(text), 0);
		assert_int_equal(d.n, 0);
	}
}

/* As libvirt takes them. */
static void the_first_of_several(void **state)
{
	(void)state;
	assert_int_equal(
		parse("<domain><name>a</name><name>b</name><devices><hostdev type='pci'>"
		      "<source><x><address bus='9'/></x><address bus='1'/><address bus='2'/></source>"
		      "<source><address bus='3'/></source><rom file='a'/><rom enabled='no' file='b'/>"
		      "<alias name='a'/><alias name='b'/></hostdev></devices></domain>"),
		0);
	assert_int_equal(d.n, 1);
	assert_string_equal(d.name, "a");
	assert_true(d.name_exact);
	assert_int_equal(d.dev[0].addr.bus, 1);
	assert_int_equal(d.dev[0].part[VM_DOMAIN].at, 0);
	assert_string_equal(d.dev[0].file, "a");
	assert_false(d.dev[0].rom_off);
	assert_string_equal(d.dev[0].alias, "a");
}

static void too_long_to_be_ours(void **state)
{
	char text[4 * VM_FILE_MAX + 300], file[VM_FILE_MAX + 1];

	(void)state;
	for (size_t n = VM_FILE_MAX - 1; n <= VM_FILE_MAX; n++) {
		memset(file, 'f', n);
		file[n] = '\0';
		snprintf(
			text, sizeof(text),
			"<domain><name>%s</name><uuid>%s</uuid><devices><hostdev type='pci'><rom "
			"file='%s'/><alias name='%s'/><source><address/></source></hostdev></devices>"
			"</domain>",
			file, file, file, file);
		assert_int_equal(parse(text), 0);
		assert_int_equal(strlen(d.dev[0].file), n < VM_FILE_MAX ? n : 0);
		assert_string_equal(d.dev[0].alias, "");
		assert_int_equal(strlen(d.name), VM_NAME_MAX - 1);
		assert_false(d.name_exact);
		assert_string_equal(d.uuid, "");
	}
}

/* n elements, one within the other, or devices. */
static char *many(const char *head, const char *one, size_t n, const char *tail)
{
	char *text = malloc(strlen(head) + n * strlen(one) + strlen(tail) + 1);

	assert_non_null(text);
	strcpy(text, head);
	for (size_t i = 0; i < n; i++)
		strcat(text, one);
	strcat(text, tail);
	return text;
}

static void limits(void **state)
{
	static const char dev[] =
		"<hostdev type='pci'><source><address bus='1'/></source></hostdev>";
	char *text;

	(void)state;
	for (size_t n = VM_DEVS_MAX; n <= VM_DEVS_MAX + 1; n++) {
		text = many("<domain><devices>", dev, n, "</devices></domain>");
		assert_int_equal(parse(text), n > VM_DEVS_MAX ? -EFBIG : 0);
		free(text);
	}
	assert_string_equal(why, "line 1: more than 64 PCI host devices");
	/* Within domain; then not closed, which is said only of what is not too deep. */
	for (size_t n = DOMXML_DEPTH_MAX - 1; n <= DOMXML_DEPTH_MAX; n++) {
		text = many("<domain>", "<a>", n, "");
		assert_int_equal(parse(text), n < DOMXML_DEPTH_MAX ? -EBADMSG : -EFBIG);
		free(text);
	}
	assert_string_equal(why, "line 1: elements more than 64 deep");
	for (size_t n = DOMXML_SIZE_MAX; n <= DOMXML_SIZE_MAX + 1; n++) {
		text = malloc(n);
		assert_non_null(text);
		memset(text, ' ', n);
		memcpy(text, "<domain/>", 9);
		assert_int_equal(parse_n(text, n), n > DOMXML_SIZE_MAX ? -EFBIG : 0);
		free(text);
	}
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} t[] = {
		{"<domain/><domain/>", "line 1: not well-formed XML: "},
		{"<devices/>", "line 1: <devices> instead of <domain>"},
		{"\n<!DOCTYPE domain SYSTEM 'x'><domain/>", "line 2: a document type"},
		{"<?xml version='1.0' encoding='latin1'?><domain/>", "line 1: encoding 'latin1'"},
		{"<domain><devices><hostdev type='pci'/></devices></domain>",
		 "line 1: a PCI host device without an address"},
		{"<domain a='1' a='2'/>", "line 1: not well-formed XML: duplicate attribute"},
		{"<domain>\xc0\xaf</domain>", "line 1: not well-formed XML: "},
		{"\xfe\xff<domain/>", "line 1: not well-formed XML: "},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		assert_int_equal(parse(t[i].text), -EBADMSG);
		if (strncmp(why, t[i].why, strlen(t[i].why)) != 0)
			fail_msg("'%s': %s", t[i].text, why);
	}
	assert_int_equal(parse_n("<domain>\0</domain>", 18), -EBADMSG);
	assert_int_equal(parse_n("", 0), -EBADMSG);
	assert_int_equal(parse("<?xml version='1.0' encoding='UTF-8'?><domain/>"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_as_libvirt_reads_them),
		cmocka_unit_test(what_a_device_has),
		cmocka_unit_test(what_is_passed_over),
		cmocka_unit_test(the_first_of_several),
		cmocka_unit_test(too_long_to_be_ours),
		cmocka_unit_test(limits),
		cmocka_unit_test(what_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
