/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The PCI mappings of a cluster, /etc/pve/mapping/pci.cfg: a name, and below it a line for each
 * node that has such a device. Facts: pve-common, src/PVE/SectionConfig.pm (parse_config);
 * pve-guest-common, src/PVE/Mapping/PCI.pm (map_fmt, assert_valid); qemu-server, PCI.pm: several
 * lines of a node are devices to choose from. */
#ifndef GPUROM_PROXMOX_MAPPING_H
#define GPUROM_PROXMOX_MAPPING_H

#include "pci/card.h"
#include "proxmox/text.h"

#define PVEMAP_WHY_MAX 200

/* "vendor:device" as it is written, or not there. */
struct pve_model {
	bool set;
	uint16_t vendor, device;
};

/* One line "map". Filled by pvemap_next; read by libvirt/proxmox.c and host/doctor-mappings.c. */
struct pve_map {
	char name[PVE_NAME_MAX]; /* of the mapping */
	char node[PVE_NAME_MAX]; /* "" none */
	struct pve_id id[PVE_IDS_MAX];
	size_t n; /* 0: its path cannot be read; Proxmox skips such a line */
	struct pve_model model, subsystem;
	int group;	      /* -1 none */
	size_t line;	      /* from 1 */
	struct pve_range all; /* the line */
};

/* Where pvemap_next is in a file: zeroed at its beginning. */
struct pve_maps {
	size_t at, line;
	char name[PVE_NAME_MAX];
};

/* Finds the next line "map" of any mapping. False at the end. */
bool pvemap_next(struct bytes file, struct pve_maps *at, struct pve_map *ret);

/* Whether this can be a mapping's name (pve-common, JSONSchema.pm, pve-configid): 2 to 127 letters,
 * digits, '-' and '_', a letter first. */
bool pvemap_is_name(const char *text);

/* Whether a node has this name: what the host's name has before its first dot (pve-common,
 * INotify.pm, nodename). */
bool pvemap_is_node(const struct pve_map *m, const char *host);

/* Whether Proxmox would start a VM with this line, on a host with these devices: it refuses where a
 * device is missing, or has another model, subsystem or group than the line says. False, and the
 * reason in why. */
bool pvemap_fits(const struct pve_map *m, const struct pci_scan *s, char why[PVEMAP_WHY_MAX]);

/* Finds the graphics card that a line of this file's and this host's means, which no longer fits:
 * the one at its address, or else the only one that has its model and subsystem and that no other
 * line of this node fits. Sets *ret to its function; false where there is none, or several. */
bool pvemap_find(struct bytes file, const char *host, const struct pve_map *m,
		 const struct pci_scan *s, struct pci_addr *ret);

#endif
