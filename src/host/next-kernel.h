/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which kernel this host boots next, as far as files say it without running anything. */
#ifndef GPUROM_HOST_NEXT_KERNEL_H
#define GPUROM_HOST_NEXT_KERNEL_H

#include "doctor/loader.h"
#include "sys/root.h"

#define NEXT_KERNEL_BY_MAX 64
#define NEXT_KERNEL_MS 4000 /* an automounted partition is checked first */

struct next_kernel {
	char release[LOADER_RELEASE_MAX];
	char by[NEXT_KERNEL_BY_MAX]; /* the file that says so: "/boot/grub/grub.cfg" */
};

/* True where it is known for certain: from GRUB, systemd-boot or proxmox-boot-tool, whichever this
 * host boots by; of a bundle, from its file ROOT_BUNDLE. Where /boot or the EFI system partition
 * has not answered within NEXT_KERNEL_MS it is not known. */
bool next_kernel_find(const struct root *root, struct next_kernel *ret);

/* Two lines for a bundle's file ROOT_BUNDLE, empty where it is not known. Returns the length. */
#define NEXT_KERNEL_TEXT_MAX (LOADER_RELEASE_MAX + NEXT_KERNEL_BY_MAX + 2)
size_t next_kernel_text(const struct root *root, char buf[NEXT_KERNEL_TEXT_MAX]);

#endif
