// SPDX-License-Identifier: GPL-2.0-or-later
/* pcitree FOLDER CARDS OTHERS: makes the PCI part of a sysfs in FOLDER/sys, of plain files, for
 * machines larger than fakesys can be: so many NVIDIA cards of four functions without a driver,
 * each below a root port of its own (bus 0000:00), and so many functions of other makers, on the
 * root buses of domain 0001. Each function has an IOMMU group of its own, but for those of a card,
 * which share one.
 *
 * Files that hold the same are one file with several names, or 4,000 functions would need 300 MiB
 * of a tmpfs; what gpurom writes to, or where each function has its own text, is a file of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_SIZE 4096
#define CONFIG_SIZE_OLD 256 /* of a function without extended space */
#define DSN_AT 0x100
#define CARD_FUNCTIONS 4
#define PATH_MAX_ 512
#define CARDS_MAX 64

struct function {
	char folder[PATH_MAX_ / 2]; /* below devices/ */
	char addr[32];
	unsigned vendor, device, class, subvendor, subdevice, group, secondary;
	const char *driver; /* NULL: none */
	bool is_card, multi;
	uint64_t serial; /* 0: none */
};

static __attribute__((noreturn, format(printf, 1, 2))) void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": %s\n", strerror(errno));
	exit(1);
}

static __attribute__((format(printf, 2, 3))) void format(char path[PATH_MAX_], const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(path, PATH_MAX_, fmt, ap);
	va_end(ap);
	if (n < 0 || n >= PATH_MAX_) {
		errno = ENAMETOOLONG;
		die("%s", path);
	}
}

static void make_folder(const char *path)
{
	char part[PATH_MAX_];

	format(part, "%s", path);
	for (char *at = strchr(part + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		(void)mkdir(part, 0755);
		*at = '/';
	}
	if (mkdir(part, 0755) < 0 && errno != EEXIST)
		die("%s", path);
}

static void write_file(const char *path, const void *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n || close(fd) < 0)
		die("%s", path);
}

static void write_text(const struct function *f, const char *name, const char *text)
{
	char path[PATH_MAX_];

	format(path, "sys/devices/%s/%s", f->folder, name);
	write_file(path, text, strlen(text));
}

/* A file that others share; key: a name for what it holds. */
static void share(const struct function *f, const char *name, const char *key, const void *bytes,
		  size_t n)
{
	char path[PATH_MAX_], shared[PATH_MAX_];

	format(path, "sys/devices/%s/%s", f->folder, name);
	format(shared, "same/%s", key);
	if (link(shared, path) == 0)
		return;
	if (errno != ENOENT)
		die("%s", path);
	write_file(shared, bytes, n);
	if (link(shared, path) < 0)
		die("%s", path);
}

static void share_text(const struct function *f, const char *name, const char *text)
{
	char key[PATH_MAX_];

	format(key, "%s", text);
	key[strcspn(key, "\n")] = '\0';
	for (char *at = key; (at = strchr(at, '/'));)
		*at = '_';
	share(f, name, key[0] ? key : "empty", text, strlen(text));
}

static void share_number(const struct function *f, const char *name, unsigned digits,
			 unsigned value)
{
	char text[16];

	snprintf(text, sizeof(text), "0x%0*x\n", (int)digits, value);
	share_text(f, name, text);
}

static void put(uint8_t *to, unsigned bytes, uint64_t value)
{
	for (unsigned i = 0; i < bytes; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

/* PCI Express Base Specification 7.5.1 (the header), 7.9.3 (Device Serial Number). */
static void make_config(const struct function *f)
{
	uint8_t c[CONFIG_SIZE] = {0};
	char key[PATH_MAX_];

	put(c, 2, f->vendor);
	put(c + 2, 2, f->device);
	put(c + 9, 3, f->class);
	c[0x0e] = (uint8_t)(f->secondary ? 1 : f->multi ? 0x80 : 0);
	c[6] = 0x10;
	c[0x34] = 0x40;
	c[0x40] = 0x10; /* PCI Express, the only one */
	if (!f->secondary) {
		put(c + 0x2c, 2, f->subvendor);
		put(c + 0x2e, 2, f->subdevice);
	}
	if (f->serial) {
		put(c + DSN_AT, 4, 0x00010003);
		put(c + DSN_AT + 4, 8, f->serial);
	}
	format(key, "config-%x-%x-%x-%x-%llx", f->vendor, f->device, f->class, f->secondary,
	       (unsigned long long)f->serial);
	share(f, "config", key, c, f->is_card ? CONFIG_SIZE : CONFIG_SIZE_OLD);
}

static void make_uevent(const struct function *f)
{
	char text[PATH_MAX_], driver[64] = "";

	if (f->driver)
		snprintf(driver, sizeof(driver), "DRIVER=%s\n", f->driver);
	format(text,
	       "%sPCI_CLASS=%X\nPCI_ID=%04X:%04X\nPCI_SUBSYS_ID=%04X:%04X\nPCI_SLOT_NAME=%s\n"
	       "MODALIAS=pci:v%08Xd%08Xsv%08Xsd%08Xbc%02Xsc%02Xi%02X\n",
	       driver, f->class, f->vendor, f->device, f->subvendor, f->subdevice, f->addr,
	       f->vendor, f->device, f->subvendor, f->subdevice, f->class >> 16,
	       f->class >> 8 & 0xff, f->class & 0xff);
	write_text(f, "uevent", text);
}

static void make_resource(const struct function *f, bool rom)
{
	char text[PATH_MAX_ * 2] = "";
	size_t n = 0;

	for (int i = 0; i < 13; i++) {
		unsigned long long from = i == 0 ? 0xf6000000 : i == 6 && rom ? 0xf7000000 : 0;

		n += (size_t)snprintf(text + n, sizeof(text) - n, "0x%016llx 0x%016llx 0x%016llx\n",
				      from, from ? from + 0x7ffff : 0,
				      from ? (i == 6 ? 0x46200ull : 0x40200ull) : 0);
	}
	share(f, "resource",
	      rom	     ? "resource-rom"
	      : f->secondary ? "resource-bridge"
			     : "resource",
	      text, n);
}

/* A link in the function's folder to TARGET below sys. */
static void make_link(const struct function *f, const char *name, const char *target)
{
	char path[PATH_MAX_], to[PATH_MAX_], up[64] = "../../";

	for (const char *at = f->folder; (at = strchr(at, '/')); at++)
		strcat(up, "../");
	format(to, "%s%s", up, target);
	format(path, "sys/devices/%s/%s", f->folder, name);
	if (symlink(to, path) < 0)
		die("%s", path);
}

static void make_links(const struct function *f)
{
	char path[PATH_MAX_], target[PATH_MAX_];

	format(path, "sys/bus/pci/devices/%s", f->addr);
	format(target, "../../../devices/%s", f->folder);
	if (symlink(target, path) < 0)
		die("%s", path);
	format(target, "kernel/iommu_groups/%u", f->group);
	make_link(f, "iommu_group", target);
	if (!f->driver)
		return;
	format(target, "bus/pci/drivers/%s", f->driver);
	make_link(f, "driver", target);
	format(path, "sys/%s", target);
	make_folder(path);
}

static void make_function(const struct function *f)
{
	const bool display = f->class >> 16 == 3;
	char path[PATH_MAX_];

	format(path, "sys/devices/%s", f->folder);
	make_folder(path);
	make_links(f);
	make_uevent(f);
	make_config(f);
	make_resource(f, display);
	share_number(f, "vendor", 4, f->vendor);
	share_number(f, "device", 4, f->device);
	share_number(f, "class", 6, f->class);
	share_number(f, "subsystem_vendor", 4, f->subvendor);
	share_number(f, "subsystem_device", 4, f->subdevice);
	share_text(f, "irq", "0\n");
	if (f->is_card) {
		write_text(f, "enable", "0\n");
		write_text(f, "driver_override", "(null)\n");
	} else {
		share_text(f, "enable", "0\n");
		share_text(f, "driver_override", "(null)\n");
	}
	if (display) {
		write_text(f, "rom", "");
		write_text(f, "boot_vga", "0\n");
	}
	if (f->secondary) {
		share_text(f, "secondary_bus_number", "1\n");
		share_text(f, "subordinate_bus_number", "1\n");
	}
}

static void make_host_bridge(const char *name, const char *uid)
{
	char path[PATH_MAX_];

	format(path, "sys/devices/%s/firmware_node", name);
	make_folder(path);
	format(path, "sys/devices/%s/firmware_node/uid", name);
	write_file(path, uid, strlen(uid));
}

static void make_card(unsigned i)
{
	static const unsigned device[CARD_FUNCTIONS] = {0x1e07, 0x10f7, 0x1ad6, 0x1ad7};
	static const unsigned class[CARD_FUNCTIONS] = {0x030000, 0x040300, 0x0c0330, 0x0c8000};
	struct function port = {.vendor = 0x8086,
				.device = 0x1901,
				.class = 0x060400,
				.group = 2 * i,
				.secondary = i + 1,
				.driver = "pcieport"};

	snprintf(port.addr, sizeof(port.addr), "0000:00:%02x.%u", 1 + i / 8, i % 8);
	snprintf(port.folder, sizeof(port.folder), "pci0000:00/%s", port.addr);
	make_function(&port);
	for (unsigned f = 0; f < CARD_FUNCTIONS; f++) {
		struct function one = {.vendor = 0x10de,
				       .device = device[f],
				       .class = class[f],
				       .subvendor = 0x1462,
				       .subdevice = 0x3715,
				       .group = 2 * i + 1,
				       .is_card = true,
				       .multi = true};

		if (f == 0)
			one.serial = 0x48b02dfffe000000ull + i;
		snprintf(one.addr, sizeof(one.addr), "0000:%02x:00.%u", i + 1, f);
		snprintf(one.folder, sizeof(one.folder), "%.60s/%s", port.folder, one.addr);
		make_function(&one);
	}
}

/* What large servers have hundreds of: functions of the processor itself, some network and storage,
 * ports. */
static void make_other(unsigned i)
{
	static const struct {
		unsigned device, class;
		const char *driver;
	} kind[8] = {{0x0998, 0x088000, NULL},	 {0x09a2, 0x088000, NULL},
		     {0x1592, 0x020000, "ice"},	 {0x0b60, 0x010802, "nvme"},
		     {0x09a4, 0x088000, NULL},	 {0x3251, 0x088000, NULL},
		     {0x0b25, 0x088000, "idxd"}, {0x352a, 0x060400, "pcieport"}};
	const unsigned bus = i / 256, k = i % 8;
	struct function one = {.vendor = 0x8086,
			       .device = kind[k].device,
			       .class = kind[k].class,
			       .subvendor = 0x8086,
			       .subdevice = 0x0000,
			       .group = 1000 + i,
			       .driver = kind[k].driver,
			       .multi = true};
	char name[16], uid[16];

	one.secondary = k == 7 ? 255 : 0;
	snprintf(name, sizeof(name), "pci0001:%02x", bus);
	snprintf(uid, sizeof(uid), "%u\n", bus + 1);
	if (i % 256 == 0)
		make_host_bridge(name, uid);
	snprintf(one.addr, sizeof(one.addr), "0001:%02x:%02x.%u", bus, i / 8 % 32, k);
	snprintf(one.folder, sizeof(one.folder), "%s/%s", name, one.addr);
	make_function(&one);
}

int main(int argc, char **argv)
{
	unsigned cards = argc == 4 ? (unsigned)atoi(argv[2]) : 0;
	unsigned others = argc == 4 ? (unsigned)atoi(argv[3]) : 0;

	if (argc != 4 || cards > CARDS_MAX || others > 256 * 255) {
		fprintf(stderr, "usage: pcitree FOLDER CARDS OTHERS\n");
		return 125;
	}
	if (chdir(argv[1]) < 0)
		die("%s", argv[1]);
	make_folder("sys/bus/pci/devices");
	make_folder("sys/bus/pci/drivers/vfio-pci");
	make_folder("sys/bus/pci/slots");
	make_folder("same");
	make_host_bridge("pci0000:00", "0\n");
	write_file("sys/bus/pci/drivers_probe", "", 0);
	for (unsigned i = 0; i < cards; i++)
		make_card(i);
	for (unsigned i = 0; i < others; i++)
		make_other(i);
	return 0;
}
