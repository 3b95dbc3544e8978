// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emittext.h"

#define MAP "node=pve1,path=0000:01:00,id=10de:1e04,subsystem-id=1462:3711,iommugroup=7"
#define OPTIONS "pcie=1,romfile=gpurom/" EMITTEXT_NAME ".rom"

static struct snippet_card card(void)
{
	return (struct snippet_card){.fn = emittext_four,
				     .n = 4,
				     .romfile = EMITTEXT_ROMFILE,
				     .name = EMITTEXT_NAME,
				     .id = EMITTEXT_ID,
				     .nth = 2,
				     .host = "pve1.example.org",
				     .store = "/var/lib/gpurom"};
}

static void whole_card(void **state)
{
	const struct snippet_card c = card();

	(void)state;
	emittext_is(
		snippet_proxmox, &c, SNIPPET_HIDE_KVM,
		"# card 0000:01:00 (" EMITTEXT_NAME "): 10de:1e04 of 1462:3711, slot 3, ROM kept\n"
		"# romfile is below /usr/share/kvm, where gpurom must be a link to "
		"/var/lib/gpurom/by-path; only root may set it\n"
		"# for a VM of machine q35: into /etc/pve/qemu-server/VMID.conf, without these "
		"comments; take another number if hostpci2 is in use, of 0 to 4 or 12: a guest "
		"sees hostpci5 to 11 only if there is hostpci4, 13 to 15 only with 12\n"
		"# instead of the cpu line; only GeForce drivers before R465 (March 2021) in "
		"a Windows guest still need this\n"
		"cpu: host,hidden=1\n"
		"hostpci2: 0000:01:00," OPTIONS "\n"
		"# or: qm set VMID --machine q35 --cpu host,hidden=1 --hostpci2 0000:01:00," OPTIONS
		"\n"
		"# in a cluster, by a mapping; Proxmox does not start a VM if another model is at "
		"the address, but it cannot distinguish twins:\n"
		"# pvesh create /cluster/mapping/pci --id gpurom-" EMITTEXT_ID " --map " MAP "\n"
		"# hostpci2: mapping=gpurom-" EMITTEXT_ID "," OPTIONS "\n"
		"# which is in /etc/pve/mapping/pci.cfg:\n"
		"# gpurom-" EMITTEXT_ID "\n"
		"# \tmap " MAP "\n");
}

static void without_hiding(void **state)
{
	const struct snippet_card c = card();

	(void)state;
	emittext_lacks(snippet_proxmox, &c, 0, "cpu");
	emittext_lacks(snippet_proxmox, &c, 0, "hidden");
	emittext_has(snippet_proxmox, &c, 0,
		     "# or: qm set VMID --machine q35 --hostpci2 0000:01:00,pcie=1,");
}

/* Only those that a guest sees if its VM has no other. */
static void numbers(void **state)
{
	static const struct {
		size_t nth;
		const char *line;
	} t[] = {{0, "\nhostpci0: "},  {3, "\nhostpci3: "}, {4, "\nhostpci4: "},
		 {5, "\nhostpci12: "}, {6, "\nhostpci0: "}, {299, "\nhostpci12: "}};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct snippet_card c = card();

		c.nth = t[i].nth;
		emittext_has(snippet_proxmox, &c, 0, t[i].line);
	}
}

/* A romfile is named only if Proxmox gives it to the right function and finds it after the next
 * boot, too. */
static void where_no_romfile_is_named(void **state)
{
	struct snippet_card c = card();

	(void)state;
	c.romfile = NULL;
	emittext_lacks(snippet_proxmox, &c, 0, "romfile=");
	emittext_has(snippet_proxmox, &c, 0, "\nhostpci2: 0000:01:00,pcie=1\n");
	c = card();
	c.is_volatile = true;
	emittext_lacks(snippet_proxmox, &c, 0, "romfile=g");
	emittext_has(snippet_proxmox, &c, 0, "# no romfile is named: Proxmox takes one below");
	c = card();
	c.display = 1;
	emittext_lacks(snippet_proxmox, &c, 0, "romfile=g");
	emittext_has(snippet_proxmox, &c, 0, "which is not this card's display");
	c = card();
	c.name = "a,b;c";
	emittext_lacks(snippet_proxmox, &c, 0, "romfile=g");
}

/* Proxmox compares sysfs's facts of function 0; without a function 0 it finds no card. */
static void mappings(void **state)
{
	static const struct pci_fn bare = {.addr = {0x10000, 0xe1, 2, 0},
					   .ids = {0x10de, 0x2331, 0, 0},
					   .iommu_group = -1,
					   .driver = "vfio-pci"},
				   second = {.addr = {0, 1, 0, 1}, .driver = "vfio-pci"};
	struct snippet_card c = {.fn = &bare, .n = 1, .host = "pve1"};

	(void)state;
	emittext_has(snippet_proxmox, &c, 0,
		     " --id gpurom-10000-e1-02 --map "
		     "node=pve1,path=10000:e1:02,id=10de:2331,subsystem-id=0000:0000\n");
	emittext_has(snippet_proxmox, &c, 0, "\n# hostpci0: mapping=gpurom-10000-e1-02,pcie=1\n");
	c.fn = &second;
	emittext_lacks(snippet_proxmox, &c, 0, "mapping=");
	emittext_has(snippet_proxmox, &c, 0, "# no cluster mapping: ");
	emittext_has(snippet_proxmox, &c, 0, "\nhostpci0: 0000:01:00,pcie=1\n");
}

static void the_node(void **state)
{
	static const char *const none[] = {NULL, "", ".", "a b", "$(x)", "(none)", "a,path=x"};
	struct snippet_card c = card();

	(void)state;
	c.host = "Node-2";
	emittext_has(snippet_proxmox, &c, 0, "node=Node-2,");
	emittext_lacks(snippet_proxmox, &c, 0, "NODE");
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		c.host = none[i];
		emittext_has(snippet_proxmox, &c, 0, "node=NODE,path=");
		emittext_has(snippet_proxmox, &c, 0, "mapping (NODE: this node's name);");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_card), cmocka_unit_test(without_hiding),
		cmocka_unit_test(numbers),    cmocka_unit_test(where_no_romfile_is_named),
		cmocka_unit_test(mappings),   cmocka_unit_test(the_node),
	};

	return cmocka_run_group_tests_name("emit-proxmox", tests, NULL, NULL);
}
