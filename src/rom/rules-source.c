/* Rules of the verdict: what way did the bytes come, and does it show? */
#include "rom/rules.h"
#include <stdio.h>

void rule_shadow(const struct reading *r)
{
	if (!r->known.shadow)
		return;
	if (r->known.shadow_wanted)
		rule_find(r, "shadow", FINDING_WARN,
			  "read from the boot screen's shadow in RAM, as sources=shadow wants it: "
			  "firmware may have changed it");
	else
		rule_find(r, "shadow", FINDING_FATAL,
			  "read from the boot screen's shadow in RAM, which firmware may have "
			  "changed: kept as it is, not published; %s",
			  r->facts->chain.stop == OPROM_END ? "sources=shadow publishes it"
			  : rom_x86_alone(r->facts)
				  ? "sources=shadow publishes it, for guests with SeaBIOS"
				  : "another source (efi, prom) may have the whole one");
}

/* What a shadow looks like: run, shortened to what the BIOS needs at run time, and the EFI image
 * never loaded. */
static void shadow_signs(const struct reading *r, char ret[64])
{
	const struct oprom_image *i = &r->facts->chain.image[0];
	const char *const signs[] = {
		r->facts->x86_checksum_ok ? "" : ", checksum wrong",
		i->size_blocks * (size_t)OPROM_BLOCK < i->length ? ", size byte short" : "",
		rule_efi_usual(r) ? ", no EFI image" : "",
	};

	snprintf(ret, 64, "%s%s%s", signs[0], signs[1], signs[2]);
}

static void x86_alone(const struct reading *r)
{
	char signs[64];

	shadow_signs(r, signs);
	if (r->known.shadow && r->known.shadow_wanted)
		rule_find(r, "no-last-image", FINDING_WARN,
			  "the x86 image at 0x%zx alone, without the end of the ROM: a guest with "
			  "SeaBIOS can use it, one with UEFI firmware (OVMF) shows nothing",
			  r->facts->offset);
	else if (signs[0])
		rule_find(r, "no-last-image", FINDING_FATAL,
			  "not whole: the x86 image at 0x%zx is not the last, and none follows; it "
			  "looks like a boot GPU's shadow copy (%s). Read the card itself",
			  r->facts->offset, signs + 2);
	else
		rule_find(r, "no-last-image", FINDING_FATAL,
			  "not whole: the x86 image at 0x%zx is not the last, and none follows; a "
			  "boot GPU's shadow copy, or the end is lost. Read the card itself",
			  r->facts->offset);
}

void rule_unended(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;
	const struct oprom_image *end = &c->image[c->n ? c->n - 1 : 0];
	const char *code = oprom_code_text(end->code);
	size_t at = r->facts->offset + end->offset;

	if (c->stop != OPROM_E_SHORT && c->stop != OPROM_E_SIGNATURE)
		return;
	if (r->known.kernel_walked && !r->known.shadow && c->stop == OPROM_E_SHORT)
		rule_find(
			r, "kernel-cut", FINDING_FATAL,
			"the kernel's reading ends behind the %s image at 0x%zx, not the last: "
			"Linux 6.12 and newer stop at an image they dislike, or the flash is cut; "
			"prom, vfio, efi may have the rest",
			code, at);
	else if (rom_x86_alone(r->facts))
		x86_alone(r);
	else
		rule_find(r, "no-last-image", FINDING_FATAL,
			  "not whole: the %s image at 0x%zx is not the last, and none follows: the "
			  "end is lost; read it again, whole",
			  code, at);
}

/* Older kernels believe any length, and then give the whole ROM BAR. */
void rule_kernel_walk(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;

	if (r->known.kernel_walked && c->stop == OPROM_END && c->length < r->rom.n)
		rule_find(r, "kernel-longer", FINDING_NOTE,
			  "the kernel walked past the last image: it gave %zu bytes, the images "
			  "have %zu",
			  r->rom.n, c->length);
}
