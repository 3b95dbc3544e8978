/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text to paste into VM definitions for one card: libvirt elements (snippet/libvirt.c), QEMU
 * arguments (snippet/qemu.c), lines for Proxmox VE (snippet/proxmox.c), each with comments on what
 * a person should know about the card (snippet/notes.h). In a libvirt or QEMU guest all its
 * functions share one slot behind a root port of their own, numbered as on the host, as drivers
 * that look for a card's other functions expect. Write errors stay in out (ferror). */
#ifndef GPUROM_SNIPPET_SNIPPET_H
#define GPUROM_SNIPPET_SNIPPET_H

#include "pci/group.h"
#include "proxmox/conf.h"
#include "record/identity.h"
#include "rom/reading.h"

#include <stdio.h>

#define SNIPPET_HIDE_KVM 1u
#define SNIPPET_JSON 2u	   /* QEMU: its own JSON objects, not key=value */
#define SNIPPET_IOMMUFD 4u /* QEMU */

/* Guest bus for a card of several functions: virt-manager's q35 machines have root ports 1 to 14
 * and use the first ones; libvirt adds the ports that are missing below. */
#define SNIPPET_GUEST_BUS 0x0a

/* QEMU's host= property accepts no higher domain (hw/core/qdev-properties-system.c, 11.1 too), but
 * VMD's are higher. libvirt and Proxmox pass addresses on by it; QEMU's sysfsdev= accepts any. */
#define SNIPPET_HOST_DOMAIN_MAX 0xffffu

/* Why there is no romfile. */
enum snippet_none {
	SNIPPET_NONE_UNKNOWN, /* this boot did not try to read it */
	SNIPPET_NONE_NO_BAR,
	SNIPPET_NONE_SHADOW,   /* only a shadow was read, or can be */
	SNIPPET_NONE_REJECTED, /* what was read was rejected */
	SNIPPET_NONE_UNREAD,   /* nothing could be read */
	SNIPPET_NONE_STAGED,   /* read, and not stored yet */
	SNIPPET_NONE_OTHERS,   /* the kept ROM of this place is another card's */
};

/* Filled by cmd/snippet.c. All texts are borrowed, foreign, and NULL or "" if not known. */
struct snippet_card {
	const struct pci_fn *fn; /* its functions, address order */
	size_t n;
	size_t display;	  /* index in fn of the function that carries the ROM */
	const char *name; /* the card's path name */
	const char *id;	  /* for its tag (record/id.h) */
	enum identity identity;
	const char *identity_text;

	const char *romfile; /* absolute path, or NULL: none is kept */
	bool is_volatile;    /* it is lost at the end of this boot */
	bool facts;	     /* the four below are known */
	bool has_efi;
	bool shadow;  /* a copy of the boot screen's shadow in memory */
	bool changed; /* the card's flash has another ROM, and no person has accepted that */
	const char *version;
	enum snippet_none none; /* if romfile is NULL: why; none_why: more about it, for people */
	const char *none_why;
	const struct rom_attempt *attempt; /* what each source answered in this boot, in order */
	size_t n_attempts;

	const struct group_member *group; /* devices that share its IOMMU groups */
	size_t n_group;

	uint8_t guest_bus; /* 0: SNIPPET_GUEST_BUS. Two cards in one guest need two numbers */
	size_t nth;	   /* from 0, of the host's cards: Proxmox numbers a guest's devices */
	const char *host;  /* the host's name */
	const char *store; /* absolute path of the store */
};

static inline unsigned snippet_guest_bus(const struct snippet_card *c)
{
	return c->guest_bus ? c->guest_bus : SNIPPET_GUEST_BUS;
}

/* The first function becomes 0: a guest ignores a slot without function 0. */
static inline unsigned snippet_guest_fn(const struct snippet_card *c, size_t i)
{
	return i == 0 ? 0 : c->fn[i].addr.fn;
}

static inline bool snippet_carries_rom(const struct snippet_card *c, size_t i)
{
	return c->romfile && i == c->display;
}

/* Writes complete elements: one hostdev for each function, managed='no', <rom file=…/> in the
 * display function's only; with SNIPPET_HIDE_KVM the features element before them. A card of one
 * function gets no guest address: libvirt finds a free slot. */
void snippet_libvirt(FILE *out, const struct snippet_card *c, unsigned flags);

/* Writes arguments quoted for a shell, lines joined by backslashes: "-device vfio-pci,…" behind one
 * root port (machine q35). */
void snippet_qemu(FILE *out, const struct snippet_card *c, unsigned flags);

/* A VM of Proxmox VE that is there. Filled by cmd/snippet.c. */
struct snippet_vm {
	const char *id;		     /* its number */
	struct bytes file;	     /* its configuration, */
	const struct pve_conf *conf; /* and what that says */
};

/* Writes the commands that give the card to the VM, with its romfile, its tag and gpurom's
 * hookscript: what else its hostpci line and its description say stays. */
void snippet_proxmox_apply(FILE *out, const struct snippet_card *c, const struct snippet_vm *vm);

/* Writes the entry of mapping/pci.cfg for this node. name: the mapping's. */
void snippet_proxmox_mapping(FILE *out, const struct snippet_card *c, const char *name);

/* Writes lines of a VM's configuration (qm.conf(5)) and, as comments, the commands that set them
 * and a cluster mapping. Ignores flags other than SNIPPET_HIDE_KVM. */
void snippet_proxmox(FILE *out, const struct snippet_card *c, unsigned flags);

#endif
