/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text that describes a guest's cards. One thing a line, # starts a comment:
 *
 *	bridge NAME ADDR [BELOW]	at ADDR (device.function) of the root bus: a root port;
 *					of the bus below a root port: a switch; below that: a port
 *					of the switch
 *	slot N				the physical slot that the bridge before is; else as it
 *					is counted here
 *	card NAME [BRIDGE]		below that bridge, its functions follow; without: below a
 *					root port of its own, the first at 04.0, the next at 05.0
 *	hotplug				the card is plugged in while the guest runs; below a root
 *					port of its own
 *	function N			0-7; what it is follows
 *	id VVVV:DDDD			also: subsystem VVVV:DDDD
 *	class CCCCCC [REVISION]
 *	serial XX-XX-XX-XX-XX-XX-XX-XX	its Device Serial Number, as lspci prints it
 *	bar N SIZE [wide|port]		SIZE in bytes, or with K, M; wide: 64 bits, prefetchable;
 *					port: I/O ports
 *	plain N OFFSET SIZE		this part of BAR N is memory that takes any access, which is
 *					then as quick as memory; whole pages
 *	rom FILE SIZE			FILE in the folder of ROMs; SIZE: the window, a power of two
 *	prom FILE			the flash behind BAR 0's window, see prom.h
 *	register OFFSET VALUE		of BAR 0, reads the same for ever
 *	xhci				BAR 0 is a USB controller's
 *	acs				functions of one card are kept from each other: an IOMMU
 *					group for each
 *	fault delay MS			each page of the ROM takes so long. QEMU reads all of it at
 *					once, and the guest stands still meanwhile
 *	fault ff			the ROM reads as FF throughout
 *	fault truncated SIZE		the ROM reads as FF from there on
 *	fault mirrored SIZE		ROM and flash repeat their first SIZE bytes
 *	fault slow-flash US		each word of the flash takes so long
 *	fault flaky AT [N]		the flash's byte AT reads otherwise each time; or N times
 *	fault vanish SIZE		the card is gone when SIZE bytes of its flash were read
 *	fault asleep			in D3hot when the machine starts, till that is changed
 *	fault undecoded			the memory bit of the command register stays 0
 *
 * Those of the flash hold where it is not "plain". Numbers are hexadecimal except N, SIZE, AT, US
 * and MS.
 */
#ifndef TESTS_VM_DESCRIBE_H
#define TESTS_VM_DESCRIBE_H

#include "bridge.h"
#include "card.h"

#define DESCRIBE_FUNCTIONS_MAX 64

struct description {
	struct card_function *functions[DESCRIBE_FUNCTIONS_MAX];
	size_t count;
	struct bridges bridges;
	unsigned bad_line; /* where reading stopped, when it failed */
};

/* Reads the text in path, ROM files from rom_dir. 0; -EINVAL for a line that makes no sense or a
 * file larger than its window; other -errno as the system gave it, for a file that cannot be read.
 */
int describe_read(const char *path, const char *rom_dir, struct description *ret);

#endif
