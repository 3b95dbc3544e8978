/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VM's configuration of Proxmox VE, /etc/pve/qemu-server/VMID.conf: its hostpci lines and its
 * tags. Only what stands before the first section counts: [PENDING], [special:...] and snapshots
 * follow. Facts: qemu-server, src/PVE/QemuServer.pm (parse_vm_config, write_vm_config: the
 * description is in lines of '#', with '%3A' for ':'), src/PVE/QemuServer/PCI.pm (hostpci); the
 * encoding: pve-common, src/PVE/Tools.pm (encode_text). */
#ifndef GPUROM_PROXMOX_CONF_H
#define GPUROM_PROXMOX_CONF_H

#include "proxmox/text.h"
#include "record/id.h"

#include <stdio.h>

#define PVECONF_HOSTPCI_MAX 16
#define PVECONF_ROMFILE_MAX 400 /* with NUL */
#define PVECONF_WHY_MAX 160
#define PVECONF_VMID_MAX 10 /* 100 to 999999999, with NUL (pve-common, JSONSchema.pm, pve-vmid) */

/* One hostpci line. Properties that decide nothing about the card (pcie, x-vga, rombar, legacy-igd,
 * vendor-id and its like) are skipped: rombar=0 does not switch the romfile off, QEMU hands it to
 * the firmware. */
struct pve_hostpci {
	size_t line;	      /* from 1; 0: there is no such line */
	struct pve_range all; /* its value */
	struct pve_id id[PVE_IDS_MAX];
	size_t n;			   /* 0: it has a mapping */
	char mapping[PVE_NAME_MAX];	   /* "" none */
	bool mdev;			   /* the VM gets a part of the card, not the card */
	char romfile[PVECONF_ROMFILE_MAX]; /* below /usr/share/kvm; "" none */
	struct pve_range in_romfile;
	char tag[CARD_ID_MAX]; /* the card's id that the description has for it; "" none */
};

/* Filled by pveconf_parse; read by libvirt/proxmox.c and cmd/snippet-apply.c. */
struct pve_conf {
	char name[PVE_NAME_MAX];       /* "" none */
	char hookscript[PVE_NAME_MAX]; /* "" none */
	bool q35;		       /* its machine is one */
	struct pve_hostpci hostpci[PVECONF_HOSTPCI_MAX];
};

/* Returns 0 and sets *ret; -EFBIG past PVE_FILE_MAX or PVE_IDS_MAX, or -EBADMSG, with the reason in
 * why, if a hostpci line is none that Proxmox takes; *ret is then undefined. */
int pveconf_parse(struct bytes file, struct pve_conf *ret, char why[PVECONF_WHY_MAX]);

/* Whether this is a VM's number. */
bool pveconf_is_vmid(const char *text);

/* Writes the description as people see it, but for its tags of hostpciN (n below 0: all of them), a
 * line each, quoted for the single quotes of a shell. Returns how many lines it wrote. */
size_t pveconf_write_description(FILE *out, struct bytes file, int n);

#endif
