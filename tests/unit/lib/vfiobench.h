/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A card in group 12 with a node of its own, in a tree of files, and a fake vfio to read it by. */
#ifndef VFIOBENCH_H
#define VFIOBENCH_H

#include "fakevfio.h"
#include "sources/job.h"

#define CARD ROOT_PCI_DEVICES "/0000:01:00.0"
#define AUDIO ROOT_PCI_DEVICES "/0000:01:00.1" /* in the same group, driverless */

struct vfiobench {
	struct root root;
	struct attr_ops k;
	struct source_job job;
	struct source_bytes ret;
	size_t late_at;	    /* bytes after which the deadline has passed, 0: it does not */
	size_t done, whole; /* as last reported to the job's owner */
};

void vfiobench_make(struct vfiobench *b, void **state);
void vfiobench_close(struct vfiobench *b);

/* From here on the group is the only way. */
void vfiobench_without_node(const struct vfiobench *b);

/* Reads into b->ret, and sees that the fake was left clean. */
int vfiobench_run(struct vfiobench *b, struct fakevfio *f);

/* True where b->ret holds that many bytes of the ROM region. */
bool vfiobench_is_rom(const struct vfiobench *b, size_t size);

#endif
