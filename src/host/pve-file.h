/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of /etc/pve, below the root. It is a file system in a process of Proxmox VE's (pmxcfs, by
 * FUSE), whose answer may never come: each is read in a child with a deadline. */
#ifndef GPUROM_HOST_PVE_FILE_H
#define GPUROM_HOST_PVE_FILE_H

#include "proxmox/text.h"
#include "sys/root.h"

#define PVE_DIR "etc/pve"
#define PVE_CONF_DIR PVE_DIR "/qemu-server"
#define PVE_MAPPINGS PVE_DIR "/mapping/pci.cfg"
#define PVE_FILE_MS 2000 /* of one; a check reads two, and doctor gives it 5 s (DOCTOR_VM_MS) */
#define PVE_HOST_MAX 65	 /* uname(2): 64 bytes, and a NUL */

/* Filled by pvefile_read. */
struct pvefile {
	struct bytes text;
	void *shared; /* the memory that it is in */
};

/* Reads the file; dirfd: the root's, or AT_FDCWD. pvefile_free frees *ret, also a zeroed one.
 * Returns 0, -ETIMEDOUT where it does not answer, -EFBIG past PVE_FILE_MAX, or another -errno. */
int pvefile_read(int dirfd, const char *path, struct pvefile *ret);
/* What a person is to know of the error that pvefile_read returned. */
const char *pvefile_why(int err);
void pvefile_free(struct pvefile *f);

/* Why pvefile_read failed, for a person. */
const char *pvefile_why(int err);

/* Reads the host's name; "" where it has none. */
void pvefile_host(const struct root *root, char ret[PVE_HOST_MAX]);

#endif
