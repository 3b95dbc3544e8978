/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a VM's definition says of the host's PCI devices, whatever form the definition has. Filled
 * by the program that reads it (libvirt/xml.c, libvirt/proxmox.c); judged by guard/. */
#ifndef GPUROM_GUARD_VM_H
#define GPUROM_GUARD_VM_H

#include "pci/addr.h"
#include "record/id.h"

#define VM_DEVS_MAX 64	/* PCI host devices */
#define VM_NAME_MAX 128 /* with NUL; the rest is cut */
#define VM_UUID_MAX 37	/* with NUL */
#define VM_FILE_MAX 512 /* with NUL; a longer one is kept as "" */

/* Offset and bytes of an attribute's value in the text, between its quotes. at 0: there is no such
 * attribute. */
struct vm_range {
	size_t at, n;
};

enum vm_part { VM_DOMAIN, VM_BUS, VM_SLOT, VM_PARTS };

/* What messages call the parts of a definition, and who prints or changes them: each manager's own.
 */
struct vm_words {
	const char *form;	/* the option of `gpurom snippet`: "--libvirt" */
	const char *definition; /* what that prints: "the new hostdev elements" */
	const char *one_card;	/* "the elements of one card" */
	const char *take_out;	/* "take its hostdev elements out" */
	const char *tag;	/* which of them has the tag: "whose alias says which" */
	const char *another;	/* "another hostdev element" */
	const char *no_rom;	/* "take the rom element out" */
	const char *managed_no; /* why nobody binds the device: "with managed='no'" */
	const char *managed;	/* who would: "with managed='yes' libvirt binds it" */
	const char *cure[2];	/* before and behind the VM's name: the command that corrects it */
	const char *cure_mapping; /* what corrects an address that is in a mapping; NULL none */
};

struct vm_dev {
	struct pci_addr addr; /* on the host; a missing attribute is 0, as in libvirt */
	bool whole;	      /* all functions that the card has; addr.fn is 0 */
	bool fixed;	      /* its address is not in this text: fix cannot change it */
	bool managed;
	bool has_addr;
	bool is_vf;		    /* an SR-IOV virtual function: set by vm_find_virtual */
	bool rom_off;		    /* rom enabled='no': the file is not used */
	char file[VM_FILE_MAX];	    /* of element rom, with references resolved; "" none */
	char alias[CARD_ALIAS_MAX]; /* "" none, or too long to be a card's */
	struct vm_range part[VM_PARTS], in_file;
	struct vm_range in_addr; /* the whole address, where it is one value; else n 0 */
	bool short_addr;	 /* and has no domain */
	size_t behind_address;	 /* offset behind "<address", where a missing attribute is added */
	size_t line;		 /* of hostdev, from 1 */
};

/* Whether the VM gets this function of the device's card. */
static inline bool vm_dev_has(const struct vm_dev *d, unsigned fn)
{
	return d->whole || d->addr.fn == fn;
}

struct vm {
	const struct vm_words *words;
	char name[VM_NAME_MAX]; /* for messages: printable ASCII, else '?'; "" none */
	bool name_exact;	/* the text has just that */
	char uuid[VM_UUID_MAX]; /* hexadecimal digits and '-'; "" none */
	struct vm_dev dev[VM_DEVS_MAX];
	size_t n;
};

#endif
