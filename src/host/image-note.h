/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was put into the image of a kernel: a note for each kernel, STORE/images/RELEASE.json, left
 * by the hooks that make images (`gpurom note-image`). By it one knows before a reboot whether the
 * image is the current one. */
#ifndef GPUROM_HOST_IMAGE_NOTE_H
#define GPUROM_HOST_IMAGE_NOTE_H

#include "boot/report.h"
#include "sys/root.h"
#include "util/sha256.h"
#include "util/text.h"

#define IMAGE_RELEASE_MAX REPORT_KERNEL_MAX
#define IMAGE_FILE_MAX 200 /* the longest path of a program, with NUL */
#define IMAGE_BY_MAX 32

/* Filled by cmd/note-image.c and by image_note_load; read by host/images.c and commands. */
struct image_note {
	char program[REPORT_PROGRAM_MAX]; /* version of the gpurom that was installed */
	/* The program's file that was copied, and the digest of its copy in the image; "" where the
	 * image has none. Two builds may have one version: the digest tells them apart. */
	char program_file[IMAGE_FILE_MAX];
	char program_digest[SHA256_HEX];
	char config_digest[SHA256_HEX]; /* config.files_digest of the image's copies */
	char by[IMAGE_BY_MAX];		/* "initramfs-tools", "dracut", "mkinitcpio" */
	char at[TEXT_TIME_MAX];		/* "2026-01-31T12:59:59Z" */
};

/* A kernel's release as uname has it, which may be a file's name: no '/', no '.' in front. */
bool image_is_release(const char *text);

/* The digest of a program's file below the root. False where it cannot be read. */
bool image_program_digest(const struct root *root, const char *path, char ret[SHA256_HEX]);

/* store: config.store. -ENOENT where there is no note, -EBADMSG where it cannot be understood. */
int image_note_load(const struct root *root, const char *store, const char *release,
		    struct image_note *ret);
/* Makes the folder, and replaces the note as a whole. -EINVAL where store is not absolute, or
 * release is none. */
int image_note_save(const struct root *root, const char *store, const char *release,
		    const struct image_note *note);
/* Removes the notes of kernels that are not in /lib/modules any more; nothing where that cannot be
 * read. */
void image_notes_prune(const struct root *root, const char *store);

#endif
