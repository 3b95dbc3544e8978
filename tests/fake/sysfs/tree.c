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

static struct node *host_bridge(struct tree *t, struct machine *m, struct node *devices,
				const struct fn *f)
{
	char name[NAME_MAX_];
	struct node *n, *uid;

	snprintf(name, sizeof(name), "pci%04x:%02x", f->domain, f->bus);
	for (n = devices->child; n; n = n->next)
		if (strcmp(n->name, name) == 0)
			return n;
	n = add(t, devices, name, NODE_DIR);
	for (size_t i = 0; i < m->n_roots; i++)
		if (strcmp(m->root[i].name, name) == 0) {
			uid = add(t, add(t, n, "firmware_node", NODE_DIR), "uid", NODE_TEXT);
			uid->text = m->root[i].uid;
		}
	return n;
}

static struct node *find_function(struct tree *t, const char *addr)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->node[i].what == NODE_DIR && strcmp(t->node[i].name, addr) == 0)
			return &t->node[i];
	fprintf(stderr, "fakesys: %s: a parent must stand before its children\n", addr);
	exit(1);
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

static void add_slot(struct tree *t, struct node *root, struct fn *f)
{
	struct node *pci = find_or_add(t, find_or_add(t, root, "bus"), "pci"), *dir;

	if (!f->slot[0])
		return;
	dir = add(t, find_or_add(t, pci, "slots"), f->slot, NODE_DIR);
	add(t, dir, "address", NODE_TEXT)->text = f->slot_address;
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
	struct node *groups = find_or_add(t, find_or_add(t, root, "kernel"), "iommu_groups");
	char number[NAME_MAX_];

	above = f->parent[0] ? find_function(t, f->parent) : host_bridge(t, m, devices, f);
	dir = add(t, above, f->addr, NODE_DIR);
	for (enum attr a = 0; a < ATTRS; a++)
		if (a <= ATTR_ROM)
			add_attr(t, dir, f, a);
	add_attr(t, add(t, dir, "power", NODE_DIR), f, ATTR_POWER);
	add_class_device(t, dir, f)->fn = f;
	add_firmware_copy(t, root, f);
	add_slot(t, root, f);
	add_framebuffer(t, root, f);
	n = add(t, dir, "driver", NODE_DRIVER);
	n->fn = f;
	if (f->group >= 0) {
		snprintf(number, sizeof(number), "%d", f->group);
		add(t, dir, "iommu_group", NODE_LINK)->to = find_or_add(t, groups, number);
	}
	n = find_or_add(t, find_or_add(t, find_or_add(t, root, "bus"), "pci"), "devices");
	add(t, n, f->addr, NODE_LINK)->to = dir;
}

void tree_make(struct tree *t, struct machine *m)
{
	struct node *root = add(t, NULL, "", NODE_DIR), *pci, *d;

	pci = find_or_add(t, find_or_add(t, root, "bus"), "pci");
	find_or_add(t, pci, "devices");
	add(t, pci, "drivers_probe", NODE_PROBE);
	t->drivers = find_or_add(t, pci, "drivers");
	for (size_t i = 0; i < m->n_drivers; i++) {
		d = add(t, t->drivers, m->driver[i], NODE_DIR);
		add(t, d, "bind", NODE_BIND)->text = m->driver[i];
		add(t, d, "unbind", NODE_UNBIND)->text = m->driver[i];
	}
	for (size_t i = 0; i < m->n; i++)
		add_function(t, m, root, &m->fn[i]);
}

bool node_exists(const struct node *n)
{
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

static void put_path(const struct node *n, char *buf, size_t size)
{
	if (!n->parent)
		return;
	put_path(n->parent, buf, size);
	snprintf(buf + strlen(buf), size - strlen(buf), "%s%s", n->parent->parent ? "/" : "",
		 n->name);
}

int node_target(const struct tree *t, const struct node *n, char *buf, size_t size)
{
	const struct node *to = n->to;

	if (n->what == NODE_DRIVER)
		to = n->fn->driver_link ? node_child(t->drivers, n->fn->driver) : NULL;
	if (!to)
		return -ENOENT;
	buf[0] = '\0';
	for (const struct node *up = n->parent; up->parent; up = up->parent)
		snprintf(buf + strlen(buf), size - strlen(buf), "../");
	put_path(to, buf, size);
	return (int)strlen(buf);
}

void node_place(const struct node *n, char *buf, size_t size)
{
	if (n->what == NODE_ATTR)
		snprintf(buf, size, "%s/%s%s",
			 n->attr == ATTR_FB_OVERRIDE ? n->fn->fb_device : n->fn->addr,
			 n->attr == ATTR_POWER ? "power/" : "", n->name);
	else if (n->what == NODE_PROBE)
		snprintf(buf, size, "drivers_probe");
	else
		snprintf(buf, size, "drivers/%s/%s", n->text ? n->text : "?", n->name);
}
