#include "sys/firmware-names.h"

#include "sys/file.h"
#include "sys/sysfs.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHAIN_MAX 16	       /* ports looked at, and the card */
#define ENTRY_MAX 4096	       /* bytes of one structure; its fields are 255 at most */
#define TABLE_MAX (256u << 10) /* a large server's is 20 KiB */
#define ENTRIES_MAX 4096       /* names of the folder looked at */
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

/* What does not fit is not told: cut, it is another place. */
static void acpi_path(const struct root *root, const struct chain *c, char ret[CARDFACTS_ACPI_MAX])
{
	const struct attr_ops k = attr_ops_real(root);
	char text[CARDFACTS_ACPI_MAX + 2] = ""; /* its newline, and one that tells it is too long */

	for (size_t i = 0; i < c->n && i < 2 && !text[0]; i++)
		if (sysfs_get(&k, c->at[i], "firmware_node/path", text, sizeof(text)) < 0)
			text[0] = '\0';
	if (strlen(text) >= CARDFACTS_ACPI_MAX)
		return;
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	strcpy(ret, text);
}

struct search {
	const struct chain *chain;
	size_t nearest; /* index in it of the best match so far; its n: none */
	char name[SMBIOS_NAME_MAX];
};

/* Of the card any function will do; the ports of a root complex are functions of one device. */
static bool is_there(const struct chain *c, size_t i, struct pci_addr a)
{
	return i == 0 ? pci_addr_same_card(c->at[0], a) : pci_addr_cmp(c->at[i], a) == 0;
}

static void compare(const struct smbios_slot *slot, struct search *s)
{
	size_t i = 0;

	while (i < s->chain->n && !is_there(s->chain, i, slot->addr))
		i++;
	if (i > s->nearest || i == s->chain->n)
		return;
	if (i < s->nearest)
		strcpy(s->name, slot->name);
	else if (strcmp(s->name, slot->name) != 0)
		s->name[0] = '\0';
	s->nearest = i;
}

static void look_through(int dir, const char *path, size_t cap, struct search *s)
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
			compare(&slot, s);
	free(p);
}

/* False where dmi-sysfs is not there: it is a module on some kernels. */
static bool look_at_entries(const struct root *root, struct search *s)
{
	int fd = openat(root->fd, ROOT_DMI_ENTRIES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *e;
	char path[sizeof(e->d_name) + sizeof("/raw")];

	if (!d) {
		if (fd >= 0)
			close(fd);
		return false;
	}
	for (int i = 0; i < ENTRIES_MAX && (e = readdir(d)); i++) {
		if (strncmp(e->d_name, SLOT_ENTRY, strlen(SLOT_ENTRY)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/raw", e->d_name);
		look_through(fd, path, ENTRY_MAX, s);
	}
	closedir(d);
	return true;
}

void cardfacts_read(const struct root *root, struct pci_addr display, struct card_facts *ret)
{
	struct chain chain;
	struct search s = {.chain = &chain};

	*ret = (struct card_facts){0};
	chain_read(root, display, &chain);
	acpi_path(root, &chain, ret->acpi_path);
	s.nearest = chain.n;
	if (!look_at_entries(root, &s))
		look_through(root->fd, ROOT_DMI_TABLE, TABLE_MAX, &s);
	strcpy(ret->smbios_slot, s.name);
}
