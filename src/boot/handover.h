/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The hand-over of a held card to its drivers, as every step does it. */
#ifndef GPUROM_BOOT_HANDOVER_H
#define GPUROM_BOOT_HANDOVER_H

#include "boot/card.h"
#include "sys/root.h"

/* Loads the drivers b->wanted that are not there, sets each to the name that the kernel has for it
 * (- and _ may be swapped), and binds them (boot/bind.h, which says what becomes of b). A driver
 * that does not exist is reported in the log, and its name written all the same: with it no driver
 * of the host can take the function. */
void hand_over(const struct root *root, struct boot_card *b);

#endif
