// SPDX-License-Identifier: GPL-2.0-or-later
/* Installed kernels, recorded cards, the definitions of VMs, and mappings. */
#include "doctor/checks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Adds "N WHATs". Returns what stands before the next one. */
static const char *add_count(struct doctor_finding *ret, const char *before, size_t n,
			     const char *what)
{
	size_t at = strlen(ret->seen);

	if (!n)
		return before;
	snprintf(ret->seen + at, sizeof(ret->seen) - at, "%s%zu %s%s", before, n, what,
		 n == 1 ? "" : "s");
	return ", ";
}

static const char *kernel_role(const struct doctor_facts *f, const struct doctor_kernel *k)
{
	if (f->next_by[0])
		return k->next && k->running ? " (it runs, and boots next)"
		       : k->next	     ? " (it boots next)"
		       : k->running	     ? " (it runs)"
					     : "";
	return k->newest && k->running ? " (it runs, and is the newest)"
	       : k->newest
		       ? " (the newest, which boots next unless the boot loader is set otherwise)"
	       : k->running ? " (it runs)"
			    : "";
}

static bool boots_next(const struct doctor_facts *f, const struct doctor_kernel *k)
{
	return f->next_by[0] ? k->next : k->newest;
}

void check_next_kernel(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	for (size_t k = 0; k < f->n_kernels; k++)
		if (f->next_by[0] && f->kernel[k].next)
			doctor_say(ret, DOCTOR_OK, "the kernel that boots next is %s, says %s",
				   f->kernel[k].release, f->next_by);
}

void check_modules(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_kernel *k = &f->kernel[i];

	if (k->has_vfio) {
		doctor_say(ret, DOCTOR_OK, "has vfio-pci%s", kernel_role(f, k));
		return;
	}
	doctor_say(ret, k->running || boots_next(f, k) ? DOCTOR_WRONG : DOCTOR_ATTENTION,
		   "has no vfio-pci%s: the cards go to no VM when it has booted",
		   kernel_role(f, k));
	doctor_cure(ret,
		    "install the package with all modules of this kernel (on Ubuntu "
		    "linux-modules-extra-%s), or remove the kernel",
		    k->release);
}

static const char *image_wrong(enum doctor_image i)
{
	switch (i) {
	case DOCTOR_IMAGE_STALE_PROGRAM:
		return "its image has another build of gpurom than the installed one";
	case DOCTOR_IMAGE_STALE_CONFIG:
		return "its image has another configuration than there is now";
	case DOCTOR_IMAGE_WITHOUT:
		return "its image has no gpurom: drivers may take the cards first";
	case DOCTOR_IMAGE_NO_NOTE:
		return "nothing says what its image has";
	default:
		return NULL;
	}
}

void check_image(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_kernel *k = &f->kernel[i];
	const char *wrong = image_wrong(k->image);

	if (k->image == DOCTOR_IMAGE_CURRENT)
		doctor_say(ret, DOCTOR_OK, "its image has this program and this configuration%s",
			   kernel_role(f, k));
	if (k->image == DOCTOR_IMAGE_NOT_BOOTED) {
		doctor_say(ret, DOCTOR_ATTENTION,
			   "its image has this program and this configuration, but this boot had "
			   "an older one%s",
			   kernel_role(f, k));
		doctor_cure(ret,
			    "reboot; if this host boots a unified kernel image, make that again "
			    "first: %s",
			    f->image_cure);
	}
	if (!wrong)
		return;
	doctor_say(ret,
		   boots_next(f, k) && k->image != DOCTOR_IMAGE_NO_NOTE ? DOCTOR_WRONG
									: DOCTOR_ATTENTION,
		   "%s%s", wrong, kernel_role(f, k));
	doctor_cure(ret, "%s", f->image_cure);
}

void check_identity(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_recorded *r = &f->recorded[i];
	const char *more = r->text[0] ? ": " : "";

	if (r->identity == IDENTITY_AMBIGUOUS) {
		doctor_say(ret, DOCTOR_WRONG, "it is not certain which card this is%s%s", more,
			   r->text);
		doctor_cure(ret,
			    "gpurom remap OLD %s, with the path that the card was recorded at; "
			    "gpurom remap %s %s if it is itself",
			    r->path, r->path, r->path);
	} else if (!f->no_pci && (!r->present || r->identity == IDENTITY_MISSING)) {
		doctor_say(ret, DOCTOR_ATTENTION, "this recorded card is missing%s%s", more,
			   r->text);
		doctor_cure(
			ret,
			"look at its slot and power cables; if it was taken out for good: gpurom "
			"forget %s",
			r->path);
	} else if (r->identity == IDENTITY_REPLACED) {
		doctor_say(ret, DOCTOR_ATTENTION,
			   "another card is in this place since the last boot%s%s", more, r->text);
		doctor_cure(ret,
			    "gpurom snippet %s --libvirt, and put it into the VMs that name this "
			    "place",
			    r->path);
	} else if (r->identity == IDENTITY_MOVED || r->identity == IDENTITY_RENUMBERED) {
		doctor_say(ret, DOCTOR_OK, "%s%s%s", identity_word(r->identity), more, r->text);
	}
}

/* What there are more of than facts.h has room for. */
void check_unchecked(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const char *and = "";

	(void)i;
	if (!f->lost_vms && !f->lost_mappings && !f->lost_recorded && !f->lost_kernels)
		return;
	doctor_say(ret, DOCTOR_ATTENTION, "not checked, since they are too many: ");
	and = add_count(ret, and, f->lost_kernels, "kernel");
	and = add_count(ret, and, f->lost_recorded, "recorded card");
	and = add_count(ret, and, f->lost_vms, "VM definition");
	(void)add_count(ret, and, f->lost_mappings, "mapping line");
	doctor_cure(ret, "%s",
		    f->lost_vms || f->lost_mappings
			    ? "gpurom-domain check (man gpurom-domain), for the VMs that are "
			      "not in this list"
		    : f->lost_recorded
			    ? "gpurom doctor CARD; gpurom forget, for cards that are gone"
			    : "remove kernels that you do not use");
}

void check_vm_folder(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (!f->vms_silent[0])
		return;
	doctor_say(ret, DOCTOR_ATTENTION, "/%s does not answer: no VM that it defines is checked",
		   f->vms_silent);
	doctor_cure(ret,
		    strncmp(f->vms_silent, "etc/pve", 7) == 0 ? "systemctl status pve-cluster"
							      : "ls /%s",
		    f->vms_silent);
}

void check_vm(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_vm_facts *v = &f->vm[i];

	switch (v->state) {
	case DOCTOR_VM_UNCHECKED:
		doctor_say(ret, DOCTOR_UNSEEN, "not checked%s%s", v->text[0] ? ": " : "", v->text);
		break;
	case DOCTOR_VM_RIGHT:
		doctor_say(ret, DOCTOR_OK, "its cards and romfiles are right");
		break;
	case DOCTOR_VM_WARNED:
		doctor_say(ret, DOCTOR_ATTENTION, "%s", v->text);
		doctor_cure(ret,
			    v->proxmox ? "gpurom snippet CARD --proxmox, into the configuration of "
					 "VM %s"
				       : "virsh edit %s, and put in what gpurom snippet CARD "
					 "--libvirt prints",
			    v->name);
		break;
	case DOCTOR_VM_WRONG:
		doctor_say(ret, DOCTOR_WRONG, "%s",
			   v->text[0] ? v->text : "its definition is wrong");
		doctor_cure(ret,
			    v->proxmox ? "gpurom-domain fix --proxmox %s --diff"
				       : "virsh dumpxml --inactive %s | gpurom-domain fix --diff",
			    v->name);
		break;
	case DOCTOR_VM_FAILED:
		doctor_say(ret, DOCTOR_ATTENTION, "its definition cannot be checked%s%s",
			   v->text[0] ? ": " : "", v->text);
		doctor_cure(ret,
			    v->proxmox ? "gpurom-domain check --proxmox %s"
				       : "virsh dumpxml --inactive %s | gpurom-domain check",
			    v->name);
		break;
	}
}

#define MAPPINGS "/etc/pve/mapping/pci.cfg"

void check_mapping_file(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	(void)i;
	if (f->mappings_error == -ETIMEDOUT) {
		doctor_say(ret, DOCTOR_ATTENTION,
			   MAPPINGS " does not answer: no mapping is checked");
		doctor_cure(ret, "systemctl status pve-cluster");
	} else if (f->mappings_error == -EACCES || f->mappings_error == -EPERM) {
		doctor_say(ret, DOCTOR_UNSEEN, "you may not read " MAPPINGS);
	} else if (f->mappings_error) {
		doctor_say(ret, DOCTOR_ATTENTION, MAPPINGS " cannot be read: %s",
			   f->mappings_error == -EFBIG	  ? "it is too large"
			   : f->mappings_error == -EINVAL ? "it is no file"
							  : "the file system failed");
		doctor_cure(ret, "ls -l " MAPPINGS);
	}
}

/* Proxmox VE starts no VM that has the mapping if any of this node's lines does not fit. */
void check_mapping(const struct doctor_facts *f, size_t i, struct doctor_finding *ret)
{
	const struct doctor_mapping *m = &f->mapping[i];

	if (!m->why[0]) {
		doctor_say(ret, DOCTOR_OK, "line %zu of " MAPPINGS " fits this host", m->line);
		return;
	}
	doctor_say(ret, DOCTOR_WRONG,
		   "line %zu of " MAPPINGS
		   " no longer fits this host, and Proxmox does not start a "
		   "VM with this mapping: %s",
		   m->line, m->why);
	doctor_cure(ret,
		    m->card[0] ? "gpurom snippet %s --proxmox --mapping %s prints the new line"
			       : "gpurom snippet %s --proxmox --mapping %s prints the new line of "
				 "CARD, a graphics card; if there is none, take the line out",
		    m->card[0] ? m->card : "CARD", m->name);
}
