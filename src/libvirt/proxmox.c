// SPDX-License-Identifier: GPL-2.0-or-later
#include "libvirt/proxmox.h"

#include "proxmox/mapping.h"
#include "store/proxmox-link.h"
#include "sys/file.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#define KVM_DIR "/usr/share/kvm/"

static const struct vm_words words = {
	.form = "--proxmox",
	.definition = "the new hostpci line",
	.one_card = "the line of one card",
	.take_out = "take its hostpci line out",
	.tag = "whose tag says which",
	.another = "another hostpci device",
	.no_rom = "take romfile= out",
	.managed_no = "before Proxmox binds it",
	.managed = "Proxmox binds it",
	.cure = {"'gpurom-domain fix --proxmox ", " --diff' shows the correction"},
	.cure_mapping = "'gpurom snippet CARD --proxmox --mapping NAME' prints the line of "
			"mapping/pci.cfg",
};

/* --- as a struct vm --------------------------------------------------------------------------- */

/* Proxmox binds a device to vfio-pci itself, whatever has it: as libvirt does with managed='yes'.
 */
static struct vm_dev *add_device(struct vm *d, const struct pve_hostpci *h, const struct pve_id *id)
{
	struct vm_dev *dev;

	if (d->n == VM_DEVS_MAX)
		return NULL;
	dev = &d->dev[d->n++];
	*dev = (struct vm_dev){.addr = id->addr,
			       .whole = id->whole,
			       .managed = true,
			       .has_addr = true,
			       .short_addr = !id->has_domain,
			       .line = h->line};
	return dev;
}

/* Of a hostpci line's devices the first one gets the romfile. */
static void set_romfile(struct vm_dev *dev, const struct pve_hostpci *h)
{
	if (!h->romfile[0])
		return;
	snprintf(dev->file, sizeof(dev->file), KVM_DIR "%s", h->romfile);
	dev->in_file = (struct vm_range){h->in_romfile.at, h->in_romfile.n};
}

static int add_ids(struct vm *d, const struct pve_hostpci *h, const struct pve_id *id, size_t n,
		   bool mapped)
{
	for (size_t i = 0; i < n; i++) {
		struct vm_dev *dev = add_device(d, h, &id[i]);

		if (!dev)
			return -EFBIG;
		if (i == 0)
			set_romfile(dev, h);
		dev->fixed = mapped;
		if (!mapped)
			dev->in_addr = (struct vm_range){id[i].in.at, id[i].in.n};
	}
	return 0;
}

static bool next_map(const struct pvevm *p, const char *name, struct pve_maps *at,
		     struct pve_map *ret)
{
	while (pvemap_next(p->mappings.text, at, ret))
		if (strcmp(ret->name, name) == 0 && pvemap_is_node(ret, p->host))
			return true;
	return false;
}

/* Returns how many lines of this node the mapping has, or -EFBIG. */
static int add_mapped(const struct pvevm *p, struct vm *d, const struct pve_hostpci *h)
{
	static struct pve_map m; /* kilobytes */
	struct pve_maps at = {0};
	int err = 0, n = 0;

	while (!err && next_map(p, h->mapping, &at, &m)) {
		err = add_ids(d, h, m.id, m.n, true);
		n++;
	}
	return err ? err : n;
}

static int add_hostpci(const struct pvevm *p, struct vm *d, const struct pve_hostpci *h)
{
	size_t first = d->n;
	int n = h->mapping[0] ? add_mapped(p, d, h) : add_ids(d, h, h->id, h->n, false);

	if (n < 0)
		return n;
	/* Of several devices to choose from a tag identifies none. */
	for (size_t i = first; h->tag[0] && n <= 1 && i < d->n; i++)
		card_alias_make(h->tag, d->dev[i].addr.fn, d->dev[i].alias);
	return 0;
}

/* With mdev the VM gets a part of the card, which a driver of the host makes: no card is passed. */
static int fill(const struct pvevm *p, struct vm *d)
{
	int err = 0;

	for (unsigned i = 0; !err && i < PVECONF_HOSTPCI_MAX; i++)
		if (p->parsed.hostpci[i].line && !p->parsed.hostpci[i].mdev)
			err = add_hostpci(p, d, &p->parsed.hostpci[i]);
	return err;
}

static void set_name(struct vm *d, const char *which)
{
	d->name_exact = strlen(which) < sizeof(d->name);
	snprintf(d->name, sizeof(d->name), "%s", which);
	text_clean(d->name, "");
}

/* --- reading ---------------------------------------------------------------------------------- */

static int read_one(int dirfd, const char *path, struct pvefile *ret, char why[PVEVM_WHY_MAX])
{
	int err = pvefile_read(dirfd, path, ret);

	if (err)
		snprintf(why, PVEVM_WHY_MAX, "%s%s: %s", dirfd == AT_FDCWD ? "" : "/", path,
			 pvefile_why(err));
	return err;
}

static int read_conf(const struct root *root, const char *which, struct pvefile *ret,
		     char why[PVEVM_WHY_MAX])
{
	char path[64];

	if (!pveconf_is_vmid(which))
		return read_one(AT_FDCWD, which, ret, why);
	snprintf(path, sizeof(path), PVE_CONF_DIR "/%s.conf", which);
	return read_one(root->fd, path, ret, why);
}

static bool names_mapping(const struct pve_conf *c)
{
	for (unsigned i = 0; i < PVECONF_HOSTPCI_MAX; i++)
		if (c->hostpci[i].mapping[0])
			return true;
	return false;
}

int pvevm_load(const struct root *root, const char *which, struct pvevm *ret, struct vm *ret_vm,
	       char why[PVEVM_WHY_MAX])
{
	int err = read_conf(root, which, &ret->conf, why);

	memset(ret_vm, 0, sizeof(*ret_vm));
	ret_vm->words = &words;
	set_name(ret_vm, which);
	if (!err)
		err = pveconf_parse(ret->conf.text, &ret->parsed, why);
	if (err)
		return err;
	pvefile_host(root, ret->host);
	if (names_mapping(&ret->parsed)) {
		err = read_one(root->fd, PVE_MAPPINGS, &ret->mappings, why);
		/* None is there: a fault of the definition. */
		if (err && err != -ENOENT)
			return err;
	}
	err = fill(ret, ret_vm);
	if (err)
		snprintf(why, PVEVM_WHY_MAX, "more than %d PCI host devices", VM_DEVS_MAX);
	return err;
}

void pvevm_free(struct pvevm *p)
{
	pvefile_free(&p->conf);
	pvefile_free(&p->mappings);
}

/* --- faults that only Proxmox has ------------------------------------------------------------- */

static void check_mapping(const struct host *h, const struct pvevm *p, const char *name,
			  struct faults *f)
{
	static struct pve_map m; /* kilobytes */
	struct pve_maps at = {0};
	char why[PVEMAP_WHY_MAX];
	size_t n = 0;

	for (; next_map(p, name, &at, &m); n++)
		if (!pvemap_fits(&m, &h->scan, why))
			faults_add(f, m.id[0].addr,
				   "the mapping %s no longer fits this host, and Proxmox does not "
				   "start the VM: %s; %s",
				   name, why, words.cure_mapping);
	if (!n)
		faults_add(f, (struct pci_addr){0},
			   "the mapping %s has no line for this node, %.*s, and Proxmox does not "
			   "start the VM; %s",
			   name, (int)strcspn(p->host, "."), p->host, words.cure_mapping);
}

/* romfile=gpurom/... leads to the store through this link alone. */
static void check_link(const struct host *h, const struct vm_dev *d, struct faults *f)
{
	static const char prefix[] = "/" KVMLINK "/";
	char target[FILE_LINK_MAX];

	if (strncmp(d->file, prefix, strlen(prefix)) == 0 &&
	    link_read(h->root->fd, KVMLINK, target) == -ENOENT)
		faults_add(f, d->addr,
			   "its romfile cannot be found: /" KVMLINK
			   " is missing, which leads to the store; 'gpurom commit' makes it");
}

void pvevm_check(const struct host *h, const struct pvevm *p, struct faults *f)
{
	for (unsigned i = 0; i < PVECONF_HOSTPCI_MAX; i++)
		if (p->parsed.hostpci[i].line && p->parsed.hostpci[i].mapping[0])
			check_mapping(h, p, p->parsed.hostpci[i].mapping, f);
	for (size_t i = 0; i < f->domain->n; i++)
		check_link(h, &f->domain->dev[i], f);
}
