/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bridges between a guest's root bus and its cards: root ports, and PCI Express switches below
 * them. Where they stand tells the cards' paths and bus numbers: firmware deals those out in the
 * order of the addresses, to each bridge its own before those below it.
 */
#ifndef TESTS_VM_BRIDGE_H
#define TESTS_VM_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>

#define BRIDGES_MAX 32
#define BRIDGE_NAME_MAX 16   /* with its NUL */
#define BRIDGE_SLOT_MAX 8191 /* 13 bits, Slot Capabilities */
#define BRIDGE_FIRST_PORT 4u /* on the root bus, of the cards of which nothing is said */

enum bridge_kind {
	BRIDGE_ROOT_PORT,
	BRIDGE_UPSTREAM, /* of a switch, below a root port */
	BRIDGE_DOWNSTREAM,
};

struct bridge {
	char name[BRIDGE_NAME_MAX];
	enum bridge_kind kind;
	unsigned device, function; /* on the bus it stands on */
	unsigned slot; /* the physical slot's number that it tells, up to BRIDGE_SLOT_MAX */
	const struct bridge *parent; /* NULL on the root bus */
	bool reserved;		     /* firmware leaves room below it for a card */
};

struct bridges {
	struct bridge bridge[BRIDGES_MAX];
	size_t count;
	unsigned ports; /* made by bridges_add_port */
};

/* NULL where there is none of that name. */
const struct bridge *bridges_find(const struct bridges *b, const char *name);

/* address: DD.F, hexadecimal. parent: a bridge that is there already, or NULL for the root bus.
 * -EINVAL for an address that is none, a name that is taken or too long, a parent that is not
 * there, or one bridge too many. */
int bridges_add(struct bridges *b, const char *name, const char *address, const char *parent);

/* A root port at the next of the addresses from BRIDGE_FIRST_PORT on. As above. */
int bridges_add_port(struct bridges *b, const char *name);

/* QEMU's arguments, one a line. */
void bridges_print(const struct bridges *b);

#endif
