// SPDX-License-Identifier: GPL-2.0-or-later
/* gpurom snippet: what to paste into a VM definition. */
#include "cmd/cmd.h"

#include "boot/report.h"
#include "cmd/named-card.h"
#include "cmd/options.h"
#include "host/pve-file.h"
#include "plan/plan.h"
#include "proxmox/mapping.h"
#include "record/pin.h"
#include "snippet/snippet.h"
#include "sys/iommufd.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define GROUP_MAX 32

typedef void form(FILE *out, const struct snippet_card *c, unsigned flags);

/* What the host has of the card; struct snippet_card borrows its texts. */
struct facts {
	const struct named_card *card;
	char file[STORE_FILE_MAX];	    /* "" none */
	const struct record_card *recorded; /* NULL: the record does not have this card */
	const struct boot_card *boot;	    /* NULL: not in the report */
	char why[BOOT_STORED_MAX];
	char host[PVE_HOST_MAX];
	struct group_member group[GROUP_MAX];
	size_t n_group;
};

/* --- what the host has of the card ----------------------------------------------------------- */

static bool is_volatile(const char *file)
{
	return strncmp(file, STORE_VOLATILE "/", sizeof(STORE_VOLATILE)) == 0;
}

/* -ESTALE: the record has a card of another model at this place. */
static int find_recorded(struct facts *f)
{
	const struct pci_fn *display = pci_card_display(&f->card->card);
	const struct record_card *was = record_find(&f->card->host.rec, display->path);

	if (was && !identity_same_model(&was->ids, &display->ids))
		return -ESTALE;
	f->recorded = was;
	return 0;
}

static enum snippet_none none_read(struct facts *f)
{
	const struct rom_reading *r = &f->boot->rom;
	const struct finding *reason = verdict_reason(&r->findings);

	if (r->verdict != VERDICT_REJECTED) {
		snprintf(f->why, sizeof(f->why), "%s", f->boot->stored);
		return SNIPPET_NONE_STAGED;
	}
	if (strcmp(r->source, "shadow") == 0)
		return SNIPPET_NONE_SHADOW;
	snprintf(f->why, sizeof(f->why), "%s: %s", r->source, reason ? reason->text : r->outcome);
	return SNIPPET_NONE_REJECTED;
}

static enum snippet_none none_of(struct facts *f)
{
	const struct pci_fn *display = pci_card_display(&f->card->card);
	const bool tried = f->boot && f->boot->rom.tried;

	if (tried && f->boot->rom.raw_size)
		return none_read(f);
	if (!display->rom_bar)
		return SNIPPET_NONE_NO_BAR;
	if (display->rom_shadow)
		return SNIPPET_NONE_SHADOW;
	return tried ? SNIPPET_NONE_UNREAD : SNIPPET_NONE_UNKNOWN;
}

static void fill_none(struct facts *f, struct snippet_card *e)
{
	e->none = f->file[0] ? SNIPPET_NONE_OTHERS : none_of(f);
	if (!f->boot || e->none == SNIPPET_NONE_OTHERS || e->none == SNIPPET_NONE_STAGED)
		return;
	e->attempt = f->boot->rom.attempt;
	e->n_attempts = f->boot->rom.n_attempts;
}

/* --- what the snippet needs ------------------------------------------------------------------ */

static void fill_rom(const struct facts *f, struct snippet_card *e)
{
	const struct record_rom *rom = f->recorded ? f->recorded->rom : NULL;
	const char *flash = f->recorded ? record_flash(f->recorded) : "";

	e->romfile = f->file;
	e->is_volatile = is_volatile(f->file);
	if (!rom || !rom->sha256[0])
		return;
	e->facts = true;
	e->version = rom->version;
	e->has_efi = rom->has_efi;
	e->shadow = strcmp(rom->source, "shadow") == 0;
	e->changed =
		*flash && strcmp(rom->sha256, flash) != 0 && !record_settled(f->recorded, flash);
}

/* The number of display cards before it. */
static size_t place_of(const struct pci_scan *s, const struct pci_card *card)
{
	struct pci_card c;
	size_t at = 0, n = 0;

	while (pci_card_next_display(s, &at, &c) && !pci_addr_same_card(c.addr, card->addr))
		n++;
	return n;
}

static void fill_card(struct facts *f, struct snippet_card *e)
{
	const struct pci_card *c = &f->card->card;
	const size_t nth = place_of(&f->card->host.scan, c);
	int stale = find_recorded(f);

	*e = (struct snippet_card){.fn = c->fn,
				   .n = c->n,
				   .display = c->display,
				   .name = pci_card_display(&f->card->card)->path,
				   .id = f->recorded ? f->recorded->id : "",
				   .identity =
					   f->recorded ? f->recorded->identity : IDENTITY_UNKNOWN,
				   .identity_text = f->recorded ? f->recorded->identity_text : "",
				   .none_why = f->why,
				   .group = f->group,
				   .n_group = f->n_group,
				   .nth = nth,
				   .host = f->host,
				   .store = f->card->host.config.store};
	/* A bus of its own for each card, so that two go into one guest as they are printed. */
	if (nth < UINT8_MAX - SNIPPET_GUEST_BUS)
		e->guest_bus = (uint8_t)(SNIPPET_GUEST_BUS + nth);
	if (f->file[0] && !stale)
		fill_rom(f, e);
	else
		fill_none(f, e);
}

static void load_group(const struct named_card *card, struct facts *f)
{
	const struct host *h = &card->host;
	static struct plan p; /* kilobytes */
	size_t n;

	plan_make(&h->config, &h->scan, GROUP_DRIVERS_BOUND, &p);
	n = plan_group(&p, &h->config, &h->scan, &card->card, GROUP_DRIVERS_BOUND, f->group,
		       GROUP_MAX);
	f->n_group = n < GROUP_MAX ? n : GROUP_MAX;
}

static void load(struct named_card *card, struct facts *f)
{
	struct host *h = &card->host;
	const char *path = pci_card_display(&card->card)->path;

	if (!path[0] || romstore_find(h->root, h->config.store, path, f->file) < 0)
		f->file[0] = '\0';
	if (is_volatile(f->file))
		host_load_record(h, STORE_VOLATILE);
	f->boot = host_boot_card(h, card->card.addr);
	pvefile_host(h->root, f->host);
	load_group(card, f);
}

/* A VM of Proxmox VE, or a mapping, that a person named. */
struct target {
	const char *vmid, *mapping; /* NULL: neither */
	struct pvefile file;
	struct pve_conf conf;
};

static void print(struct named_card *card, form *write_form, unsigned flags, const struct target *t)
{
	static struct facts f; /* kilobytes */
	struct snippet_card e;

	f = (struct facts){.card = card};
	load(card, &f);
	fill_card(&f, &e);
	if (t->vmid)
		snippet_proxmox_apply(stdout, &e,
				      &(struct snippet_vm){t->vmid, t->file.text, &t->conf});
	else if (t->mapping)
		snippet_proxmox_mapping(stdout, &e, t->mapping);
	else
		write_form(stdout, &e, flags);
}

/* --- the command ----------------------------------------------------------------------------- */

static int check_iommufd(const struct named_card *c)
{
	char why[160], addr[PCI_ADDR_BUF];
	struct pci_addr without;
	int err = iommufd_check(c->host.root, c->card.fn, c->card.n, &without);

	if (err == 0)
		return EXIT_DONE;
	if (err == -ENOSYS)
		return cmd_fail(c->addr, "no iommufd: this kernel has no /dev/iommu ('modprobe "
					 "iommufd', where it has the module)");
	snprintf(
		why, sizeof(why),
		"no iommufd: %s has no vfio-dev in sysfs: it is not on vfio-pci, or this kernel is "
		"without CONFIG_VFIO_DEVICE_CDEV",
		pci_addr_format(without, addr));
	return cmd_fail(c->addr, why);
}

static int read_target(const struct cmd_env *env, struct target *t)
{
	char path[64], why[PVECONF_WHY_MAX];
	int err;

	if (!t->vmid)
		return EXIT_DONE;
	snprintf(path, sizeof(path), "/" PVE_CONF_DIR "/%s.conf", t->vmid);
	err = pvefile_read(env->root.fd, path + 1, &t->file);
	if (err)
		return cmd_fail(path, pvefile_why(err));
	return pveconf_parse(t->file.text, &t->conf, why) < 0 ? cmd_fail(path, why) : EXIT_DONE;
}

static int snippet(const struct cmd_env *env, const char *text, form *write_form, unsigned flags,
		   struct target *t)
{
	static struct named_card c;
	int r = named_card_find(env, text, HOST_REPORT, &c);

	if (r == EXIT_DONE)
		r = read_target(env, t);
	if (r == EXIT_DONE && flags & SNIPPET_IOMMUFD)
		r = check_iommufd(&c);
	if (r == EXIT_DONE)
		print(&c, write_form, flags, t);
	pvefile_free(&t->file);
	host_free(&c.host);
	return r;
}

static form *form_of(const struct options *o)
{
	if (o->given['l'])
		return snippet_libvirt;
	if (o->given['q'])
		return snippet_qemu;
	return o->given['p'] ? snippet_proxmox : NULL;
}

static unsigned flags_of(const struct options *o)
{
	return (o->given['k'] ? SNIPPET_HIDE_KVM : 0) | (o->given['j'] ? SNIPPET_JSON : 0) |
	       (o->given['i'] ? SNIPPET_IOMMUFD : 0);
}

static const char *refuse(const struct options *before, int letter, const char *word)
{
	if (letter == 'a' && !pveconf_is_vmid(word))
		return "a VM's number is 100 to 999999999";
	if (letter == 'm' && !pvemap_is_name(word))
		return "a mapping's name has 2 to 127 letters, digits, '-' and '_', a letter first";
	if (letter)
		return strchr("lqp", letter) && form_of(before) ? "one form at a time" : NULL;
	if (!form_of(before))
		return "--libvirt, --qemu or --proxmox is needed";
	if (flags_of(before) & (SNIPPET_JSON | SNIPPET_IOMMUFD) && !before->given['q'])
		return "--json and --iommufd need --qemu";
	if ((before->given['a'] || before->given['m']) && !before->given['p'])
		return "--apply and --mapping need --proxmox";
	if (before->given['a'] && before->given['m'])
		return "--apply or --mapping, not both";
	return NULL;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	static struct target t; /* kilobytes */

	t = (struct target){.vmid = o->given['a'], .mapping = o->given['m']};
	return snippet(env, o->args[0], form_of(o), flags_of(o), &t);
}

const struct cmd cmd_snippet = {"snippet",
				"CARD --libvirt|--qemu|--proxmox [--json] [--iommufd] [--hide-kvm] "
				"[--apply VMID] [--mapping NAME]",
				"what a VM definition needs for a card",
				.run = run,
				.options = {{"libvirt", NO_ARG, 'l'},
					    {"qemu", NO_ARG, 'q'},
					    {"proxmox", NO_ARG, 'p'},
					    {"json", NO_ARG, 'j'},
					    {"iommufd", NO_ARG, 'i'},
					    {"hide-kvm", NO_ARG, 'k'},
					    {"apply", ONE_ARG, 'a'},
					    {"mapping", ONE_ARG, 'm'}},
				.arguments = {1, 1, "one card is needed"},
				.refuse = refuse};
