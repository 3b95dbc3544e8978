/* Rules of the verdict: whose ROM is it? */
#include "rules.h"

/* Any image's word is good: SeaBIOS looks for one that fits, too. Where no x86 image is, EFI
 * images tell, whose ids NVIDIA may leave 0. */
static bool chain_fits(const struct reading *r, const struct oprom_image **ret_told)
{
	const struct oprom_chain *c = &r->facts->chain;
	uint8_t code = r->facts->x86 != SIZE_MAX ? OPROM_CODE_X86 : OPROM_CODE_EFI;

	*ret_told = NULL;
	for (size_t k = 0; k < c->n; k++) {
		const struct oprom_image *i = &c->image[k];

		if (i->code != code || (i->vendor == 0 && i->device == 0))
			continue;
		if (!*ret_told)
			*ret_told = i;
		if (oprom_fits(r->rom, i, r->known.ids->vendor, r->known.ids->device))
			return true;
	}
	return *ret_told == NULL;
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
