// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/doctor-facts.h"

#include "host/images.h"
#include "host/next-kernel.h"
#include "pci/modalias.h"
#include "sys/file.h"
#include "util/text.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define SMALL_FILE_MAX (1u << 20)
#define SECURE_BOOT "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define PROFILE "etc/apparmor.d/abstractions/libvirt-qemu"

/* The caller frees it; NULL where it cannot be read. */
static char *read_text(const struct root *root, const char *path, size_t max, size_t *ret_n)
{
	uint8_t *text;
	size_t n;

	if (file_read_regular(root->fd, path, max, &text, &n) < 0)
		return NULL;
	if (ret_n)
		*ret_n = n;
	return (char *)text;
}

static bool begins_with(const struct root *root, const char *path, char c)
{
	char *text = read_text(root, path, SMALL_FILE_MAX, NULL);
	bool is = text && text[0] == c;

	free(text);
	return is;
}

static bool has_text(const struct root *root, const char *path, const char *what)
{
	char *text = read_text(root, path, SMALL_FILE_MAX, NULL);
	bool is = text && strstr(text, what);

	free(text);
	return is;
}

/* --- IOMMU ------------------------------------------------------------------------------------ */

static enum doctor_yes has_groups(const struct root *root)
{
	DIR *d = dir_open(root->fd, ROOT_IOMMU_GROUPS, 0);
	enum doctor_yes r = DOCTOR_NO;
	const struct dirent *e;

	while (d && (e = readdir(d)))
		if (isdigit((unsigned char)e->d_name[0]))
			r = DOCTOR_YES;
	if (d)
		closedir(d);
	return r;
}

/* The names of x86's interrupt chips begin with "IR-" where they are remapped
 * (arch/x86/kernel/apic/io_apic.c, drivers/iommu/intel/irq_remapping.c). */
static enum doctor_yes is_remapped(const struct root *root)
{
	char *text = read_text(root, ROOT_PROC "/interrupts", SMALL_FILE_MAX, NULL);
	enum doctor_yes r = !text		       ? DOCTOR_UNKNOWN
			    : strstr(text, " IR-")     ? DOCTOR_YES
			    : strstr(text, " IO-APIC") ? DOCTOR_NO
						       : DOCTOR_UNKNOWN;

	free(text);
	return r;
}

/* Only a group's node can be opened with a card: vfio itself is for everybody
 * (drivers/vfio/container.c, its misc device has mode 0666). */
static bool may_open_group(const struct root *root)
{
	DIR *d = dir_open(root->fd, "dev/vfio", 0);
	const struct dirent *e;
	bool may = false;

	while (d && !may && (e = readdir(d)))
		may = isdigit((unsigned char)e->d_name[0]) &&
		      faccessat(dirfd(d), e->d_name, R_OK | W_OK, AT_EACCESS) == 0;
	if (d)
		closedir(d);
	return may;
}

/* --- modprobe.d ------------------------------------------------------------------------------- */

static bool judge_line(void *ctx, const char *file, const char *command, const char *module,
		       char *rest)
{
	static const char *const drivers[] = {"nouveau",       "nvidia",    "nvidia_drm",
					      "nvidiafb",      "nova_core", "snd_hda_intel",
					      "i2c_nvidia_gpu"};
	struct doctor_facts *f = ctx;

	if (strcmp(command, "install") == 0 && modalias_same_name(module, MODALIAS_GENERIC) &&
	    (strstr(rest, "/false") || strstr(rest, "/true")) && !f->vfio_blocked[0])
		snprintf(f->vfio_blocked, sizeof(f->vfio_blocked), "'install %s %s' in %s", module,
			 rest, file);
	for (size_t i = 0; i < sizeof(drivers) / sizeof(*drivers); i++)
		if (strcmp(command, "blacklist") == 0 && modalias_same_name(module, drivers[i]) &&
		    !f->blacklist[0])
			snprintf(f->blacklist, sizeof(f->blacklist), "'blacklist %s' in %s", module,
				 file);
	return true;
}

/* --- security --------------------------------------------------------------------------------- */

/* An EFI variable: 4 bytes of attributes, then its value (Documentation/filesystems/efivarfs.rst).
 */
static enum doctor_yes secure_boot(const struct root *root)
{
	size_t n = 0;
	char *text = read_text(root, SECURE_BOOT, SMALL_FILE_MAX, &n);
	enum doctor_yes r = !text || n < 5 ? DOCTOR_UNKNOWN : text[4] == 1 ? DOCTOR_YES : DOCTOR_NO;

	free(text);
	return r;
}

/* "none [integrity] confidentiality" (security/lockdown/lockdown.c). */
static void read_lockdown(const struct root *root, char ret[DOCTOR_NAME_MAX])
{
	char *text = read_text(root, "sys/kernel/security/lockdown", SMALL_FILE_MAX, NULL);
	const char *at = text ? strchr(text, '[') : NULL;

	if (at)
		snprintf(ret, DOCTOR_NAME_MAX, "%.*s", (int)strcspn(at + 1, "]"), at + 1);
	free(text);
}

/* What etc/other-programs.sh installs: a drop-in, and for profiles that do not read it a line. */
static void judge_apparmor(const struct root *root, struct doctor_facts *ret)
{
	bool reads =
		has_text(root, PROFILE, "libvirt-qemu.d") ||
		has_text(root, "etc/apparmor.d/local/abstractions/libvirt-qemu", "libvirt-qemu.d");

	ret->apparmor = begins_with(root, "sys/module/apparmor/parameters/enabled", 'Y') &&
					file_is_there(root->fd, PROFILE)
				? DOCTOR_YES
				: DOCTOR_NO;
	ret->apparmor_rule =
		reads && file_is_there(root->fd, PROFILE ".d/gpurom") ? DOCTOR_YES : DOCTOR_NO;
}

static void judge_memlock(const struct root *root, struct doctor_facts *ret)
{
	struct rlimit limit;

	if (ret->other_root || getrlimit(RLIMIT_MEMLOCK, &limit) < 0)
		return;
	ret->memlock_free =
		ret->root_user || limit.rlim_cur == RLIM_INFINITY ? DOCTOR_YES : DOCTOR_NO;
	ret->memlock = limit.rlim_cur;
	ret->opens_vfio = may_open_group(root);
}

void doctor_gather_host(const struct host *h, struct doctor_facts *ret)
{
	const struct root *root = h->root;

	ret->root_user = geteuid() == 0;
	ret->other_root = strcmp(root->path, "/") != 0;
	/* podman, docker, and systemd-nspawn or LXC. */
	ret->container = file_is_there(root->fd, "run/.containerenv") ||
			 file_is_there(root->fd, ".dockerenv") ||
			 file_is_there(root->fd, "run/systemd/container");
	ret->reads_roms =
		h->config.mode == MODE_FULL || h->config.mode == MODE_DUMP ? DOCTOR_YES : DOCTOR_NO;
	ret->iommu = has_groups(root);
	ret->remapping = is_remapped(root);
	ret->unsafe_interrupts = begins_with(
		root, "sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", 'Y');
	ret->noiommu =
		begins_with(root, "sys/module/vfio/parameters/enable_unsafe_noiommu_mode", 'Y');
	ret->secure_boot = secure_boot(root);
	read_lockdown(root, ret->lockdown);
	judge_apparmor(root, ret);
	ret->selinux = begins_with(root, "sys/fs/selinux/enforce", '1') ? DOCTOR_YES : DOCTOR_NO;
	judge_memlock(root, ret);
	modprobe_each(root, judge_line, ret);
}

/* --- kernels ---------------------------------------------------------------------------------- */

static enum doctor_image image_fact(const struct images *all, const struct image *i)
{
	switch (i->state) {
	case IMAGE_CURRENT:
		return DOCTOR_IMAGE_CURRENT;
	case IMAGE_STALE_PROGRAM:
		return DOCTOR_IMAGE_STALE_PROGRAM;
	case IMAGE_STALE_CONFIG:
		return DOCTOR_IMAGE_STALE_CONFIG;
	case IMAGE_WITHOUT:
		return DOCTOR_IMAGE_WITHOUT;
	case IMAGE_NOT_BOOTED:
		return DOCTOR_IMAGE_NOT_BOOTED;
	case IMAGE_NO_NOTE:
		return all->maker == MAKER_UNKNOWN ? DOCTOR_IMAGE_UNKNOWN : DOCTOR_IMAGE_NO_NOTE;
	}
	return DOCTOR_IMAGE_UNKNOWN;
}

/* The kernel that boots next comes first. A release that is not installed says nothing of images:
 * it is as if it were not known. */
static void judge_next(const struct root *root, struct doctor_facts *ret)
{
	struct next_kernel next;
	struct doctor_kernel found;

	if (!next_kernel_find(root, &next))
		return;
	for (size_t i = 0; i < ret->n_kernels; i++)
		if (strcmp(ret->kernel[i].release, next.release) == 0) {
			found = ret->kernel[i];
			found.next = true;
			memmove(&ret->kernel[1], &ret->kernel[0], i * sizeof(found));
			ret->kernel[0] = found;
			snprintf(ret->next_by, sizeof(ret->next_by), "%s", next.by);
			text_clean(ret->next_by, "");
			return;
		}
}

void doctor_gather_kernels(const struct host *h, struct doctor_facts *ret)
{
	static struct images all; /* 20 KiB */

	(void)images_load(h->root, &h->config, h->report, &all);
	snprintf(ret->image_cure, sizeof(ret->image_cure), "%s", images_cure(&all));
	ret->lost_kernels = all.lost;
	for (size_t i = 0; i < all.n && i < DOCTOR_KERNELS_MAX; i++) {
		struct doctor_kernel *k = &ret->kernel[ret->n_kernels++];

		snprintf(k->release, sizeof(k->release), "%s", all.image[i].release);
		k->running = all.image[i].running;
		k->newest = i + 1 == all.n;
		k->has_vfio = image_has_vfio_pci(h->root, k->release);
		k->image = image_fact(&all, &all.image[i]);
	}
	judge_next(h->root, ret);
}
