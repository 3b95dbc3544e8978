// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/next-kernel.h"

#include "host/images.h"
#include "sys/deadline.h"
#include "sys/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TEXT_MAX (1u << 20) /* a grub.cfg has some ten kilobytes */
#define NAME_BUF 320
#define EFIVARS "sys/firmware/efi/efivars"
#define LOADER_GUID "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f" /* systemd's Boot Loader Interface */

/* Where the EFI system partition, or the partition for kernels, is mounted. */
static const char *const partitions[] = {"boot", "efi", "boot/efi"};
static const char *const grub_folders[] = {"boot/grub", "boot/grub2"};
#define N(x) (sizeof(x) / sizeof(*(x)))

static bool is_in(const struct root *root, const char *folder, const char *file)
{
	char path[NAME_BUF];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	return file_is_there(root->fd, path);
}

/* The file, below these folders: the index of the one that has it, or -1. Two that are one and the
 * same, as where a partition is mounted twice, count once; *ret_more where there are others. */
static int find_in(const struct root *root, const char *const *folders, size_t n, const char *file,
		   bool *ret_more)
{
	struct stat first, s;
	char path[NAME_BUF];
	int found = -1;

	*ret_more = false;
	for (size_t i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s", folders[i], file);
		if (fstatat(root->fd, path, &s, 0) < 0)
			continue;
		*ret_more |= found >= 0 && (s.st_dev != first.st_dev || s.st_ino != first.st_ino);
		if (found >= 0)
			continue;
		first = s;
		found = (int)i;
	}
	return found;
}

/* The caller frees it; NULL where it cannot be read, or has NUL bytes. */
static char *read_text(const struct root *root, const char *path)
{
	uint8_t *text;
	size_t n;

	if (file_read_regular(root->fd, path, TEXT_MAX, &text, &n) < 0)
		return NULL;
	if (strlen((char *)text) == n)
		return (char *)text;
	free(text);
	return NULL;
}

/* The first line of a file with one word. False: there is none. */
static bool read_word(const struct root *root, const char *path, char *ret, size_t size)
{
	char *text = read_text(root, path);
	size_t n = text ? strcspn(text, " \t\r\n") : 0;

	if (n)
		snprintf(ret, size, "%.*s", (int)n, text);
	free(text);
	return n && n < size;
}

/* Four bytes of attributes, then UTF-16 and its NUL. "" where it is not set. */
static void read_variable(const struct root *root, const char *name, char ret[LOADER_TEXT_MAX])
{
	char path[NAME_BUF];
	uint8_t *data;
	size_t n, at = 0;

	ret[0] = '\0';
	snprintf(path, sizeof(path), EFIVARS "/%s-" LOADER_GUID, name);
	if (file_read_regular(root->fd, path, TEXT_MAX, &data, &n) < 0)
		return;
	for (size_t i = 4; i + 1 < n && at + 1 < LOADER_TEXT_MAX && (data[i] || data[i + 1]);
	     i += 2)
		ret[at++] = data[i + 1] ? '?' : (char)data[i];
	ret[at] = '\0';
	free(data);
}

/* --- entries of the Boot Loader Specification ------------------------------------------------- */

static bool has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), k = strlen(suffix);

	return n > k && strcmp(name + n - k, suffix) == 0;
}

static bool is_entry(const char *name)
{
	return name[0] != '.' && has_suffix(name, ".conf");
}

/* Returns how many there are. */
static size_t load_entries(const struct root *root, const char *partition,
			   struct loader_entries *all)
{
	char path[NAME_BUF];
	const struct dirent *e;
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/loader/entries", partition);
	d = dir_open(root->fd, path, 0);
	while (d && (e = readdir(d))) {
		char file[NAME_BUF + sizeof(e->d_name)], *text;
		struct loader_entry *to = &all->entry[all->n];

		if (!is_entry(e->d_name))
			continue;
		n++;
		snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		text = all->n < LOADER_ENTRIES_MAX ? read_text(root, file) : NULL;
		all->more |= !text;
		if (!text)
			continue;
		loader_entry_read(e->d_name, text, to);
		to->gone = !is_in(root, partition, to->kernel);
		all->n++;
		free(text);
	}
	if (d)
		closedir(d);
	return n;
}

/* Unified kernel images, whose names are not files of loader/entries. */
static bool has_unified(const struct root *root, const char *partition)
{
	char path[NAME_BUF];
	const struct dirent *e;
	bool has = false;
	DIR *d;

	snprintf(path, sizeof(path), "%s/EFI/Linux", partition);
	d = dir_open(root->fd, path, 0);
	while (d && (e = readdir(d)))
		has |= has_suffix(e->d_name, ".efi");
	if (d)
		closedir(d);
	return has;
}

/* systemd-boot reads those of the EFI system partition, and of the partition for kernels, which has
 * a type of its own; a /boot of another type it does not see. Which of the folders that is, is not
 * known here: entries in two of them may be left over in one. */
static void load_all_entries(const struct root *root, struct loader_entries *all)
{
	size_t folders = 0;
	bool more;
	int last = -1, i;

	*all = (struct loader_entries){.n = 0};
	for (size_t p = 0; p < N(partitions); p++) {
		const char *const pair[] = {partitions[p], last < 0 ? "" : partitions[last]};

		i = find_in(root, pair, last < 0 ? 1 : 2, "loader/entries", &more);
		all->more |= has_unified(root, partitions[p]);
		if (i != 0 || (last >= 0 && !more) || !load_entries(root, partitions[p], all))
			continue;
		last = (int)p;
		folders++;
	}
	all->apart = folders > 1;
	loader_sort_systemd(all);
}

/* --- the boot loaders ------------------------------------------------------------------------- */

/* Names the file in ret->by. The caller frees the text; NULL: it cannot be read. */
static char *read_named(const struct root *root, const char *folder, const char *file,
			struct next_kernel *ret)
{
	char path[NAME_BUF];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	snprintf(ret->by, sizeof(ret->by), "/%.*s", (int)sizeof(ret->by) - 2, path);
	return read_text(root, path);
}

/* On the EFI system partition GRUB's own file may lie in the folder of each system: a few lines
 * that go on with the one of /boot, or, in older Fedora and its like, all of it. */
static bool has_other_grub(const struct root *root, const char *partition)
{
	char path[NAME_BUF], file[NAME_BUF + 300], *text;
	const struct dirent *e;
	bool has = false;
	DIR *d;

	snprintf(path, sizeof(path), "%s/EFI", partition);
	d = dir_open(root->fd, path, 0);
	while (d && (e = readdir(d))) {
		snprintf(file, sizeof(file), "%s/%s/grub.cfg", path, e->d_name);
		if (e->d_name[0] == '.' || !file_is_there(root->fd, file))
			continue;
		text = read_text(root, file);
		has |= !text || !strstr(text, "/grub.cfg");
		free(text);
	}
	if (d)
		closedir(d);
	return has;
}

/* Files that grub.cfg goes on with where they are there: they may set another default, and add
 * entries. */
static bool has_more_grub(const struct root *root)
{
	bool has = false;

	for (size_t i = 0; i < N(grub_folders); i++)
		has |= is_in(root, grub_folders[i], "custom.cfg") ||
		       is_in(root, grub_folders[i], "user.cfg");
	for (size_t i = 0; i < N(partitions); i++)
		has |= has_other_grub(root, partitions[i]);
	return has;
}

static bool find_grub(const struct root *root, struct next_kernel *ret)
{
	static struct loader_entries all; /* kilobytes */
	struct next_kernel unused;
	char *env, *cfg;
	bool more, found;
	int in = find_in(root, grub_folders, N(grub_folders), "grub.cfg", &more);

	if (in < 0 || more || has_more_grub(root))
		return false;
	all = (struct loader_entries){.n = 0};
	(void)load_entries(root, "boot", &all);
	loader_sort_grub(&all);
	env = read_named(root, grub_folders[in], "grubenv", &unused);
	cfg = read_named(root, grub_folders[in], "grub.cfg", ret);
	found = cfg && (env || !is_in(root, grub_folders[in], "grubenv")) &&
		loader_grub(cfg, env ? env : "", &all, ret->release);
	free(env);
	free(cfg);
	return found;
}

static bool find_systemd(const struct root *root, struct next_kernel *ret)
{
	static struct loader_entries all; /* kilobytes */
	char once[LOADER_TEXT_MAX], chosen[LOADER_TEXT_MAX], preferred[LOADER_TEXT_MAX], *conf;
	bool more, found;
	int in = find_in(root, partitions, N(partitions), "loader/loader.conf", &more);

	read_variable(root, "LoaderEntryOneShot", once);
	read_variable(root, "LoaderEntryDefault", chosen);
	read_variable(root, "LoaderEntryPreferred", preferred);
	conf = in < 0 ? NULL : read_named(root, partitions[in], "loader/loader.conf", ret);
	if (!conf || more || preferred[0]) {
		free(conf);
		return false;
	}
	if (once[0] || chosen[0])
		snprintf(ret->by, sizeof(ret->by), "the EFI variable %s",
			 once[0] ? "LoaderEntryOneShot" : "LoaderEntryDefault");
	load_all_entries(root, &all);
	found = loader_systemd(conf, once, chosen, &all, ret->release);
	free(conf);
	return found;
}

/* GRUB tells the kernel which file it was; so do others that only BIOS firmware starts. */
static bool has_boot_image(const struct root *root)
{
	uint8_t *text;
	size_t n;
	bool has;

	if (file_read_regular(root->fd, ROOT_CMDLINE, TEXT_MAX, &text, &n) < 0)
		return false;
	has = strncmp((char *)text, "BOOT_IMAGE=", 11) == 0 ||
	      strstr((char *)text, " BOOT_IMAGE=") != NULL;
	free(text);
	return has;
}

/* Whether GRUB booted this host, where no boot loader has left its name (GRUB does from 2.12 on):
 * UEFI firmware may have started a kernel itself, or a unified kernel image, which leaves StubInfo
 * (systemd-stub(7)). Then the files of a boot loader are older than that, and not used. */
static bool booted_by_grub(const struct root *root)
{
	bool more;

	if (find_in(root, partitions, N(partitions), "loader/loader.conf", &more) >= 0 ||
	    is_in(root, EFIVARS, "StubInfo-" LOADER_GUID))
		return false;
	return !file_is_there(root->fd, "sys/firmware/efi") || has_boot_image(root);
}

/* Several may have left files: LoaderInfo is what booted this host (systemd's Boot Loader
 * Interface). systemd-boot always sets it. */
static bool find_by_files(const struct root *root, struct next_kernel *ret)
{
	char info[LOADER_TEXT_MAX];

	read_variable(root, "LoaderInfo", info);
	if (strncmp(info, "systemd-boot", 12) == 0)
		return find_systemd(root, ret);
	if (strncmp(info, "GRUB", 4) == 0 || (!info[0] && booted_by_grub(root)))
		return find_grub(root, ret);
	return false;
}

/* --- a deadline ------------------------------------------------------------------------------- */

struct search {
	const struct root *root;
	struct next_kernel *to; /* shared with the child */
};

static int search(void *arg)
{
	const struct search *s = arg;

	return find_by_files(s->root, s->to) ? 0 : -ENOENT;
}

/* In a child: an EFI system partition is mounted when somebody looks into it, and the disk of /boot
 * may have gone; a read of either may never return. */
static bool find_in_time(const struct root *root, struct next_kernel *ret)
{
	struct search s = {root, deadline_shared(sizeof(*ret))};
	bool found;

	if (!s.to)
		return false;
	found = deadline_run(NEXT_KERNEL_MS, search, &s) == 0;
	if (found)
		*ret = *s.to;
	deadline_unshare(s.to, sizeof(*s.to));
	return found;
}

/* proxmox-boot-tool's own files; it boots the newest of its kernels where nothing is pinned, and
 * which those are is not written down. */
static bool find_proxmox(const struct root *root, struct next_kernel *ret)
{
	static const char *const pins[] = {"etc/kernel/next-boot-pin",
					   "etc/kernel/proxmox-boot-pin"};

	for (size_t i = 0; i < 2; i++) {
		snprintf(ret->by, sizeof(ret->by), "/%s", pins[i]);
		if (read_word(root, pins[i], ret->release, sizeof(ret->release)))
			return true;
	}
	return false;
}

/* --- bundles ---------------------------------------------------------------------------------- */

size_t next_kernel_text(const struct root *root, char buf[NEXT_KERNEL_TEXT_MAX])
{
	struct next_kernel k;
	bool found = next_kernel_find(root, &k);

	return (size_t)snprintf(buf, NEXT_KERNEL_TEXT_MAX, "%s\n%s\n", found ? k.release : "",
				found ? k.by : "");
}

/* text: of ROOT_BUNDLE, whose first lines are those of images_bundle_text. */
static bool find_bundled(const char *text, struct next_kernel *ret)
{
	const char *by;

	for (int i = 0; i < IMAGES_BUNDLE_LINES && text; i++) {
		text = strchr(text, '\n');
		text = text ? text + 1 : NULL;
	}
	by = text ? strchr(text, '\n') : NULL;
	if (!by)
		return false;
	snprintf(ret->release, sizeof(ret->release), "%.*s", (int)(by - text), text);
	snprintf(ret->by, sizeof(ret->by), "%.*s", (int)strcspn(by + 1, "\n"), by + 1);
	return ret->release[0] != '\0';
}

bool next_kernel_find(const struct root *root, struct next_kernel *ret)
{
	char *bundle = read_text(root, ROOT_BUNDLE);
	bool found;

	*ret = (struct next_kernel){.release = ""};
	if (bundle)
		found = find_bundled(bundle, ret);
	else if (file_is_there(root->fd, "etc/kernel/proxmox-boot-uuids"))
		found = find_proxmox(root, ret);
	else
		found = find_in_time(root, ret);
	free(bundle);
	return found && image_is_release(ret->release);
}
