/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * As much of a USB 3 host controller as makes Linux's xhci_hcd bind: capabilities, one empty port
 * of each speed, and a run bit that the halted bit follows (xHCI specification 1.0, section 5).
 */
#ifndef TESTS_VM_XHCI_H
#define TESTS_VM_XHCI_H

#include <stddef.h>
#include <stdint.h>

#define XHCI_BAR_SIZE 0x10000u

/* bar: XHCI_BAR_SIZE bytes at least. */
void xhci_init(uint8_t *bar);

/* The caller has checked that the bytes lie inside the BAR. */
void xhci_write(uint8_t *bar, uint64_t offset, const void *data, size_t size);

#endif
