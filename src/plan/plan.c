#include "plan/plan.h"

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

/* The first selector of the list that matches a function of the card, or NULL. names_one: of those
 * that can match one card only. */
static const struct selector *find_selector(const struct selector *list, size_t n,
					    const struct pci_card *card, bool names_one)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < card->n; j++)
			if ((!names_one || selector_names_one(&list[i])) &&
			    selector_matches(&list[i], &card->fn[j]))
				return &list[i];
	return NULL;
}

static enum plan_why decide(const struct config *c, const struct pci_card *card, size_t taken,
			    const char **ret_selector)
{
	const struct selector *by = find_selector(c->devices, c->n_devices, card, false);
	const struct selector *keep = find_selector(c->keep, c->n_keep, card, false);
	const struct selector *alone = find_selector(c->devices, c->n_devices, card, true);

	*ret_selector = by ? by->text : NULL;
	if (!by)
		return PLAN_NOT_SELECTED;
	if (has_bridge(card))
		return PLAN_BRIDGE;
	if (card->display == SIZE_MAX)
		return PLAN_NOT_DISPLAY;
	if (keep) {
		*ret_selector = keep->text;
		return PLAN_KEPT;
	}
	if (c->file_unread)
		return PLAN_FILE_UNREAD;
	if (c->keep_unclear && (!alone || has_boot_vga(card)))
		return PLAN_KEEP_UNCLEAR;
	if (taken == PLAN_TAKE_MAX)
		return PLAN_TOO_MANY;
	return c->mode == MODE_OFF ? PLAN_MODE_OFF : PLAN_SELECTED;
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
		if (card->fn[i].iommu_group < 0)
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

/* True if an IOMMU group of the card has another endpoint that gpurom does not take. */
static bool shares_group(const struct plan *p, const struct pci_scan *s,
			 const struct pci_card *card)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->fn[i].header_type != HEADER_ENDPOINT || is_taken(p, i))
			continue;
		for (size_t j = 0; j < card->n; j++)
			if (card->fn[j].iommu_group >= 0 &&
			    card->fn[j].iommu_group == s->fn[i].iommu_group)
				return true;
	}
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

static void add_warnings(const struct config *c, const struct pci_scan *s, struct plan *p)
{
	struct pci_card card;

	for (size_t i = 0; i < p->n; i++) {
		struct plan_card *k = &p->card[i];
		size_t at = k->first;

		if (!k->take) {
			k->warnings = vfio_takes(c, p, s, k) ? PLAN_WARN_VFIO_IDS : 0;
			continue;
		}
		(void)pci_card_next(s, &at, &card);
		k->warnings = card_warnings(&card);
		if (shares_group(p, s, &card))
			k->warnings |= PLAN_WARN_GROUP_SHARED;
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

void plan_make(const struct config *c, const struct pci_scan *s, struct plan *ret)
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

		k.why = decide(c, &card, taken, &k.selector);
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
	add_warnings(c, s, ret);
}

/* "nvidia" and "boot-vga" are for any host: if they match nothing, nothing is wrong. */
static size_t add_unmatched(const struct selector *list, size_t n, const struct pci_scan *s,
			    const char **ret)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		bool matches = list[i].kind == SELECT_NVIDIA || list[i].kind == SELECT_BOOT_VGA;

		for (size_t j = 0; j < s->n && !matches; j++)
			matches = selector_matches(&list[i], &s->fn[j]);
		if (!matches)
			ret[found++] = list[i].text;
	}
	return found;
}

size_t plan_unmatched(const struct config *c, const struct pci_scan *s,
		      const char *ret[PLAN_UNMATCHED_MAX])
{
	size_t n = add_unmatched(c->devices, c->n_devices, s, ret);

	return n + add_unmatched(c->keep, c->n_keep, s, ret + n);
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
	}
	return "unknown";
}

const char *plan_warning_text(enum plan_warning one)
{
	switch (one) {
	case PLAN_WARN_BOOT_VGA:
		return "the host's console goes dark with it (keep=boot-vga keeps it)";
	case PLAN_WARN_NO_IOMMU:
		return "no IOMMU group: vfio-pci will refuse it (switch VT-d or AMD-Vi on in the "
		       "firmware; intel_iommu=on)";
	case PLAN_WARN_NO_ROM_BAR:
		return "no ROM BAR: no ROM to read, as is normal on data-centre boards";
	case PLAN_WARN_SHADOW:
		return "its ROM is a shadow in RAM, not the card's flash";
	case PLAN_WARN_FRAMEBUFFER:
		return "the host's console is drawn on it and goes dark (keep= with its address "
		       "keeps it)";
	case PLAN_WARN_BOUND:
		return "a driver is bound to it already";
	case PLAN_WARN_GROUP_SHARED:
		return "another device of its IOMMU group stays with the host: a VM may be refused "
		       "it";
	case PLAN_WARN_SILENT:
		return "it does not answer: gpurom holds it by what the kernel knows of it, and "
		       "hands it over unread";
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
