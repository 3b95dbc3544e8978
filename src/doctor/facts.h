/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `gpurom doctor` judges: plain facts about this host, without a handle. host/doctor-facts.h
 * fills struct doctor_facts once; the checks (doctor/checks.h) and cmd/doctor.c read it. A text is
 * "" if there is nothing to say. */
#ifndef GPUROM_DOCTOR_FACTS_H
#define GPUROM_DOCTOR_FACTS_H

#include "pci/card.h"
#include "proxmox/mapping.h"
#include "record/identity.h"
#include "util/sha256.h"

#define DOCTOR_CARDS_MAX 64
#define DOCTOR_KERNELS_MAX 32
#define DOCTOR_VMS_MAX 64
#define DOCTOR_RECORDED_MAX 64
#define DOCTOR_MAPPINGS_MAX 64
#define DOCTOR_NAME_MAX 64
#define DOCTOR_TEXT_MAX 320
#define DOCTOR_VM_TEXT_MAX 1500

/* What the host has or not; unknown where that cannot be seen. */
enum doctor_yes { DOCTOR_UNKNOWN, DOCTOR_NO, DOCTOR_YES };

/* Of the file that a card's link in by-path/ leads to. */
enum doctor_rom {
	DOCTOR_ROM_UNKNOWN, /* the store cannot be read */
	DOCTOR_ROM_NONE,
	DOCTOR_ROM_WHOLE,
	DOCTOR_ROM_UNCHECKED, /* a bundle has its name and size only */
	DOCTOR_ROM_DAMAGED,
	DOCTOR_ROM_OTHER,    /* whole, and not the one that the record pins for this card */
	DOCTOR_ROM_NOT_OURS, /* a person put a file or a link of their own there */
};

/* Of the initramfs of a kernel: enum image_state of host/images.h, or unknown. */
enum doctor_image {
	DOCTOR_IMAGE_UNKNOWN,
	DOCTOR_IMAGE_CURRENT,	    /* it has this program and this configuration */
	DOCTOR_IMAGE_STALE_PROGRAM, /* it has another build of gpurom */
	DOCTOR_IMAGE_STALE_CONFIG,  /* it has another configuration */
	DOCTOR_IMAGE_WITHOUT,	    /* it has no gpurom */
	DOCTOR_IMAGE_NOT_BOOTED,    /* it is current, and this boot had an older one */
	DOCTOR_IMAGE_NO_NOTE,	    /* nobody noted what it has */
};

/* What `gpurom-domain check` says of a VM's definition. */
enum doctor_vm {
	DOCTOR_VM_UNCHECKED, /* gpurom-domain is not there, or not called */
	DOCTOR_VM_RIGHT,
	DOCTOR_VM_WARNED, /* it starts; text is what a person should know */
	DOCTOR_VM_WRONG,
	DOCTOR_VM_FAILED, /* it cannot read the definition, or did not end in time */
};

struct doctor_function {
	struct pci_addr addr;
	char driver[PCI_DRIVER_MAX];	/* "" none */
	char want[PCI_DRIVER_MAX];	/* that it should have; "": any */
	char holder[DOCTOR_NAME_MAX];	/* "qemu-system-x86 (1234), /dev/vfio/16" */
	char vfio_ids[DOCTOR_TEXT_MAX]; /* where vfio-pci's ids= names it */
	char claim[DOCTOR_NAME_MAX];	/* who else has a part of one of its BARs (/proc/iomem) */
	/* The rest comes from sysfs attributes; read is false where they did not answer in time. */
	bool read;
	char power_state[16];		    /* "D0", "D3hot", "D3cold", "unknown", "error" */
	char power_control[8];		    /* "on", "auto" */
	char runtime_status[16];	    /* "active", "suspended", "error" */
	enum doctor_yes d3cold;		    /* d3cold_allowed */
	enum doctor_yes resets;		    /* the kernel has some method for this function */
	char reset_method[DOCTOR_NAME_MAX]; /* "flr bus" */
	unsigned bars_without_address;
	unsigned long long largest_bar; /* bytes */
};

struct doctor_card {
	struct pci_addr addr;
	char path[PCI_PATH_MAX];
	bool take;	  /* gpurom takes it */
	bool framebuffer; /* the kernel draws on it now */
	bool silent;
	bool rom_bar;
	char why[DOCTOR_TEXT_MAX];     /* why it is taken or left */
	int group;		       /* of its first function; -1 none */
	size_t blocked_by;	       /* devices of its groups that a driver of the host has */
	char blocker[DOCTOR_TEXT_MAX]; /* the first of them */
	char bus_shared_with[PCI_ADDR_BUF]; /* another device behind the same bridge */
	bool root_bus;			    /* it is behind no bridge */
	struct doctor_function fn[PCI_CARD_FUNCTIONS_MAX];
	size_t n;
	enum doctor_rom rom;
	char rom_pinned[SHA256_HEX]; /* digest that the record pins; "" none */
	char rom_flash[SHA256_HEX];  /* digest of what was last read; "" none */
	char romfile[DOCTOR_TEXT_MAX];
	char unreadable[DOCTOR_TEXT_MAX]; /* the file or folder that QEMU's user may not read */
	char unreadable_for[4];		  /* what `chmod o+` must give: "r", "x" */
	char selinux[DOCTOR_NAME_MAX];	  /* the romfile's label, where SELinux is enabled */
};

struct doctor_kernel {
	char release[DOCTOR_NAME_MAX];
	bool running;
	bool newest;   /* it boots next, unless the boot loader is set otherwise */
	bool next;     /* the boot loader's files say that it boots next */
	bool has_vfio; /* vfio-pci, as a module or built in */
	enum doctor_image image;
};

/* A card of the record. */
struct doctor_recorded {
	char path[PCI_PATH_MAX];
	enum identity identity;
	bool present; /* one of its model is in its place now */
	char text[IDENTITY_TEXT_MAX];
};

struct doctor_vm_facts {
	char name[DOCTOR_NAME_MAX]; /* of the file, without .xml or .conf */
	bool proxmox;		    /* a VM of Proxmox VE, by its number; else of libvirt */
	enum doctor_vm state;
	char text[DOCTOR_VM_TEXT_MAX]; /* all that is wrong or warned of, with "; " between */
};

/* A line that a mapping of Proxmox VE's cluster has for this node. */
struct doctor_mapping {
	char name[PVE_NAME_MAX];  /* of the mapping */
	size_t line;		  /* of /etc/pve/mapping/pci.cfg, from 1 */
	char why[PVEMAP_WHY_MAX]; /* it does not fit this host; "" it fits */
	char card[PCI_ADDR_BUF];  /* the card that it means; "" that is not certain */
};

struct doctor_facts {
	bool root_user;
	bool container;
	bool other_root; /* --root: no process is looked at, none is started */
	bool no_pci;	 /* the PCI buses cannot be read */
	bool one_card;	 /* a person asked for one: cards and recorded hold nothing else */
	enum doctor_yes reads_roms; /* mode= is one that reads ROMs */

	enum doctor_yes iommu;
	enum doctor_yes remapping;    /* of interrupts */
	bool unsafe_interrupts;	      /* vfio_iommu_type1 allow_unsafe_interrupts */
	bool noiommu;		      /* vfio enable_unsafe_noiommu_mode */
	enum doctor_yes memlock_free; /* who runs doctor may lock any amount of memory */
	unsigned long long memlock;   /* bytes, where not */
	bool opens_vfio; /* who runs doctor may open some group: start a QEMU with a card */
	enum doctor_yes secure_boot;
	char lockdown[DOCTOR_NAME_MAX];	 /* "none", "integrity", "confidentiality" */
	enum doctor_yes apparmor;	 /* libvirt's AppArmor profile is in use */
	enum doctor_yes apparmor_rule;	 /* and has our rule */
	enum doctor_yes selinux;	 /* enforcing */
	char blacklist[DOCTOR_TEXT_MAX]; /* "nouveau in /etc/modprobe.d/a.conf": drivers of cards */
	char vfio_blocked[DOCTOR_TEXT_MAX];  /* the line of modprobe.d that keeps vfio-pci unloaded
					      */
	size_t skipped;			     /* PCI functions that the scan could not read */
	char skipped_first[DOCTOR_TEXT_MAX]; /* the first of them, and why */
	int record_error; /* 0, -ENOENT none was written, else it cannot be read */

	struct doctor_card card[DOCTOR_CARDS_MAX];
	size_t n_cards, lost_cards;
	/* By release; but first the one that boots next, where that is known. */
	struct doctor_kernel kernel[DOCTOR_KERNELS_MAX];
	size_t n_kernels, lost_kernels;
	char next_by[DOCTOR_NAME_MAX]; /* the file that says which kernel is next; "" not known */
	char image_cure[DOCTOR_TEXT_MAX]; /* the command that makes all images again */
	struct doctor_recorded recorded[DOCTOR_RECORDED_MAX];
	size_t n_recorded, lost_recorded;
	struct doctor_vm_facts vm[DOCTOR_VMS_MAX];
	size_t n_vms, lost_vms; /* lost: there was no room for them, or their names are too long */
	/* A folder of definitions that did not answer: "etc/pve/qemu-server"; "" none. */
	char vms_silent[DOCTOR_NAME_MAX];
	struct doctor_mapping mapping[DOCTOR_MAPPINGS_MAX];
	size_t n_mappings, lost_mappings;
	int mappings_error; /* 0, also where there is no file; -errno: it cannot be read */
};

#endif
