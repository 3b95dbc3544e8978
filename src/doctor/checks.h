/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checks of `gpurom doctor`: each is a pure function of facts, and finds one thing about the
 * host, or about one card, kernel, recorded card, VM or mapping. */
#ifndef GPUROM_DOCTOR_CHECKS_H
#define GPUROM_DOCTOR_CHECKS_H

#include "doctor/facts.h"

#define DOCTOR_SEEN_MAX 1600 /* more than DOCTOR_VM_TEXT_MAX */

enum doctor_level {
	DOCTOR_NOTHING, /* nothing to say: not printed */
	DOCTOR_OK,
	DOCTOR_UNSEEN,	  /* who asks cannot see it: printed, and no fault */
	DOCTOR_ATTENTION, /* it works, and may not for long; or a person should know */
	DOCTOR_WRONG,	  /* a VM cannot have the card, or will not next time */
};

/* "", "ok", "unseen", "attention", "wrong" */
extern const char *const doctor_level_words[DOCTOR_WRONG + 1];

/* What a check is about: for DOCTOR_PER_CARD and those below it is called with each index of that
 * array. */
enum doctor_per {
	DOCTOR_PER_HOST,
	DOCTOR_PER_KERNEL,
	DOCTOR_PER_CARD,
	DOCTOR_PER_RECORDED,
	DOCTOR_PER_VM,
	DOCTOR_PER_MAPPING,
};

/* Set by a check, but for subject; cmd/doctor.c prints it. */
struct doctor_finding {
	enum doctor_level level;
	char subject[PCI_PATH_MAX]; /* "host", an address, a release, a path, a VM, a mapping */
	char seen[DOCTOR_SEEN_MAX];
	char cure[DOCTOR_SEEN_MAX]; /* a command, or what to do; "" none */
};

struct doctor_check {
	const char *group; /* "IOMMU": a heading for people */
	const char *name;  /* "interrupt-remapping": for programs */
	enum doctor_per per;
	/* i: of what `per` says; 0 for the host. Sets *ret where it says anything, else leaves it.
	 */
	void (*check)(const struct doctor_facts *f, size_t i, struct doctor_finding *ret);
};

/* In the order they are printed, each group together; one without a name ends them. */
extern const struct doctor_check doctor_checks[];

/* How many things `per` is about. */
size_t doctor_count(const struct doctor_facts *f, enum doctor_per per);
/* Calls the check for i, and sets ret->subject. */
void doctor_find(const struct doctor_check *c, const struct doctor_facts *f, size_t i,
		 struct doctor_finding *ret);

/* One line about what these facts cannot have, and why: who asks is not root, is in a container;
 * "" where they have everything. Returns buf. */
const char *doctor_blind(const struct doctor_facts *f, char buf[DOCTOR_SEEN_MAX]);

/* Sets ret's level and texts; the formats are printf's. cure NULL: none. Only checks call it. */
void doctor_say(struct doctor_finding *ret, enum doctor_level level, const char *seen, ...)
	__attribute__((format(printf, 3, 4)));
void doctor_cure(struct doctor_finding *ret, const char *cure, ...)
	__attribute__((format(printf, 2, 3)));

/* checks-host.c */
typedef void doctor_check_fn(const struct doctor_facts *f, size_t i, struct doctor_finding *ret);
doctor_check_fn check_iommu, check_remapping, check_memlock, check_secure_boot, check_apparmor,
	check_selinux, check_vfio_blocked, check_blacklist, check_cards, check_scan, check_record;
/* checks-card.c */
doctor_check_fn check_answers, check_drivers, check_group, check_holder, check_claims, check_bars,
	check_power, check_reset, check_vfio_ids;
/* checks-rom.c */
doctor_check_fn check_rom, check_drift, check_romfile_mode, check_romfile_label;
/* checks-other.c: kernels, the record, VMs, mappings */
doctor_check_fn check_next_kernel, check_modules, check_image, check_identity, check_vm_folder,
	check_vm, check_mapping_file, check_mapping, check_unchecked;

#endif
