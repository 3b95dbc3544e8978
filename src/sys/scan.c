#include "sys/scan.h"

#include "pci/path.h"
#include "pci/serial.h"
#include "sys/deadline.h"
#include "sys/framebuffer.h"
#include "sys/sysfs.h"
#include "util/bytes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EXT_CONFIG_BEGIN 0x100 /* PCIe Base Specification 7.2: extended configuration space */
#define DSN_NUMBER 4	       /* offset and bytes of the number in its capability */
#define DSN_BYTES 8
#define UEVENT_MAX 512
#define BRIDGES_MAX 512 /* host bridges that names are decided by; the largest hosts have 40 */
#define UID_MAX 64	/* longest _UID read, with its NUL */

/* What is read of each function, one stage after the other: where one does not return, the next is
 * read all the same. Up to STAGE_OVERRIDE the kernel answers out of its memory, although for some
 * of it only while no driver uses the device; STAGE_CONFIG asks the device. */
enum stage {
	STAGE_UEVENT,	  /* ids, class; in some kernels under the device's lock */
	STAGE_IDS,	  /* the same from a file each, where the uevent did not have them */
	STAGE_ATTRIBUTES, /* driver, IOMMU group, ROM BAR, place */
	STAGE_OVERRIDE,	  /* driver_override: up to Linux 6.12 under the device's lock */
	STAGE_CONFIG,	  /* serial number, of display controllers */
	STAGES
};

/* A host bridge, with or without devices below it. */
struct host_bridge {
	uint32_t domain, bus;
	char uid[UID_MAX]; /* its ACPI _UID; "" none */
};

/* A function as the child sees it; the memory is shared. fn.path is the name by the _UID. */
struct seen {
	struct pci_fn fn;
	bool has_ids;		     /* fn.ids and fn.class are read */
	char bus_path[PCI_PATH_MAX]; /* the name by the root bus number */
	size_t bridge;		     /* the index of its host bridge */
};

struct bridges {
	struct host_bridge b[BRIDGES_MAX];
	size_t n;
};

struct scan {
	const struct root *root;
	struct attr_ops k;
	struct seen *seen;
	size_t n;
	struct bridges *bridges;   /* shared */
	struct pci_access *libpci; /* of the child that reads configuration space */
	struct bytes iomem;	   /* /proc/iomem, of the child; p NULL before it is read */
};

/* --- configuration space, by libpci ---------------------------------------------------------- */

/* libpci's error hook must not return, and its own exits the process: one vanished device is
 * enough. Its maintainer's answer is longjmp (pciutils issue 136). It carries no context. */
static jmp_buf fence;

static __attribute__((noreturn, format(printf, 1, 2))) void on_error(char *fmt, ...)
{
	(void)fmt;
	longjmp(fence, 1);
}

static __attribute__((format(printf, 1, 2))) void on_warning(char *fmt, ...)
{
	(void)fmt;
}

static struct pci_access *open_libpci(const struct root *root)
{
	char bus[PATH_MAX];
	struct pci_access *a;

	if (snprintf(bus, sizeof(bus), "%s/" ROOT_PCI_BUS, root->path) >= (int)sizeof(bus))
		return NULL;
	a = pci_alloc();
	if (!a)
		return NULL;
	a->method = PCI_ACCESS_SYS_BUS_PCI;
	a->error = on_error;
	a->warning = on_warning;
	a->debug = on_warning;
	pci_set_param(a, "sysfs.path", bus);
	pci_init(a);
	return a;
}

/* A device that lies may lead its list of capabilities anywhere: libpci looks at each of the 1024
 * places once. A read that the bus did not answer is all ones. */
static uint64_t read_serial(struct pci_dev *d)
{
	const struct pci_cap *c;
	uint8_t number[DSN_BYTES];
	uint32_t low = UINT32_MAX, high = UINT32_MAX;

	c = pci_find_cap(d, PCI_EXT_CAP_ID_DSN, PCI_CAP_EXTENDED);
	if (!c || c->addr < EXT_CONFIG_BEGIN ||
	    !pci_read_block(d, (int)c->addr + DSN_NUMBER, number, sizeof(number)))
		return 0;
	(void)bytes_le32((struct bytes){number, sizeof(number)}, 0, &low);
	(void)bytes_le32((struct bytes){number, sizeof(number)}, 4, &high);
	return low == UINT32_MAX || high == UINT32_MAX ? 0 : (uint64_t)high << 32 | low;
}

/* A virtual function has no ids of its own there: they read FF (PCI Express Base Specification
 * 9.3.4.1). */
static bool has_config(const struct pci_fn *f)
{
	return pci_fn_is_display(f) && !f->is_vf;
}

/* Returns -ENODEV where all of it reads FF: the bus did not answer. After a longjmp libpci's state
 * is not to be trusted: the child goes on without it. */
static int read_config(struct scan *s, struct pci_fn *f)
{
	const struct pci_addr *a = &f->addr;
	struct pci_dev *d;
	uint64_t serial;

	if (setjmp(fence))
		return -EIO;
	if (!s->libpci)
		s->libpci = open_libpci(s->root);
	if (!s->libpci)
		return -ENOMEM;
	d = pci_get_dev(s->libpci, (int)a->domain, a->bus, a->dev, a->fn);
	if (pci_read_word(d, PCI_VENDOR_ID) == UINT16_MAX) {
		pci_free_dev(d);
		return -ENODEV;
	}
	serial = read_serial(d);
	f->serial = pci_serial_usable(serial) ? serial : 0;
	pci_free_dev(d);
	return 0;
}

/* --- what the kernel knows ------------------------------------------------------------------- */

/* The value behind "\nKEY=" or at the beginning of text; NULL where it is not there. */
static const char *uevent_value(const char *text, const char *key)
{
	for (const char *at = text; (at = strstr(at, key)); at++)
		if (at == text || at[-1] == '\n')
			return at + strlen(key);
	return NULL;
}

static void set_ids(struct seen *to, unsigned class, unsigned vendor, unsigned device,
		    unsigned subvendor, unsigned subdevice)
{
	to->fn.class = class & 0xffffff;
	to->fn.ids = (struct pci_ids){(uint16_t)vendor, (uint16_t)device, (uint16_t)subvendor,
				      (uint16_t)subdevice};
	to->has_ids = true;
}

/* drivers/pci/pci-driver.c pci_uevent: the class without leading zeros, the ids in capitals. */
static int read_uevent(struct scan *s, struct seen *to)
{
	char path[SYSFS_PATH_MAX], text[UEVENT_MAX];
	ssize_t n = s->k.read(s->k.ctx, sysfs_path(to->fn.addr, "uevent", path), text,
			      sizeof(text) - 1, 0);
	const char *class, *ids, *sub;
	unsigned c, v, d, sv = 0, sd = 0;

	if (n < 0)
		return (int)n;
	text[n] = '\0';
	class = uevent_value(text, "PCI_CLASS=");
	ids = uevent_value(text, "PCI_ID=");
	sub = uevent_value(text, "PCI_SUBSYS_ID=");
	if (!class || !ids || sscanf(class, "%x", &c) != 1 || sscanf(ids, "%x:%x", &v, &d) != 2)
		return -EBADMSG;
	if (sub)
		(void)sscanf(sub, "%x:%x", &sv, &sd);
	set_ids(to, c, v, d, sv, sd);
	return 0;
}

static int read_number(struct scan *s, struct pci_addr a, const char *attr, unsigned *ret)
{
	char text[32];
	int r = sysfs_get(&s->k, a, attr, text, sizeof(text));

	return r < 0 ? r : sscanf(text, "%x", ret) == 1 ? 0 : -EBADMSG;
}

static int read_ids(struct scan *s, struct seen *to)
{
	unsigned v, d, c, sv = 0, sd = 0;
	int r;

	if (to->has_ids)
		return 0;
	r = read_number(s, to->fn.addr, "vendor", &v);
	r = r < 0 ? r : read_number(s, to->fn.addr, "device", &d);
	r = r < 0 ? r : read_number(s, to->fn.addr, "class", &c);
	if (r < 0)
		return r;
	(void)read_number(s, to->fn.addr, "subsystem_vendor", &sv);
	(void)read_number(s, to->fn.addr, "subsystem_device", &sd);
	set_ids(to, c, v, d, sv, sd);
	return 0;
}

static bool exists(const struct root *root, struct pci_addr a, const char *attr)
{
	char path[SYSFS_PATH_MAX];

	return faccessat(root->fd, sysfs_path(a, attr, path), F_OK, 0) == 0;
}

/* The kernel gives this attribute to what has a bridge's header (drivers/pci/pci-sysfs.c,
 * pci_bridge_attrs), whatever class the device says. */
static bool is_bridge(const struct root *root, const struct pci_fn *f)
{
	return f->class >> 8 == PCI_CLASS_BRIDGE_PCI ||
	       exists(root, f->addr, "secondary_bus_number");
}

static bool is_shadowed(const struct attr_ops *k, struct pci_addr a)
{
	struct pci_resource rom;

	return pci_resource(k, a, PCI_RESOURCE_ROM, &rom) == 0 && pci_resource_is_shadow(&rom);
}

static DIR *open_folder(const struct root *root, const char *path)
{
	int fd = openat(root->fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd < 0 ? NULL : fdopendir(fd);

	if (!d && fd >= 0)
		close(fd);
	return d;
}

/* real: a path below /sys up to the bridge's folder, n bytes of it. */
static void read_uid(const struct attr_ops *k, const char *real, size_t n, char ret[UID_MAX])
{
	char path[PATH_MAX];
	ssize_t got;

	snprintf(path, sizeof(path), "sys/%.*s/firmware_node/uid", (int)n, real);
	got = k->read(k->ctx, path, ret, UID_MAX - 1, 0);
	ret[got > 0 ? got : 0] = '\0';
	ret[strcspn(ret, "\n")] = '\0';
}

/* The index of the host bridge whose folder real leads to in n bytes; BRIDGES_MAX where it has
 * none, or where there are too many. */
static size_t find_bridge(struct scan *s, const char *real, size_t n)
{
	struct bridges *all = s->bridges;
	struct host_bridge one = {0};
	size_t i = 0;

	if (!pcipath_bridge(real, n, &one.domain, &one.bus))
		return BRIDGES_MAX;
	while (i < all->n && (all->b[i].domain != one.domain || all->b[i].bus != one.bus))
		i++;
	if (i < all->n || i == BRIDGES_MAX)
		return i;
	read_uid(&s->k, real, n, one.uid);
	all->b[i] = one;
	return all->n++;
}

/* Host bridges of which the firmware has a _UID have a folder there, also where nothing is below
 * them (drivers/acpi/pci_root.c). */
static int read_bridges(struct scan *s)
{
	DIR *d = open_folder(s->root, ROOT_DEVICES);
	char path[sizeof("devices/") + NAME_MAX];
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "devices/%s", e->d_name);
		(void)find_bridge(s, path, strlen(path));
	}
	if (d)
		closedir(d);
	return 0;
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

static void set_place(struct scan *s, struct seen *to)
{
	char target[PATH_MAX];
	const char *real = sysfs_device(s->root, to->fn.addr, target), *uid;

	to->bridge = BRIDGES_MAX;
	if (!real)
		return;
	set_parent(real, &to->fn);
	to->bridge = find_bridge(s, real, pcipath_root(real));
	uid = to->bridge < BRIDGES_MAX ? s->bridges->b[to->bridge].uid : "";
	(void)pcipath_make(real, *uid ? uid : NULL, to->fn.path);
	(void)pcipath_make(real, NULL, to->bus_path);
}

/* An SR-IOV virtual function has a link to its physical one (drivers/pci/iov.c). */
static void set_physfn(struct scan *s, struct pci_fn *f)
{
	char path[SYSFS_PATH_MAX], text[PCI_ADDR_BUF];

	f->is_vf =
		s->k.link(s->k.ctx, sysfs_path(f->addr, "physfn", path), text, sizeof(text)) == 0 &&
		pci_addr_parse(text, &f->physfn) == 0;
}

static int read_attributes(struct scan *s, struct seen *to)
{
	char path[SYSFS_PATH_MAX], text[32];
	struct pci_fn *f = &to->fn;

	(void)sysfs_driver(&s->k, f->addr, f->driver);
	if (s->k.link(s->k.ctx, sysfs_path(f->addr, "iommu_group", path), text, sizeof(text)) == 0)
		f->iommu_group = atoi(text);
	f->header_type = is_bridge(s->root, f);
	f->rom_bar = exists(s->root, f->addr, "rom");
	set_place(s, to);
	set_physfn(s, f);
	f->boot_vga =
		sysfs_get(&s->k, f->addr, "boot_vga", text, sizeof(text)) == 0 && text[0] == '1';
	f->rom_shadow = f->rom_bar && is_shadowed(&s->k, f->addr);
	if (!s->iomem.p)
		framebuffers_load(s->root, &s->iomem);
	f->framebuffer = pci_fn_is_display(f) && framebuffer_is_on(&s->k, s->iomem, f->addr);
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
	char path[sizeof(ROOT_PCI_BUS "/slots//address") + NAME_MAX], text[32], addr[PCI_ADDR_BUF];
	ssize_t n;

	snprintf(path, sizeof(path), ROOT_PCI_BUS "/slots/%s/address", name);
	n = s->k.read(s->k.ctx, path, text, sizeof(text) - 1, 0);
	if (n <= 0)
		return;
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(pci_addr_format_card(s->seen[i].fn.addr, addr), text) == 0)
			set_slot(name, s->seen[i].fn.slot);
}

static int read_slots(struct scan *s)
{
	DIR *d = open_folder(s->root, ROOT_PCI_BUS "/slots");
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.')
			read_slot(s, e->d_name);
	if (d)
		closedir(d);
	return 0;
}

/* --- the scan -------------------------------------------------------------------------------- */

#define COMMON_ITEMS 2 /* the slots; the host bridges */

/* Behind the common items comes one stage after the other, each of all functions. */
static enum stage stage_of(const struct scan *s, size_t i)
{
	return (enum stage)((i - COMMON_ITEMS) / s->n);
}

static size_t item_of(const struct scan *s, enum stage stage, size_t fn)
{
	return COMMON_ITEMS + stage * s->n + fn;
}

static int run_item(void *arg, size_t i)
{
	struct scan *s = arg;
	struct seen *to;

	if (i < COMMON_ITEMS)
		return i == 0 ? read_slots(s) : read_bridges(s);
	to = &s->seen[(i - COMMON_ITEMS) % s->n];
	switch (stage_of(s, i)) {
	case STAGE_UEVENT:
		return read_uevent(s, to);
	case STAGE_IDS:
		return read_ids(s, to);
	case STAGE_ATTRIBUTES:
		return to->has_ids ? read_attributes(s, to) : 0;
	case STAGE_OVERRIDE:
		return to->has_ids ? read_override(s, &to->fn) : 0;
	case STAGE_CONFIG:
	case STAGES:
		break;
	}
	return to->has_ids && has_config(&to->fn) ? read_config(s, &to->fn) : 0;
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

/* Firmware may give one _UID to two host bridges, whatever is below them. */
static bool shares_uid(const struct bridges *all, size_t bridge)
{
	for (size_t i = 0; bridge < all->n && i < all->n; i++)
		if (i != bridge && all->b[i].domain == all->b[bridge].domain &&
		    all->b[bridge].uid[0] && strcmp(all->b[i].uid, all->b[bridge].uid) == 0)
			return true;
	return false;
}

static void set_function(const struct scan *s, const struct seen *from, int config,
			 struct pci_fn *to)
{
	*to = from->fn;
	to->silent = is_unanswered(config);
	if (!shares_uid(s->bridges, from->bridge))
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
			set_function(s, from, config, &ret[(*ret_n)++]);
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
	DIR *d = open_folder(root, ROOT_PCI_DEVICES);
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

int pciscan(const struct root *root, struct pci_scan *ret, struct pciscan_trouble *trouble)
{
	struct scan s = {.root = root, .k = attr_ops_real(root)};
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
