// SPDX-License-Identifier: GPL-2.0-or-later
#include "host/doctor-facts.h"

#include "boot/report.h"
#include "doctor/claims.h"
#include "host/readable.h"
#include "plan/vfio-ids.h"
#include "record/resolve.h"
#include "sys/deadline.h"
#include "sys/file.h"
#include "sys/holders.h"
#include "sys/modules.h"
#include "sys/sysfs.h"
#include "util/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BARS 6
#define RESOURCE_MEMORY 0x200ull     /* linux/ioport.h IORESOURCE_MEM */
#define RESOURCE_UNSET 0x20000000ull /* ... IORESOURCE_UNSET: it got no address */
#define IOMEM "proc/iomem"
#define IOMEM_MAX (1u << 20)

struct gather {
	const struct host *h;
	const struct doctor_only *only;
	struct plan plan;
	struct modules modules;
	struct doctor_facts *ret;
};

/* --- attributes, in children ------------------------------------------------------------------ */

struct attributes {
	bool read;
	char power_state[16], power_control[8], runtime_status[16], d3cold[4];
	char reset_method[DOCTOR_NAME_MAX];
	int reset_error; /* of reset_method */
	bool reset;	 /* `reset` is there */
	struct pci_resource bar[BARS];
};

struct reading {
	const struct root *root;
	struct doctor_function **fn;
	struct attributes *shared;
};

static int read_function(void *arg, size_t i)
{
	const struct reading *r = arg;
	const struct attr_ops k = attr_ops_real(r->root);
	struct attributes *to = &r->shared[i];
	struct pci_addr a = r->fn[i]->addr;
	char path[SYSFS_PATH_MAX];

	(void)sysfs_get(&k, a, "power_state", to->power_state, sizeof(to->power_state));
	(void)sysfs_get(&k, a, "power/control", to->power_control, sizeof(to->power_control));
	(void)sysfs_get(&k, a, "power/runtime_status", to->runtime_status,
			sizeof(to->runtime_status));
	(void)sysfs_get(&k, a, "d3cold_allowed", to->d3cold, sizeof(to->d3cold));
	to->reset_error =
		sysfs_get(&k, a, "reset_method", to->reset_method, sizeof(to->reset_method));
	to->reset = file_is_there(r->root->fd, sysfs_path(a, "reset", path));
	for (int b = 0; b < BARS; b++)
		if (pci_resource(&k, a, b, &to->bar[b]) < 0)
			to->bar[b] = (struct pci_resource){.flags = 0};
	to->read = true;
	return 0;
}

static unsigned attribute_ms(void *arg, size_t i, size_t hung)
{
	(void)arg, (void)i, (void)hung;
	return DOCTOR_ATTRS_MS;
}

static void add_bars(const struct attributes *from, const char *iomem, struct doctor_function *to)
{
	for (int b = 0; b < BARS; b++) {
		const struct pci_resource *r = &from->bar[b];
		unsigned long long size = r->end - r->start + 1;

		if (!(r->flags & RESOURCE_MEMORY) || r->end <= r->start)
			continue;
		if (r->flags & RESOURCE_UNSET || !r->start) {
			to->bars_without_address++;
			continue;
		}
		if (size > to->largest_bar)
			to->largest_bar = size;
		if (!to->claim[0])
			(void)claims_find(iomem, r->start, r->end, to->driver, to->claim);
	}
	text_clean(to->claim, "");
}

/* The kernel hides reset_method and reset of a function that it has no way to reset
 * (drivers/pci/pci.c, pci_dev_reset_method_attr_is_visible; pci-sysfs.c,
 * pci_dev_reset_attr_is_visible); before 5.15 there was only reset. An empty reset_method: a person
 * took all methods away. Where not even power/control is there, these files are no sysfs: nobody
 * knows. */
static enum doctor_yes judge_resets(const struct attributes *from)
{
	if (from->reset_error == 0)
		return from->reset_method[0] ? DOCTOR_YES : DOCTOR_NO;
	return from->reset_error == -ENOENT && !from->reset && from->power_control[0]
		       ? DOCTOR_NO
		       : DOCTOR_UNKNOWN;
}

static void add_attributes(const struct attributes *from, const char *iomem,
			   struct doctor_function *to)
{
	to->read = from->read;
	if (!from->read)
		return;
	memcpy(to->power_state, from->power_state, sizeof(to->power_state));
	memcpy(to->power_control, from->power_control, sizeof(to->power_control));
	memcpy(to->runtime_status, from->runtime_status, sizeof(to->runtime_status));
	memcpy(to->reset_method, from->reset_method, sizeof(to->reset_method));
	to->d3cold = from->d3cold[0] == '1'   ? DOCTOR_YES
		     : from->d3cold[0] == '0' ? DOCTOR_NO
					      : DOCTOR_UNKNOWN;
	to->resets = judge_resets(from);
	add_bars(from, iomem, to);
}

static void read_attributes(const struct gather *g)
{
	static struct doctor_function *fn[DOCTOR_CARDS_MAX * PCI_CARD_FUNCTIONS_MAX];
	static int result[DOCTOR_CARDS_MAX * PCI_CARD_FUNCTIONS_MAX];
	struct reading r = {.root = g->h->root, .fn = fn};
	struct deadline_list list = {.one = read_function,
				     .ms = attribute_ms,
				     .arg = &r,
				     .keep_fd = g->h->root->fd,
				     .until_us = deadline_now_us() + DOCTOR_ATTRS_ALL_MS * 1000ull};
	uint8_t *iomem = NULL;
	size_t n, size;

	for (size_t i = 0; i < g->ret->n_cards; i++)
		for (size_t k = 0; k < g->ret->card[i].n && g->ret->card[i].take; k++)
			fn[list.n++] = &g->ret->card[i].fn[k];
	size = list.n * sizeof(*r.shared);
	r.shared = list.n ? deadline_shared(size) : NULL;
	if (!r.shared || deadline_each(&list, result) < 0)
		list.n = 0;
	if (file_read(g->h->root->fd, IOMEM, IOMEM_MAX, &iomem, &n) < 0)
		iomem = NULL;
	for (size_t i = 0; i < list.n; i++)
		if (result[i] == 0)
			add_attributes(&r.shared[i], iomem ? (char *)iomem : "", fn[i]);
	free(iomem);
	deadline_unshare(r.shared, size);
}

/* --- ids= of vfio-pci --------------------------------------------------------------------------
 */

struct ids_search {
	const struct pci_fn *fn;
	char *ret;
};

static bool match_option(void *ctx, const char *file, const char *command, const char *module,
			 char *rest)
{
	struct ids_search *s = ctx;
	char *ids = strstr(rest, "ids=");

	if (strcmp(command, "options") != 0 || !modalias_same_name(module, MODALIAS_GENERIC) ||
	    !ids || (ids != rest && ids[-1] != ' ' && ids[-1] != '\t'))
		return true;
	ids += strlen("ids=");
	ids[strcspn(ids, " \t")] = '\0';
	if (!vfioids_match(ids, s->fn))
		return true;
	snprintf(s->ret, DOCTOR_TEXT_MAX, "'options %s ids=%.120s' in %s", module, ids, file);
	return false;
}

static void find_ids(const struct host *h, const struct pci_fn *f, char ret[DOCTOR_TEXT_MAX])
{
	struct ids_search s = {.fn = f, .ret = ret};

	if (h->config.vfio_ids[0] && vfioids_match(h->config.vfio_ids, f))
		snprintf(ret, DOCTOR_TEXT_MAX, "vfio-pci.ids=%.200s on the kernel command line",
			 h->config.vfio_ids);
	else
		modprobe_each(h->root, match_option, &s);
	text_clean(ret, "");
}

/* --- the romfile -------------------------------------------------------------------------------
 */

/* path: absolute, of a romfile. */
static void find_unreadable(const struct root *root, const char *path, struct doctor_card *c)
{
	struct unreadable u;
	int fd = openat(root->fd, path + 1, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (readable_find(root, path, true, &u)) {
		snprintf(c->unreadable, sizeof(c->unreadable), "%.300s", u.path);
		snprintf(c->unreadable_for, sizeof(c->unreadable_for), "%s", u.lacks);
	}
	if (fd >= 0 && fgetxattr(fd, "security.selinux", c->selinux, sizeof(c->selinux) - 1) < 0)
		c->selinux[0] = '\0';
	if (fd >= 0)
		close(fd);
	text_clean(c->selinux, "");
}

/* bundle: there the files have their names and sizes, and no content. */
static enum doctor_rom judge_rom(const struct romstore *s, const struct doctor_card *c, bool bundle,
				 char sha256[SHA256_HEX])
{
	int err = romstore_linked(s, STORE_BY_PATH, c->path, sha256);
	uint8_t *data = NULL;
	size_t n;

	if (err)
		return err == -ENOENT	? DOCTOR_ROM_NONE
		       : err == -EEXIST ? DOCTOR_ROM_NOT_OURS
					: DOCTOR_ROM_UNKNOWN;
	err = romstore_get_rom(s, sha256, &data, &n);
	free(data);
	if (err && !(bundle && err == -EBADMSG))
		return err == -EBADMSG || err == -ENOENT ? DOCTOR_ROM_DAMAGED : DOCTOR_ROM_UNKNOWN;
	if (c->rom_pinned[0] && strcmp(c->rom_pinned, sha256) != 0)
		return DOCTOR_ROM_OTHER;
	return err ? DOCTOR_ROM_UNCHECKED : DOCTOR_ROM_WHOLE;
}

/* Of one store: false where it has nothing of this card. */
static bool add_rom_of(const struct root *root, const char *store, struct doctor_card *c)
{
	char sha256[SHA256_HEX] = "", file[READABLE_PATH_MAX];
	struct romstore s;
	int err = romstore_open(root, store, false, &s);

	if (err) {
		c->rom = err == -ENOENT ? DOCTOR_ROM_NONE : DOCTOR_ROM_UNKNOWN;
		return false;
	}
	c->rom = judge_rom(&s, c, file_is_there(root->fd, ROOT_BUNDLE), sha256);
	snprintf(c->romfile, sizeof(c->romfile), "%s/by-path/%.150s.rom", s.path, c->path);
	if (c->rom == DOCTOR_ROM_WHOLE || c->rom == DOCTOR_ROM_OTHER) {
		snprintf(file, sizeof(file), "%s/roms/%s.rom", s.path, sha256);
		find_unreadable(root, file, c);
	}
	romstore_close(&s);
	return c->rom != DOCTOR_ROM_NONE;
}

/* The volatile store comes first, as in romstore_find. */
static void add_rom(const struct host *h, struct doctor_card *c)
{
	const struct record_card *r = c->path[0] ? record_find(&h->rec, c->path) : NULL;

	if (r) {
		snprintf(c->rom_pinned, sizeof(c->rom_pinned), "%s", record_shown(r));
		snprintf(c->rom_flash, sizeof(c->rom_flash), "%s", record_flash(r));
	}
	c->rom = DOCTOR_ROM_NONE;
	if (c->path[0] && !add_rom_of(h->root, STORE_VOLATILE, c))
		(void)add_rom_of(h->root, h->config.store, c);
}

/* --- the card ----------------------------------------------------------------------------------
 */

static void add_function(const struct gather *g, const struct pci_fn *f, struct doctor_card *c)
{
	struct doctor_function *to = &c->fn[c->n++];
	const struct host *h = g->h;
	struct holder who;

	to->addr = f->addr;
	memcpy(to->driver, f->driver, sizeof(to->driver));
	if (!c->take) {
		find_ids(h, f, to->vfio_ids);
		return;
	}
	if (h->config.mode == MODE_FULL || h->config.mode == MODE_CLAIM)
		modules_driver(h->root, &g->modules, h->config.driver, f, to->want);
	if (g->ret->other_root || !holders_find(h->root, f, &who))
		return;
	snprintf(to->holder, sizeof(to->holder), "%.24s (%d), %.24s", who.comm, who.pid, who.node);
}

static void add_group(const struct gather *g, const struct pci_card *card, struct doctor_card *c)
{
	static struct group_member member[64];
	char text[GROUP_TEXT_MAX];
	size_t n = plan_group(&g->plan, &g->h->config, &g->h->scan, card, GROUP_DRIVERS_BOUND,
			      member, 64);

	c->group = -1;
	for (size_t i = 0; i < card->n && c->group < 0; i++)
		c->group = card->fn[i].iommu_group;
	for (size_t i = 0; i < n && i < 64 && member[i].role == GROUP_BLOCKS; i++) {
		if (!c->blocked_by++)
			snprintf(c->blocker, sizeof(c->blocker), "%s",
				 group_text(&member[i], text));
	}
}

/* A reset of the bus behind a bridge resets every device there. */
static void find_bus_neighbour(const struct pci_scan *s, const struct pci_card *card,
			       struct doctor_card *c)
{
	const struct pci_fn *own = &card->fn[0];

	for (size_t i = 0; i < s->n && !c->bus_shared_with[0]; i++) {
		const struct pci_fn *f = &s->fn[i];

		if (f->addr.domain == own->addr.domain && f->addr.bus == own->addr.bus &&
		    !pci_addr_same_card(f->addr, own->addr))
			pci_addr_format(f->addr, c->bus_shared_with);
	}
}

static void add_card(struct gather *g, const struct plan_card *p)
{
	struct doctor_card *c;
	struct pci_card card;
	size_t at = p->first;

	if (p->display == SIZE_MAX || (g->only && !pci_addr_same_card(p->addr, g->only->addr)) ||
	    !pci_card_next(&g->h->scan, &at, &card))
		return;
	if (g->ret->n_cards == DOCTOR_CARDS_MAX) {
		g->ret->lost_cards++;
		return;
	}
	c = &g->ret->card[g->ret->n_cards++];
	c->addr = p->addr;
	c->take = p->take;
	memcpy(c->path, card.path, sizeof(c->path));
	snprintf(c->why, sizeof(c->why), "%s", plan_why_text(p->why));
	c->rom_bar = pci_card_display(&card)->rom_bar;
	for (size_t i = 0; i < card.n; i++) {
		c->silent |= card.fn[i].silent;
		c->framebuffer |= card.fn[i].framebuffer;
		add_function(g, &card.fn[i], c);
	}
	add_group(g, &card, c);
	find_bus_neighbour(&g->h->scan, &card, c);
	c->root_bus = !card.fn[0].has_parent;
	if (c->take)
		add_rom(g->h, c);
}

void doctor_gather_cards(const struct host *h, const struct doctor_only *only,
			 struct doctor_facts *ret)
{
	static struct gather g; /* kilobytes */

	g = (struct gather){.h = h, .only = only, .ret = ret};
	plan_make(&h->config, &h->scan, GROUP_DRIVERS_BOUND, &g.plan);
	modules_read(h->root, &g.modules);
	for (size_t i = 0; i < g.plan.n; i++)
		add_card(&g, &g.plan.card[i]);
	modules_free(&g.modules);
	read_attributes(&g);
}
