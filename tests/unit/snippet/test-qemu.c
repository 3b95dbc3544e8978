// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emittext.h"

#include <stdlib.h>
#include <string.h>

#define NOTES "# card 0000:01:00 (" EMITTEXT_NAME "): 10de:1e04 of 1462:3711, slot 3, ROM kept\n"
#define PORT_NOTE "# for machine q35; no other root port may have this chassis number\n"

static struct snippet_card card(size_t n)
{
	return (struct snippet_card){.fn = emittext_four,
				     .n = n,
				     .romfile = EMITTEXT_ROMFILE,
				     .name = EMITTEXT_NAME,
				     .id = EMITTEXT_ID};
}

static void whole_card(void **state)
{
	const struct snippet_card c = card(4);

	(void)state;
	emittext_is(snippet_qemu, &c, 0,
		    NOTES PORT_NOTE
		    "-device pcie-root-port,id=gpurom-0000-01-00,chassis=10 \\\n"
		    "-device vfio-pci,host=0000:01:00.0,bus=gpurom-0000-01-00,addr=0x0.0,"
		    "multifunction=on,romfile=" EMITTEXT_ROMFILE " \\\n"
		    "-device vfio-pci,host=0000:01:00.1,bus=gpurom-0000-01-00,addr=0x0.1 \\\n"
		    "-device vfio-pci,host=0000:01:00.2,bus=gpurom-0000-01-00,addr=0x0.2 \\\n"
		    "-device vfio-pci,host=0000:01:00.3,bus=gpurom-0000-01-00,addr=0x0.3\n");
}

static void one_function_hidden(void **state)
{
	struct snippet_card c = card(1);

	(void)state;
	c.guest_bus = 12;
	emittext_is(snippet_qemu, &c, SNIPPET_HIDE_KVM,
		    NOTES "# kvm=off: only GeForce drivers before R465 (March 2021) in a Windows "
			  "guest still need this\n" PORT_NOTE "-cpu host,kvm=off \\\n"
			  "-device pcie-root-port,id=gpurom-0000-01-00,chassis=12 \\\n"
			  "-device vfio-pci,host=0000:01:00.0,bus=gpurom-0000-01-00,addr=0x0.0,"
			  "romfile=" EMITTEXT_ROMFILE "\n");
}

/* In JSON a property must have its own type: numbers and flags without quotes. */
static void json(void **state)
{
	const struct snippet_card c = card(2);

	(void)state;
	emittext_is(snippet_qemu, &c, SNIPPET_JSON | SNIPPET_IOMMUFD,
		    NOTES
		    "# JSON: for QEMU 6.2 or later\n"
		    "# iommufd: for QEMU 9.0 or later, and a kernel that has it\n" PORT_NOTE
		    "-object '{\"qom-type\":\"iommufd\",\"id\":\"gpurom-iommufd-0000-01-00\"}' "
		    "\\\n"
		    "-device '{\"driver\":\"pcie-root-port\",\"id\":\"gpurom-0000-01-00\","
		    "\"chassis\":10}' \\\n"
		    "-device '{\"driver\":\"vfio-pci\",\"host\":\"0000:01:00.0\","
		    "\"bus\":\"gpurom-0000-01-00\",\"addr\":\"0x0.0\",\"multifunction\":true,"
		    "\"romfile\":\"" EMITTEXT_ROMFILE "\","
		    "\"iommufd\":\"gpurom-iommufd-0000-01-00\"}' \\\n"
		    "-device '{\"driver\":\"vfio-pci\",\"host\":\"0000:01:00.1\","
		    "\"bus\":\"gpurom-0000-01-00\",\"addr\":\"0x0.1\","
		    "\"iommufd\":\"gpurom-iommufd-0000-01-00\"}'\n");
}

static void iommufd(void **state)
{
	const struct snippet_card c = card(2);
	char *text = emittext(snippet_qemu, &c, SNIPPET_IOMMUFD);

	(void)state;
	assert_non_null(strstr(text, "\n-object iommufd,id=gpurom-iommufd-0000-01-00 \\\n"));
	assert_int_equal(emittext_count(text, ",iommufd=gpurom-iommufd-0000-01-00"), 2);
	free(text);
	emittext_lacks(snippet_qemu, &c, 0, "iommufd");
}

/* host= accepts no domain above ffff; at the limit it is still used. */
static void a_high_domain(void **state)
{
	static const struct pci_fn high = {.addr = {0x10000, 0xe1, 0, 1}, .driver = "vfio-pci"},
				   limit = {.addr = {0xffff, 0xe1, 0, 0}, .driver = "vfio-pci"};
	struct snippet_card c = {.fn = &high, .n = 1};

	(void)state;
	emittext_has(snippet_qemu, &c, 0,
		     "-device vfio-pci,sysfsdev=/sys/bus/pci/devices/10000:e1:00.1,"
		     "bus=gpurom-10000-e1-00,addr=0x0.0\n");
	emittext_has(snippet_qemu, &c, SNIPPET_JSON,
		     ",\"sysfsdev\":\"/sys/bus/pci/devices/10000:e1:00.1\",\"bus\":");
	emittext_lacks(snippet_qemu, &c, 0, "host=");
	emittext_lacks(snippet_qemu, &c, 0, "above ffff");
	emittext_has(snippet_libvirt, &c, 0, "the PCI domain is above ffff");
	emittext_has(snippet_proxmox, &c, 0, "the PCI domain is above ffff");
	c.fn = &limit;
	emittext_has(snippet_qemu, &c, 0, "host=ffff:e1:00.0,");
	emittext_lacks(snippet_libvirt, &c, 0, "above ffff");
	emittext_lacks(snippet_proxmox, &c, 0, "above ffff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_card),	 cmocka_unit_test(one_function_hidden),
		cmocka_unit_test(json),		 cmocka_unit_test(iommufd),
		cmocka_unit_test(a_high_domain),
	};

	return cmocka_run_group_tests_name("emit-qemu", tests, NULL, NULL);
}
