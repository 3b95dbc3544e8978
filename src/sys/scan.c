// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/scan.h"

#include "pci/path.h"
#include "sys/config-space.h"
#include "sys/deadline.h"
#include "sys/file.h"
#include "sys/framebuffer.h"
#include "sys/host-bridges.h"
#include "sys/sysfs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CLASS_PCI_BRIDGE 0x0604 /* PCI Code and ID Assignment: class and subclass */
#define UEVENT_MAX 512

/* What is read of each function, one stage after the other: where one does not return, the next is
 * read all the same. Up to STAGE_OVERRIDE the kernel answers out of its memory, although for some
 * of it only while no driver uses the device; STAGE_CONFIG asks the device. What is no card's, nor
 * near one, is asked for its uevent alone: three system calls (enum relevance). */
enum stage {
	STAGE_UEVENT,	  /* ids, class, driver; in some kernels under the device's lock */
	STAGE_IDS,	  /* the same from a file each, where the uevent did not have them */
	STAGE_PLACE,	  /* of cards: path, bridges above, IOMMU group */
	STAGE_ATTRIBUTES, /* driver by now, header, physical function; of cards ROM BAR, framebuffer
			   */
	STAGE_OVERRIDE,	  /* of cards driver_override: up to Linux 6.12 under the device's lock */
	STAGE_CONFIG,	  /* serial number, of display controllers */
	STAGES
};

enum relevance {
	OF_NO_CARD,
	NEAR_CARD, /* a bridge above a card, or in an IOMMU group of one */
	OF_CARD,   /* on a device that has a display controller; or an NVSwitch */
};

/* A function as the child sees it; the memory is shared. fn.path is the name by the _UID. */
struct seen {
	struct pci_fn fn;
	bool has_ids;	/* fn.ids and fn.class are read */
	bool has_place; /* read_place has been there */
	enum relevance relevance;
	char bus_path[PCI_PATH_MAX]; /* the name by the root bus number, "" where not needed */
	size_t bridge;		     /* the index of its host bridge */
};

struct scan {
	const struct root *root;
	struct attr_ops k;
	enum pciscan_what what;
	struct seen *seen;
	size_t n;
	struct host_bridges *bridges; /* shared */
	/* Of the child: */
	bool has_cards, has_groups; /* mark_cards, mark_groups have run */
	struct pci_access *libpci;
	struct bytes iomem; /* /proc/iomem; p NULL before it is read */
};

/* --- what the kernel knows ------------------------------------------------------------------- */

/* If *line begins with key, moves it behind that. */
static bool skip_key(const char **line, const char *key)
{
	size_t n = strlen(key);

	if (strncmp(*line, key, n) != 0)
		return false;
	*line += n;
	return true;
}

/* Up to digits digits of hexadecimal behind "0x" or not, and nothing else before a delimiter. */
static bool read_hex(const char **at, size_t digits, uint32_t *ret)
{
	if (strncmp(*at, "0x", 2) == 0)
		*at += 2;
	return pci_hex(at, digits, UINT32_MAX, ret);
}

/* "VVVV:DDDD" */
static bool read_pair(const char *at, uint16_t *ret_vendor, uint16_t *ret_device)
{
	uint32_t vendor, device;

	if (!read_hex(&at, 4, &vendor) || *at++ != ':' || !read_hex(&at, 4, &device))
		return false;
	*ret_vendor = (uint16_t)vendor;
	*ret_device = (uint16_t)device;
	return true;
}

/* name ends with its line. */
static void set_driver(const char *name, struct pci_fn *f)
{
	size_t n = strcspn(name, "\n");

	if (n < sizeof(f->driver)) {
		memcpy(f->driver, name, n);
		f->driver[n] = '\0';
	}
}

/* drivers/base/core.c dev_uevent, drivers/pci/pci-driver.c pci_uevent: the class without leading
 * zeros, the ids in capitals. Returns whether class and ids are in it. */
static bool parse_uevent(const char *line, struct pci_fn *f)
{
	bool class = false, ids = false;

	while (*line) {
		if (skip_key(&line, "DRIVER="))
			set_driver(line, f);
		else if (skip_key(&line, "PCI_CLASS="))
			class = read_hex(&line, 6, &f->class);
		else if (skip_key(&line, "PCI_ID="))
			ids = read_pair(line, &f->ids.vendor, &f->ids.device);
		else if (skip_key(&line, "PCI_SUBSYS_ID="))
			(void)read_pair(line, &f->ids.subvendor, &f->ids.subdevice);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	f->header_type = f->class >> 8 == CLASS_PCI_BRIDGE;
	return class && ids;
}

static int read_uevent(struct scan *s, struct seen *to)
{
	char path[SYSFS_PATH_MAX], text[UEVENT_MAX];
	ssize_t n = s->k.read(s->k.ctx, sysfs_path(to->fn.addr, "uevent", path), text,
			      sizeof(text) - 1, 0);

	if (n < 0)
		return (int)n;
	text[n] = '\0';
	to->has_ids = parse_uevent(text, &to->fn);
	return to->has_ids ? 0 : -EBADMSG;
}

static int read_number(struct scan *s, struct pci_addr a, const char *attr, size_t digits,
		       uint32_t *ret)
{
	char text[32];
	const char *at = text;
	int r = sysfs_get(&s->k, a, attr, text, sizeof(text));

	return r < 0 ? r : read_hex(&at, digits, ret) ? 0 : -EBADMSG;
}

static int read_ids(struct scan *s, struct seen *to)
{
	uint32_t v, d, c, sv = 0, sd = 0;
	int r;

	if (to->has_ids)
		return 0;
	r = read_number(s, to->fn.addr, "vendor", 4, &v);
	r = r < 0 ? r : read_number(s, to->fn.addr, "device", 4, &d);
	r = r < 0 ? r : read_number(s, to->fn.addr, "class", 6, &c);
	if (r < 0)
		return r;
	(void)read_number(s, to->fn.addr, "subsystem_vendor", 4, &sv);
	(void)read_number(s, to->fn.addr, "subsystem_device", 4, &sd);
	to->fn.ids = (struct pci_ids){(uint16_t)v, (uint16_t)d, (uint16_t)sv, (uint16_t)sd};
	to->fn.class = c;
	to->fn.header_type = c >> 8 == CLASS_PCI_BRIDGE;
	(void)sysfs_driver(&s->k, to->fn.addr, to->fn.driver);
	to->has_ids = true;
	return 0;
}

static bool exists(const struct root *root, struct pci_addr a, const char *attr)
{
	char path[SYSFS_PATH_MAX];

	return faccessat(root->fd, sysfs_path(a, attr, path), F_OK, 0) == 0;
}

/* The kernel gives this attribute to what has a bridge's header (drivers/pci/pci-sysfs.c,
 * pci_bridge_attrs), whatever class the device says. */
static bool has_bridge_header(const struct root *root, const struct pci_fn *f)
{
	return exists(root, f->addr, "secondary_bus_number");
}

static bool is_shadowed(const struct attr_ops *k, struct pci_addr a)
{
	struct pci_resource rom;

	return pci_resource(k, a, PCI_RESOURCE_ROM, &rom) == 0 && pci_resource_is_shadow(&rom);
}

/* The last but one part of its real path is the bridge that it is below, or a root bus. */
static void set_parent(const char *real, struct pci_fn *f)
{
	const char *end = strrchr(real, '/'), *begin = end;
	char part[PCI_ADDR_BUF];

	while (begin && begin > real && begin[-1] != '/')
		begin--;
	if (!begin || (size_t)(end - begin) >= sizeof(part))
		return;
	snprintf(part, sizeof(part), "%.*s", (int)(end - begin), begin);
	f->has_parent = strchr(part, '.') && pci_addr_parse(part, &f->parent) == 0;
}

/* An SR-IOV virtual function has a link to its physical one (drivers/pci/iov.c). */
static void set_physfn(struct scan *s, struct pci_fn *f)
{
	char path[SYSFS_PATH_MAX], text[PCI_ADDR_BUF];

	f->is_vf =
		s->k.link(s->k.ctx, sysfs_path(f->addr, "physfn", path), text, sizeof(text)) == 0 &&
		pci_addr_parse(text, &f->physfn) == 0;
}

static int by_seen_address(const void *addr, const void *seen)
{
	return pci_addr_cmp(*(const struct pci_addr *)addr, ((const struct seen *)seen)->fn.addr);
}

static void mark_near(struct scan *s, struct pci_addr a)
{
	struct seen *at = bsearch(&a, s->seen, s->n, sizeof(*at), by_seen_address);

	if (at && at->relevance == OF_NO_CARD)
		at->relevance = NEAR_CARD;
}

/* Each part of a card's real path that is an address is a bridge above it. */
static void mark_bridges_above(struct scan *s, const char *real)
{
	char part[PCI_ADDR_BUF];
	struct pci_addr a;

	for (size_t n = strcspn(real, "/"); real[n]; real += n + 1, n = strcspn(real, "/")) {
		if (n >= sizeof(part))
			continue;
		memcpy(part, real, n);
		part[n] = '\0';
		if (pci_addr_parse(part, &a) == 0)
			mark_near(s, a);
	}
}

static void set_place(struct scan *s, struct seen *to)
{
	char target[PATH_MAX];
	const char *real = sysfs_device(s->root, to->fn.addr, target), *uid;

	to->bridge = HOST_BRIDGES_MAX;
	if (!real)
		return;
	set_parent(real, &to->fn);
	to->bridge = host_bridge_find(s->bridges, &s->k, real, pcipath_root(real));
	uid = host_bridge_uid(s->bridges, to->bridge);
	(void)pcipath_make(real, *uid ? uid : NULL, to->fn.path);
	if (to->relevance == OF_CARD)
		mark_bridges_above(s, real);
}

static int read_place(struct scan *s, struct seen *to)
{
	char path[SYSFS_PATH_MAX], text[32];

	set_place(s, to);
	if (s->k.link(s->k.ctx, sysfs_path(to->fn.addr, "iommu_group", path), text, sizeof(text)) ==
	    0)
		to->fn.iommu_group = atoi(text);
	to->has_place = true;
	return 0;
}

/* The name by the root bus number, for a function whose host bridge shares its _UID: which do, is
 * certain once the places of all cards are read. */
static void set_bus_path(const struct scan *s, struct seen *to)
{
	char target[PATH_MAX];
	const char *real = host_bridge_shares_uid(s->bridges, to->bridge)
				   ? sysfs_device(s->root, to->fn.addr, target)
				   : NULL;

	if (real)
		(void)pcipath_make(real, NULL, to->bus_path);
}

static void read_rom_and_screen(struct scan *s, struct pci_fn *f)
{
	char text[32];

	f->rom_bar = exists(s->root, f->addr, "rom");
	f->boot_vga =
		sysfs_get(&s->k, f->addr, "boot_vga", text, sizeof(text)) == 0 && text[0] == '1';
	f->rom_shadow = f->rom_bar && is_shadowed(&s->k, f->addr);
	if (!s->iomem.p)
		framebuffers_load(s->root, &s->iomem);
	f->framebuffer = pci_fn_is_display(f) && framebuffer_is_on(&s->k, s->iomem, f->addr);
}

static int read_attributes(struct scan *s, struct seen *to)
{
	struct pci_fn *f = &to->fn;

	if (!to->has_place)
		(void)read_place(s, to);
	set_bus_path(s, to);
	/* While a remove callback hangs, the uevent has the driver still, the link is gone. */
	(void)sysfs_driver(&s->k, f->addr, f->driver);
	f->header_type = f->header_type || has_bridge_header(s->root, f);
	set_physfn(s, f);
	if (to->relevance == OF_CARD)
		read_rom_and_screen(s, f);
	return 0;
}

static int read_override(struct scan *s, struct pci_fn *f)
{
	char text[PCI_DRIVER_MAX];
	int r = sysfs_get(&s->k, f->addr, "driver_override", text, sizeof(text));

	if (r == 0)
		memcpy(f->override, text, sizeof(text));
	return r;
}

/* A name that does not fit is left out: cut, it could be another slot's. */
static void set_slot(const char *name, char ret[PCI_SLOT_MAX])
{
	size_t n = strlen(name);

	if (n == 0 || n >= PCI_SLOT_MAX || ret[0])
		return;
	for (size_t i = 0; i < n; i++)
		ret[i] = (char)(strchr(PCI_SLOT_CHARS, name[i]) ? name[i] : '_');
	ret[n] = '\0';
}

/* bus/pci/slots/NAME/address has "domain:bus:device" (drivers/pci/slot.c). */
static void read_slot(struct scan *s, const char *name)
{
	char path[sizeof(ROOT_PCI_BUS "/slots//address") + NAME_MAX], text[32];
	struct pci_addr a;
	ssize_t n;

	snprintf(path, sizeof(path), ROOT_PCI_BUS "/slots/%s/address", name);
	n = s->k.read(s->k.ctx, path, text, sizeof(text) - 1 - strlen(".0"), 0);
	if (n <= 0)
		return;
	text[n] = '\0';
	strcpy(text + strcspn(text, "\n"), ".0");
	if (pci_addr_parse(text, &a) < 0)
		return;
	for (size_t i = 0; i < s->n; i++)
		if (pci_addr_same_card(s->seen[i].fn.addr, a))
			set_slot(name, s->seen[i].fn.slot);
}

static void read_slots(struct scan *s)
{
	DIR *d = dir_open(s->root->fd, ROOT_PCI_BUS "/slots", 0);
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			read_slot(s, e->d_name);
	if (d)
		closedir(d);
}

/* --- which functions matter ------------------------------------------------------------------- */

/* s is in address order: the functions of a device follow each other. */
static void mark_device(struct scan *s, size_t of)
{
	const struct pci_addr a = s->seen[of].fn.addr;
	size_t i = of;

	while (i > 0 && pci_addr_same_card(s->seen[i - 1].fn.addr, a))
		i--;
	for (; i < s->n && pci_addr_same_card(s->seen[i].fn.addr, a); i++)
		s->seen[i].relevance = OF_CARD;
}

static void mark_cards(struct scan *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct pci_fn *f = &s->seen[i].fn;

		if (s->what == PCISCAN_ALL || pci_fn_is_nvswitch(f))
			s->seen[i].relevance = OF_CARD;
		else if (pci_fn_is_display(f))
			mark_device(s, i);
	}
	s->has_cards = true;
}

/* Documentation/ABI/testing/sysfs-kernel-iommu_groups */
static void mark_group(struct scan *s, int group)
{
	char path[sizeof(ROOT_IOMMU_GROUPS "/-2147483648/devices")];
	const struct dirent *e;
	struct pci_addr a;
	DIR *d;

	snprintf(path, sizeof(path), ROOT_IOMMU_GROUPS "/%d/devices", group);
	d = dir_open(s->root->fd, path, 0);
	while (d && (e = readdir(d)))
		if (pci_addr_parse(e->d_name, &a) == 0)
			mark_near(s, a);
	if (d)
		closedir(d);
}

/* Functions of one card are often in one group. */
static void mark_groups(struct scan *s)
{
	int last = -1;

	for (size_t i = 0; i < s->n && s->what != PCISCAN_ALL; i++) {
		int group = s->seen[i].relevance == OF_CARD ? s->seen[i].fn.iommu_group : -1;

		if (group >= 0 && group != last)
			mark_group(s, group);
		last = group >= 0 ? group : last;
	}
	s->has_groups = true;
}

/* --- the scan -------------------------------------------------------------------------------- */

#define COMMON_ITEMS 2 /* the host bridges; the slots */

/* Behind the common items comes one stage after the other, each of all functions. */
static enum stage stage_of(const struct scan *s, size_t i)
{
	return (enum stage)((i - COMMON_ITEMS) / s->n);
}

static size_t item_of(const struct scan *s, enum stage stage, size_t fn)
{
	return COMMON_ITEMS + stage * s->n + fn;
}

/* A virtual function has no ids of its own there: they read FF (PCI Express Base Specification
 * 9.3.4.1). */
static int read_config(struct scan *s, struct pci_fn *f)
{
	if (!pci_fn_is_display(f) || f->is_vf)
		return 0;
	return config_space_serial(s->root, f->addr, &s->libpci, &f->serial);
}

static int run_stage(struct scan *s, enum stage stage, struct seen *to)
{
	if (stage >= STAGE_PLACE && !s->has_cards)
		mark_cards(s);
	if (stage >= STAGE_ATTRIBUTES && !s->has_groups)
		mark_groups(s);
	if (stage >= STAGE_PLACE && !to->has_ids)
		return 0;
	switch (stage) {
	case STAGE_UEVENT:
		return read_uevent(s, to);
	case STAGE_IDS:
		return read_ids(s, to);
	case STAGE_PLACE:
		return to->relevance == OF_CARD ? read_place(s, to) : 0;
	case STAGE_ATTRIBUTES:
		return to->relevance ? read_attributes(s, to) : 0;
	case STAGE_OVERRIDE:
		return to->relevance == OF_CARD ? read_override(s, &to->fn) : 0;
	case STAGE_CONFIG:
	case STAGES:
		break;
	}
	return read_config(s, &to->fn);
}

static int run_item(void *arg, size_t i)
{
	struct scan *s = arg;
	struct seen *to;

	if (i == 0)
		host_bridges_read(s->bridges, s->root, &s->k);
	if (i == 1)
		read_slots(s);
	if (i < COMMON_ITEMS)
		return 0;
	to = &s->seen[(i - COMMON_ITEMS) % s->n];
	return run_stage(s, stage_of(s, i), to);
}

static unsigned item_ms(void *arg, size_t i, size_t hung)
{
	const struct scan *s = arg;

	(void)hung;
	return i >= COMMON_ITEMS && stage_of(s, i) == STAGE_CONFIG ? PCISCAN_CONFIG_MS
								   : PCISCAN_KERNEL_MS;
}

static bool is_unanswered(int r)
{
	return r == -ETIMEDOUT || r == -ETIME || r == -ECHILD || r == -ENODEV;
}

static void add_silent(struct pciscan_trouble *t, struct pci_addr a)
{
	if (t->n_silent < PCISCAN_SILENT_MAX)
		t->silent[t->n_silent] = a;
	t->n_silent++;
}

static void add_skipped(struct pciscan_trouble *t, struct pci_addr a, int r)
{
	char addr[PCI_ADDR_BUF];

	if (t->skipped++ == 0)
		snprintf(t->first, sizeof(t->first), "%s: %s", pci_addr_format(a, addr),
			 is_unanswered(r) ? "does not answer" : strerror(-r));
}

static void set_function(const struct seen *from, int config, struct pci_fn *to)
{
	*to = from->fn;
	to->silent = is_unanswered(config);
	if (!from->bus_path[0])
		return;
	memcpy(to->uid_path, from->fn.path, sizeof(to->uid_path));
	memcpy(to->path, from->bus_path, sizeof(to->path));
}

/* Functions whose ids and class could not be read are left out. r: the results of the items. */
static void gather(const struct scan *s, const int *r, bool virtual, struct pci_fn *ret,
		   size_t *ret_n, struct pciscan_trouble *trouble)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct seen *from = &s->seen[i];
		int ids = r[item_of(s, STAGE_IDS, i)], config = r[item_of(s, STAGE_CONFIG, i)];

		if (from->fn.is_vf != virtual)
			continue;
		if (is_unanswered(from->has_ids ? config : ids))
			add_silent(trouble, from->fn.addr);
		if (!from->has_ids)
			add_skipped(trouble, from->fn.addr, ids);
		else
			set_function(from, config, &ret[(*ret_n)++]);
	}
}

/* Where its own device is in no slot, it is in the one that a bridge above it is in: a board with a
 * switch of its own, a riser. */
static void inherit_slots(struct pci_scan *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct pci_fn *up = pci_card_parent(s, &s->fn[i]);

		for (; up && !s->fn[i].slot[0]; up = pci_card_parent(s, up))
			memcpy(s->fn[i].slot, up->slot, sizeof(up->slot));
	}
}

static void gather_all(const struct scan *s, const int *r, struct pci_scan *ret,
		       struct pciscan_trouble *trouble)
{
	gather(s, r, false, ret->fn, &ret->n, trouble);
	ret->vf = ret->fn + ret->n;
	gather(s, r, true, ret->vf, &ret->n_vf, trouble);
	inherit_slots(ret);
}

/* In a child, one item after the other: one that does not return costs its own time alone. */
static int run_scan(struct scan *s, struct pci_scan *ret, struct pciscan_trouble *trouble)
{
	struct deadline_list list = {.n = COMMON_ITEMS + STAGES * s->n,
				     .one = run_item,
				     .ms = item_ms,
				     .arg = s,
				     .keep_fd = s->root->fd,
				     .until_us = deadline_now_us() + PCISCAN_ALL_MS * 1000ull};
	int *r = calloc(list.n, sizeof(*r)), err;

	ret->fn = calloc(s->n + 1, sizeof(*ret->fn));
	err = r && ret->fn ? deadline_each(&list, r) : -ENOMEM;
	if (!err) {
		gather_all(s, r, ret, trouble);
	} else {
		free(ret->fn);
		ret->fn = NULL;
	}
	free(r);
	return err;
}

static int by_address(const void *a, const void *b)
{
	return pci_addr_cmp(*(const struct pci_addr *)a, *(const struct pci_addr *)b);
}

/* The names of the bus's folder: no device is asked for them. */
static int list_functions(const struct root *root, struct pci_addr **ret, size_t *ret_n)
{
	struct pci_addr *a = NULL, *more, one_more;
	const struct dirent *e;
	DIR *d = dir_open(root->fd, ROOT_PCI_DEVICES, 0);
	size_t n = 0;
	int r = d ? 0 : -errno;

	while (r == 0 && (e = readdir(d))) {
		if (pci_addr_parse(e->d_name, &one_more) < 0)
			continue;
		if (n == PCISCAN_FUNCTIONS_MAX)
			r = -E2BIG;
		else if (n % 256 == 0 && !(more = realloc(a, (n + 256) * sizeof(*a))))
			r = -ENOMEM;
		else
			a = n % 256 == 0 ? more : a, a[n++] = one_more;
	}
	if (d)
		closedir(d);
	if (n)
		qsort(a, n, sizeof(*a), by_address);
	*ret = a;
	*ret_n = n;
	return r;
}

int pciscan(const struct root *root, enum pciscan_what what, struct pci_scan *ret,
	    struct pciscan_trouble *trouble)
{
	struct scan s = {.root = root, .k = attr_ops_real(root), .what = what};
	struct pci_addr *a;
	int r = list_functions(root, &a, &s.n);

	*trouble = (struct pciscan_trouble){0};
	*ret = (struct pci_scan){.n = 0};
	s.seen = r ? NULL : deadline_shared((s.n + 1) * sizeof(*s.seen));
	s.bridges = r ? NULL : deadline_shared(sizeof(*s.bridges));
	if (r == 0)
		r = s.seen && s.bridges ? 0 : -ENOMEM;
	for (size_t i = 0; r == 0 && i < s.n; i++)
		s.seen[i].fn = (struct pci_fn){.addr = a[i], .iommu_group = -1};
	if (r == 0 && s.n)
		r = run_scan(&s, ret, trouble);
	deadline_unshare(s.bridges, sizeof(*s.bridges));
	deadline_unshare(s.seen, (s.n + 1) * sizeof(*s.seen));
	free(a);
	return r;
}
