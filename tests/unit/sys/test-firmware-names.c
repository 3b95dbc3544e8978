// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/firmware-names.h"
#include "tempdir.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WITH_DIR(f) cmocka_unit_test_setup_teardown(f, tempdir_make, tempdir_remove)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define FIELDS 0x11

/* A card behind a switch of its own, behind function 2 of the root port's device. */
#define PORT "0000:00:01.2"
#define UPSTREAM "0000:04:00.0"
#define DOWNSTREAM "0000:05:08.0"
#define CARD "0000:06:00.1"
#define BELOW_PORT "sys/devices/pci0000:00/" PORT
#define BELOW_UPSTREAM BELOW_PORT "/" UPSTREAM
#define BELOW_DOWNSTREAM BELOW_UPSTREAM "/" DOWNSTREAM
#define BELOW_CARD BELOW_DOWNSTREAM "/" CARD

static const struct pci_addr card = {0, 6, 0, 1};

static struct root machine(const char *path)
{
	static const char *const link[][2] = {
		{PORT, "/" PORT},
		{UPSTREAM, "/" PORT "/" UPSTREAM},
		{DOWNSTREAM, "/" PORT "/" UPSTREAM "/" DOWNSTREAM},
		{CARD, "/" PORT "/" UPSTREAM "/" DOWNSTREAM "/" CARD}};
	struct root root = {.path = path, .fd = tempdir_open(path)};
	char name[128], target[256];

	tempdir_put_text(root.fd, BELOW_CARD "/vendor", "0x10de\n");
	tempdir_put_text(root.fd, ROOT_PCI_DEVICES "/here", "");
	for (size_t i = 0; i < COUNT(link); i++) {
		snprintf(name, sizeof(name), ROOT_PCI_DEVICES "/%s", link[i][0]);
		snprintf(target, sizeof(target), "../../../devices/pci0000:00%s", link[i][1]);
		assert_int_equal(symlinkat(target, root.fd, name), 0);
	}
	return root;
}

struct entry {
	uint8_t bus, devfn;
	const char *name;
};

static size_t put_slot(uint8_t p[256], const struct entry *e)
{
	memset(p, 0, 256);
	p[0] = 9;
	p[1] = FIELDS;
	p[4] = 1;
	p[0x0f] = e->bus;
	p[0x10] = e->devfn;
	strcpy((char *)p + FIELDS, e->name);
	return FIELDS + strlen(e->name) + 2;
}

static void put_entry(const struct root *root, unsigned nth, const struct entry *e)
{
	char path[64];
	uint8_t p[256];

	snprintf(path, sizeof(path), ROOT_DMI_ENTRIES "/9-%u/raw", nth);
	tempdir_put(root->fd, path, p, put_slot(p, e));
}

static void nothing_is_told(void **state)
{
	struct root root = {.path = *state, .fd = tempdir_open(*state)};
	struct firmware_names f = {"before", "before"};

	firmware_names_read(&root, card, &f);
	assert_string_equal(f.acpi_path, "");
	assert_string_equal(f.smbios_slot, "");
	close(root.fd);
	root = machine(*state);
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.acpi_path, "");
	assert_string_equal(f.smbios_slot, "");
	close(root.fd);
}

static void acpi_path_of_the_function_else_of_the_port(void **state)
{
	struct root root = machine(*state);
	struct firmware_names f;

	tempdir_put_text(root.fd, "sys/devices/pci0000:00/firmware_node/path", "\\_SB_.PCI0\n");
	tempdir_put_text(root.fd, BELOW_UPSTREAM "/firmware_node/path", "\\_SB_.UP\n");
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.acpi_path, "");
	tempdir_put_text(root.fd, BELOW_DOWNSTREAM "/firmware_node/path", "\\_SB_.DOWN\n");
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.acpi_path, "\\_SB_.DOWN");
	tempdir_put_text(root.fd, BELOW_CARD "/firmware_node/path", "\\_SB_.PEGP\n");
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.acpi_path, "\\_SB_.PEGP");
	/* The port's own port is the host bridge, and that is no slot. */
	firmware_names_read(&root, (struct pci_addr){0, 0, 1, 2}, &f);
	assert_string_equal(f.acpi_path, "");
	close(root.fd);
}

static void acpi_path_of_odd_bytes_and_lengths(void **state)
{
	struct root root = machine(*state);
	char text[PCI_ACPI_MAX + 1];
	struct firmware_names f;

	tempdir_put_text(root.fd, BELOW_CARD "/firmware_node/path", "\\\x1b[2J\xc3\xa4\x7f\nmore");
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.acpi_path, "\\?[2J???");
	memset(text, 'A', sizeof(text));
	text[PCI_ACPI_MAX - 1] = '\n';
	text[PCI_ACPI_MAX] = '\0';
	tempdir_put_text(root.fd, BELOW_CARD "/firmware_node/path", text);
	firmware_names_read(&root, card, &f);
	assert_int_equal(strlen(f.acpi_path), PCI_ACPI_MAX - 1);
	text[PCI_ACPI_MAX - 1] = 'A';
	tempdir_put_text(root.fd, BELOW_CARD "/firmware_node/path", text);
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.acpi_path, "");
	close(root.fd);
}

static void slot_of_the_nearest(void **state)
{
	/* From the farthest to the nearest, and what is near and not on the way. */
	static const struct {
		struct entry e;
		const char *want;
	} t[] = {
		{{0, 1 << 3 | 1, "another function's"}, ""},
		{{6, 1 << 3, "another device's"}, ""},
		{{5, 7 << 3, "another port's"}, ""},
		{{0, 1 << 3 | 2, "root port's"}, "root port's"},
		{{4, 0, "upstream port's"}, "upstream port's"},
		{{5, 8 << 3, "downstream port's"}, "downstream port's"},
		{{6, 0, "the card's"}, "the card's"},
	};
	struct root root = machine(*state);
	struct firmware_names f;

	for (unsigned i = 0; i < COUNT(t); i++) {
		put_entry(&root, i, &t[i].e);
		firmware_names_read(&root, card, &f);
		assert_string_equal(f.smbios_slot, t[i].want);
	}
	/* Another segment's is another card. */
	firmware_names_read(&root, (struct pci_addr){1, 6, 0, 0}, &f);
	assert_string_equal(f.smbios_slot, "");
	close(root.fd);
}

static void two_slots_claim_it(void **state)
{
	static const struct entry far = {0, 1 << 3 | 2, "FAR"}, one = {6, 0, "ONE"},
				  same = {6, 1, "ONE"}, two = {6, 0, "TWO"};
	struct root root = machine(*state);
	struct firmware_names f;

	put_entry(&root, 0, &far);
	put_entry(&root, 1, &one);
	put_entry(&root, 2, &same);
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.smbios_slot, "ONE");
	put_entry(&root, 3, &two);
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.smbios_slot, "");
	close(root.fd);
}

static void entries_that_are_none(void **state)
{
	static const struct entry e = {6, 0, "IT"};
	struct root root = machine(*state);
	struct firmware_names f;
	uint8_t big[8192] = {1}, p[256];
	size_t n = put_slot(p, &e);

	put_entry(&root, 7, &e);
	tempdir_put(root.fd, ROOT_DMI_ENTRIES "/9-1/raw", p, n - 1);
	tempdir_put(root.fd, ROOT_DMI_ENTRIES "/9-2/raw", big, sizeof(big));
	tempdir_put_text(root.fd, ROOT_DMI_ENTRIES "/9-3/raw/folder", "");
	tempdir_put_text(root.fd, ROOT_DMI_ENTRIES "/9-4/length", "");
	tempdir_put_text(root.fd, ROOT_DMI_ENTRIES "/9-5", "");
	p[FIELDS] = 'X';
	tempdir_put(root.fd, ROOT_DMI_ENTRIES "/19-0/raw", p, n);
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.smbios_slot, "IT");
	close(root.fd);
}

/* Without dmi-sysfs the whole table is there all the same. */
static void the_table(void **state)
{
	static const struct entry far = {0, 1 << 3 | 2, "FAR"}, near = {6, 0, "NEAR"};
	struct root root = machine(*state);
	struct firmware_names f;
	uint8_t table[512];
	size_t n = put_slot(table, &near);

	n += put_slot(table + n, &far);
	tempdir_put(root.fd, ROOT_DMI_TABLE, table, n);
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.smbios_slot, "NEAR");
	put_entry(&root, 0, &far);
	firmware_names_read(&root, card, &f);
	assert_string_equal(f.smbios_slot, "FAR");
	close(root.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_DIR(nothing_is_told),
		WITH_DIR(acpi_path_of_the_function_else_of_the_port),
		WITH_DIR(acpi_path_of_odd_bytes_and_lengths),
		WITH_DIR(slot_of_the_nearest),
		WITH_DIR(two_slots_claim_it),
		WITH_DIR(entries_that_are_none),
		WITH_DIR(the_table),
	};

	return cmocka_run_group_tests_name("cardfacts", tests, NULL, NULL);
}
