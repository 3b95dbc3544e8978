/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NVIDIA's window to the flash chip: 1 MiB of BAR 0 at 300000. While bit 0 of the register 88050,
 * the mirror of configuration space's offset 50 since NV40, is set, the chip's shadow hides the
 * flash (nouveau's nvkm/subdev/pci/base.c, nvkm_pci_rom_shadow).
 */
#ifndef TESTS_VM_PROM_H
#define TESTS_VM_PROM_H

#include "card.h"

#define PROM_WINDOW 0x300000u /* in BAR 0 */
#define PROM_SIZE 0x100000u
#define PROM_BAR_SIZE 0x400000u /* at least; the window ends here */

/* Hides the flash, as a reset does, and tells so on standard output. */
void prom_reset(struct card_function *fn);

/* Over data just read from BAR 0's memory: the flash answers aligned reads of 32 bits, any other
 * gives FF. Not asked where the window is "plain" (see describe.h), which is hundreds of times as
 * quick. */
void prom_read(uint64_t offset, uint8_t *data, size_t size);

/* After a write to BAR 0's memory: where it was the register's, shows or hides the flash and tells
 * so. */
void prom_written(struct card_function *fn, uint64_t offset, size_t size);

#endif
