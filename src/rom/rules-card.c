/* Rules of the verdict: whose ROM is it? */
#include "rom/rules.h"

/* What the images of one kind say of the card. Any image's word is good: SeaBIOS looks for one that
 * fits, too. */
struct named {
	const struct oprom_image *first; /* that has ids; NULL: none has */
	const struct oprom_image *fits;	 /* the first that fits, or NULL */
};

static struct named look(const struct reading *r, uint8_t code)
{
	const struct oprom_chain *c = &r->facts->chain;
	struct named n = {NULL, NULL};

	for (size_t k = 0; k < c->n; k++) {
		const struct oprom_image *i = &c->image[k];

		if (i->code != code || (i->vendor == 0 && i->device == 0))
			continue;
		if (!n.first)
			n.first = i;
		if (!n.fits && oprom_fits(r->rom, i, r->known.ids->vendor, r->known.ids->device))
			n.fits = i;
	}
	return n;
}

/* Where no x86 image names a card, EFI images do, whose ids NVIDIA may leave 0. */
static bool chain_fits(const struct reading *r, const struct oprom_image **ret_told)
{
	struct named n = look(r, OPROM_CODE_X86);

	if (!n.first)
		n = look(r, OPROM_CODE_EFI);
	*ret_told = n.first;
	return !n.first || n.fits;
}

void rule_card(const struct reading *r)
{
	const struct oprom_image *told;

	if (!r->known.ids || chain_fits(r, &told))
		return;
	if (told->vendor != r->known.ids->vendor)
		rule_find(r, "wrong-vendor", FINDING_FATAL,
			  "ROM of another maker's card: %04x:%04x, this is %04x:%04x", told->vendor,
			  told->device, r->known.ids->vendor, r->known.ids->device);
	else
		rule_find(r, "wrong-device", FINDING_FATAL,
			  "ROM of another card: %04x:%04x, this is %04x:%04x; take its own",
			  told->vendor, told->device, r->known.ids->vendor, r->known.ids->device);
}

/* Of a sound ROM they are those of its x86 image, or 0. */
void rule_efi_card(const struct reading *r)
{
	struct named x86, efi;

	if (!r->known.ids)
		return;
	x86 = look(r, OPROM_CODE_X86);
	efi = look(r, OPROM_CODE_EFI);
	if (!x86.fits || !efi.first || efi.fits ||
	    (efi.first->vendor == x86.fits->vendor && efi.first->device == x86.fits->device))
		return;
	rule_find(r, "efi-device", FINDING_WARN,
		  "its x86 image is this card's, its EFI image another's: %04x:%04x, this is "
		  "%04x:%04x; put together by somebody: take the card's own",
		  efi.first->vendor, efi.first->device, r->known.ids->vendor, r->known.ids->device);
}

/* SeaBIOS does not run an x86 image without ids, so that no maker leaves them out. */
void rule_no_ids(const struct reading *r)
{
	const struct oprom_image *told;
	bool generic = r->facts->x86 == SIZE_MAX;

	if (!r->known.ids || !chain_fits(r, &told) || told)
		return;
	rule_find(r, "no-ids", generic ? FINDING_NOTE : FINDING_WARN,
		  "its images name no card (0000:0000): that it is this card's cannot be told from "
		  "it");
}

void rule_subsystem(const struct reading *r)
{
	const struct rom *f = r->facts;
	/* Boards of many laptops say 10de:0000 and get their ids from the system's BIOS. */
	bool generic = f->subdevice == 0;

	if (!r->known.ids || !f->has_subsystem || r->known.ids->subvendor == 0)
		return;
	if (f->subvendor == r->known.ids->subvendor && f->subdevice == r->known.ids->subdevice)
		return;
	rule_find(r, "subsystem-differs", generic ? FINDING_NOTE : FINDING_WARN,
		  "made for subsystem %04x:%04x, the card is %04x:%04x%s", f->subvendor,
		  f->subdevice, r->known.ids->subvendor, r->known.ids->subdevice,
		  generic ? ": a generic id, usual in laptops"
			  : ": another board with the same chip?");
}

void rule_nvidia(const struct reading *r)
{
	uint16_t vendor = rule_first_image(r)->vendor;

	if (!r->known.ids && vendor != ROM_VENDOR_NVIDIA && vendor != 0)
		rule_find(
			r, "not-nvidia", FINDING_NOTE,
			"vendor %04x is not NVIDIA: trimmed by the same rules, its own data is not "
			"read",
			vendor);
}

void rule_class(const struct reading *r)
{
	const struct oprom_image *i = rule_first_image(r);

	if (i->class != 0 && i->class >> 16 != PCI_BASE_DISPLAY)
		rule_find(r, "not-display", FINDING_WARN,
			  "class %06x is no display controller: ROM of another kind of card",
			  i->class);
}
