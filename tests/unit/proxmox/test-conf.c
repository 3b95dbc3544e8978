// SPDX-License-Identifier: GPL-2.0-or-later
/* A VM's configuration of Proxmox VE: its hostpci lines, its tags, its description. */
#include "proxmox/conf.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static struct pve_conf c;
static char why[PVECONF_WHY_MAX];

/* Of a copy without a byte of room. */
static int parse(const char *text)
{
	size_t n = strlen(text);
	uint8_t *exact = malloc(n);
	int err;

	if (n)
		memcpy(exact, text, n);
	strcpy(why, "");
	err = pveconf_parse((struct bytes){exact, n}, &c, why);
	free(exact);
	return err;
}

static void assert_id(const struct pve_id *id, uint32_t domain, unsigned bus, unsigned dev, int fn)
{
	assert_int_equal(id->addr.domain, domain);
	assert_int_equal(id->addr.bus, bus);
	assert_int_equal(id->addr.dev, dev);
	assert_int_equal(id->whole, fn < 0);
	assert_int_equal(id->addr.fn, fn < 0 ? 0 : fn);
}

static void every_form(void **state)
{
	const char *text = "hostpci0: 01:00.0;0000:01:00.1,pcie=1\n"
			   "hostpci1: host=0000:02:1f,rombar=0,legacy-igd=1\n"
			   "hostpci2: mapping=gpu-3,pcie=1,romfile=gpurom/a.rom\n"
			   "hostpci3:pcie=1,host=10000:e1:00.7,vendor-id=0x10de,sub-device-id=0x1\n"
			   "hostpci4:  0000:03:00.0,mdev=nvidia-63  \n"
			   "hostpci15: 0000:04:00 ,, new-key=of a newer Proxmox";

	(void)state;
	/* The blank behind the address is the address's, as for Proxmox. */
	assert_int_equal(parse(text), -EBADMSG);
	assert_string_equal(why, "line 6: hostpci15: '0000:04:00 ' is not a PCI address as "
				 "Proxmox takes it");
	text = "hostpci0: 01:00.0;0000:01:00.1,pcie=1\n"
	       "hostpci1: host=0000:02:1f,rombar=0,legacy-igd=1\n"
	       "hostpci2: mapping=gpu-3,pcie=1,romfile=gpurom/a.rom\n"
	       "hostpci3:pcie=1,host=10000:e1:00.7,vendor-id=0x10de,sub-device-id=0x1\n"
	       "hostpci4:  0000:03:00.0,mdev=nvidia-63  \n"
	       "hostpci15: 0000:04:00,, ,new-key=of a newer Proxmox";
	assert_int_equal(parse(text), 0);
	assert_int_equal(c.hostpci[0].n, 2);
	assert_id(&c.hostpci[0].id[0], 0, 1, 0, 0);
	assert_false(c.hostpci[0].id[0].has_domain);
	assert_id(&c.hostpci[0].id[1], 0, 1, 0, 1);
	assert_true(c.hostpci[0].id[1].has_domain);
	assert_memory_equal(text + c.hostpci[0].id[1].in.at, "0000:01:00.1", 12);
	assert_int_equal(c.hostpci[0].id[1].in.n, 12);
	assert_id(&c.hostpci[1].id[0], 0, 2, 0x1f, -1);
	assert_int_equal(c.hostpci[2].n, 0);
	assert_string_equal(c.hostpci[2].mapping, "gpu-3");
	assert_string_equal(c.hostpci[2].romfile, "gpurom/a.rom");
	assert_memory_equal(text + c.hostpci[2].in_romfile.at, "gpurom/a.rom", 12);
	assert_id(&c.hostpci[3].id[0], 0x10000, 0xe1, 0, 7);
	assert_true(c.hostpci[4].mdev);
	assert_false(c.hostpci[3].mdev);
	assert_int_equal(c.hostpci[15].line, 6);
	assert_id(&c.hostpci[15].id[0], 0, 4, 0, -1);
	for (unsigned i = 5; i < 15; i++)
		assert_int_equal(c.hostpci[i].line, 0);
}

static void only_the_current_section(void **state)
{
	static const char *const sections[] = {"[PENDING]", "[pending]  ", "[special:cloudinit]",
					       "[before_update]", "[a-1]\r"};

	(void)state;
	for (size_t i = 0; i < COUNT(sections); i++) {
		char text[300];

		snprintf(text, sizeof(text),
			 "hostpci0: 01:00\nname: now\n\n%s\n#gpurom:hostpci0=0123456789ab\n"
			 "hostpci0: 07:00\nhostpci1: nonsense\nname: then\n",
			 sections[i]);
		assert_int_equal(parse(text), 0);
		assert_id(&c.hostpci[0].id[0], 0, 1, 0, -1);
		assert_int_equal(c.hostpci[1].line, 0);
		assert_string_equal(c.hostpci[0].tag, "");
		assert_string_equal(c.name, "now");
	}
	/* No section: Proxmox goes on. */
	assert_int_equal(parse("[two words]\nhostpci0: 01:00\n"), 0);
	assert_int_equal(c.hostpci[0].line, 2);
}

static void lines_that_count(void **state)
{
	(void)state;
	assert_int_equal(parse("hostpci0: 01:00\r\nname: crlf\r\nhookscript: local:snippets/x\n"),
			 0);
	assert_string_equal(c.name, "crlf");
	assert_string_equal(c.hookscript, "local:snippets/x");
	/* The last one, wholly. */
	assert_int_equal(parse("hostpci0: 01:00,romfile=a.rom\nhostpci0: 02:00\n"), 0);
	assert_id(&c.hostpci[0].id[0], 0, 2, 0, -1);
	assert_string_equal(c.hostpci[0].romfile, "");
	assert_int_equal(parse(" hostpci0: 01:00\nHostpci1: 01:00\nhostpci16: x\nhostpci05: x\n"
			       "hostpci: x\nhostpci1\nhostpci2 : x\nhostpci3:\n"),
			 0);
	for (unsigned i = 0; i < PVECONF_HOSTPCI_MAX; i++)
		assert_int_equal(c.hostpci[i].line, 0);
	assert_int_equal(parse(""), 0);
}

static void refused(void **state)
{
	static const struct {
		const char *value, *why;
	} t[] = {
		{"0000:0A:00", "'0000:0A:00' is not a PCI address"},
		{"1:00.0", "'1:00.0' is not"},
		{"000:01:00.0", "'000:01:00.0' is not"},
		{"01:20.0", "'01:20.0' is not"},
		{"01:00.8", "'01:00.8' is not"},
		{"01:00.", "'01:00.' is not"},
		{"01:00.0;", "is not"},
		{"123456789:01:00.0", "is not"},
		{"host=", "'' is not"},
		{"01:00,02:00", "two lists of devices"},
		{"01:00,host=02:00", "two lists of devices"},
		{"01:00,mapping=a", "has a device and a mapping"},
		{"pcie=1", "has neither a device nor a mapping"},
		{"mapping=", "the mapping's name cannot be read"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char text[200];

		snprintf(text, sizeof(text), "name: a\nhostpci7: %s\n", t[i].value);
		assert_int_equal(parse(text), -EBADMSG);
		assert_non_null(strstr(why, t[i].why));
		assert_memory_equal(why, "line 2: hostpci7", 16);
	}
}

static void limits(void **state)
{
	char text[600] = "hostpci0: 01:00.0";
	uint8_t *large = calloc(1, PVE_FILE_MAX + 1);

	(void)state;
	for (unsigned i = 1; i < PVE_IDS_MAX; i++)
		strcat(text, ";01:00.0");
	assert_int_equal(parse(text), 0);
	assert_int_equal(c.hostpci[0].n, PVE_IDS_MAX);
	strcat(text, ";01:00.0");
	assert_int_equal(parse(text), -EFBIG);
	assert_string_equal(why, "line 1: hostpci0: more than 16 devices");
	memset(large, '\n', PVE_FILE_MAX + 1);
	assert_int_equal(pveconf_parse((struct bytes){large, PVE_FILE_MAX}, &c, why), 0);
	assert_int_equal(pveconf_parse((struct bytes){large, PVE_FILE_MAX + 1}, &c, why), -EFBIG);
	free(large);
	strcpy(text, "hostpci0: 01:00,romfile=");
	memset(text + strlen(text), 'r', PVECONF_ROMFILE_MAX - 1);
	assert_int_equal(parse(text), 0);
	assert_int_equal(strlen(c.hostpci[0].romfile), PVECONF_ROMFILE_MAX - 1);
	strcat(text, "r");
	assert_int_equal(parse(text), -EBADMSG);
}

static void tags(void **state)
{
	static const struct {
		const char *line, *tag;
	} t[] = {
		{"#gpurom%3Ahostpci0=0123456789ab", "0123456789ab"},
		{"#gpurom%3ahostpci0=0123456789ab  ", "0123456789ab"},
		{"#gpurom:hostpci0=0123456789ab", "0123456789ab"},
		{"##gpurom:hostpci0=0123456789ab", "0123456789ab"},
		{"#first%0A# gpurom%3Ahostpci0=0123456789ab%0Athird", "0123456789ab"},
		{"description: one%0Agpurom%3Ahostpci0=0123456789ab", "0123456789ab"},
		{"#gpurom:hostpci1=0123456789ab", ""},
		{"#gpurom:hostpci16=0123456789ab", ""},
		{"#gpurom:hostpci0=0123456789abc", ""},
		{"#gpurom:hostpci0=0123456789AB", ""},
		{"#gpurom:hostpci=0123456789ab", ""},
		{"#see gpurom:hostpci0=0123456789ab", ""},
		{" #gpurom:hostpci0=0123456789ab", ""},
		{"#gpurom%3", ""},
		{"#%", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		char text[200];

		snprintf(text, sizeof(text), "%s\nhostpci0: 01:00\n", t[i].line);
		assert_int_equal(parse(text), 0);
		assert_string_equal(c.hostpci[0].tag, t[i].tag);
		snprintf(text, sizeof(text), "hostpci0: 01:00\n%s", t[i].line);
		assert_int_equal(parse(text), 0);
		assert_string_equal(c.hostpci[0].tag, t[i].tag);
	}
}

static void description(void **state)
{
	static const char file[] = "#it's 5%25%3A\n#\n#gpurom%3Ahostpci0=0123456789ab\n"
				   "#gpurom%3Ahostpci1=ba9876543210\nname: a\n#last%0Aone\n"
				   "[PENDING]\n#not this\n";
	char *text = NULL;
	size_t n;
	FILE *f = open_memstream(&text, &n);

	(void)state;
	assert_int_equal(pveconf_write_description(
				 f, (struct bytes){(const uint8_t *)file, sizeof(file) - 1}, 0),
			 5);
	assert_int_equal(fflush(f), 0);
	assert_string_equal(text, "it'\\''s 5%:\n\ngpurom:hostpci1=ba9876543210\nlast\none\n");
	rewind(f);
	assert_int_equal(pveconf_write_description(
				 f, (struct bytes){(const uint8_t *)file, sizeof(file) - 1}, -1),
			 4);
	fclose(f);
	assert_string_equal(text, "it'\\''s 5%:\n\nlast\none\n");
	free(text);
}

static void numbers_of_vms(void **state)
{
	(void)state;
	assert_true(pveconf_is_vmid("100"));
	assert_true(pveconf_is_vmid("999999999"));
	assert_false(pveconf_is_vmid("99"));
	assert_false(pveconf_is_vmid("1000000000"));
	assert_false(pveconf_is_vmid("0100"));
	assert_false(pveconf_is_vmid("100.conf"));
	assert_false(pveconf_is_vmid(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form),	    cmocka_unit_test(only_the_current_section),
		cmocka_unit_test(lines_that_count), cmocka_unit_test(refused),
		cmocka_unit_test(limits),	    cmocka_unit_test(tags),
		cmocka_unit_test(description),	    cmocka_unit_test(numbers_of_vms),
	};

	return cmocka_run_group_tests_name("proxmox-conf", tests, NULL, NULL);
}
