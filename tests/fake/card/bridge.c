// SPDX-License-Identifier: GPL-2.0-or-later
#include "bridge.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct bridge *bridges_find(const struct bridges *b, const char *name)
{
	for (size_t i = 0; i < b->count; i++) {
		if (!strcmp(b->bridge[i].name, name))
			return &b->bridge[i];
	}
	return NULL;
}

static int add(struct bridges *b, const char *name, unsigned device, unsigned function,
	       const struct bridge *parent)
{
	struct bridge *new = &b->bridge[b->count];

	if (b->count == BRIDGES_MAX || strlen(name) >= BRIDGE_NAME_MAX || bridges_find(b, name))
		return -EINVAL;
	*new = (struct bridge){.device = device, .function = function, .parent = parent};
	strcpy(new->name, name);
	if (parent)
		new->kind = parent->kind == BRIDGE_UPSTREAM ? BRIDGE_DOWNSTREAM : BRIDGE_UPSTREAM;
	new->slot = (unsigned)++b->count;
	return 0;
}

int bridges_add(struct bridges *b, const char *name, const char *address, const char *parent)
{
	const struct bridge *p = parent ? bridges_find(b, parent) : NULL;
	unsigned device, function;
	char rest;

	if (sscanf(address, "%2x.%1u%c", &device, &function, &rest) != 2 || device > 31 ||
	    function > 7 || (parent && !p))
		return -EINVAL;
	return add(b, name, device, function, p);
}

int bridges_add_port(struct bridges *b, const char *name)
{
	return add(b, name, BRIDGE_FIRST_PORT + b->ports++, 0, NULL);
}

/* QEMU takes a second function only where the first says that there may be one. */
static bool shares_its_device(const struct bridges *b, const struct bridge *bridge)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct bridge *other = &b->bridge[i];

		if (other != bridge && other->parent == bridge->parent &&
		    other->device == bridge->device)
			return true;
	}
	return false;
}

/* The guest's kernel is to find the slots itself: ACPI would number them by their devices. */
void bridges_print(const struct bridges *b)
{
	static const char *const drivers[] = {"pcie-root-port", "x3130-upstream",
					      "xio3130-downstream"};

	puts("-global\nICH9-LPC.acpi-pci-hotplug-with-bridge-support=off");
	for (size_t i = 0; i < b->count; i++) {
		const struct bridge *bridge = &b->bridge[i];

		printf("-device\n%s,id=%s,bus=%s,addr=0x%x.%u", drivers[bridge->kind], bridge->name,
		       bridge->parent ? bridge->parent->name : "pcie.0", bridge->device,
		       bridge->function);
		if (bridge->kind != BRIDGE_UPSTREAM)
			printf(",chassis=%zu,slot=%u", i + 1, bridge->slot);
		if (bridge->reserved)
			printf(",mem-reserve=64M,pref64-reserve=512M");
		puts(shares_its_device(b, bridge) ? ",multifunction=on" : "");
	}
}
