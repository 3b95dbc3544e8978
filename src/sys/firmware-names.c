// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/firmware-names.h"

#include "sys/file.h"
#include "sys/sysfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHAIN_MAX 16	       /* the card and the ports above it */
#define ENTRY_MAX 4096	       /* bytes of one structure; its fields are 255 at most */
#define TABLE_MAX (256u << 10) /* a large server's is 20 KiB */
#define ENTRIES_MAX 4096       /* names of the folder that are read */
#define SLOT_ENTRY "9-"	       /* dmi-sysfs: TYPE-INSTANCE */

/* The card, then the ports on its way to the host bridge. */
struct chain {
	struct pci_addr at[CHAIN_MAX];
	size_t n;
};

static void chain_read(const struct root *root, struct pci_addr display, struct chain *ret)
{
	char buf[PATH_MAX];
	const char *real = sysfs_device(root, display, buf);

	*ret = (struct chain){.at = {display}, .n = 1};
	if (!real)
		return;
	for (char *cut = strrchr(real, '/'); cut && ret->n < CHAIN_MAX; cut = strrchr(real, '/')) {
		const char *part;

		*cut = '\0';
		part = strrchr(real, '/');
		if (!part || pci_addr_parse(part + 1, &ret->at[ret->n]) < 0)
			return;
		ret->n++;
	}
}

/* A path that does not fit is left out: cut, it would name another place. */
static void read_acpi_path(const struct root *root, const struct chain *c, char ret[PCI_ACPI_MAX])
{
	const struct attr_ops k = attr_ops_real(root);
	char text[PCI_ACPI_MAX + 2] = ""; /* its newline, and one to see that it is too long */

	for (size_t i = 0; i < c->n && i < 2 && !text[0]; i++)
		if (sysfs_get(&k, c->at[i], "firmware_node/path", text, sizeof(text)) < 0)
			text[0] = '\0';
	if (strlen(text) >= PCI_ACPI_MAX)
		return;
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	strcpy(ret, text);
}

struct slot_search {
	const struct chain *chain;
	size_t nearest; /* index in it of the best match so far; its n: none */
	char name[SMBIOS_NAME_MAX];
};

/* Of the card any function will do; the ports of a root complex are functions of one device. */
static bool is_slot_of(const struct chain *c, size_t i, struct pci_addr a)
{
	return i == 0 ? pci_addr_same_card(c->at[0], a) : pci_addr_cmp(c->at[i], a) == 0;
}

static void add_slot(const struct smbios_slot *slot, struct slot_search *s)
{
	size_t i = 0;

	while (i < s->chain->n && !is_slot_of(s->chain, i, slot->addr))
		i++;
	if (i > s->nearest || i == s->chain->n)
		return;
	if (i < s->nearest)
		strcpy(s->name, slot->name);
	else if (strcmp(s->name, slot->name) != 0)
		s->name[0] = '\0';
	s->nearest = i;
}

static void search_table(int dir, const char *path, size_t cap, struct slot_search *s)
{
	struct bytes table, structure;
	struct smbios_slot slot;
	size_t off = 0;
	uint8_t *p;

	if (file_read(dir, path, cap, &p, &table.n) < 0)
		return;
	table.p = p;
	while (smbios_next(table, &off, &structure))
		if (smbios_slot(structure, &slot))
			add_slot(&slot, s);
	free(p);
}

/* False where there is no dmi-sysfs: it is a module on some kernels. */
static bool search_entries(const struct root *root, struct slot_search *s)
{
	DIR *d = dir_open(root->fd, ROOT_DMI_ENTRIES, 0);
	const struct dirent *e;
	char path[sizeof(e->d_name) + sizeof("/raw")];

	if (!d)
		return false;
	for (int i = 0; i < ENTRIES_MAX && (e = readdir(d)); i++) {
		if (strncmp(e->d_name, SLOT_ENTRY, strlen(SLOT_ENTRY)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/raw", e->d_name);
		search_table(dirfd(d), path, ENTRY_MAX, s);
	}
	closedir(d);
	return true;
}

void firmware_names_read(const struct root *root, struct pci_addr display,
			 struct firmware_names *ret)
{
	struct chain chain;
	struct slot_search s = {.chain = &chain};

	*ret = (struct firmware_names){0};
	chain_read(root, display, &chain);
	read_acpi_path(root, &chain, ret->acpi_path);
	s.nearest = chain.n;
	if (!search_entries(root, &s))
		search_table(root->fd, ROOT_DMI_TABLE, TABLE_MAX, &s);
	strcpy(ret->smbios_slot, s.name);
}
