/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Proxmox VE looks for a romfile below /usr/share/kvm and nowhere else (qemu-server, PCI.pm): a
 * link there leads to the store. */
#ifndef GPUROM_STORE_PROXMOX_LINK_H
#define GPUROM_STORE_PROXMOX_LINK_H

#include "sys/root.h"

#define KVMLINK "usr/share/kvm/gpurom" /* "romfile=gpurom/<path>.rom" */

/* Publishes the link to store/by-path where /usr/share/kvm is a folder; does nothing where it is
 * not. Replaces a link to another store. Returns 0, -EEXIST where something else is there, or
 * another -errno. */
int proxmox_link_publish(const struct root *root, const char *store);

#endif
