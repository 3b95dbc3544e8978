/* claim: scans, plans, and holds every function of every selected card. The boot waits for it. */
#ifndef GPUROM_BOOT_CLAIM_H
#define GPUROM_BOOT_CLAIM_H

#include "sys/root.h"

#include <stdbool.h>
#include <stddef.h>

#define CLAIM_CARDS_MS 40000 /* for holding and unbinding all cards, after the scan */

struct claim_options {
	const char *cmdline; /* NULL: /proc/cmdline */
	bool initramfs;
	bool force; /* also take cards whose device nodes are open */
};

/* Takes at most PCISCAN_ALL_MS + CLAIM_CARDS_MS + BIND_UNDO_MS for each card, whatever hangs.
 * Returns the number of cards in the report (selected ones, whatever their state is now), or -errno
 * where the report could not be written. */
int claim(const struct root *root, const struct claim_options *o);

#endif
