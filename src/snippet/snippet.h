/* What VM definitions need of one card: libvirt elements (snippet/libvirt.c), QEMU arguments
 * (snippet/qemu.c), lines for Proxmox VE (snippet/proxmox.c), each with comments on what a person
 * should know of the card (snippet/notes.h). In a libvirt or QEMU guest all its functions share one
 * slot behind a root port of their own, numbered as on the host, as drivers that look for a card's
 * other functions expect. Write errors are left in out (ferror). */
#ifndef GPUROM_SNIPPET_SNIPPET_H
#define GPUROM_SNIPPET_SNIPPET_H

#include "record/identity.h"

#include <stdio.h>

#define SNIPPET_HIDE_KVM 1u
#define SNIPPET_JSON 2u	   /* QEMU: its own JSON objects, not key=value */
#define SNIPPET_IOMMUFD 4u /* QEMU */

/* Guest bus for a card of several functions: virt-manager's q35 machines have root ports 1 to 14
 * and use the first ones; libvirt adds the ports that are missing below. */
#define SNIPPET_GUEST_BUS 0x0a

/* QEMU's host= property takes no domain above (hw/core/qdev-properties-system.c, 11.1 too), and
 * VMD's are. libvirt and Proxmox hand addresses on by it; its sysfsdev= takes any. */
#define SNIPPET_HOST_DOMAIN_MAX 0xffffu

/* Why there is no romfile. */
enum snippet_none {
	SNIPPET_NONE_UNKNOWN, /* nothing is known of an attempt */
	SNIPPET_NONE_NO_BAR,
	SNIPPET_NONE_SHADOW,   /* all that was read, or could be */
	SNIPPET_NONE_REJECTED, /* what was read */
	SNIPPET_NONE_UNREAD,   /* tried, and nothing came of it */
	SNIPPET_NONE_STAGED,   /* read, and not stored yet */
	SNIPPET_NONE_OTHERS,   /* what is kept for the place is another card's */
};

/* All texts are borrowed, foreign, and may be NULL or "" where nothing is known. */
struct snippet_card {
	const struct pci_fn *fn; /* its functions, address order */
	size_t n;
	size_t display;	  /* index in fn of the function that carries the ROM */
	const char *name; /* the card's path name */
	const char *id;	  /* for its tag (record/id.h) */
	enum identity identity;
	const char *identity_text;

	const char *romfile; /* absolute path, or NULL: none is kept */
	bool is_volatile;    /* it goes with this boot */
	bool facts;	     /* the four below are known of it */
	bool has_efi;
	bool shadow;  /* a copy of what the boot screen's firmware left in memory */
	bool changed; /* the card has another ROM in its flash, and nobody said that this is well */
	const char *version;
	enum snippet_none none; /* where romfile is NULL; none_why: what is known besides */
	const char *none_why;

	uint8_t guest_bus; /* 0: SNIPPET_GUEST_BUS. Two cards in one guest need two */
	size_t nth;	   /* among the cards of the host: Proxmox numbers a guest's devices */
	const char *host;  /* the host's name */
	const char *store; /* absolute path of the store */
};

static inline unsigned snippet_guest_bus(const struct snippet_card *c)
{
	return c->guest_bus ? c->guest_bus : SNIPPET_GUEST_BUS;
}

/* A guest looks at no function of a slot that has no function 0. */
static inline unsigned snippet_guest_fn(const struct snippet_card *c, size_t i)
{
	return i == 0 ? 0 : c->fn[i].addr.fn;
}

static inline bool snippet_carries_rom(const struct snippet_card *c, size_t i)
{
	return c->romfile && i == c->display;
}

/* Complete elements, one hostdev a function, managed='no', <rom file=…/> on the display
 * function only; with SNIPPET_HIDE_KVM the features element before them. A card of one function has
 * no guest address: libvirt finds it a free slot. */
void snippet_libvirt(FILE *out, const struct snippet_card *c, unsigned flags);

/* Arguments fit for a shell, joined by backslashes: "-device vfio-pci,…", behind one root port
 * (machine q35). */
void snippet_qemu(FILE *out, const struct snippet_card *c, unsigned flags);

/* Lines of a VM's configuration (qm.conf(5)), and as comments the commands that make them, and a
 * cluster mapping. */
void snippet_proxmox(FILE *out, const struct snippet_card *c, unsigned flags);

#endif
