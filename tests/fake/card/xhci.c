// SPDX-License-Identifier: GPL-2.0-or-later
#include "xhci.h"

#include <string.h>

enum {
	OPERATIONAL = 0x20, /* = CAPLENGTH */
	USBCMD = OPERATIONAL,
	USBSTS = OPERATIONAL + 4,
	PAGESIZE = OPERATIONAL + 8,
	PORTSC = OPERATIONAL + 0x400,
	PORT_STRIDE = 0x10,
	PORTS = 2,
	EXTENDED = 0x800,
	RUNTIME = 0x1000,
	DOORBELLS = 0x2000,
};

#define CMD_RUN 1u
#define CMD_RESET 2u
#define STS_HALTED 1u
#define PORT_EMPTY 0x2a0u /* powered, link in RxDetect */
#define PROTOCOL_USB 0x20425355u

static uint32_t get(const uint8_t *bar, unsigned at)
{
	uint32_t v;

	memcpy(&v, bar + at, sizeof(v));
	return v;
}

static void put(uint8_t *bar, unsigned at, uint32_t value)
{
	memcpy(bar + at, &value, sizeof(value));
}

/* Supported Protocol: ports [first, first + 1) speak USB major.0; next in 32-bit words. */
static void put_protocol(uint8_t *bar, unsigned at, unsigned major, unsigned first, unsigned next)
{
	put(bar, at, major << 24 | next << 8 | 2);
	put(bar, at + 4, PROTOCOL_USB);
	put(bar, at + 8, 1 << 8 | first);
}

static void put_idle(uint8_t *bar)
{
	put(bar, USBCMD, 0);
	put(bar, USBSTS, STS_HALTED);
	put(bar, PAGESIZE, 1);
	for (unsigned p = 0; p < PORTS; p++)
		put(bar, PORTSC + p * PORT_STRIDE, PORT_EMPTY);
}

void xhci_init(uint8_t *bar)
{
	put(bar, 0x00, 0x0100u << 16 | OPERATIONAL);	    /* version 1.0 */
	put(bar, 0x04, (uint32_t)PORTS << 24 | 1 << 8 | 8); /* ports, interrupters, slots */
	put(bar, 0x10, (EXTENDED / 4u) << 16 | 1);	    /* 64-bit addresses */
	put(bar, 0x14, DOORBELLS);
	put(bar, 0x18, RUNTIME);
	put_protocol(bar, EXTENDED, 2, 1, 4);
	put_protocol(bar, EXTENDED + 0x10, 3, 2, 0);
	put_idle(bar);
}

void xhci_write(uint8_t *bar, uint64_t offset, const void *data, size_t size)
{
	if (offset < OPERATIONAL)
		return;
	memcpy(bar + offset, data, size);
	if (get(bar, USBCMD) & CMD_RESET)
		put(bar, USBCMD, 0);
	uint32_t command = get(bar, USBCMD);

	put_idle(bar);
	put(bar, USBCMD, command);
	put(bar, USBSTS, command & CMD_RUN ? 0 : STS_HALTED);
}
