// SPDX-License-Identifier: GPL-2.0-or-later
#include "boot/handover.h"

#include "boot/bind.h"
#include "sys/log.h"
#include "sys/modules.h"

#include <string.h>

static bool is_first_of_its_driver(const struct boot_card *b, size_t fn)
{
	for (size_t i = 0; i < fn; i++)
		if (strcmp(b->wanted[i], b->wanted[fn]) == 0)
			return false;
	return true;
}

static void find_driver(const struct root *root, struct boot_card *b, size_t fn)
{
	char *wanted = b->wanted[fn], addr[PCI_ADDR_BUF];

	if (driver_find(root, wanted, wanted))
		return;
	if (is_first_of_its_driver(b, fn))
		driver_load(root, wanted);
	if (!driver_find(root, wanted, wanted))
		log_warn(
			root,
			"%s: there is no driver %s, and modprobe loads none: check driver=, and that "
			"the initramfs has its module",
			pci_addr_format(b->card.fn[fn].addr, addr), wanted);
}

void hand_over(const struct root *root, struct boot_card *b)
{
	const struct attr_ops k = attr_ops_real(root);

	for (size_t i = 0; i < b->card.n; i++)
		find_driver(root, b, i);
	bind_handover(&k, b);
}
