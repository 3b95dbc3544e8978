/* claim: scan, plan, and hold every function of every selected card. The one step of a boot that
 * the boot waits for. */
#ifndef GPUROM_BOOT_CLAIM_H
#define GPUROM_BOOT_CLAIM_H

#include "sys/root.h"

#include <stdbool.h>
#include <stddef.h>

#define CLAIM_CARDS_MS 40000 /* for holding and unbinding all cards, after the scan */

struct claim_options {
	const char *cmdline; /* NULL: /proc/cmdline */
	bool initramfs;
	bool force; /* also from a driver whose device nodes are open */
};

/* Takes at most PCISCAN_ALL_MS, CLAIM_CARDS_MS and BIND_UNDO_MS a card, whatever hangs. Returns
 * how many cards are held, stuck or refused by their driver (the report has each), 0 where there is
 * nothing to do, or -errno where the report could not be written. */
int claim(const struct root *root, const struct claim_options *o);

#endif
