/* gpurom snippet: what to paste into a VM definition. */
#include "cmd/cmd.h"

#include "boot/report.h"
#include "cmd/here.h"
#include "cmd/options.h"
#include "host/host.h"
#include "record/pin.h"
#include "snippet/snippet.h"
#include "sys/file.h"
#include "sys/iommufd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTNAME "proc/sys/kernel/hostname"
#define HOST_MAX 65 /* uname(2): 64 bytes, and a NUL */

typedef void form(FILE *out, const struct snippet_card *c, unsigned flags);

/* What the host knows of the card, and where emit's texts live. */
struct facts {
	const struct here *h;
	char file[STORE_FILE_MAX];	 /* "" none */
	struct record record;		 /* empty where there is none */
	const struct record_card *known; /* NULL where it does not know this card */
	struct report report;		 /* n 0 where this boot has none */
	const struct boot_card *boot;
	char why[BOOT_STORED_MAX];
	char host[HOST_MAX];
};

/* --- what is known --------------------------------------------------------------------------- */

static bool is_volatile(const char *file)
{
	return strncmp(file, STORE_VOLATILE "/", sizeof(STORE_VOLATILE)) == 0;
}

static void read_host(const struct root *root, char ret[HOST_MAX])
{
	uint8_t *text;
	size_t n;

	if (file_read_regular(root->fd, HOSTNAME, HOST_MAX, &text, &n) < 0)
		return;
	snprintf(ret, HOST_MAX, "%.*s", (int)strcspn((char *)text, "\n"), (char *)text);
	free(text);
}

/* -ESTALE: the record's card of this place is another one than stands there. */
static int find_known(struct facts *f)
{
	const struct pci_fn *display = here_display(f->h);
	const struct record_card *was = record_find(&f->record, display->path);

	if (was && !identity_same_model(&was->ids, &display->ids))
		return -ESTALE;
	f->known = was;
	return 0;
}

static void find_boot(struct facts *f)
{
	for (size_t i = 0; i < f->report.n; i++)
		if (pci_addr_same_card(f->report.card[i].card.addr, f->h->card.fn[0].addr))
			f->boot = &f->report.card[i];
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
	const struct pci_fn *display = here_display(f->h);
	const bool tried = f->boot && f->boot->rom.tried;

	if (tried && f->boot->rom.raw_size)
		return none_read(f);
	if (!display->rom_bar)
		return SNIPPET_NONE_NO_BAR;
	if (display->rom_shadow)
		return SNIPPET_NONE_SHADOW;
	if (!tried)
		return SNIPPET_NONE_UNKNOWN;
	snprintf(f->why, sizeof(f->why), "%s: %s", f->boot->rom.source, f->boot->rom.outcome);
	return SNIPPET_NONE_UNREAD;
}

/* --- told ------------------------------------------------------------------------------------ */

static void log_rom(const struct facts *f, struct snippet_card *e)
{
	const struct record_rom *rom = f->known ? f->known->rom : NULL;
	const char *flash = f->known ? record_flash(f->known) : "";

	e->romfile = f->file;
	e->is_volatile = is_volatile(f->file);
	if (!rom || !rom->sha256[0])
		return;
	e->facts = true;
	e->version = rom->version;
	e->has_efi = rom->has_efi;
	e->shadow = strcmp(rom->source, "shadow") == 0;
	e->changed = *flash && strcmp(rom->sha256, flash) != 0 && !record_settled(f->known, flash);
}

/* How many cards stand before it. */
static size_t place_of(const struct pci_scan *s, const struct pci_card *card)
{
	struct pci_card c;
	size_t at = 0, n = 0;

	while (pci_card_next_display(s, &at, &c) && !pci_addr_same_card(c.addr, card->addr))
		n++;
	return n;
}

static void tell(struct facts *f, struct snippet_card *e)
{
	const struct pci_card *c = &f->h->card;
	const size_t nth = place_of(&f->h->scan, c);
	int stale = find_known(f);

	*e = (struct snippet_card){.fn = c->fn,
				   .n = c->n,
				   .display = c->display,
				   .name = here_display(f->h)->path,
				   .id = f->known ? f->known->id : "",
				   .identity = f->known ? f->known->identity : IDENTITY_UNKNOWN,
				   .identity_text = f->known ? f->known->identity_text : "",
				   .none_why = f->why,
				   .nth = nth,
				   .host = f->host,
				   .store = f->h->config.store};
	/* A bus of its own for each card, so that two go into one guest as they are printed. */
	if (nth < UINT8_MAX - SNIPPET_GUEST_BUS)
		e->guest_bus = (uint8_t)(SNIPPET_GUEST_BUS + nth);
	if (f->file[0] && !stale)
		log_rom(f, e);
	else
		e->none = f->file[0] ? SNIPPET_NONE_OTHERS : none_of(f);
}

static void load(const struct root *root, struct facts *f)
{
	const char *store = f->h->config.store, *path = here_display(f->h)->path;

	if (!path[0] || romstore_find(root, store, path, f->file) < 0)
		f->file[0] = '\0';
	(void)host_load_record(root, is_volatile(f->file) ? STORE_VOLATILE : store, &f->record);
	if (report_load(root, &f->report) < 0)
		f->report = (struct report){.n = 0};
	find_boot(f);
	read_host(root, f->host);
}

static void print(const struct root *root, const struct here *h, form *emit, unsigned flags)
{
	static struct facts f; /* kilobytes */
	struct snippet_card e;

	f = (struct facts){.h = h};
	load(root, &f);
	tell(&f, &e);
	emit(stdout, &e, flags);
	report_free(&f.report);
	record_free(&f.record);
}

/* --- the command ----------------------------------------------------------------------------- */

static int check_iommufd(const struct root *root, const struct here *h)
{
	char why[160], addr[PCI_ADDR_BUF];
	struct pci_addr without;
	int err = iommufd_check(root, h->card.fn, h->card.n, &without);

	if (err == 0)
		return EXIT_DONE;
	if (err == -ENOSYS)
		return cmd_fail(h->addr, "no iommufd: this kernel has no /dev/iommu ('modprobe "
					 "iommufd', where it has the module)");
	snprintf(
		why, sizeof(why),
		"no iommufd: %s has no vfio-dev in sysfs: it is not on vfio-pci, or this kernel is "
		"without CONFIG_VFIO_DEVICE_CDEV",
		pci_addr_format(without, addr));
	return cmd_fail(h->addr, why);
}

static int snippet(const struct cmd_env *env, const char *text, form *emit, unsigned flags)
{
	static struct here h;
	int r = here_find(env, text, &h);

	if (r == EXIT_DONE && flags & SNIPPET_IOMMUFD)
		r = check_iommufd(&env->root, &h);
	if (r == EXIT_DONE)
		print(&env->root, &h, emit, flags);
	here_free(&h);
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
	(void)word;
	if (letter)
		return strchr("lqp", letter) && form_of(before) ? "one form at a time" : NULL;
	if (!form_of(before))
		return "--libvirt, --qemu or --proxmox is needed";
	if (flags_of(before) & (SNIPPET_JSON | SNIPPET_IOMMUFD) && !before->given['q'])
		return "--json and --iommufd go with --qemu";
	return NULL;
}

static int run(const struct cmd_env *env, const struct options *o)
{
	return snippet(env, o->args[0], form_of(o), flags_of(o));
}

const struct cmd cmd_snippet = {"snippet",
				"CARD --libvirt|--qemu|--proxmox [--json] [--iommufd] [--hide-kvm]",
				"what a VM definition needs for a card",
				.run = run,
				.options = {{"libvirt", NO_ARG, 'l'},
					    {"qemu", NO_ARG, 'q'},
					    {"proxmox", NO_ARG, 'p'},
					    {"json", NO_ARG, 'j'},
					    {"iommufd", NO_ARG, 'i'},
					    {"hide-kvm", NO_ARG, 'k'}},
				.arguments = {1, 1, "one card is needed"},
				.refuse = refuse};
