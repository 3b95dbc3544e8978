// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/next-kernel.h"

#include "host/images.h"
#include "sys/file.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX (1u << 20) /* a grub.cfg has some ten kilobytes */
#define NAME_BUF 320
#define EFIVARS "sys/firmware/efi/efivars"
#define LOADER_GUID "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f" /* systemd's Boot Loader Interface */

/* Where the EFI system partition, or the partition for kernels, is mounted. */
static const char *const partitions[] = {"boot", "efi", "boot/efi"};
#define PARTITIONS (sizeof(partitions) / sizeof(*partitions))

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

static void load_entries(const struct root *root, const char *partition, struct loader_entries *all)
{
	char path[NAME_BUF];
	const struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "%s/loader/entries", partition);
	d = dir_open(root->fd, path, 0);
	while (d && (e = readdir(d))) {
		char file[NAME_BUF + sizeof(e->d_name)], *text;

		if (e->d_name[0] == '.' || !has_suffix(e->d_name, ".conf"))
			continue;
		snprintf(file, sizeof(file), "%s/%s", path, e->d_name);
		text = all->n < LOADER_ENTRIES_MAX ? read_text(root, file) : NULL;
		if (text)
			loader_entry_read(e->d_name, text, &all->entry[all->n++]);
		all->more |= !text;
		free(text);
	}
	if (d)
		closedir(d);
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

static void load_all_entries(const struct root *root, struct loader_entries *all)
{
	*all = (struct loader_entries){.n = 0};
	for (size_t i = 0; i < PARTITIONS; i++) {
		load_entries(root, partitions[i], all);
		all->more |= has_unified(root, partitions[i]);
	}
	loader_entries_sort(all);
}

/* --- the boot loaders ------------------------------------------------------------------------- */

/* Names the file in ret->by. The caller frees the text; NULL: there is none. */
static char *read_first(const struct root *root, const char *const *files, size_t n,
			struct next_kernel *ret)
{
	char *text = NULL;

	for (size_t i = 0; i < n && !text; i++) {
		text = read_text(root, files[i]);
		snprintf(ret->by, sizeof(ret->by), "/%s", files[i]);
	}
	return text;
}

static bool find_grub(const struct root *root, const struct loader_entries *all,
		      struct next_kernel *ret)
{
	static const char *const files[] = {"boot/grub/grub.cfg", "boot/grub2/grub.cfg"};
	static const char *const envs[] = {"boot/grub/grubenv", "boot/grub2/grubenv"};
	struct next_kernel unused;
	char *env = read_first(root, envs, 2, &unused), *cfg = read_first(root, files, 2, ret);
	/* It may set another default, and add entries. */
	bool more = file_is_there(root->fd, "boot/grub/custom.cfg") ||
		    file_is_there(root->fd, "boot/grub2/custom.cfg");
	bool found = cfg && !more && loader_grub(cfg, env ? env : "", all, ret->release);

	free(env);
	free(cfg);
	return found;
}

static bool find_systemd(const struct root *root, const char *conf,
			 const struct loader_entries *all, struct next_kernel *ret)
{
	char once[LOADER_TEXT_MAX], chosen[LOADER_TEXT_MAX];

	read_variable(root, "LoaderEntryOneShot", once);
	read_variable(root, "LoaderEntryDefault", chosen);
	if (once[0] || chosen[0])
		snprintf(ret->by, sizeof(ret->by), "the EFI variable %s",
			 once[0] ? "LoaderEntryOneShot" : "LoaderEntryDefault");
	return loader_systemd(conf, once, chosen, all, ret->release);
}

/* Which of the two boots this host: both may have left files. LoaderInfo is what booted it. */
static bool find_by_files(const struct root *root, struct next_kernel *ret)
{
	static const char *const confs[] = {"boot/loader/loader.conf", "efi/loader/loader.conf",
					    "boot/efi/loader/loader.conf"};
	static struct loader_entries all; /* kilobytes */
	char info[LOADER_TEXT_MAX], *conf = read_first(root, confs, 3, ret);
	bool has_grub = file_is_there(root->fd, "boot/grub/grub.cfg") ||
			file_is_there(root->fd, "boot/grub2/grub.cfg");
	bool found = false;

	load_all_entries(root, &all);
	read_variable(root, "LoaderInfo", info);
	if (conf && (strncmp(info, "systemd-boot", 12) == 0 || (!info[0] && !has_grub)))
		found = find_systemd(root, conf, &all, ret);
	else if (strncmp(info, "GRUB", 4) == 0 || (!info[0] && !conf))
		found = find_grub(root, &all, ret);
	free(conf);
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
		found = find_by_files(root, ret);
	free(bundle);
	return found && image_is_release(ret->release);
}
