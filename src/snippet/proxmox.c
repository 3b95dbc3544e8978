// SPDX-License-Identifier: GPL-2.0-or-later
/* How Proxmox VE reads a hostpci line: qemu-server, src/PVE/QemuServer/PCI.pm
 * (print_hostpci_devices: romfile is put behind "/usr/share/kvm/", and given to the first function
 * alone; MAX_HOSTPCI_DEVICES; pcie needs q35; print_pcie_root_port). A mapping: pve-guest-common,
 * src/PVE/Mapping/PCI.pm (map_fmt; assert_valid compares id, subsystem-id and iommugroup with those
 * of function 0, as sysfs has them, and refuses one that is missing; format_section_header) and
 * pve-common, src/PVE/SectionConfig.pm (write_config: a tab, the key, a line for each map). */
#include "snippet/notes.h"

#include "record/id.h"

#include <string.h>

#define MAPPING_MAX 40

static const struct snippet_style style = {"# ", "\n"};

static const char node_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789-";
static const char name_chars[] = "abcdefghijklmnopqrstuvwxyz0123456789._-"; /* pci/path.h */

/* Of hostpci0 to hostpci15 those whose root port a guest always finds: the first four are in every
 * q35 machine (pve-q35-4.0.cfg), 4 and 12 are function 0 of slots 10 and 11. The other ports of
 * these slots are not found if function 0 is missing. */
static unsigned hostpci_number(const struct snippet_card *c)
{
	static const unsigned char found[] = {0, 1, 2, 3, 4, 12};

	return found[c->nth % sizeof(found)];
}

static bool has_id(const struct snippet_card *c)
{
	return c->id && card_id_is_valid(c->id);
}

/* --- the romfile ----------------------------------------------------------------------------- */

static bool display_is_first(const struct snippet_card *c)
{
	return c->display == 0;
}

static bool has_valid_name(const struct snippet_card *c)
{
	return c->name && *c->name && !c->name[strspn(c->name, name_chars)];
}

static bool with_romfile(const struct snippet_card *c)
{
	return c->romfile && !c->is_volatile && display_is_first(c) && has_valid_name(c);
}

static void note_romfile(FILE *out, const struct snippet_card *c)
{
	if (!c->romfile)
		return;
	if (with_romfile(c))
		snippet_note(out, &style,
			     "romfile is below /usr/share/kvm, where gpurom must be a link to "
			     "%s/by-path; only root may set it",
			     c->store ? c->store : "the store's");
	else if (c->is_volatile)
		snippet_note(
			out, &style,
			"no romfile is named: Proxmox takes one below /usr/share/kvm only, and "
			"nothing there leads to memory");
	else if (!display_is_first(c))
		snippet_note(
			out, &style,
			"no romfile is named: Proxmox gives it to the first function, which is "
			"not this card's display");
}

static void put_options(FILE *out, const struct snippet_card *c)
{
	fputs(",pcie=1", out);
	if (with_romfile(c))
		fprintf(out, ",romfile=gpurom/%s.rom", c->name);
}

/* --- the line -------------------------------------------------------------------------------- */

/* The address without a function: all of them. */
static void put_value(FILE *out, const struct snippet_card *c)
{
	char addr[PCI_ADDR_BUF];

	fputs(pci_addr_format_card(c->fn[0].addr, addr), out);
	put_options(out, c);
}

static void put_line(FILE *out, const struct snippet_card *c, unsigned flags)
{
	snippet_note(out, &style,
		     "for a VM of machine q35: into /etc/pve/qemu-server/VMID.conf, without these "
		     "comments; take another number if hostpci%u is in use, of 0 to 4 or 12: a "
		     "guest sees hostpci5 to 11 only if there is hostpci4, 13 to 15 only with 12",
		     hostpci_number(c));
	if (flags & SNIPPET_HIDE_KVM) {
		snippet_note(out, &style, "instead of the cpu line; " SNIPPET_WHEN_HIDE);
		fputs("cpu: host,hidden=1\n", out);
	}
	fprintf(out, "hostpci%u: ", hostpci_number(c));
	put_value(out, c);
	fputs("\n# or: qm set VMID --machine q35", out);
	if (flags & SNIPPET_HIDE_KVM)
		fputs(" --cpu host,hidden=1", out);
	fprintf(out, " --hostpci%u ", hostpci_number(c));
	put_value(out, c);
	fputc('\n', out);
}

/* --- a cluster's mapping --------------------------------------------------------------------- */

/* Length of the node's name in the host's name: up to the first dot (PVE::INotify, nodename;
 * PVE::JSONSchema, pve_verify_node_name). 0 if it is not a node's name. */
static int node_length(const char *host)
{
	size_t n = host ? strcspn(host, ".") : 0;

	return strspn(host ? host : "", node_chars) >= n ? (int)n : 0;
}

static void put_node(FILE *out, const char *host)
{
	int n = node_length(host);

	if (n)
		fprintf(out, "%.*s", n, host);
	else
		fputs("NODE", out);
}

/* Letters, digits, "-" and "_" (PVE::JSONSchema, CONFIGID_RE). */
static const char *format_mapping_id(const struct snippet_card *c, char buf[MAPPING_MAX])
{
	struct pci_addr a = c->fn[0].addr;

	if (has_id(c))
		snprintf(buf, MAPPING_MAX, "gpurom-%s", c->id);
	else
		snprintf(buf, MAPPING_MAX, "gpurom-%04x-%02x-%02x", a.domain, a.bus, a.dev);
	return buf;
}

static void put_map(FILE *out, const struct snippet_card *c)
{
	const struct pci_fn *f = &c->fn[0];
	char addr[PCI_ADDR_BUF];

	fputs("node=", out);
	put_node(out, c->host);
	fprintf(out, ",path=%s,id=%04x:%04x,subsystem-id=%04x:%04x",
		pci_addr_format_card(f->addr, addr), f->ids.vendor, f->ids.device, f->ids.subvendor,
		f->ids.subdevice);
	if (f->iommu_group >= 0)
		fprintf(out, ",iommugroup=%d", f->iommu_group);
}

static bool can_be_mapped(FILE *out, const struct snippet_card *c)
{
	const bool ret = c->fn[0].addr.fn == 0;

	if (!ret)
		snippet_note(
			out, &style,
			"no cluster mapping: Proxmox needs a function 0, which this card lacks");
	return ret;
}

static void put_mapping(FILE *out, const struct snippet_card *c)
{
	char id[MAPPING_MAX];

	if (!can_be_mapped(out, c))
		return;
	format_mapping_id(c, id);
	snippet_note(
		out, &style,
		"in a cluster, by a mapping%s; Proxmox does not start a VM if another model is at "
		"the address, but it cannot distinguish twins:",
		node_length(c->host) ? "" : " (NODE: this node's name)");
	fprintf(out, "# pvesh create /cluster/mapping/pci --id %s --map ", id);
	put_map(out, c);
	fprintf(out, "\n# hostpci%u: mapping=%s", hostpci_number(c), id);
	put_options(out, c);
	snippet_note(out, &(struct snippet_style){"\n# ", "\n"},
		     "which is in /etc/pve/mapping/pci.cfg:");
	fprintf(out, "# %s\n# \tmap ", id);
	put_map(out, c);
	fputc('\n', out);
}

void snippet_proxmox_mapping(FILE *out, const struct snippet_card *c, const char *name)
{
	if (c->n == 0)
		return;
	if (!can_be_mapped(out, c))
		return;
	snippet_note(
		out, &style,
		"in /etc/pve/mapping/pci.cfg: the lines of other nodes stay, this node's line%s is "
		"replaced; Proxmox compares all of it with the device when a VM starts",
		node_length(c->host) ? "" : " (NODE: this node's name)");
	fprintf(out, "%s\n\tmap ", name);
	put_map(out, c);
	fputc('\n', out);
}

/* --- the commands for a VM ------------------------------------------------------------------- */

#define HOOK_FILE "/usr/share/gpurom/proxmox/gpurom"
#define HOOK_VOLUME "local:snippets/gpurom"

static bool is_this_card(const struct snippet_card *c, const struct pve_hostpci *h)
{
	if (!h->line)
		return false;
	if (h->tag[0] && has_id(c))
		return strcmp(h->tag, c->id) == 0;
	for (size_t i = 0; i < h->n; i++)
		if (pci_addr_same_card(h->id[i].addr, c->fn[0].addr))
			return true;
	return false;
}

/* The device that is this card already, else the card's own number, else the first free one. -1:
 * none is free. */
static int choose_number(const struct snippet_card *c, const struct pve_conf *conf)
{
	const unsigned own = hostpci_number(c);

	for (int i = 0; i < PVECONF_HOSTPCI_MAX; i++)
		if (is_this_card(c, &conf->hostpci[i]))
			return i;
	if (!conf->hostpci[own].line)
		return (int)own;
	for (int i = 0; i < PVECONF_HOSTPCI_MAX; i++)
		if (!conf->hostpci[i].line)
			return i;
	return -1;
}

static void put_quoted(FILE *out, struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] == '\'')
			fputs("'\\''", out);
		else
			fputc(b.p[i], out);
}

/* What the line has beside the device and what put_options writes. */
static void put_others(FILE *out, const struct snippet_vm *vm, const struct pve_hostpci *h)
{
	static const char *const ours[] = {"host", "mapping", "pcie", "romfile"};
	struct pve_property p;

	for (size_t at = h->all.at; pve_property_next(vm->file, h->all, &at, &p);) {
		bool is_ours = !p.key.n;

		for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
			is_ours = is_ours || pve_is(vm->file, p.key, ours[i]);
		if (is_ours)
			continue;
		fputc(',', out);
		put_quoted(out, pve_bytes(vm->file, p.key));
		fputc('=', out);
		put_quoted(out, pve_bytes(vm->file, p.value));
	}
}

static void put_hostpci(FILE *out, const struct snippet_card *c, const struct snippet_vm *vm, int n)
{
	const struct pve_hostpci *h = &vm->conf->hostpci[n];

	if (!vm->conf->q35)
		snippet_note(
			out, &style,
			"pcie=1 needs a machine q35, which this VM is not: an installed Windows "
			"may have to find its devices again");
	fprintf(out, "qm set %s%s --hostpci%d '", vm->id, vm->conf->q35 ? "" : " --machine q35", n);
	put_value(out, c);
	if (is_this_card(c, h))
		put_others(out, vm, h);
	fputs("'\n", out);
}

/* --description replaces all of it. */
static void put_tag(FILE *out, const struct snippet_card *c, const struct snippet_vm *vm, int n)
{
	if (!has_id(c)) {
		snippet_note(out, &style,
			     "no tag: the record does not have this card; after 'gpurom commit' it "
			     "has one");
		return;
	}
	if (strcmp(vm->conf->hostpci[n].tag, c->id) == 0)
		return;
	snippet_note(out, &style,
		     "the VM's description, as it is, and the card's tag: it identifies the card, "
		     "should another one get the address");
	fprintf(out, "qm set %s --description '", vm->id);
	pveconf_write_description(out, vm->file, n);
	fprintf(out, "gpurom:hostpci%d=%s'\n", n, c->id);
}

static void put_hook(FILE *out, const struct snippet_vm *vm)
{
	const char *has = vm->conf->hookscript;

	if (strcmp(has, HOOK_VOLUME) == 0)
		return;
	if (*has) {
		snippet_note(out, &style,
			     "the VM has a hookscript of its own, %s: let it call '" HOOK_FILE
			     " \"$@\" || exit'",
			     has);
		return;
	}
	snippet_note(out, &style,
		     "the guard: the VM does not start with another card or a damaged romfile; the "
		     "storage local must have snippets in its content");
	fputs("install -D -m 755 " HOOK_FILE " /var/lib/vz/snippets/gpurom\n", out);
	fprintf(out, "qm set %s --hookscript " HOOK_VOLUME "\n", vm->id);
}

void snippet_proxmox_apply(FILE *out, const struct snippet_card *c, const struct snippet_vm *vm)
{
	int n;

	if (c->n == 0)
		return;
	snippet_notes(out, &style, c);
	snippet_note_domain(out, &style, c);
	note_romfile(out, c);
	n = choose_number(c, vm->conf);
	if (n < 0) {
		snippet_note(out, &style, "the VM has 16 hostpci devices: none is free");
		return;
	}
	put_hostpci(out, c, vm, n);
	put_tag(out, c, vm, n);
	put_hook(out, vm);
}

void snippet_proxmox(FILE *out, const struct snippet_card *c, unsigned flags)
{
	if (c->n == 0)
		return;
	snippet_notes(out, &style, c);
	snippet_note_domain(out, &style, c);
	note_romfile(out, c);
	put_line(out, c, flags);
	put_mapping(out, c);
}
