/* The host's console on a card that was handed over. */
#ifndef GPUROM_BOOT_CONSOLE_H
#define GPUROM_BOOT_CONSOLE_H

#include "record/boot-card.h"
#include "sys/root.h"

/* What the card's new driver left of the firmware's framebuffer is taken off it; told in the log
 * and in b->console. Bounded in time. */
void console_release(const struct root *root, struct boot_card *b);

#endif
