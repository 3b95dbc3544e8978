/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The images of the installed kernels: has each the gpurom and the configuration that are installed
 * now, and what is to be run if not? From the notes of those who made them (host/image-note.h),
 * and, for the kernel that runs, from what this boot's report says. */
#ifndef GPUROM_HOST_IMAGES_H
#define GPUROM_HOST_IMAGES_H

#include "host/image-note.h"

#include "plan/config.h"

#define IMAGES_MAX 32 /* kernels; a host has two or three */
#define IMAGE_TEXT_MAX 400

enum image_state {
	IMAGE_CURRENT,
	IMAGE_STALE_PROGRAM, /* another build of gpurom than the installed one */
	IMAGE_STALE_CONFIG,  /* other configuration files than the installed ones */
	IMAGE_WITHOUT,	     /* made without gpurom */
	IMAGE_NOT_BOOTED,    /* the note is current, but this boot had an older image */
	IMAGE_NO_NOTE,	     /* nobody says what it has */
};

/* What makes images on this host: the newest note says so, else what is installed. */
enum image_maker { MAKER_UNKNOWN, MAKER_INITRAMFS_TOOLS, MAKER_DRACUT, MAKER_MKINITCPIO };

/* Whether kernel-install makes unified kernel images of them, and where it takes kernels from. */
enum image_uki { UKI_NONE, UKI_OF_MODULES, UKI_OF_BOOT };

struct image {
	char release[IMAGE_RELEASE_MAX];
	bool running;
	bool booted_stale; /* running: this boot's report shows that its image is not current */
	bool noted;
	struct image_note note; /* empty where not noted */
	enum image_state state;
};

/* Filled by images_load; commands read it. 20 KiB. */
struct images {
	struct image image[IMAGES_MAX]; /* by release */
	size_t lost;			/* kernels that there was no room for */
	size_t n;
	enum image_maker maker;
	bool proxmox; /* proxmox-boot-tool keeps copies of the images */
	enum image_uki uki;
};

/* One for each folder of /lib/modules that has a modules.dep or a kernel folder, and one for the
 * running kernel if there is a report. config: of config_files_load on this host. report: this
 * boot's, or NULL. Returns 0, also where there is no kernel, or -errno where /lib/modules cannot be
 * read. */
int images_load(const struct root *root, const struct config *config, const struct report *report,
		struct images *ret);

/* What images are compared with on this host, for a bundle's file ROOT_BUNDLE, from which
 * images_load then has it: the bundle has no programs, and configuration without comments. Returns
 * the length. */
#define IMAGES_BUNDLE_MAX 512 /* of the file, in which other lines follow */
#define IMAGES_BUNDLE_LINES 3
size_t images_bundle_text(const struct config *c, char buf[IMAGES_BUNDLE_MAX]);

/* The command that makes all images again. Static text. */
const char *images_cure(const struct images *all);

/* A sentence: what is wrong with the image, and what to run; returns buf. NULL: nothing is, or
 * nothing is known of it and this host has no program that makes images with gpurom. */
const char *image_text(const struct images *all, const struct image *i, char buf[IMAGE_TEXT_MAX]);

/* "current", "stale-program", "stale-config", "without", "not-booted", "no-note" */
const char *image_state_word(enum image_state s);

/* Whether that kernel has vfio-pci, as a module or built in. Reads its modules.dep, half a
 * megabyte. */
bool image_has_vfio_pci(const struct root *root, const char *release);

#endif
