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

	if (c->id && card_id_is_valid(c->id))
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

static void put_mapping(FILE *out, const struct snippet_card *c)
{
	char id[MAPPING_MAX];

	if (c->fn[0].addr.fn != 0) {
		snippet_note(
			out, &style,
			"no cluster mapping: Proxmox needs a function 0, which this card lacks");
		return;
	}
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
