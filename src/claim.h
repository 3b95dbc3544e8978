/* claim: scan, plan, and hold every function of every selected card. The one step of a boot that
 * the boot waits for. */
#ifndef GPUROM_CLAIM_H
#define GPUROM_CLAIM_H

#include "root.h"
#include <stdbool.h>
#include <stddef.h>

struct claim_options {
	const char *cmdline; /* NULL: /proc/cmdline */
	bool initramfs;
	bool force; /* also from a driver whose device nodes are open */
};

/* Cards held, stuck or refused by their driver (the report tells of each); 0 where there is
 * nothing to do; -errno where the report could not be kept. */
int claim(const struct root *root, const struct claim_options *o);

#endif
