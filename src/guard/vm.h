/* What a VM's definition says of the host's PCI devices, whatever form the definition has. Filled
 * by the program that reads it (libvirt/xml.c); judged by guard/. */
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

struct vm_dev {
	struct pci_addr addr; /* on the host; a missing attribute is 0, as in libvirt */
	bool managed;
	bool has_addr;
	bool is_vf;		    /* an SR-IOV virtual function: set by vm_find_virtual */
	bool rom_off;		    /* rom enabled='no': the file is not used */
	char file[VM_FILE_MAX];	    /* of element rom, with references resolved; "" none */
	char alias[CARD_ALIAS_MAX]; /* "" none, or too long to be a card's */
	struct vm_range part[VM_PARTS], in_file;
	size_t behind_address; /* offset behind "<address", where a missing attribute is added */
	size_t line;	       /* of hostdev, from 1 */
};

struct vm {
	char name[VM_NAME_MAX]; /* for messages: printable ASCII, else '?'; "" none */
	bool name_exact;	/* the text has just that */
	char uuid[VM_UUID_MAX]; /* hexadecimal digits and '-'; "" none */
	struct vm_dev dev[VM_DEVS_MAX];
	size_t n;
};

#endif
