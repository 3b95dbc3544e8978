#include "pciscan.h"

#include "bytes.h"
#include "framebuffer.h"
#include "overrides.h"
#include "pcipath.h"
#include "pciresource.h"
#include "pciserial.h"
#include "sysfs.h"

#include <errno.h>
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

/* libpci's error hook must not return, and its own exits the process: one vanished device is
 * enough. Its maintainer's answer is longjmp (pciutils issue 136). It carries no context. */
static jmp_buf fence;
static char fence_why[PCISCAN_TROUBLE_MAX];

static __attribute__((noreturn, format(printf, 1, 2))) void on_error(char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(fence_why, sizeof(fence_why), fmt, ap);
	va_end(ap);
	longjmp(fence, 1);
}

static __attribute__((format(printf, 1, 2))) void on_warning(char *fmt, ...)
{
	(void)fmt;
}

/* Guarded calls: -EIO where libpci gave up. */
static int open_bus(struct pci_access *a)
{
	if (setjmp(fence))
		return -EIO;
	pci_init(a);
	pci_scan_bus(a);
	return 0;
}

static int fill(struct pci_dev *d, struct pci_fn *f)
{
	if (setjmp(fence))
		return -EIO;
	pci_fill_info(d, PCI_FILL_IDENT | PCI_FILL_CLASS | PCI_FILL_CLASS_EXT | PCI_FILL_SUBSYS);
	f->header_type = pci_read_byte(d, PCI_HEADER_TYPE) & 0x7f;
	if (!(d->known_fields & PCI_FILL_IDENT))
		return -EIO;
	return 0;
}

/* One call fills in all devices, and where libpci gives up those that it had come to. */
static void fill_slots(struct pci_access *a)
{
	if (setjmp(fence) == 0 && a->devices)
		pci_fill_info(a->devices, PCI_FILL_PHYS_SLOT);
}

/* A device that lies may lead its list of capabilities anywhere: libpci looks at each of the 1024
 * places once. A read that the bus did not answer is all ones. */
static uint64_t read_serial(struct pci_dev *d)
{
	const struct pci_cap *c;
	uint8_t number[DSN_BYTES];
	uint32_t low = UINT32_MAX, high = UINT32_MAX;

	if (setjmp(fence))
		return 0;
	c = pci_find_cap(d, PCI_EXT_CAP_ID_DSN, PCI_CAP_EXTENDED);
	if (!c || c->addr < EXT_CONFIG_BEGIN ||
	    !pci_read_block(d, (int)c->addr + DSN_NUMBER, number, sizeof(number)))
		return 0;
	(void)bytes_le32((struct bytes){number, sizeof(number)}, 0, &low);
	(void)bytes_le32((struct bytes){number, sizeof(number)}, 4, &high);
	return low == UINT32_MAX || high == UINT32_MAX ? 0 : (uint64_t)high << 32 | low;
}

/* A name that does not fit is none: cut, it could be another slot's. */
static void slot_name(const char *name, char ret[PCI_SLOT_MAX])
{
	size_t n = name ? strlen(name) : 0;

	if (n == 0 || n >= PCI_SLOT_MAX)
		return;
	for (size_t i = 0; i < n; i++)
		ret[i] = (char)(strchr(PCI_SLOT_CHARS, name[i]) ? name[i] : '_');
	ret[n] = '\0';
}

static bool shadowed(const struct attr_ops *k, struct pci_addr a)
{
	struct pci_resource rom;

	return pci_resource(k, a, PCI_RESOURCE_ROM, &rom) == 0 && pci_resource_is_shadow(&rom);
}

/* The host bridge's ACPI _UID, "" where the firmware told none. */
static void bridge_uid(const struct attr_ops *k, const char *real, char *buf, size_t size)
{
	char path[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "sys/%.*s/firmware_node/uid", (int)pcipath_root(real), real);
	n = k->read(k->ctx, path, buf, size - 1, 0);
	buf[n > 0 ? n : 0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
}

static void topology(const struct root *root, const struct attr_ops *k, struct pci_fn *f,
		     bool with_uid)
{
	char target[PATH_MAX], uid[64] = "";
	const char *real = sysfs_device(root, f->addr, target);

	if (!real)
		return;
	if (with_uid)
		bridge_uid(k, real, uid, sizeof(uid));
	(void)pcipath_make(real, uid[0] ? uid : NULL, f->path);
}

/* Firmware may give one _UID to two host bridges: then their root bus numbers tell cards apart. */
static void topology_unique(const struct root *root, const struct attr_ops *k,
			    const struct pci_scan *s)
{
	bool *twin = calloc(s->n + 1, sizeof(*twin));

	if (!twin)
		return;
	for (size_t i = 0; i < s->n; i++)
		twin[i] = s->fn[i].path[0] && !pcipath_is_unique(s, i);
	for (size_t i = 0; i < s->n; i++)
		if (twin[i])
			topology(root, k, &s->fn[i], false);
	free(twin);
}

static void attributes(const struct root *root, const struct attr_ops *k, struct pci_fn *f)
{
	char path[SYSFS_PATH_MAX], text[32];
	struct stat st;

	(void)sysfs_driver(k, f->addr, f->driver);
	f->iommu_group = -1;
	if (k->link(k->ctx, sysfs_path(f->addr, "iommu_group", path), text, sizeof(text)) == 0)
		f->iommu_group = atoi(text);
	f->boot_vga = sysfs_get(k, f->addr, "boot_vga", text, sizeof(text)) == 0 && text[0] == '1';
	f->rom_bar = fstatat(root->fd, sysfs_path(f->addr, "rom", path), &st, 0) == 0;
	f->rom_shadow = f->rom_bar && shadowed(k, f->addr);
	topology(root, k, f, true);
}

static void identity(struct pci_dev *d, struct pci_fn *f)
{
	uint64_t serial;

	f->addr = (struct pci_addr){
		.domain = (uint32_t)d->domain, .bus = d->bus, .dev = d->dev, .fn = d->func};
	f->ids.vendor = d->vendor_id;
	f->ids.device = d->device_id;
	f->class = (uint32_t)d->device_class << 8 | d->prog_if;
	if (d->known_fields & PCI_FILL_SUBSYS) {
		f->ids.subvendor = d->subsys_vendor_id;
		f->ids.subdevice = d->subsys_id;
	}
	slot_name(d->phy_slot, f->slot);
	serial = pci_fn_is_display(f) ? read_serial(d) : 0;
	f->serial = pci_serial_usable(serial) ? serial : 0;
}

static int by_address(const void *a, const void *b)
{
	return pci_addr_cmp(((const struct pci_fn *)a)->addr, ((const struct pci_fn *)b)->addr);
}

static int collect(const struct root *root, struct pci_access *a, struct pci_scan *ret,
		   struct pciscan_trouble *trouble)
{
	const struct attr_ops k = attr_ops_real(root);
	size_t n = 0;
	struct pci_fn *fn;

	for (struct pci_dev *d = a->devices; d; d = d->next)
		n++;
	if (n > PCISCAN_FUNCTIONS_MAX)
		return -E2BIG;
	fn = calloc(n + 1, sizeof(*fn));
	if (!fn)
		return -ENOMEM;
	n = 0;
	fill_slots(a);
	for (struct pci_dev *d = a->devices; d; d = d->next) {
		if (fill(d, &fn[n]) < 0) {
			if (trouble->skipped++ == 0)
				memcpy(trouble->first, fence_why, sizeof(trouble->first));
			continue;
		}
		identity(d, &fn[n]);
		attributes(root, &k, &fn[n++]);
	}
	qsort(fn, n, sizeof(*fn), by_address);
	overrides_read(&k, fn, n);
	framebuffers_read(root, fn, n);
	*ret = (struct pci_scan){.fn = fn, .n = n};
	topology_unique(root, &k, ret);
	return 0;
}

int pciscan(const struct root *root, struct pci_scan *ret, struct pciscan_trouble *trouble)
{
	char bus[PATH_MAX];
	struct pci_access *a;
	int r;

	*trouble = (struct pciscan_trouble){0};
	fence_why[0] = '\0';
	if (faccessat(root->fd, ROOT_PCI_DEVICES, X_OK, 0) < 0)
		return -ENOENT;
	if (snprintf(bus, sizeof(bus), "%s/" ROOT_PCI_BUS, root->path) >= (int)sizeof(bus))
		return -ENAMETOOLONG;
	a = pci_alloc();
	if (!a)
		return -ENOMEM;
	a->method = PCI_ACCESS_SYS_BUS_PCI;
	a->error = on_error;
	a->warning = on_warning;
	a->debug = on_warning;
	pci_set_param(a, "sysfs.path", bus);
	r = open_bus(a);
	if (r < 0)
		snprintf(trouble->first, sizeof(trouble->first), "%s", fence_why);
	else
		r = collect(root, a, ret, trouble);
	/* After a longjmp its state is not to be trusted: one process, one scan, it may leak. */
	if (r == 0 && !fence_why[0])
		pci_cleanup(a);
	return r;
}
