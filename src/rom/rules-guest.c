/* Rules of the verdict: which guests can use it? What firmware asks: EDK II
 * PciOptionRomSupport.c, SeaBIOS optionroms.c. */
#include "rom/efi.h"
#include "rom/rules.h"

void rule_efi(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;
	struct efi_header h;

	for (size_t k = 0; k < c->n; k++) {
		struct bytes image = oprom_bytes(r->rom, &c->image[k]);
		const char *fault;

		if (c->image[k].code != OPROM_CODE_EFI || !efi_header_read(image, &h))
			continue;
		fault = efi_fault(image, &h);
		if (!fault)
			continue;
		rule_find(
			r, "bad-efi", FINDING_WARN,
			"a guest with UEFI firmware (OVMF) cannot load the EFI image at 0x%zx: %s",
			r->facts->offset + c->image[k].offset, fault);
		return;
	}
}

/* Firmware loads what its own processor runs, and byte code, which it interprets. */
void rule_machine(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;
	const char *first = NULL, *guests = efi_machine_text(r->known.machine);

	if (r->known.machine == 0)
		return;
	for (size_t k = 0; k < c->n; k++) {
		struct efi_header h;

		if (c->image[k].code != OPROM_CODE_EFI ||
		    !efi_header_read(oprom_bytes(r->rom, &c->image[k]), &h) ||
		    !efi_machine_text(h.machine))
			continue;
		if (h.machine == r->known.machine || h.machine == EFI_MACHINE_BYTE_CODE)
			return;
		if (!first)
			first = efi_machine_text(h.machine);
	}
	if (first)
		rule_find(r, "efi-machine", FINDING_WARN,
			  "its EFI image is for %s, the guests here are %s: with UEFI firmware "
			  "they show nothing before their own driver runs",
			  first, guests ? guests : "of another kind");
}

void rule_kinds(const struct reading *r)
{
	if (r->facts->chain.stop != OPROM_END)
		return;
	if (r->facts->efi == SIZE_MAX)
		rule_find(r, "no-efi", FINDING_NOTE,
			  "no EFI image%s: a guest with UEFI firmware (OVMF) shows nothing before "
			  "its own driver runs",
			  rule_efi_usual(r) ? ", which desktop boards of this age have" : "");
	else if (r->facts->x86 == SIZE_MAX)
		rule_find(r, "no-x86", FINDING_NOTE,
			  "no x86 image: a guest with SeaBIOS shows nothing before its own driver "
			  "runs");
}

void rule_alignment(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;

	for (size_t k = 0; k < c->n; k++) {
		if (c->image[k].pcir % 4 == 0)
			continue;
		rule_find(r, "unaligned-pcir", FINDING_WARN,
			  "the PCI Data Structure of the image at 0x%zx is not aligned to 4: UEFI "
			  "firmware (OVMF) stops there",
			  r->facts->offset + c->image[k].offset);
		return;
	}
}

/* SeaBIOS copies and sums what the size byte says. */
void rule_boot_part(const struct reading *r)
{
	const struct rom *f = r->facts;

	if (f->x86_boot_checksum_ok)
		return;
	if (f->chain.image[f->x86].size_blocks == 0)
		rule_find(r, "no-boot-part", FINDING_NOTE,
			  "the x86 image's size byte is 0: a guest with SeaBIOS does not run it");
	else
		rule_find(
			r, "boot-checksum", FINDING_NOTE,
			"the part of the x86 image that a BIOS loads has a wrong checksum: a guest "
			"with SeaBIOS does not run it");
}
