/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's side of vfio for one card: its nodes, a container, a group, regions; and its rules:
 * what must be opened, attached and enabled first, and in which order it is closed. */
#ifndef FAKEVFIO_H
#define FAKEVFIO_H

#include "fakebar.h"
#include "sources/vfio-device.h"

#define FAKEVFIO_ERROR EREMOTEIO /* of the call that fails */

enum fakevfio_fd { FD_IOMMUFD, FD_CONTAINER, FD_GROUP, FD_DEVICE, FDS };

enum fakevfio_rom { ROM_GOOD, ROM_FF, ROM_NO_HEAD, ROM_UNREADABLE, ROM_WRITE_ONLY, ROM_ABSENT };

struct fakevfio {
	struct fakebar bar;
	uint64_t bar_size;
	enum fakevfio_rom rom;
	uint64_t rom_size;
	uint8_t command[2]; /* PCI_COMMAND */
	int open_err[FDS];  /* -errno of opening each */
	int bind_err;	    /* of VFIO_DEVICE_BIND_IOMMUFD */
	int group_err;	    /* of each ioctl on the group but its status */
	int version;	    /* of the API */
	unsigned long type; /* of IOMMU that there is, 0: none */
	bool unviable;
	unsigned calls, fail_at; /* the call, from 1, that fails; 0: none does */

	/* What came of it. */
	bool open[FDS], ever[FDS];
	bool bound, contained, attached;
	unsigned config_writes;
	bool lost_restore; /* the call that failed was one that puts back */
};

/* A kernel with everything, a good ROM of 128 KiB, decode off and the flash hidden. */
struct fakevfio fakevfio_make(void);

struct vfio_ops fakevfio_ops(struct fakevfio *f);

/* Nothing is open, the register and PCI_COMMAND are as fakevfio_make() set them. */
void fakevfio_is_clean(const struct fakevfio *f);

#endif
