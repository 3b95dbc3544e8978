// SPDX-License-Identifier: GPL-2.0-or-later
#include "tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const attr_names[ATTRS] = {
	[ATTR_VENDOR] = "vendor",
	[ATTR_DEVICE] = "device",
	[ATTR_SUBVENDOR] = "subsystem_vendor",
	[ATTR_SUBDEVICE] = "subsystem_device",
	[ATTR_CLASS] = "class",
	[ATTR_IRQ] = "irq",
	[ATTR_RESOURCE] = "resource",
	[ATTR_CONFIG] = "config",
	[ATTR_ENABLE] = "enable",
	[ATTR_OVERRIDE] = "driver_override",
	[ATTR_BOOT_VGA] = "boot_vga",
	[ATTR_PCI_UEVENT] = "uevent",
	[ATTR_SECONDARY] = "secondary_bus_number",
	[ATTR_NUMVFS] = "sriov_numvfs",
	[ATTR_TOTALVFS] = "sriov_totalvfs",
	[ATTR_ROM] = "rom",
	[ATTR_POWER] = "control",
	[ATTR_EFI] = "data",
	[ATTR_UEVENT] = "uevent",
	[ATTR_IOMEM] = "iomem",
	[ATTR_FB_OVERRIDE] = "driver_override",
};

static struct node *add(struct tree *t, struct node *parent, const char *name, enum what what)
{
	struct node *n = &t->node[t->n++];

	if (t->n == NODES_MAX) {
		fputs("fakesys: too many names\n", stderr);
		exit(1);
	}
	*n = (struct node){.parent = parent, .what = what};
	snprintf(n->name, sizeof(n->name), "%s", name);
	if (parent) {
		n->next = parent->child;
		parent->child = n;
	}
	return n;
}

static struct node *find_or_add(struct tree *t, struct node *parent, const char *name)
{
	for (struct node *n = parent->child; n; n = n->next)
		if (strcmp(n->name, name) == 0)
			return n;
	return add(t, parent, name, NODE_DIR);
}

static void add_attr(struct tree *t, struct node *dir, struct fn *f, enum attr a)
{
	struct node *n = add(t, dir, attr_names[a], NODE_ATTR);

	n->fn = f;
	n->attr = a;
}

static struct node *add_class_device(struct tree *t, struct node *dir, struct fn *f)
{
	char name[NAME_MAX_];
	struct node *drm = add(t, dir, "drm", NODE_DIR), *card;

	snprintf(name, sizeof(name), "card%x", f->bus);
	card = add(t, drm, name, NODE_DIR);
	add_attr(t, card, f, ATTR_UEVENT);
	return drm;
}

static struct node *find_function(struct tree *t, const char *addr)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->node[i].what == NODE_DIR && strcmp(t->node[i].name, addr) == 0)
			return &t->node[i];
	fprintf(stderr, "fakesys: %s: a parent must stand before its children\n", addr);
	exit(1);
}

/* One that no line of the description names is the firmware's, without a _UID. */
static struct node *host_bridge(struct tree *t, struct machine *m, struct node *devices,
				const char *name)
{
	const char *uid = "", *below = "";
	struct node *above, *n;

	for (size_t i = 0; i < m->n_roots; i++)
		if (strcmp(m->root[i].name, name) == 0)
			uid = m->root[i].uid, below = m->root[i].below;
	above = below[0] ? find_function(t, below) : devices;
	for (n = above->child; n; n = n->next)
		if (strcmp(n->name, name) == 0)
			return n;
	n = add(t, above, name, NODE_DIR);
	if (uid[0])
		add(t, add(t, n, "firmware_node", NODE_DIR), "uid", NODE_TEXT)->text = uid;
	return n;
}

/* The host bridge of a function that names no parent: that of its own bus. */
static struct node *root_of(struct tree *t, struct machine *m, struct node *devices,
			    const struct fn *f)
{
	char name[NAME_MAX_];

	snprintf(name, sizeof(name), "pci%04x:%02x", f->domain, f->bus);
	return host_bridge(t, m, devices, name);
}

static void add_firmware_copy(struct tree *t, struct node *root, struct fn *f)
{
	struct node *kernel = find_or_add(t, root, "kernel"), *all, *dir;

	if (!f->efi)
		return;
	all = find_or_add(t, find_or_add(t, kernel, "boot_params"), "setup_data");
	dir = add(t, all, f->addr, NODE_DIR);
	add(t, dir, "type", NODE_TEXT)->text = "0x3";
	add_attr(t, dir, f, ATTR_EFI);
}

static void add_slots(struct tree *t, struct machine *m, struct node *pci)
{
	struct node *slots = find_or_add(t, pci, "slots"), *dir;

	for (size_t i = 0; i < m->n_slots; i++) {
		dir = add(t, slots, m->slot[i].name, NODE_DIR);
		add(t, dir, "address", NODE_TEXT)->text = m->slot[i].address;
	}
}

/* drivers/pci/iov.c pci_iov_sysfs_link; dir: the virtual function's folder. Those of one physical
 * function are numbered in the order of the description. */
static void link_physfn(struct tree *t, struct machine *m, struct node *dir, const struct fn *f)
{
	struct node *physfn;
	char name[NAME_MAX_];
	unsigned number = 0;

	if (!f->physfn)
		return;
	for (const struct fn *before = m->fn; before < f; before++)
		number += before->physfn == f->physfn;
	physfn = find_function(t, f->physfn->addr);
	snprintf(name, sizeof(name), "virtfn%u", number);
	add(t, physfn, name, NODE_LINK)->to = dir;
	add(t, dir, "physfn", NODE_LINK)->to = physfn;
}

static void link_group(struct tree *t, struct node *root, struct node *dir, const struct fn *f)
{
	struct node *groups = find_or_add(t, find_or_add(t, root, "kernel"), "iommu_groups"),
		    *group;
	char number[NAME_MAX_];

	if (f->group < 0)
		return;
	snprintf(number, sizeof(number), "%d", f->group);
	group = find_or_add(t, groups, number);
	add(t, dir, "iommu_group", NODE_LINK)->to = group;
	add(t, find_or_add(t, group, "devices"), f->addr, NODE_LINK)->to = dir;
}

static void add_framebuffer(struct tree *t, struct node *root, struct fn *f)
{
	struct node *bus = find_or_add(t, find_or_add(t, root, "bus"), "platform"), *dir, *driver;

	if (!f->fb[0])
		return;
	add_attr(t, root, f, ATTR_IOMEM);
	driver = add(t, find_or_add(t, bus, "drivers"), f->fb_driver, NODE_DIR);
	add(t, driver, "unbind", NODE_UNBIND)->text = f->fb_driver;
	dir = add(t, find_or_add(t, bus, "devices"), f->fb_device, NODE_DIR);
	add_attr(t, dir, f, ATTR_FB_OVERRIDE);
	add(t, dir, "driver", NODE_FB_DRIVER)->fn = f;
	dir->child->to = driver;
}

static void add_function(struct tree *t, struct machine *m, struct node *root, struct fn *f)
{
	struct node *devices = find_or_add(t, root, "devices"), *above, *dir, *n;

	above = f->parent[0] ? find_function(t, f->parent) : root_of(t, m, devices, f);
	dir = add(t, above, f->addr, NODE_DIR);
	for (enum attr a = 0; a <= ATTR_ROM; a++)
		add_attr(t, dir, f, a);
	add_attr(t, add(t, dir, "power", NODE_DIR), f, ATTR_POWER);
	add_class_device(t, dir, f)->fn = f;
	add_firmware_copy(t, root, f);
	add_framebuffer(t, root, f);
	add(t, dir, "driver", NODE_DRIVER)->fn = f;
	link_group(t, root, dir, f);
	link_physfn(t, m, dir, f);
	n = find_or_add(t, find_or_add(t, find_or_add(t, root, "bus"), "pci"), "devices");
	add(t, n, f->addr, NODE_LINK)->to = dir;
}

void tree_make(struct tree *t, struct machine *m)
{
	struct node *root = add(t, NULL, "", NODE_DIR), *pci, *d;

	pci = find_or_add(t, find_or_add(t, root, "bus"), "pci");
	find_or_add(t, pci, "devices");
	add(t, pci, "drivers_probe", NODE_PROBE);
	add(t, root, "load", NODE_LOAD);
	t->drivers = find_or_add(t, pci, "drivers");
	for (size_t i = 0; i < m->n_drivers; i++) {
		d = add(t, t->drivers, m->driver[i], NODE_DIR);
		d->hidden = &m->unloaded[i];
		add(t, d, "bind", NODE_BIND)->text = m->driver[i];
		add(t, d, "unbind", NODE_UNBIND)->text = m->driver[i];
	}
	for (size_t i = 0; i < m->n; i++)
		add_function(t, m, root, &m->fn[i]);
	for (size_t i = 0; i < m->n_roots; i++)
		host_bridge(t, m, find_or_add(t, root, "devices"), m->root[i].name);
	add_slots(t, m, pci);
}

bool node_exists(const struct node *n)
{
	if (n->hidden && *n->hidden)
		return false;
	if (n->what == NODE_DRIVER)
		return n->fn->driver_link;
	if (n->what == NODE_FB_DRIVER)
		return n->fn->fb_bound;
	if (n->what == NODE_DIR && n->fn) /* drm */
		return attr_exists(n->fn, ATTR_UEVENT);
	return n->what != NODE_ATTR || attr_exists(n->fn, n->attr);
}

struct node *node_child(struct node *dir, const char *name)
{
	for (struct node *n = dir->child; n; n = n->next)
		if (strcmp(n->name, name) == 0 && node_exists(n))
			return n;
	return NULL;
}

static bool is_below(const struct node *n, const struct node *above)
{
	while (n && n != above)
		n = n->parent;
	return n;
}

/* From above on, a node that n is below. */
static void put_path(const struct node *n, const struct node *above, char *buf, size_t size)
{
	if (n->parent != above) {
		put_path(n->parent, above, buf, size);
		snprintf(buf + strlen(buf), size - strlen(buf), "/");
	}
	snprintf(buf + strlen(buf), size - strlen(buf), "%s", n->name);
}

int node_target(const struct tree *t, const struct node *n, char *buf, size_t size)
{
	const struct node *to = n->to, *above;

	if (n->what == NODE_DRIVER)
		to = n->fn->driver_link ? node_child(t->drivers, n->fn->driver) : NULL;
	if (!to)
		return -ENOENT;
	buf[0] = '\0';
	for (above = n->parent; !is_below(to, above); above = above->parent)
		snprintf(buf + strlen(buf), size - strlen(buf), "../");
	put_path(to, above, buf, size);
	return (int)strlen(buf);
}

void node_place(const struct node *n, char *buf, size_t size)
{
	if (n->what == NODE_ATTR)
		snprintf(buf, size, "%s/%s%s",
			 n->attr == ATTR_FB_OVERRIDE ? n->fn->fb_device : n->fn->addr,
			 n->attr == ATTR_POWER ? "power/" : "", n->name);
	else if (n->what == NODE_LOAD)
		snprintf(buf, size, "load");
	else if (n->what == NODE_PROBE)
		snprintf(buf, size, "drivers_probe");
	else
		snprintf(buf, size, "drivers/%s/%s", n->text ? n->text : "?", n->name);
}
