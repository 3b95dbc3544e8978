// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes of a definition, byte for byte, and as a diff. */
#include "libvirt/edit.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct vm d;
static struct domedits e;

static struct bytes start(const char *text)
{
	char why[DOMXML_WHY_MAX];
	struct bytes xml = {(const uint8_t *)text, strlen(text)};

	assert_int_equal(domxml_parse(xml, &d, why), 0);
	e.n = 0;
	return xml;
}

static void becomes(struct bytes xml, const char *want)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	domedit_write(f, xml, &e);
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

static void differs(struct bytes xml, const char *want)
{
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	assert_non_null(f);
	assert_int_equal(domedit_diff(f, xml, &e, "vm"), 0);
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

#define HEAD "<domain><devices>\n<hostdev type='pci'><source>\n"
#define TAIL "\n</source></hostdev>\n</devices></domain>"
#define TWO                                                                                        \
	HEAD "<address domain='0' bus='0x01' slot='0x00' function='0'/>\n</source></hostdev>\n"    \
	     "<x/>\n"                                                                              \
	     "<hostdev type='pci'><source><address function='1' slot=\"2\"/></source>\n"           \
	     "<rom file='/s/by-path/a.rom'/></hostdev></devices></domain>"

static void nothing_to_do(void **state)
{
	struct bytes xml = start(HEAD "<address bus='1'/>" TAIL);

	(void)state;
	domedit_address(&e, &d.dev[0], (struct pci_addr){0, 1, 0, 5});
	assert_int_equal(e.n, 0);
	becomes(xml, HEAD "<address bus='1'/>" TAIL);
	differs(xml, "");
}

static void each_part_in_its_place(void **state)
{
	struct bytes xml = start(HEAD "<address slot='00' function='0x7' bus=\"1\" />" TAIL);

	(void)state;
	domedit_address(&e, &d.dev[0], (struct pci_addr){0x10000, 0xfe, 0x1f, 0});
	becomes(xml,
		HEAD "<address domain='0x10000' slot='0x1f' function='0x7' bus=\"0xfe\" />" TAIL);
}

static void what_is_not_there_is_added_in_order(void **state)
{
	struct bytes xml = start(HEAD "<address/>" TAIL);

	(void)state;
	domedit_address(&e, &d.dev[0], (struct pci_addr){1, 2, 3, 0});
	becomes(xml, HEAD "<address domain='0x0001' bus='0x02' slot='0x03'/>" TAIL);
}

static void a_romfile(void **state)
{
	struct bytes xml = start(TWO);

	(void)state;
	domedit_file(&e, xml, &d.dev[1], strlen("/s/by-path/"), "bb.rom");
	differs(xml, "--- vm\n+++ vm\n@@ -7,1 +7,1 @@\n"
		     "-<rom file='/s/by-path/a.rom'/></hostdev></devices></domain>\n"
		     "\\ No newline at end of file\n"
		     "+<rom file='/s/by-path/bb.rom'/></hostdev></devices></domain>\n"
		     "\\ No newline at end of file\n");
	xml = start("<domain><devices><hostdev type='pci'><source><address/></source>"
		    "<rom file='/s/&#97;.rom'/></hostdev></devices></domain>");
	domedit_file(&e, xml, &d.dev[0], strlen("/s/"), "b.rom");
	becomes(xml, "<domain><devices><hostdev type='pci'><source><address/></source>"
		     "<rom file='/s/b.rom'/></hostdev></devices></domain>");
}

/* Edits that were made in another order than that of the text, two of them in one line. */
static void several(void **state)
{
	struct bytes xml = start(TWO);

	(void)state;
	domedit_address(&e, &d.dev[1], (struct pci_addr){0, 0x0b, 1, 1});
	domedit_address(&e, &d.dev[0], (struct pci_addr){0, 0x0a, 0, 0});
	differs(xml, "--- vm\n+++ vm\n@@ -3,1 +3,1 @@\n"
		     "-<address domain='0' bus='0x01' slot='0x00' function='0'/>\n"
		     "+<address domain='0' bus='0x0a' slot='0x00' function='0'/>\n"
		     "@@ -6,1 +6,1 @@\n"
		     "-<hostdev type='pci'><source><address function='1' slot=\"2\"/></source>\n"
		     "+<hostdev type='pci'><source><address bus='0x0b' function='1' slot=\"0x01\"/>"
		     "</source>\n");
}

/* A value with a line's end in it, which is a blank to XML: two lines become one. */
static void lines_that_go(void **state)
{
	struct bytes xml = start("<domain><devices><hostdev type='pci'><source><address bus='\n1'/>"
				 "</source></hostdev>\n</devices></domain>\n");

	(void)state;
	domedit_address(&e, &d.dev[0], (struct pci_addr){0, 2, 0, 0});
	differs(xml, "--- vm\n+++ vm\n@@ -1,2 +1,1 @@\n"
		     "-<domain><devices><hostdev type='pci'><source><address bus='\n"
		     "-1'/></source></hostdev>\n"
		     "+<domain><devices><hostdev type='pci'><source><address bus='0x02'/></source>"
		     "</hostdev>\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_to_do),
		cmocka_unit_test(each_part_in_its_place),
		cmocka_unit_test(what_is_not_there_is_added_in_order),
		cmocka_unit_test(a_romfile),
		cmocka_unit_test(several),
		cmocka_unit_test(lines_that_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
