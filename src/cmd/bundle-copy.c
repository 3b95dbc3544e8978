// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/bundle-copy.h"

#include "cmd/bundle-lines.h"
#include "host/images.h"
#include "host/next-kernel.h"
#include "pci/path.h"
#include "store/proxmox-link.h"
#include "sys/config-files.h"
#include "sys/config-space.h"
#include "sys/deadline.h"
#include "sys/file.h"
#include "sys/modules.h"
#include "sys/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_SPACE_MAX 4096
#define FILE_MAX RECORD_FILE_MAX
#define KERNEL_LOG_MAX (16u << 20)
#define KERNEL_LINE_MAX 8192 /* of /dev/kmsg: more than the kernel gives (printk.c) */
#define FILE_MS 10000	     /* for what lies on a disk */
#define CHUNK 512	     /* items between two calls of progress */

/* What of a file comes into the bundle. */
enum how {
	LINK,	   /* the link itself */
	FOLDER,	   /* that there is a folder of this name, or a link to one */
	EXISTS,	   /* an empty file: that there is one */
	SIZE,	   /* a file of that size without content: a ROM is its maker's */
	TEXT,	   /* its text */
	BYTES,	   /* its bytes */
	SPACE,	   /* a graphics card's configuration space */
	SETTINGS,  /* gpurom's configuration, without its comments */
	CMDLINE,   /* words of the kernel command line */
	MODPROBE,  /* lines about the drivers of cards, no comments */
	LAYOUT,	   /* the line of kernel-install's layout */
	MODULES,   /* depmod's lines about them */
	LOADED,	   /* /proc/modules without addresses */
	IOMEM,	   /* /proc/iomem without where the kernel itself is */
	NAMES,	   /* of pci.ids: NVIDIA's devices, and all vendors */
	SLOTS,	   /* the slots in SMBIOS's table */
	RELEASE,   /* the name of the kernel, also where the root has none */
	INSTALLED, /* what images are compared with: into ROOT_BUNDLE */
	LOG,	   /* lines of the kernel log: into BUNDLE_KERNEL_LOG */
};

struct row {
	const char *path; /* below the root; a part may have a '*' */
	enum how how;
};

/* Never in it: ROMs, the firmware's copies of them, machine-id, host name, definitions of VMs (they
 * have UUIDs, MAC addresses, paths of people), SMBIOS but for the slots. */
static const struct row rows[] = {
	{ROOT_CMDLINE, CMDLINE},
	{ROOT_OSRELEASE, RELEASE},
	{"proc/sys/kernel/tainted", TEXT},
	{"proc/sys/kernel/random/boot_id", TEXT},
	{"proc/iomem", IOMEM},
	{"proc/modules", LOADED},
	{"etc/os-release", TEXT},
	{ROOT_PCI_IDS_HWDATA, NAMES},
	{ROOT_PCI_IDS_MISC, NAMES},
	{ROOT_INITRD_RELEASE, EXISTS},
	{ROOT_CONF_VENDOR, SETTINGS},
	{ROOT_CONF, SETTINGS},
	{ROOT_CONF_DIR, FOLDER},
	{ROOT_CONF_DIR "/*.conf", SETTINGS},
	{"etc/modprobe.d/*.conf", MODPROBE},
	{"run/modprobe.d/*.conf", MODPROBE},
	{"usr/lib/modprobe.d/*.conf", MODPROBE},
	{"lib/modprobe.d/*.conf", MODPROBE},
	{"etc/modules-load.d/*.conf", MODPROBE},
	{"etc/modules", MODPROBE},
	{"etc/initramfs-tools/modules", MODPROBE},
	{"run/systemd/container", TEXT},
	{"run/.containerenv", EXISTS},
	{".dockerenv", EXISTS},
	{"dev/iommu", EXISTS},
	{"dev/vfio/*", EXISTS},
	{"dev/vfio/devices/*", EXISTS},
	{"run/udev/control", EXISTS},
	{ROOT_PCI_DEVICES, FOLDER},
	{ROOT_PCI_DEVICES "/*", LINK},
	{ROOT_PCI_DRIVERS "/*", FOLDER},
	{ROOT_PCI_BUS "/slots/*/address", TEXT},
	{ROOT_DEVICES "/pci*", FOLDER},
	{ROOT_DEVICES "/pci*/firmware_node/uid", TEXT},
	{ROOT_IOMMU_GROUPS "/*", FOLDER},
	{ROOT_IOMMU_GROUPS "/*/type", TEXT},
	{ROOT_IOMMU_GROUPS "/*/devices/*", LINK},
	{"sys/class/iommu/*", LINK},
	{ROOT_DMI_ENTRIES, FOLDER},
	{ROOT_DMI_ENTRIES "/9-*/raw", BYTES},
	{ROOT_DMI_TABLE, SLOTS},
	{"sys/firmware/efi", FOLDER},
	{"sys/firmware/efi/efivars/SecureBoot-*", BYTES},
	{"sys/kernel/security/lockdown", TEXT},
	{"sys/module/vfio*", FOLDER},
	{"sys/module/vfio*/parameters/*", TEXT},
	{"sys/module/kvm*", FOLDER},
	{"sys/module/nvidia*", FOLDER},
	{"sys/module/nouveau", FOLDER},
	{"sys/module/iommufd", FOLDER},
	{ROOT_REPORT, TEXT},
	{ROOT_RUN "/*", EXISTS},
	{ROOT_CARDS "/*", TEXT},
	{ROOT_STAGED "/*", SIZE},
	{KVMLINK, LINK},
	{"lib/modules/*/kernel", FOLDER},
	{"lib/modules/*/modules.dep", MODULES},
	{"lib/modules/*/modules.builtin", MODULES},
	{"lib/modules/*/modules.alias", MODULES},
	{"usr/share/initramfs-tools/hooks/gpurom", EXISTS},
	{"usr/sbin/update-initramfs", EXISTS},
	{"usr/lib/initcpio/install/gpurom", EXISTS},
	{"usr/bin/mkinitcpio", EXISTS},
	{"usr/lib/dracut/modules.d/50gpurom", FOLDER},
	{"usr/bin/dracut", EXISTS},
	{"usr/sbin/dracut", EXISTS},
	{"etc/kernel/proxmox-boot-uuids", EXISTS},
	{"etc/kernel/install.conf", LAYOUT},
	{"run/kernel/install.conf", LAYOUT},
	{"usr/local/lib/kernel/install.conf", LAYOUT},
	{"usr/lib/kernel/install.conf", LAYOUT},
	{"etc/kernel/install.conf.d/*.conf", LAYOUT},
	{"run/kernel/install.conf.d/*.conf", LAYOUT},
	{"usr/local/lib/kernel/install.conf.d/*.conf", LAYOUT},
	{"usr/lib/kernel/install.conf.d/*.conf", LAYOUT},
	{"lib/modules/*/vmlinuz", EXISTS},
	{ROOT_PROC, INSTALLED},
	{ROOT_KMSG, LOG},
};

/* Of each PCI function. What may ask the device comes last: if one does not return, those behind it
 * are not asked. `rom` is not opened. */
static const struct row function_rows[] = {
	{"driver", LINK},
	{"iommu_group", LINK},
	{"physfn", LINK},
	{"vfio-dev", FOLDER},
	{"rom", SIZE},
	{"vendor", TEXT},
	{"device", TEXT},
	{"class", TEXT},
	{"subsystem_vendor", TEXT},
	{"subsystem_device", TEXT},
	{"revision", TEXT},
	{"resource", TEXT},
	{"boot_vga", TEXT},
	{"driver_override", TEXT},
	{"enable", TEXT},
	{"numa_node", TEXT},
	{"power_state", TEXT},
	{"d3cold_allowed", TEXT},
	{"reset_method", TEXT},
	{"sriov_numvfs", TEXT},
	{"sriov_totalvfs", TEXT},
	{"secondary_bus_number", TEXT},
	{"power/control", TEXT},
	{"power/runtime_status", TEXT},
	{"firmware_node/path", TEXT},
	{"firmware_node/uid", TEXT},
	{"uevent", TEXT}, /* some kernels take the device's lock (sys/holders.h) */
	{"config", SPACE},
};

/* What is read, one after the other. */
struct item {
	char *path;
	enum how how;
	size_t function; /* whose attribute it is, from 1; 0: none */
};

struct copy {
	const struct host *h;
	const struct bundle_secrets *secrets;
	const char *to;
	int to_fd; /* in the child */
	struct item *item;
	size_t n, at; /* at: of the chunk that runs */
	bool failed;  /* no memory */
	/* Shared with the child, one a function: a read of it began and has not returned. */
	unsigned char *busy;
	size_t n_functions;
};

/* --- writing --------------------------------------------------------------------------------- */

static int make_folder(int to, const char *path)
{
	return mkdirat(to, path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int make_folders_above(int to, const char *path)
{
	char part[PATH_MAX];
	int r = 0;

	for (const char *s = strchr(path, '/'); r == 0 && s; s = strchr(s + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(s - path), path);
		r = make_folder(to, part);
	}
	return r;
}

/* What is there already is of the same file, reached by another row. */
static int create(int to, const char *path, int *ret_fd)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int r = 0;

	*ret_fd = openat(to, path, flags, 0644);
	if (*ret_fd < 0 && errno == ENOENT && (r = make_folders_above(to, path)) == 0)
		*ret_fd = openat(to, path, flags, 0644);
	return r < 0 ? r : *ret_fd < 0 ? -errno : 0;
}

static int write_file(int to, const char *path, const void *data, size_t n, off_t size)
{
	int fd, r = create(to, path, &fd);
	size_t at = 0;
	ssize_t put = 0;

	if (r < 0)
		return r == -EEXIST ? 0 : r;
	while (at < n && (put = write(fd, (const char *)data + at, n - at)) > 0)
		at += (size_t)put;
	r = at < n || (size && ftruncate(fd, size) < 0) ? -(put < 0 || at == n ? errno : EIO) : 0;
	close(fd);
	return r;
}

static int write_link(int to, const char *path, const char *target)
{
	int r = make_folders_above(to, path);

	if (r < 0)
		return r;
	return symlinkat(target, to, path) < 0 && errno != EEXIST ? -errno : 0;
}

/* --- the kernel log -------------------------------------------------------------------------- */

/* Each read gives one record (Documentation/ABI/testing/dev-kmsg); -EPIPE: some were overwritten
 * meanwhile. A fixture's is a plain file. */
static int read_log(const struct root *root, char **ret, size_t *ret_n)
{
	int fd = openat(root->fd, ROOT_KMSG, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *text = fd < 0 ? NULL : malloc(KERNEL_LOG_MAX + KERNEL_LINE_MAX);
	size_t n = 0;
	ssize_t got = 0;

	if (fd < 0)
		return -errno;
	while (text && n < KERNEL_LOG_MAX &&
	       ((got = read(fd, text + n, KERNEL_LINE_MAX)) > 0 || (got < 0 && errno == EPIPE)))
		n += got > 0 ? (size_t)got : 0;
	close(fd);
	*ret = text;
	*ret_n = n;
	return text ? 0 : -ENOMEM;
}

static int copy_log(struct copy *c)
{
	size_t n = 0;
	char *text = NULL;
	int r = read_log(c->h->root, &text, &n);

	if (r < 0)
		return r;
	n = bundle_lines(text, n, bundle_keep_log, (void *)c->h);
	bundle_hide_serials(c->secrets, text, n);
	bundle_hide_host(c->secrets, text, n);
	r = write_file(c->to_fd, BUNDLE_KERNEL_LOG, text, n, 0);
	free(text);
	return r;
}

/* --- one file -------------------------------------------------------------------------------- */

/* Returns what is left of the n bytes. */
static size_t edit(struct copy *c, enum how how, char *text, size_t n)
{
	struct bundle_names names = {.scan = &c->h->scan};

	switch (how) {
	case SETTINGS:
		return bundle_config(text, n);
	case CMDLINE:
		return bundle_cmdline(text, n);
	case MODPROBE:
		return bundle_lines(text, n, bundle_keep_modprobe, (void *)c->h);
	case LAYOUT:
		return bundle_lines(text, n, bundle_keep_layout, NULL);
	case MODULES:
		return bundle_lines(text, n, bundle_keep_modules, (void *)c->h);
	case NAMES:
		return bundle_lines(text, n, bundle_keep_names, &names);
	case IOMEM:
		return bundle_lines(text, n, bundle_keep_iomem, (void *)c->h);
	case LOADED:
		bundle_hide_addresses(text, n);
		return n;
	case SLOTS:
		return bundle_slots((uint8_t *)text, n);
	case SPACE:
		bundle_hide_config(c->secrets, (uint8_t *)text, n);
		return n;
	default:
		return n;
	}
}

static void hide(const struct copy *c, enum how how, char *text, size_t n)
{
	if (how == BYTES || how == SPACE || how == SLOTS)
		return;
	bundle_hide_serials(c->secrets, text, n);
	if (how == MODPROBE)
		bundle_hide_host(c->secrets, text, n);
	if (how == SETTINGS || how == CMDLINE)
		bundle_hide_in_settings(c->secrets, how == CMDLINE, text, n);
}

/* Also a link that leads nowhere. */
static bool is_there(const struct root *root, const char *path)
{
	struct stat st;

	return fstatat(root->fd, path, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int copy_content(struct copy *c, const struct item *i)
{
	uint8_t *text;
	size_t n;
	int r = file_read_regular(c->h->root->fd, i->path, FILE_MAX, &text, &n);

	/* gpurom doubts a configuration that it cannot read; it doubts a folder, too. */
	if (i->how == SETTINGS && r < 0 && is_there(c->h->root, i->path))
		return make_folders_above(c->to_fd, i->path) ?: make_folder(c->to_fd, i->path);
	if (r < 0)
		return r;
	n = edit(c, i->how, (char *)text, n);
	hide(c, i->how, (char *)text, n);
	r = write_file(c->to_fd, i->path, text, n, 0);
	free(text);
	return r;
}

static int copy_space(struct copy *c, const struct item *i)
{
	uint8_t space[CONFIG_SPACE_MAX];
	int fd = openat(c->h->root->fd, i->path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -errno : attr_read_at(fd, (char *)space, sizeof(space), 0);

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return (int)n;
	n = (ssize_t)edit(c, SPACE, (char *)space, (size_t)n);
	return write_file(c->to_fd, i->path, space, (size_t)n, 0);
}

static int copy_link(const struct copy *c, const struct item *i)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(c->h->root->fd, i->path, target, sizeof(target) - 1);

	if (n < 0)
		return -errno;
	target[n] = '\0';
	return write_link(c->to_fd, i->path, target);
}

static int copy_name(const struct copy *c, const struct item *i)
{
	struct stat st;

	if (fstatat(c->h->root->fd, i->path, &st, 0) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return make_folders_above(c->to_fd, i->path) ?: make_folder(c->to_fd, i->path);
	return i->how == FOLDER
		       ? 0
		       : write_file(c->to_fd, i->path, "", 0, i->how == SIZE ? st.st_size : 0);
}

static int copy_release(const struct copy *c, const struct item *i)
{
	char release[MODULES_RELEASE_MAX + 1];

	modules_release(c->h->root, release);
	strcat(release, "\n");
	return write_file(c->to_fd, i->path, release, strlen(release), 0);
}

static int copy_item(struct copy *c, const struct item *i)
{
	char text[IMAGES_BUNDLE_MAX + NEXT_KERNEL_TEXT_MAX];
	size_t n;

	switch (i->how) {
	case LINK:
		return copy_link(c, i);
	case FOLDER:
	case EXISTS:
	case SIZE:
		return copy_name(c, i);
	case SPACE:
		return copy_space(c, i);
	case RELEASE:
		return copy_release(c, i);
	case INSTALLED:
		n = images_bundle_text(&c->h->config, text);
		n += next_kernel_text(c->h->root, text + n);
		return write_file(c->to_fd, ROOT_BUNDLE, text, n, 0);
	case LOG:
		return copy_log(c);
	default:
		return copy_content(c, i);
	}
}

/* In a child. Where an attribute of this function has not returned, no other is asked. */
static int run_item(void *arg, size_t nth)
{
	struct copy *c = arg;
	const struct item *i = &c->item[c->at + nth];
	unsigned char *busy = &c->busy[i->function];
	int r;

	if (c->to_fd < 0)
		c->to_fd = open(c->to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c->to_fd < 0)
		return -errno;
	if (i->function && *busy)
		return -ETIMEDOUT;
	*busy = 1;
	r = copy_item(c, i);
	*busy = 0;
	return r;
}

static unsigned item_ms(void *arg, size_t nth, size_t hung)
{
	const struct copy *c = arg;
	const struct item *i = &c->item[c->at + nth];

	(void)hung;
	if (!i->function)
		return FILE_MS;
	return i->how == SPACE ? PCISCAN_CONFIG_MS : PCISCAN_KERNEL_MS;
}

/* --- which files ----------------------------------------------------------------------------- */

static void add(struct copy *c, const char *path, enum how how, size_t function)
{
	struct item *more = c->item;

	if (c->n % CHUNK == 0)
		more = realloc(c->item, (c->n + CHUNK) * sizeof(*more));
	if (!more) {
		c->failed = true;
		return;
	}
	c->item = more;
	c->item[c->n] = (struct item){strdup(path), how, function};
	if (c->item[c->n].path)
		c->n++;
	else
		c->failed = true;
}

static void add_pattern(struct copy *c, const char *before, const char *pattern, enum how how);

/* before: a folder, or "" for the root; part: a name with a '*'. */
static void add_names(struct copy *c, const char *before, const char *part, const char *rest,
		      enum how how)
{
	DIR *d = dir_open(c->h->root->fd, *before ? before : ".", 0);
	char path[PATH_MAX];
	const struct dirent *e;

	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.' || fnmatch(part, e->d_name, 0) != 0)
			continue;
		snprintf(path, sizeof(path), "%s%s%s", before, *before ? "/" : "", e->d_name);
		add_pattern(c, path, rest, how);
	}
	if (d)
		closedir(d);
}

/* Adds each path that the pattern, below `before`, stands for. */
static void add_pattern(struct copy *c, const char *before, const char *pattern, enum how how)
{
	char path[PATH_MAX], part[NAME_MAX + 1];
	size_t n = strcspn(pattern, "/");
	const char *rest = pattern[n] ? pattern + n + 1 : "";

	if (!*pattern) {
		add(c, before, how, 0);
		return;
	}
	snprintf(part, sizeof(part), "%.*s", (int)n, pattern);
	if (strchr(part, '*')) {
		add_names(c, before, part, rest, how);
		return;
	}
	snprintf(path, sizeof(path), "%s%s%s", before, *before ? "/" : "", part);
	add_pattern(c, path, rest, how);
}

/* Only a graphics card's configuration space is read: to read it may wake what sleeps. */
static bool is_of_display(const struct pci_scan *s, struct pci_addr a)
{
	for (size_t i = 0; i < s->n; i++)
		if (pci_fn_is_display(&s->fn[i]) && pci_addr_same_card(s->fn[i].addr, a))
			return true;
	return false;
}

static void add_function(struct copy *c, struct pci_addr a, const char *real)
{
	const bool display = is_of_display(&c->h->scan, a);
	char path[PATH_MAX + 64];

	for (size_t i = 0; i < sizeof(function_rows) / sizeof(*function_rows); i++) {
		const struct row *row = &function_rows[i];

		snprintf(path, sizeof(path), "sys/%s/%s", real, row->path);
		if (row->how != SPACE || display)
			add(c, path, row->how, c->n_functions);
	}
	/* Its host bridge, which may be below another device. */
	snprintf(path, sizeof(path), "sys/%.*s/firmware_node/uid", (int)pcipath_root(real), real);
	add(c, path, TEXT, 0);
}

static void add_functions(struct copy *c)
{
	DIR *d = dir_open(c->h->root->fd, ROOT_PCI_DEVICES, 0);
	const struct dirent *e;
	char target[PATH_MAX];
	const char *real;
	struct pci_addr a;

	while (d && (e = readdir(d)) && c->n_functions < PCISCAN_FUNCTIONS_MAX) {
		if (pci_addr_parse(e->d_name, &a) < 0 ||
		    !(real = sysfs_device(c->h->root, a, target)))
			continue;
		c->n_functions++;
		add_function(c, a, real);
	}
	if (d)
		closedir(d);
}

/* path: absolute. */
static void add_store(struct copy *c, const char *path)
{
	static const struct row store_rows[] = {
		{"", FOLDER},
		{RECORD_FILE, TEXT},
		{RECORD_FILE ".corrupt-*", EXISTS},
		{"by-path/*.rom", LINK},
		{"by-id/*.rom", LINK},
		{"roms/*.rom", SIZE},
		{"raw/*.bin", SIZE},
		{STORE_IMAGES "/*.json", TEXT},
	};

	if (path[0] != '/' || strstr(path, "/../"))
		return;
	for (size_t i = 0; i < sizeof(store_rows) / sizeof(*store_rows); i++)
		add_pattern(c, path + 1, store_rows[i].path, store_rows[i].how);
}

static void add_all(struct copy *c)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		add_pattern(c, "", rows[i].path, rows[i].how);
	add_store(c, c->h->config.store);
	add_store(c, STORE_VOLATILE);
	add_functions(c);
}

/* --- all of it ------------------------------------------------------------------------------- */

static bool is_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR;
}

static void add_left_out(FILE *out, const struct item *i, int r, struct bundle_copied *ret)
{
	const char *why = r == -ETIMEDOUT || r == -ECHILD ? "does not answer" : strerror(-r);

	fprintf(out, "/%s: %s\n", i->path, why);
	if (ret->left_out++ == 0)
		snprintf(ret->first, sizeof(ret->first), "/%s: %s", i->path, why);
}

static int run_chunk(struct copy *c, FILE *left_out, struct bundle_copied *ret)
{
	const size_t n = c->n - c->at < CHUNK ? c->n - c->at : CHUNK;
	struct deadline_list list = {.n = n,
				     .one = run_item,
				     .ms = item_ms,
				     .arg = c,
				     .keep_fd = c->h->root->fd,
				     .until_us = deadline_now_us() + n * FILE_MS * 1000ull};
	int result[CHUNK], r = deadline_each(&list, result);

	for (size_t i = 0; r == 0 && i < n; i++) {
		if (result[i] == 0)
			ret->files++;
		else if (!is_absent(result[i]))
			add_left_out(left_out, &c->item[c->at + i], result[i], ret);
	}
	c->at += n;
	return r;
}

static int run_all(struct copy *c, void (*progress)(size_t done, size_t all),
		   struct bundle_copied *ret)
{
	char *text = NULL;
	size_t n = 0;
	FILE *left_out = open_memstream(&text, &n);
	int r = left_out ? 0 : -ENOMEM, to;

	while (r == 0 && c->at < c->n) {
		progress(c->at, c->n);
		r = run_chunk(c, left_out, ret);
	}
	if (left_out && fclose(left_out) != 0)
		r = -ENOMEM;
	to = open(c->to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (r == 0 && n)
		r = to < 0 ? -errno : write_file(to, BUNDLE_LEFT_OUT, text, n, 0);
	if (to >= 0)
		close(to);
	free(text);
	return r;
}

int bundle_copy(const struct host *h, const struct bundle_secrets *s, const char *to,
		void (*progress)(size_t done, size_t all), struct bundle_copied *ret)
{
	struct copy c = {.h = h, .secrets = s, .to = to, .to_fd = -1};
	int r;

	*ret = (struct bundle_copied){0};
	add_all(&c);
	c.busy = deadline_shared(c.n_functions + 1);
	r = c.failed || !c.busy ? -ENOMEM : run_all(&c, progress, ret);
	deadline_unshare(c.busy, c.n_functions + 1);
	for (size_t i = 0; i < c.n; i++)
		free(c.item[i].path);
	free(c.item);
	return r;
}
