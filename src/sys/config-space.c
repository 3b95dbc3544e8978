// SPDX-License-Identifier: GPL-2.0-or-later
#include "sys/config-space.h"

#include "pci/serial.h"
#include "util/bytes.h"

#include <errno.h>
#include <limits.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#define EXT_CONFIG_BEGIN 0x100 /* PCIe Base Specification 7.2: extended configuration space */
#define DSN_NUMBER 4	       /* offset and bytes of the number in its capability */
#define DSN_BYTES 8

/* libpci's error hook must not return, and its own exits the process: one vanished device is
 * enough. Its maintainer's answer is longjmp (pciutils issue 136). It carries no context. */
static jmp_buf fence;

static __attribute__((noreturn, format(printf, 1, 2))) void on_error(char *fmt, ...)
{
	(void)fmt;
	longjmp(fence, 1);
}

static __attribute__((format(printf, 1, 2))) void on_warning(char *fmt, ...)
{
	(void)fmt;
}

static struct pci_access *open_libpci(const struct root *root)
{
	char bus[PATH_MAX];
	struct pci_access *a;

	if (snprintf(bus, sizeof(bus), "%s/" ROOT_PCI_BUS, root->path) >= (int)sizeof(bus))
		return NULL;
	a = pci_alloc();
	if (!a)
		return NULL;
	a->method = PCI_ACCESS_SYS_BUS_PCI;
	a->error = on_error;
	a->warning = on_warning;
	a->debug = on_warning;
	pci_set_param(a, "sysfs.path", bus);
	pci_init(a);
	return a;
}

/* A device that lies may lead its list of capabilities anywhere: libpci looks at each of the 1024
 * places once. A read that the bus did not answer is all ones. */
static uint64_t read_serial(struct pci_dev *d)
{
	const struct pci_cap *c;
	uint8_t number[DSN_BYTES];
	uint32_t low = UINT32_MAX, high = UINT32_MAX;

	c = pci_find_cap(d, PCI_EXT_CAP_ID_DSN, PCI_CAP_EXTENDED);
	if (!c || c->addr < EXT_CONFIG_BEGIN ||
	    !pci_read_block(d, (int)c->addr + DSN_NUMBER, number, sizeof(number)))
		return 0;
	(void)bytes_le32((struct bytes){number, sizeof(number)}, 0, &low);
	(void)bytes_le32((struct bytes){number, sizeof(number)}, 4, &high);
	return low == UINT32_MAX || high == UINT32_MAX ? 0 : (uint64_t)high << 32 | low;
}

int config_space_serial(const struct root *root, struct pci_addr a, struct pci_access **libpci,
			uint64_t *ret)
{
	struct pci_dev *d;
	uint64_t serial;

	/* After a longjmp libpci's state is not to be trusted: the next call begins anew. */
	if (setjmp(fence)) {
		*libpci = NULL;
		return -EIO;
	}
	if (!*libpci)
		*libpci = open_libpci(root);
	if (!*libpci)
		return -ENOMEM;
	d = pci_get_dev(*libpci, (int)a.domain, a.bus, a.dev, a.fn);
	if (pci_read_word(d, PCI_VENDOR_ID) == UINT16_MAX) {
		pci_free_dev(d);
		return -ENODEV;
	}
	serial = read_serial(d);
	*ret = pci_serial_usable(serial) ? serial : 0;
	pci_free_dev(d);
	return 0;
}
