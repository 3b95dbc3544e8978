/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configuration space of a synthetic function: a type 0 header with power management and PCI
 * Express capabilities, and a Device Serial Number where it has one (register names:
 * <linux/pci_regs.h>).
 */
#ifndef TESTS_VM_CONFSPACE_H
#define TESTS_VM_CONFSPACE_H

#include "card.h"

#define CONFSPACE_PM 0x60 /* the power management capability */

void confspace_init(struct card_function *fn);

/* The caller has checked that the bytes lie inside. */
void confspace_write(struct card_function *fn, uint64_t offset, const uint8_t *data, size_t size);

#endif
