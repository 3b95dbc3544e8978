/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel the boot loader boots next, by what its own files say: GRUB's grub.cfg and its
 * environment block, entries of the Boot Loader Specification, systemd-boot's loader.conf. Each
 * answer is the release of that kernel, or none where the files do not decide it: a menu that asks
 * the machine something, a kernel whose file name has no release. */
#ifndef GPUROM_DOCTOR_LOADER_H
#define GPUROM_DOCTOR_LOADER_H

#include <stdbool.h>
#include <stddef.h>

#define LOADER_ENTRIES_MAX 64
#define LOADER_TEXT_MAX 256
#define LOADER_RELEASE_MAX 64

/* loader/entries/ID.conf (Boot Loader Specification, type 1). */
struct loader_entry {
	char id[LOADER_TEXT_MAX]; /* without .conf, and without tries ("+3-0") */
	char title[LOADER_TEXT_MAX];
	char sort_key[LOADER_RELEASE_MAX];
	char machine_id[LOADER_RELEASE_MAX];
	char version[LOADER_RELEASE_MAX];
	char kernel[LOADER_TEXT_MAX];	  /* the file, from its partition's root on; "" none */
	char release[LOADER_RELEASE_MAX]; /* of its kernel; "" not known */
	bool tries;			  /* its name counts them */
	bool failed;			  /* none are left: it comes last */
	bool gone;			  /* its kernel is not there; host/next-kernel.c says so */
};

/* Filled by host/next-kernel.c. */
struct loader_entries {
	struct loader_entry entry[LOADER_ENTRIES_MAX];
	size_t n;
	bool more;  /* there are some of another type, or there was no room */
	bool apart; /* they lie in several folders, not all of which the boot loader may see */
};

/* file: its name, "ID.conf". text: NUL-terminated, as are all texts below. */
void loader_entry_read(const char *file, const char *text, struct loader_entry *ret);
/* The order in which systemd-boot lists them, or GRUB: the newest version first. */
void loader_sort_systemd(struct loader_entries *all);
void loader_sort_grub(struct loader_entries *all);

/* cfg: grub.cfg; only what grub-mkconfig writes is believed. There is no custom.cfg and no
 * user.cfg, which it would read. env: grubenv, "" where there is none. all: sorted; used where cfg
 * calls blscfg. False: not known. */
bool loader_grub(const char *cfg, const char *env, const struct loader_entries *all,
		 char ret[LOADER_RELEASE_MAX]);
/* conf: loader.conf. once, chosen: the EFI variables LoaderEntryOneShot and LoaderEntryDefault, ""
 * not set. all: sorted. False: not known. */
bool loader_systemd(const char *conf, const char *once, const char *chosen,
		    const struct loader_entries *all, char ret[LOADER_RELEASE_MAX]);

/* The release in a kernel's file name, "/boot/vmlinuz-6.1.0-9-amd64"; false: it has none. */
bool loader_release(const char *file, char ret[LOADER_RELEASE_MAX]);

#endif
