// SPDX-License-Identifier: GPL-2.0-or-later
#include "plan/plan.h"

#include "pci/path.h"
#include "plan/vfio-ids.h"

#include <string.h>

#define HEADER_ENDPOINT 0

static bool has_bridge(const struct pci_card *card)
{
	for (size_t i = 0; i < card->n; i++)
		if (card->fn[i].header_type != HEADER_ENDPOINT)
			return true;
	return false;
}

static bool has_boot_vga(const struct pci_card *card)
{
	for (size_t i = 0; i < card->n; i++)
		if (card->fn[i].boot_vga)
			return true;
	return false;
}

/* In a VM that is a host itself, a disk may have the device number of the card. */
static bool has_foreign(const struct pci_card *card)
{
	for (size_t i = 0; i < card->n; i++)
		if (card->fn[i].ids.vendor != pci_card_display(card)->ids.vendor)
			return true;
	return false;
}

static bool has_nvswitch(const struct pci_card *card)
{
	for (size_t i = 0; i < card->n; i++)
		if (pci_fn_is_nvswitch(&card->fn[i]))
			return true;
	return false;
}

static bool card_matches(const struct selector *sel, const struct pci_scan *s,
			 const struct pci_card *card)
{
	for (size_t i = 0; i < card->n; i++)
		if (selector_matches(sel, s, &card->fn[i]))
			return true;
	return false;
}

/* The first selector of the list that matches a function of the card, or NULL. names_one: of those
 * that can match one card only. */
static const struct selector *find_selector(const struct selector *list, size_t n,
					    const struct pci_scan *s, const struct pci_card *card,
					    bool names_one)
{
	for (size_t i = 0; i < n; i++)
		if ((!names_one || selector_names_one(&list[i])) && card_matches(&list[i], s, card))
			return &list[i];
	return NULL;
}

/* A path that is two cards' name, or the _UID name of two: it does not say which is to be taken. */
static bool names_another(const struct selector *by, const struct pci_scan *s,
			  const struct pci_card *card)
{
	for (size_t i = 0; by->kind == SELECT_PATH && i < s->n; i++)
		if (pci_fn_is_display(&s->fn[i]) && selector_matches(by, s, &s->fn[i]) &&
		    !pci_addr_same_card(s->fn[i].addr, card->addr))
			return true;
	return false;
}

static enum plan_why decide_other(const struct pci_card *card)
{
	if (has_nvswitch(card))
		return PLAN_NVSWITCH;
	return has_bridge(card) ? PLAN_BRIDGE : PLAN_NOT_DISPLAY;
}

static enum plan_why decide(const struct config *c, const struct pci_scan *s,
			    const struct pci_card *card, size_t taken, const char **ret_selector)
{
	const struct selector *by = find_selector(c->devices, c->n_devices, s, card, false);
	const struct selector *keep = find_selector(c->keep, c->n_keep, s, card, false);
	const struct selector *alone = find_selector(c->devices, c->n_devices, s, card, true);

	*ret_selector = NULL;
	/* A bridge or a network card in a slot is not what slot: asks for. */
	if (!by || (by->kind == SELECT_SLOT && card->display == SIZE_MAX))
		return PLAN_NOT_SELECTED;
	*ret_selector = by->text;
	if (card->display == SIZE_MAX || has_bridge(card))
		return decide_other(card);
	if (keep) {
		*ret_selector = keep->text;
		return PLAN_KEPT;
	}
	if (has_foreign(card))
		return PLAN_FOREIGN;
	if (names_another(by, s, card))
		return PLAN_SHARED_NAME;
	if (c->file_unread)
		return PLAN_FILE_UNREAD;
	if (c->keep_unclear && (!alone || has_boot_vga(card)))
		return PLAN_KEEP_UNCLEAR;
	if (taken == PLAN_TAKE_MAX)
		return PLAN_TOO_MANY;
	return c->mode == MODE_OFF ? PLAN_MODE_OFF : PLAN_SELECTED;
}

/* On arm64 Linux puts a function into its group only when the first driver asks for the function.
 */
#if defined(__aarch64__)
#define GROUP_NEEDS_DRIVER true
#else
#define GROUP_NEEDS_DRIVER false
#endif

static bool lacks_group(const struct pci_fn *f)
{
	return f->iommu_group < 0 && (f->driver[0] || !GROUP_NEEDS_DRIVER);
}

static unsigned card_warnings(const struct pci_card *card)
{
	const struct pci_fn *display = pci_card_display(card);
	unsigned w = 0;

	if (has_boot_vga(card))
		w |= PLAN_WARN_BOOT_VGA;
	if (!display->rom_bar)
		w |= PLAN_WARN_NO_ROM_BAR;
	if (display->rom_shadow)
		w |= PLAN_WARN_SHADOW;
	for (size_t i = 0; i < card->n; i++) {
		if (lacks_group(&card->fn[i]))
			w |= PLAN_WARN_NO_IOMMU;
		if (card->fn[i].driver[0])
			w |= PLAN_WARN_BOUND;
		if (card->fn[i].silent)
			w |= PLAN_WARN_SILENT;
		if (card->fn[i].framebuffer && !has_boot_vga(card))
			w |= PLAN_WARN_FRAMEBUFFER;
	}
	return w;
}

static bool is_taken(const struct plan *p, size_t fn)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->card[i].take && fn - p->card[i].first < p->card[i].n)
			return true;
	return false;
}

static bool has_twin_taken(const struct plan *p, const struct pci_scan *s, const struct pci_fn *f)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->fn[i].ids.vendor == f->ids.vendor && s->fn[i].ids.device == f->ids.device &&
		    is_taken(p, i))
			return true;
	return false;
}

/* True if vfio-pci.ids= names a card that is selected and left, or one that is left while its twin
 * is taken. Any other card may be given to vfio-pci by its ids on purpose. */
static bool vfio_takes(const struct config *c, const struct plan *p, const struct pci_scan *s,
		       const struct plan_card *k)
{
	if (k->display == SIZE_MAX || c->mode == MODE_OFF || !c->vfio_ids[0])
		return false;
	for (size_t i = k->first; i < k->first + k->n; i++)
		if (vfioids_match(c->vfio_ids, &s->fn[i]) &&
		    (k->why != PLAN_NOT_SELECTED || has_twin_taken(p, s, &s->fn[i])))
			return true;
	return false;
}

const struct plan_card *plan_find(const struct plan *p, struct pci_addr a)
{
	for (size_t i = 0; i < p->n; i++)
		if (pci_addr_same_card(p->card[i].addr, a))
			return &p->card[i];
	return NULL;
}

size_t plan_group(const struct plan *p, const struct config *c, const struct pci_scan *s,
		  const struct pci_card *card, enum group_when when, struct group_member *ret,
		  size_t max)
{
	struct pci_addr taken[PLAN_CARDS_MAX];
	struct group_rule rule = {.taken = taken, .driver = c->driver, .when = when};

	for (size_t i = 0; i < p->n; i++)
		if (p->card[i].take)
			taken[rule.n_taken++] = p->card[i].addr;
	return group_members(s, card, &rule, ret, max);
}

static unsigned taken_warnings(const struct config *c, const struct pci_scan *s,
			       enum group_when when, const struct plan *p,
			       const struct pci_card *card)
{
	struct group_member worst;
	size_t n = plan_group(p, c, s, card, when, &worst, 1);

	return card_warnings(card) | (n && worst.role == GROUP_BLOCKS ? PLAN_WARN_GROUP_SHARED : 0);
}

static void add_warnings(const struct config *c, const struct pci_scan *s, enum group_when when,
			 struct plan *p)
{
	struct pci_card card;

	for (size_t i = 0; i < p->n; i++) {
		struct plan_card *k = &p->card[i];
		size_t at = k->first;

		(void)pci_card_next(s, &at, &card);
		if (k->take)
			k->warnings = taken_warnings(c, s, when, p, &card);
		else
			k->warnings = vfio_takes(c, p, s, k) ? PLAN_WARN_VFIO_IDS : 0;
		if (k->display != SIZE_MAX && !pcipath_is_unique(s, k->display))
			k->warnings |= PLAN_WARN_SHARED_NAME;
	}
}

/* Places in the list for cards without display: `devices=*` names every device of the machine, and
 * must not crowd out a graphics card. */
static size_t places_to_spare(const struct pci_scan *s)
{
	struct pci_card card;
	size_t cards = 0, at = 0;

	while (pci_card_next_display(s, &at, &card))
		cards++;
	return cards < PLAN_CARDS_MAX ? PLAN_CARDS_MAX - cards : 0;
}

void plan_make(const struct config *c, const struct pci_scan *s, enum group_when when,
	       struct plan *ret)
{
	size_t spare = places_to_spare(s), taken = 0, at = 0, first = 0;
	struct pci_card card;

	memset(ret, 0, sizeof(*ret));
	ret->mode = c->mode;
	for (; pci_card_next(s, &at, &card); first = at) {
		bool display = card.display != SIZE_MAX;
		struct plan_card k = {.addr = card.addr,
				      .first = first,
				      .n = card.n,
				      .display = display ? first + card.display : SIZE_MAX};

		k.why = decide(c, s, &card, taken, &k.selector);
		if (k.why == PLAN_NOT_SELECTED && !display)
			continue;
		if (ret->n == PLAN_CARDS_MAX || (!display && spare == 0)) {
			ret->lost++;
			continue;
		}
		spare -= !display;
		k.take = k.why == PLAN_SELECTED;
		taken += k.take;
		ret->card[ret->n++] = k;
	}
	add_warnings(c, s, when, ret);
}

/* One step of that kind for each function, in address order. */
static size_t add_each(const struct plan_card *k, enum plan_step_kind kind, struct plan_step *ret)
{
	for (size_t i = 0; i < k->n; i++)
		ret[i] = (struct plan_step){kind, k->first + i};
	return k->n;
}

size_t plan_steps(const struct plan *p, const struct pci_scan *s, const struct plan_card *card,
		  struct plan_step ret[PLAN_STEPS_MAX])
{
	size_t n = 0;

	if (!card->take || p->mode == MODE_OFF)
		return 0;
	n += add_each(card, STEP_HOLD, ret);
	for (size_t i = card->first; i < card->first + card->n; i++)
		if (s->fn[i].driver[0])
			ret[n++] = (struct plan_step){STEP_UNBIND, i};
	if (p->mode != MODE_CLAIM)
		ret[n++] = (struct plan_step){STEP_READ_ROM, card->display};
	n += add_each(card, p->mode == MODE_DUMP ? STEP_RELEASE : STEP_OVERRIDE, ret + n);
	n += add_each(card, STEP_PROBE, ret + n);
	return n;
}

const char *plan_why_text(enum plan_why w)
{
	switch (w) {
	case PLAN_SELECTED:
		return "selected";
	case PLAN_NOT_SELECTED:
		return "not selected";
	case PLAN_KEPT:
		return "kept for the host";
	case PLAN_NOT_DISPLAY:
		return "selected, but no function of it is a display controller";
	case PLAN_BRIDGE:
		return "selected, but a bridge: vfio-pci takes endpoints only";
	case PLAN_TOO_MANY:
		return "selected, but too many cards are";
	case PLAN_MODE_OFF:
		return "gpurom is switched off";
	case PLAN_KEEP_UNCLEAR:
		return "a word of keep= is not understood, and devices= does not name this card "
		       "alone";
	case PLAN_FILE_UNREAD:
		return "a configuration file cannot be read, and no devices= on the kernel command "
		       "line says which cards to take";
	case PLAN_FOREIGN:
		return "selected, but a device of another vendor has the same device number and "
		       "would be taken with it: in the outer VM's definition, give the card a slot "
		       "of its own";
	case PLAN_NVSWITCH:
		return "selected, but an NVSwitch: 'driverctl set-override' with its address and "
		       "vfio-pci hands it over, libvirt's managed='yes' too";
	case PLAN_SHARED_NAME:
		return "selected by a path name that another card has as well: name it by its "
		       "address";
	}
	return "unknown";
}

const char *plan_warning_text(enum plan_warning one)
{
	switch (one) {
	case PLAN_WARN_BOOT_VGA:
		return "the host's console goes dark with it (keep=boot-vga keeps it)";
	case PLAN_WARN_NO_IOMMU:
		return "no IOMMU group: vfio-pci will refuse it (" GROUP_IOMMU_CURE ")";
	case PLAN_WARN_NO_ROM_BAR:
		return "no ROM BAR, as is normal on data-centre boards; a laptop's VBIOS is in its "
		       "system firmware: 'gpurom import' stores a copy from there";
	case PLAN_WARN_SHADOW:
		return "its ROM is a shadow in RAM, not the card's flash";
	case PLAN_WARN_FRAMEBUFFER:
		return "the host's console is drawn on it and goes dark (keep= with its address "
		       "keeps it)";
	case PLAN_WARN_BOUND:
		return "a driver is bound to it already";
	case PLAN_WARN_GROUP_SHARED:
		return "another device of its IOMMU group stays with the host: no VM can get the "
		       "card";
	case PLAN_WARN_SILENT:
		return "it does not answer: gpurom holds it by what the kernel knows of it, and "
		       "hands it over unread";
	case PLAN_WARN_SHARED_NAME:
		return "another card has the same path name: definitions and romfiles cannot name "
		       "this one by its path";
	case PLAN_WARN_VFIO_IDS:
		return "left to the host, but vfio-pci.ids= on the kernel command line names it: "
		       "vfio-pci may take it, whatever gpurom does";
	}
	return "unknown";
}

const char *plan_step_text(enum plan_step_kind k)
{
	switch (k) {
	case STEP_HOLD:
		return "hold";
	case STEP_UNBIND:
		return "unbind";
	case STEP_READ_ROM:
		return "read the ROM";
	case STEP_OVERRIDE:
		return "set the driver";
	case STEP_PROBE:
		return "probe";
	case STEP_RELEASE:
		return "release";
	}
	return "unknown";
}
