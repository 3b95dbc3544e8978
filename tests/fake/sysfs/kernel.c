// SPDX-License-Identifier: GPL-2.0-or-later
/* What the attributes do. */
#include "machine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONFIG_SIZE 4096
#define CONFIG_SIZE_OLD 256 /* without extended space */
#define EXPRESS_AT 0x40
#define FLAKY_AT 1024 /* in the first image's code, where only its checksum tells */
#define LINES_OF_RESOURCE 13
#define FRAMEBUFFER_AT 0xd0000000

/* vfio-pci and its variants. */
static bool is_vfio(const char *driver)
{
	return strstr(driver, "vfio");
}

static void hang(void)
{
	for (;;)
		pause();
}

bool attr_exists(const struct fn *f, enum attr a)
{
	switch (a) {
	case ATTR_VENDOR:
	case ATTR_PCI_UEVENT:
		return !f->vanish;
	case ATTR_SECONDARY:
		return f->header;
	case ATTR_NUMVFS:
	case ATTR_TOTALVFS:
		return f->vfs || f->totalvfs;
	case ATTR_BOOT_VGA:
		return f->class >> 8 == 0x0300;
	case ATTR_ROM:
		return f->rom_bar;
	case ATTR_EFI:
		return f->efi;
	case ATTR_FB_OVERRIDE:
		return f->fb[0];
	case ATTR_UEVENT:
		return f->driver_link && strcmp(f->driver, "nouveau") == 0;
	default:
		return true;
	}
}

/* --- reading --------------------------------------------------------------------------------- */

static ssize_t part(const char *from, size_t n, char *buf, size_t size, off_t off)
{
	size_t at = (size_t)off < n ? (size_t)off : n;

	if (size > n - at)
		size = n - at;
	memcpy(buf, from + at, size);
	return (ssize_t)size;
}

static void put32(unsigned char *c, size_t at, uint32_t v)
{
	for (size_t i = 0; i < 4 && at + i < CONFIG_SIZE; i++)
		c[at + i] = (unsigned char)(v >> 8 * i);
}

/* A PCI Express function's lists of capabilities: that of Express alone, then at 0x100 a bystander
 * that leads to the number. */
static void put_capabilities(const char *dsn, unsigned char c[CONFIG_SIZE])
{
	const uint32_t version = 1 << 16;
	unsigned b[8] = {0x48, 0xb0, 0x2d, 0xff, 0xfe, 1, 2, 3};
	uint32_t at = 0x258;

	c[6] = 0x10;
	c[0x34] = EXPRESS_AT;
	c[EXPRESS_AT] = 0x10;
	if (strcmp(dsn, "ff") == 0) {
		memset(c + CONFIG_SIZE_OLD, 0xff, CONFIG_SIZE - CONFIG_SIZE_OLD);
		return;
	}
	if (strcmp(dsn, "loop") == 0) {
		for (uint32_t i = CONFIG_SIZE_OLD; i < CONFIG_SIZE - 4; i += 4)
			put32(c, i, 0x000b | version | (i + 4) << 20);
		put32(c, CONFIG_SIZE - 4, 0x000b | version | CONFIG_SIZE_OLD << 20);
		return;
	}
	if (strcmp(dsn, "low") == 0)
		at = 0xc0;
	else if (strcmp(dsn, "end") == 0)
		at = CONFIG_SIZE - 8;
	else
		sscanf(dsn, "%x-%x-%x-%x-%x-%x-%x-%x", b, b + 1, b + 2, b + 3, b + 4, b + 5, b + 6,
		       b + 7);
	put32(c, CONFIG_SIZE_OLD, 0x0001 | version | at << 20);
	put32(c, at, 0x0003 | version);
	put32(c, at + 4, b[4] << 24 | b[5] << 16 | b[6] << 8 | b[7]);
	put32(c, at + 8, b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3]);
}

/* A virtual function reads FFFF for vendor and device: they are its physical function's (PCIe Base
 * Specification 9.3.4.1). */
static void put_header(const struct fn *f, unsigned char c[CONFIG_SIZE])
{
	const size_t subsystem = 0x2c;
	const bool multi = f->addr[strlen(f->addr) - 1] != '0' && !f->physfn;

	for (size_t i = 0; i < 2; i++) {
		c[i] = (unsigned char)(f->physfn ? 0xff : f->vendor >> 8 * i);
		c[2 + i] = (unsigned char)(f->physfn ? 0xff : f->device >> 8 * i);
		if (!f->header) {
			c[subsystem + i] = (unsigned char)(f->subvendor >> 8 * i);
			c[subsystem + 2 + i] = (unsigned char)(f->subdevice >> 8 * i);
		}
	}
	for (size_t i = 0; i < 3; i++)
		c[9 + i] = (unsigned char)(f->class >> 8 * i);
	c[4] = f->decode ? 2 : 0;
	c[0x0e] = (unsigned char)(f->header | multi << 7);
}

static ssize_t read_config(const struct fn *f, char *buf, size_t size, off_t off)
{
	unsigned char c[CONFIG_SIZE] = {0};

	if (f->config_hang)
		hang();
	if (f->vanish || f->config_ff)
		memset(c, 0xff, sizeof(c));
	else
		put_header(f, c);
	if (f->dsn[0] && !f->vanish && !f->config_ff)
		put_capabilities(f->dsn, c);
	return part((char *)c, f->dsn[0] ? CONFIG_SIZE : CONFIG_SIZE_OLD, buf, size, off);
}

static ssize_t read_resource(const struct fn *f, char *buf, size_t size, off_t off)
{
	char text[LINES_OF_RESOURCE * 60];
	size_t n = 0;

	for (int i = 0; i < LINES_OF_RESOURCE; i++) {
		unsigned long long from = 0, to = 0, flags = 0;

		if (i == 0 && f->fb[0]) {
			from = FRAMEBUFFER_AT;
			to = from + 0xfffffff;
			flags = 0x4220c;
		}
		if (i == 6 && f->rom_bar) {
			from = f->shadow ? 0xc0000 : 0xfc000000;
			to = from + (f->shadow ? 0x1ffff : 0x7ffff);
			flags = f->shadow ? 0x212 : 0x46200;
		}
		n += (size_t)sprintf(text + n, "0x%016llx 0x%016llx 0x%016llx\n", from, to, flags);
	}
	return part(text, n, buf, size, off);
}

/* Each read maps the ROM anew, finds its size anew, and gives a page at most. */
static ssize_t read_rom(struct fn *f, char *buf, size_t size, off_t off)
{
	ssize_t n;

	if (!f->rom_on)
		return -EINVAL;
	if (f->page_ms)
		sleep_ms(f->page_ms);
	/* vfio-pci has put it to D3hot; without memory decode the bus reads as FF too. */
	if (f->rom_eio || !f->rom || !f->decode || is_vfio(f->driver))
		return -EIO;
	if (off == 0)
		f->passes++;
	n = part((char *)f->rom, f->rom_size, buf, size > PAGE ? PAGE : size, off);
	if (f->passes <= f->flaky && off <= FLAKY_AT && off + n > FLAKY_AT)
		buf[FLAKY_AT - off] = (char)(buf[FLAKY_AT - off] + (char)f->passes);
	return n;
}

/* struct pci_setup_rom without its setup_data (arch/x86/include/asm/pci.h), and the image. */
static ssize_t read_efi(const struct fn *f, char *buf, size_t size, off_t off)
{
	enum { LENGTH = 8, SEGMENT = 16, BUS = 24, DEVICE = 32, FUNCTION = 40, HEADER = 48 };
	const char *slot = strrchr(f->addr, ':') + 1;
	size_t n = HEADER + f->efi_size;
	unsigned char *b = calloc(1, n);
	ssize_t r;

	if (!b)
		return -ENOMEM;
	for (int i = 0; i < 2; i++) {
		b[i] = (unsigned char)(f->vendor >> 8 * i);
		b[2 + i] = (unsigned char)(f->device >> 8 * i);
		b[SEGMENT + i] = (unsigned char)(f->domain >> 8 * i);
	}
	for (int i = 0; i < 4; i++)
		b[LENGTH + i] = (unsigned char)(f->efi_size >> 8 * i);
	b[BUS] = (unsigned char)f->bus;
	b[DEVICE] = (unsigned char)strtoul(slot, NULL, 16);
	b[FUNCTION] = (unsigned char)(slot[strlen(slot) - 1] - '0');
	memcpy(b + HEADER, f->efi, f->efi_size);
	r = part((char *)b, n, buf, size, off);
	free(b);
	return r;
}

static ssize_t read_override(struct fn *f, char *text, size_t size)
{
	int n;

	pthread_mutex_lock(&f->device_lock);
	if (f->slow_overrides) {
		f->slow_overrides--;
		sleep_ms(400);
	}
	n = snprintf(text, size, "%s\n", f->override[0] ? f->override : "(null)");
	pthread_mutex_unlock(&f->device_lock);
	return n;
}

/* kernel/resource.c r_show, of a machine that has one such range at most. */
static int put_iomem(const struct fn *f, char *text, size_t size)
{
	unsigned long long at = FRAMEBUFFER_AT;

	return snprintf(text, size,
			"00001000-0009fbff : System RAM\n%08llx-%08llx : PCI Bus 0000:00\n"
			"  %08llx-%08llx : %s\n%s",
			at, at + 0xfffffff, at, at + 0xfffffff, f->addr, f->fb_gone ? "" : "    ") +
	       (f->fb_gone ? 0
			   : snprintf(text + strlen(text), size - strlen(text),
				      "%08llx-%08llx : %s\n", at, at + 0x2fffff, f->fb));
}

/* drivers/pci/pci-driver.c pci_uevent. */
static int read_uevent(struct fn *f, char *text, size_t size)
{
	char driver[NAME_MAX_ + sizeof("DRIVER=\n")] = "";

	if (f->uevent_locks)
		pthread_mutex_lock(&f->device_lock);
	if (f->driver[0])
		snprintf(driver, sizeof(driver), "DRIVER=%s\n", f->driver);
	if (f->uevent_locks)
		pthread_mutex_unlock(&f->device_lock);
	return snprintf(text, size,
			"%sPCI_CLASS=%04X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\n"
			"PCI_SLOT_NAME=%s\n",
			driver, f->class, f->vendor, f->device, f->subvendor, f->subdevice,
			f->addr);
}

static ssize_t read_text(struct fn *f, enum attr a, char *text, size_t size)
{
	switch (a) {
	case ATTR_VENDOR:
		return snprintf(text, size, "0x%04x\n", f->vendor);
	case ATTR_DEVICE:
		return snprintf(text, size, "0x%04x\n", f->device);
	case ATTR_SUBVENDOR:
		return snprintf(text, size, "0x%04x\n", f->subvendor);
	case ATTR_SUBDEVICE:
		return snprintf(text, size, "0x%04x\n", f->subdevice);
	case ATTR_CLASS:
		return snprintf(text, size, "0x%06x\n", f->class);
	case ATTR_IRQ:
		return snprintf(text, size, "0\n");
	case ATTR_ENABLE:
		return snprintf(text, size, "%d\n", f->enabled);
	case ATTR_OVERRIDE:
		return read_override(f, text, size);
	case ATTR_PCI_UEVENT:
		return read_uevent(f, text, size);
	case ATTR_SECONDARY:
		return snprintf(text, size, "%u\n", f->secondary);
	case ATTR_NUMVFS:
		return snprintf(text, size, "%u\n", f->vfs);
	case ATTR_TOTALVFS:
		return snprintf(text, size, "%u\n", f->vfs > f->totalvfs ? f->vfs : f->totalvfs);
	case ATTR_BOOT_VGA:
		return snprintf(text, size, "%d\n", f->boot_vga || f->shadow);
	case ATTR_POWER:
		return snprintf(text, size, "%s\n", f->power);
	case ATTR_IOMEM:
		return put_iomem(f, text, size);
	case ATTR_FB_OVERRIDE:
		return snprintf(text, size, "%s\n", f->fb_override);
	case ATTR_UEVENT: /* where the kernel takes a lock for it: drivers/base/core.c, 6.1.95 */
		pthread_mutex_lock(&f->device_lock);
		pthread_mutex_unlock(&f->device_lock);
		return snprintf(text, size, "MAJOR=226\nMINOR=0\nDEVNAME=dri/card%x\n", f->bus);
	default:
		return -EINVAL;
	}
}

ssize_t attr_read(struct fn *f, enum attr a, char *buf, size_t size, off_t off)
{
	char text[512];
	ssize_t n;

	if (f->all_hang)
		hang();
	if (a == ATTR_CONFIG)
		return read_config(f, buf, size, off);
	if (a == ATTR_RESOURCE)
		return read_resource(f, buf, size, off);
	if (a == ATTR_ROM)
		return read_rom(f, buf, size, off);
	if (a == ATTR_EFI)
		return read_efi(f, buf, size, off);
	n = read_text(f, a, text, sizeof(text));
	return n < 0 ? n : part(text, (size_t)n, buf, size, off);
}

/* --- writing --------------------------------------------------------------------------------- */

static int write_enable(struct fn *f, const char *text)
{
	int r = 0;

	pthread_mutex_lock(&f->device_lock);
	if (f->driver[0])
		r = -EBUSY;
	else if (f->enable_eio)
		r = -EIO;
	else if (atoi(text)) {
		f->enabled++;
		f->decode = true;
	} else if (f->enabled > 0)
		f->enabled--;
	else
		r = -EIO;
	pthread_mutex_unlock(&f->device_lock);
	return r;
}

/* Under the device lock, as in the kernel, however long it takes. */
static void probe_locked(struct fn *f, const char *driver)
{
	if (is_vfio(driver)) {
		if (f->probe_ms)
			sleep_ms(f->probe_ms);
		if (f->probe_hang)
			hang();
		if (f->probe_fail || f->group < 0 || f->header || f->vfs)
			return;
		if (!f->fb_stays)
			f->fb_bound = false, f->fb_gone = true;
	} else {
		if (f->native_hang)
			hang();
		f->enabled++;
		f->decode = true;
	}
	strcpy(f->driver, driver);
	f->driver_link = true;
}

static int write_override(struct fn *f, const char *text)
{
	int r = 0;

	pthread_mutex_lock(&f->device_lock);
	if (f->slips_in && !f->driver[0])
		probe_locked(f, f->native);
	f->slips_in = false;
	if (f->override_eio)
		r = -EIO;
	else
		snprintf(f->override, sizeof(f->override), "%.*s", (int)strcspn(text, "\n"), text);
	pthread_mutex_unlock(&f->device_lock);
	return r;
}

int attr_write(struct fn *f, enum attr a, const char *text, size_t n)
{
	if (f->all_hang)
		hang();
	switch (a) {
	case ATTR_ENABLE:
		return write_enable(f, text);
	case ATTR_OVERRIDE:
		return write_override(f, text);
	case ATTR_FB_OVERRIDE:
		snprintf(f->fb_override, sizeof(f->fb_override), "%.*s", (int)strcspn(text, "\n"),
			 text);
		return 0;
	case ATTR_ROM:
		f->rom_on = !(n == 2 && text[0] == '0');
		return 0;
	case ATTR_POWER:
		snprintf(f->power, sizeof(f->power), "%.*s", (int)strcspn(text, "\n"), text);
		return 0;
	default:
		return -EACCES;
	}
}

/* --- drivers --------------------------------------------------------------------------------- */

/* What may bind: the override alone where there is one, else the host's own driver. */
static const char *match(const struct machine *m, const struct fn *f)
{
	const char *name = f->override[0] ? f->override : f->native;

	return machine_has_driver(m, name) ? name : NULL;
}

int bus_probe(struct machine *m, const char *addr)
{
	struct fn *f = machine_find(m, addr);
	const char *driver;

	if (!f)
		return -ENODEV;
	pthread_mutex_lock(&f->device_lock);
	driver = match(m, f);
	if (!f->driver[0] && driver)
		probe_locked(f, driver);
	pthread_mutex_unlock(&f->device_lock);
	return 0;
}

int bus_bind(struct machine *m, const char *driver, const char *addr)
{
	struct fn *f = machine_find(m, addr);
	const char *name;
	int r = -ENODEV;

	if (!f)
		return r;
	pthread_mutex_lock(&f->device_lock);
	name = match(m, f);
	if (!f->driver[0] && name && strcmp(name, driver) == 0) {
		probe_locked(f, driver);
		r = f->driver[0] ? 0 : -EINVAL;
	}
	pthread_mutex_unlock(&f->device_lock);
	return r;
}

static int framebuffer_unbind(struct machine *m, const char *device)
{
	for (size_t i = 0; i < m->n; i++) {
		struct fn *f = &m->fn[i];

		if (!f->fb_bound || strcmp(f->fb_device, device) != 0)
			continue;
		f->fb_bound = false;
		f->fb_gone = !f->fb_busy;
		return 0;
	}
	return -ENODEV;
}

int bus_unbind(struct machine *m, const char *driver, const char *addr)
{
	struct fn *f = machine_find(m, addr);

	if (!f)
		return framebuffer_unbind(m, addr);
	if (strcmp(f->driver, driver) != 0)
		return -ENODEV;
	pthread_mutex_lock(&f->device_lock);
	/* __device_release_driver: the links go first, then the driver's remove is called */
	f->driver_link = false;
	if (f->unbind_ms)
		sleep_ms(f->unbind_ms);
	if (f->unbind_hang)
		hang();
	if (!is_vfio(f->driver) && f->enabled > 0)
		f->enabled--;
	f->driver[0] = '\0';
	pthread_mutex_unlock(&f->device_lock);
	return 0;
}
