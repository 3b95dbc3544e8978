/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines on a card in the kernel log: one for each decision, for a person who reads dmesg over a
 * serial console. */
#ifndef GPUROM_BOOT_MESSAGES_H
#define GPUROM_BOOT_MESSAGES_H

#include "boot/card.h"
#include "sys/root.h"

/* The plan's warnings, before anything is done. */
void log_warnings(const struct root *root, const struct boot_card *b);
/* Its state, and why. */
void log_card(const struct root *root, const struct boot_card *b);
/* Its ROM, or why it has none, and the gravest finding. */
void log_rom(const struct root *root, const struct boot_card *b);

#endif
