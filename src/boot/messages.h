/* The kernel log's lines on a card: one for each decision, for the person who reads dmesg over a
 * serial console. */
#ifndef GPUROM_BOOT_MESSAGES_H
#define GPUROM_BOOT_MESSAGES_H

#include "boot/card.h"
#include "sys/root.h"

/* What the plan warned of, before anything is done. */
void log_warnings(const struct root *root, const struct boot_card *b);
/* Its state, and why. */
void log_card(const struct root *root, const struct boot_card *b);
/* Its ROM: read, not read, and the finding that matters. */
void log_rom(const struct root *root, const struct boot_card *b);

#endif
