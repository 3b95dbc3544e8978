// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/images.h"

#include "sys/clock.h"
#include "sys/file.h"
#include "sys/modules.h"
#include "sys/version.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MODULES "lib/modules"
#define INSTALL_CONF_MAX 65536

/* --- which kernels there are ------------------------------------------------------------------ */

static struct image *add_image(struct images *all, const char *release)
{
	struct image *i = &all->image[all->n];

	if (all->n == IMAGES_MAX) {
		all->lost++;
		return NULL;
	}
	*i = (struct image){.state = IMAGE_NO_NOTE};
	snprintf(i->release, sizeof(i->release), "%s", release);
	all->n++;
	return i;
}

static bool is_kernel(int modules, const char *release)
{
	char path[sizeof(((struct dirent *)0)->d_name) + 16];

	if (!image_is_release(release))
		return false;
	snprintf(path, sizeof(path), "%s/modules.dep", release);
	if (file_is_there(modules, path))
		return true;
	snprintf(path, sizeof(path), "%s/kernel", release);
	return file_is_there(modules, path);
}

static int by_release(const void *a, const void *b)
{
	return strverscmp(((const struct image *)a)->release, ((const struct image *)b)->release);
}

static int list_kernels(const struct root *root, struct images *all)
{
	DIR *d = dir_open(root->fd, MODULES, 0);
	const struct dirent *e;

	if (!d)
		return errno == ENOENT ? 0 : -errno;
	while ((e = readdir(d)))
		if (is_kernel(dirfd(d), e->d_name))
			(void)add_image(all, e->d_name);
	closedir(d);
	return 0;
}

static struct image *find_image(struct images *all, const char *release)
{
	for (size_t i = 0; i < all->n; i++)
		if (strcmp(all->image[i].release, release) == 0)
			return &all->image[i];
	return NULL;
}

/* --- what an image has ------------------------------------------------------------------------ */

/* What images are compared with. */
struct installed {
	char program[REPORT_PROGRAM_MAX], config_digest[SHA256_HEX];
	char boot[TEXT_TIME_MAX]; /* when it began */
	bool is_bundle;		  /* whose host's words these are */
};

size_t images_bundle_text(const struct config *c, char buf[IMAGES_BUNDLE_MAX])
{
	char boot[TEXT_TIME_MAX];

	clock_boot(boot);
	/* To ten minutes: it is found out anew each time, by a second more or less, and two bundles
	 * of a host are to be the same. */
	return (size_t)snprintf(buf, IMAGES_BUNDLE_MAX, "%.*s\n%s\n%.15s0:00Z\n",
				REPORT_PROGRAM_MAX - 1, program_version, c->files_digest, boot);
}

static const char *next_line(const char *at, char *ret, size_t size)
{
	size_t n = strcspn(at, "\n");

	snprintf(ret, size, "%.*s", (int)n, at);
	return at + n + (at[n] != '\0');
}

static void load_installed(const struct root *root, const struct config *c, struct installed *ret)
{
	char buf[IMAGES_BUNDLE_MAX];
	const char *at = buf;
	uint8_t *text;
	size_t n;

	*ret = (struct installed){.is_bundle = false};
	(void)images_bundle_text(c, buf);
	if (file_read_regular(root->fd, ROOT_BUNDLE, sizeof(buf) - 1, &text, &n) == 0) {
		ret->is_bundle = true;
		snprintf(buf, sizeof(buf), "%s", (const char *)text);
		free(text);
	}
	at = next_line(at, ret->program, sizeof(ret->program));
	at = next_line(at, ret->config_digest, sizeof(ret->config_digest));
	(void)next_line(at, ret->boot, sizeof(ret->boot));
	if (!ret->is_bundle)
		clock_boot(ret->boot);
}

static bool same_program(const struct installed *is, const char *a)
{
	return strncmp(a, is->program, REPORT_PROGRAM_MAX - 1) == 0;
}

/* The digest says more than the version, which two builds of one checkout have in common. A file
 * that has gone is another program; a bundle has no programs. */
static bool has_program(const struct root *root, const struct installed *is,
			const struct image_note *n)
{
	const char *file = n->program_file + strspn(n->program_file, "/");
	char sha256[SHA256_HEX];

	if (!*file || is->is_bundle)
		return same_program(is, n->program);
	return image_program_digest(root, file, sha256) && strcmp(sha256, n->program_digest) == 0;
}

static enum image_state note_state(const struct root *root, const struct installed *is,
				   const struct image_note *n)
{
	if (!n->program_digest[0])
		return IMAGE_WITHOUT;
	if (!has_program(root, is, n))
		return IMAGE_STALE_PROGRAM;
	return strcmp(n->config_digest, is->config_digest) == 0 ? IMAGE_CURRENT
								: IMAGE_STALE_CONFIG;
}

static void load_note(const struct root *root, const char *store, const struct installed *is,
		      struct image *i)
{
	i->noted = image_note_load(root, store, i->release, &i->note) == 0;
	if (i->noted)
		i->state = note_state(root, is, &i->note);
}

static enum image_state report_state(const struct installed *is, const struct report *r)
{
	if (!same_program(is, r->program))
		return IMAGE_STALE_PROGRAM;
	return strcmp(r->config_digest, is->config_digest) == 0 ? IMAGE_CURRENT
								: IMAGE_STALE_CONFIG;
}

/* An image that was made since the boot began has not been booted yet: what this boot's report says
 * is about the one before. */
static void add_report(const struct installed *is, const struct report *r, struct image *i)
{
	enum image_state booted = report_state(is, r);

	if (booted == IMAGE_CURRENT || (i->noted && strcmp(i->note.at, is->boot) >= 0))
		return;
	i->booted_stale = true;
	if (i->state == IMAGE_NO_NOTE)
		i->state = booted;
	else if (i->state == IMAGE_CURRENT)
		i->state = IMAGE_NOT_BOOTED;
}

/* --- who makes them --------------------------------------------------------------------------- */

static enum image_maker noted_maker(const struct images *all)
{
	const struct image_note *newest = NULL;

	for (size_t i = 0; i < all->n; i++)
		if (all->image[i].noted &&
		    (!newest || strcmp(all->image[i].note.at, newest->at) > 0))
			newest = &all->image[i].note;
	if (!newest)
		return MAKER_UNKNOWN;
	if (strcmp(newest->by, "dracut") == 0)
		return MAKER_DRACUT;
	if (strcmp(newest->by, "mkinitcpio") == 0)
		return MAKER_MKINITCPIO;
	return strcmp(newest->by, "initramfs-tools") == 0 ? MAKER_INITRAMFS_TOOLS : MAKER_UNKNOWN;
}

/* Only one that gpurom's hook is installed for: another one's images have none of gpurom. dracut
 * comes last, which some have beside the one that makes their images. */
static enum image_maker installed_maker(const struct root *root)
{
	if (file_is_there(root->fd, "usr/share/initramfs-tools/hooks/gpurom") &&
	    file_is_there(root->fd, "usr/sbin/update-initramfs"))
		return MAKER_INITRAMFS_TOOLS;
	if (file_is_there(root->fd, "usr/lib/initcpio/install/gpurom") &&
	    file_is_there(root->fd, "usr/bin/mkinitcpio"))
		return MAKER_MKINITCPIO;
	if (file_is_there(root->fd, "usr/lib/dracut/modules.d/50gpurom") &&
	    (file_is_there(root->fd, "usr/bin/dracut") ||
	     file_is_there(root->fd, "usr/sbin/dracut")))
		return MAKER_DRACUT;
	return MAKER_UNKNOWN;
}

/* --- kernel-install ----------------------------------------------------------------------------
 */

/* The first one that has a file hides those of the others (kernel-install(8)). */
static const char *const install_folders[] = {"etc/kernel", "run/kernel", "usr/local/lib/kernel",
					      "usr/lib/kernel"};
#define INSTALL_FOLDERS (sizeof(install_folders) / sizeof(*install_folders))

/* "layout = 'uki'": the value without blanks and quotes. False: another line. */
static bool read_layout(const char *line, size_t n, char *ret, size_t size)
{
	static const char key[] = "layout";
	const char *end = line + n;
	size_t at = 0;

	line += strspn(line, " \t");
	if (strncmp(line, key, sizeof(key) - 1) != 0)
		return false;
	line += sizeof(key) - 1;
	line += strspn(line, " \t");
	if (*line != '=')
		return false;
	for (line++; line < end; line++)
		if (!strchr("'\" \t\r", *line) && at + 1 < size)
			ret[at++] = *line;
	ret[at] = '\0';
	return true;
}

/* Of the folder that is first; *ret stays where the file does not say. False: there is no file. */
static bool load_layout(const struct root *root, const char *name, char *ret, size_t size)
{
	char path[sizeof(((struct dirent *)0)->d_name) + 64];
	uint8_t *text;
	size_t n = 0;
	size_t f = 0;

	for (; f < INSTALL_FOLDERS; f++) {
		snprintf(path, sizeof(path), "%s/%s", install_folders[f], name);
		if (file_is_there(root->fd, path))
			break;
	}
	if (f == INSTALL_FOLDERS)
		return false;
	if (file_read_regular(root->fd, path, INSTALL_CONF_MAX, &text, &n) < 0)
		return true;
	for (const char *at = (const char *)text; *at;) {
		n = strcspn(at, "\n");
		(void)read_layout(at, n, ret, size);
		at += n + (at[n] == '\n');
	}
	free(text);
	return true;
}

/* The next file of install.conf.d behind `name`, by name, of all folders; "" at the end. */
static void next_dropin(const struct root *root, char name[IMAGE_RELEASE_MAX])
{
	char best[IMAGE_RELEASE_MAX] = "", path[64];
	const struct dirent *e;
	DIR *d;

	for (size_t f = 0; f < INSTALL_FOLDERS; f++) {
		snprintf(path, sizeof(path), "%s/install.conf.d", install_folders[f]);
		d = dir_open(root->fd, path, 0);
		while (d && (e = readdir(d))) {
			size_t n = strlen(e->d_name);

			if (n < 6 || n >= IMAGE_RELEASE_MAX || e->d_name[0] == '.' ||
			    strcmp(e->d_name + n - 5, ".conf") != 0)
				continue;
			if (strcmp(e->d_name, name) > 0 && (!*best || strcmp(e->d_name, best) < 0))
				strcpy(best, e->d_name);
		}
		if (d)
			closedir(d);
	}
	strcpy(name, best);
}

/* install.conf, and then install.conf.d, which newer versions of systemd know. */
static bool makes_uki(const struct root *root)
{
	char layout[16] = "", name[IMAGE_RELEASE_MAX] = "", path[IMAGE_RELEASE_MAX + 32];

	(void)load_layout(root, "install.conf", layout, sizeof(layout));
	for (next_dropin(root, name); *name; next_dropin(root, name)) {
		snprintf(path, sizeof(path), "install.conf.d/%s", name);
		(void)load_layout(root, path, layout, sizeof(layout));
	}
	return strcmp(layout, "uki") == 0;
}

/* Where kernels lie that kernel-install is to be given: Debian's are in /boot alone. */
static bool in_modules(const struct root *root, const struct images *all)
{
	char path[sizeof(MODULES) + IMAGE_RELEASE_MAX + 16];

	for (size_t i = 0; i < all->n; i++) {
		snprintf(path, sizeof(path), MODULES "/%s/vmlinuz", all->image[i].release);
		if (file_is_there(root->fd, path))
			return true;
	}
	return false;
}

int images_load(const struct root *root, const struct config *config, const struct report *report,
		struct images *ret)
{
	char release[MODULES_RELEASE_MAX];
	struct installed is;
	struct image *running;
	int err;

	*ret = (struct images){.n = 0};
	load_installed(root, config, &is);
	err = list_kernels(root, ret);
	modules_release(root, release);
	running = find_image(ret, release);
	if (!running && report && image_is_release(release))
		running = add_image(ret, release);
	if (running)
		running->running = true;
	qsort(ret->image, ret->n, sizeof(ret->image[0]), by_release);
	running = find_image(ret, release);
	for (size_t i = 0; i < ret->n; i++)
		load_note(root, config->store, &is, &ret->image[i]);
	if (running && report)
		add_report(&is, report, running);
	ret->maker = noted_maker(ret);
	if (ret->maker == MAKER_UNKNOWN)
		ret->maker = installed_maker(root);
	ret->proxmox = file_is_there(root->fd, "etc/kernel/proxmox-boot-uuids");
	ret->uki = !makes_uki(root)	   ? UKI_NONE
		   : in_modules(root, ret) ? UKI_OF_MODULES
					   : UKI_OF_BOOT;
	return err;
}

/* --- what is said of them --------------------------------------------------------------------- */

/* `kernel-install add-all` is known to systemd 256 and later only, and knows no kernel of /boot. */
#define ADD_OF_MODULES                                                                             \
	"for k in /lib/modules/*/vmlinuz; do kernel-install add $(basename $(dirname $k)) $k; done"
#define ADD_OF_BOOT "for k in /boot/vmlinuz-*; do kernel-install add ${k#/boot/vmlinuz-} $k; done"

const char *images_cure(const struct images *all)
{
	static const char *const dracut[] = {[UKI_NONE] = "dracut --regenerate-all --force",
					     [UKI_OF_MODULES] = ADD_OF_MODULES,
					     [UKI_OF_BOOT] = ADD_OF_BOOT};
	static const char *const initramfs_tools[] = {
		[UKI_NONE] = "update-initramfs -u -k all",
		[UKI_OF_MODULES] = "update-initramfs -u -k all && " ADD_OF_MODULES,
		[UKI_OF_BOOT] = "update-initramfs -u -k all && " ADD_OF_BOOT};

	/* kernel-install has dracut make what it packs, and takes the image of initramfs-tools as
	 * it is. */
	if (all->maker == MAKER_DRACUT)
		return dracut[all->uki];
	if (all->maker == MAKER_MKINITCPIO) /* its presets make unified kernel images, too */
		return "mkinitcpio -P";
	if (all->proxmox)
		return "update-initramfs -u -k all && proxmox-boot-tool refresh";
	return initramfs_tools[all->uki];
}

const char *image_state_word(enum image_state s)
{
	static const char *const words[] = {
		[IMAGE_CURRENT] = "current",	       [IMAGE_STALE_PROGRAM] = "stale-program",
		[IMAGE_STALE_CONFIG] = "stale-config", [IMAGE_WITHOUT] = "without",
		[IMAGE_NOT_BOOTED] = "not-booted",     [IMAGE_NO_NOTE] = "no-note"};

	return words[s];
}

static const char *image_fault(enum image_state s)
{
	switch (s) {
	case IMAGE_STALE_PROGRAM:
		return "has another gpurom than the installed one";
	case IMAGE_STALE_CONFIG:
		return "has another configuration than /etc/gpurom.conf and /etc/gpurom.conf.d "
		       "have now";
	case IMAGE_WITHOUT:
		return "was made without gpurom, and takes no card";
	case IMAGE_NOT_BOOTED:
		return "is current, but this boot had an older one: the boot loader has not got "
		       "it";
	case IMAGE_NO_NOTE:
		return "is not known to have gpurom";
	case IMAGE_CURRENT:
		break;
	}
	return NULL;
}

const char *image_text(const struct images *all, const struct image *i, char buf[IMAGE_TEXT_MAX])
{
	const char *fault = image_fault(i->state);

	if (!fault || (i->state == IMAGE_NO_NOTE && all->maker == MAKER_UNKNOWN))
		return NULL;
	if (all->maker == MAKER_UNKNOWN)
		snprintf(buf, IMAGE_TEXT_MAX, "the image of kernel %s %s: make it again",
			 i->release, fault);
	else
		snprintf(buf, IMAGE_TEXT_MAX, "the image of kernel %s %s: run '%s'", i->release,
			 fault, images_cure(all));
	text_clean(buf, "");
	return buf;
}

/* modules.builtin has a line for each module that is part of the kernel. */
bool image_has_vfio_pci(const struct root *root, const char *release)
{
	static const char *const files[] = {"modules.dep", "modules.builtin"};
	char path[sizeof(MODULES) + IMAGE_RELEASE_MAX + 32];
	bool found = false;
	uint8_t *text;
	size_t n;

	for (size_t i = 0; i < 2 && !found; i++) {
		snprintf(path, sizeof(path), MODULES "/%s/%s", release, files[i]);
		if (file_read_regular(root->fd, path, MODULES_FILE_MAX, &text, &n) < 0)
			continue;
		/* Names have - or _, whichever the file has. */
		found = strstr((const char *)text, "/vfio-pci.ko") ||
			strstr((const char *)text, "/vfio_pci.ko");
		free(text);
	}
	return found;
}
