// SPDX-License-Identifier: GPL-2.0-or-later
#include "rom/rules.h"

#include "rom/copy.h"
#include "rom/efi.h"
#include "rom/notrom.h"
#include "rom/npde.h"
#include "rom/nvgi.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

struct rule_input {
	struct bytes file, rom;	 /* rom: from the option ROM's start */
	const struct rom *facts; /* found_by is not ROM_FOUND_NOTHING */
	struct verdict_facts context;
	struct findings *found;
};

/* As findings_add. */
#define rule_find(r, ...) findings_add((r)->found, __VA_ARGS__)

/* The first image, whole or cut off: it says what the ROM is. */
static const struct oprom_image *first_image(const struct rule_input *r)
{
	const struct oprom_chain *c = &r->facts->chain;

	return c->n ? &c->image[0] : &c->cut;
}

/* True for chips whose boards may have an EFI image: from Kepler on, whose BIOS versions begin with
 * 80 (envytools nvbios/info.c). Many laptops' boards and the first Kepler boards have none. False
 * if the version is unknown. */
static bool efi_usual(const struct rule_input *r)
{
	return r->facts->version[0] >= '8';
}

/* --- whose ROM is it? ----------------------------------------------------------------------------
 */

/* Images of one code type that name a card. One that fits is enough: SeaBIOS, too, looks for one.
 */
struct named_images {
	const struct oprom_image *first; /* that has ids; NULL: none has */
	const struct oprom_image *fits;	 /* the first that fits the card, or NULL */
};

static struct named_images find_named(const struct rule_input *r, uint8_t code)
{
	const struct oprom_chain *c = &r->facts->chain;
	struct named_images n = {NULL, NULL};

	for (size_t k = 0; k < c->n; k++) {
		const struct oprom_image *i = &c->image[k];

		if (i->code != code || (i->vendor == 0 && i->device == 0))
			continue;
		if (!n.first)
			n.first = i;
		if (!n.fits &&
		    oprom_fits(r->rom, i, r->context.ids->vendor, r->context.ids->device))
			n.fits = i;
	}
	return n;
}

/* If no x86 image names a card, the EFI images decide; NVIDIA may leave their ids 0. True also if
 * no image names a card: *ret_first, the first that does, is NULL then. */
static bool chain_fits(const struct rule_input *r, const struct oprom_image **ret_first)
{
	struct named_images n = find_named(r, OPROM_CODE_X86);

	if (!n.first)
		n = find_named(r, OPROM_CODE_EFI);
	*ret_first = n.first;
	return !n.first || n.fits;
}

static void rule_card(const struct rule_input *r)
{
	const struct oprom_image *named;

	if (!r->context.ids || chain_fits(r, &named))
		return;
	if (named->vendor != r->context.ids->vendor)
		rule_find(r, "wrong-vendor", FINDING_FATAL,
			  "ROM of another maker's card: %04x:%04x, this is %04x:%04x",
			  named->vendor, named->device, r->context.ids->vendor,
			  r->context.ids->device);
	else
		rule_find(r, "wrong-device", FINDING_FATAL,
			  "ROM of another card: %04x:%04x, this is %04x:%04x; use its own",
			  named->vendor, named->device, r->context.ids->vendor,
			  r->context.ids->device);
}

/* In a sound ROM the EFI image has the ids of the x86 image, or 0. */
static void rule_efi_card(const struct rule_input *r)
{
	struct named_images x86, efi;

	if (!r->context.ids)
		return;
	x86 = find_named(r, OPROM_CODE_X86);
	efi = find_named(r, OPROM_CODE_EFI);
	if (!x86.fits || !efi.first || efi.fits ||
	    (efi.first->vendor == x86.fits->vendor && efi.first->device == x86.fits->device))
		return;
	rule_find(r, "efi-device", FINDING_WARN,
		  "its x86 image is this card's, its EFI image another card's: %04x:%04x, this is "
		  "%04x:%04x; somebody put them together: use the card's own ROM",
		  efi.first->vendor, efi.first->device, r->context.ids->vendor,
		  r->context.ids->device);
}

/* SeaBIOS does not run an x86 image without ids, so no maker leaves them out. */
static void rule_no_ids(const struct rule_input *r)
{
	const struct oprom_image *named;
	bool generic = r->facts->x86 == SIZE_MAX;

	if (!r->context.ids || !chain_fits(r, &named) || named)
		return;
	rule_find(r, "no-ids", generic ? FINDING_NOTE : FINDING_WARN,
		  "its images name no card (0000:0000), so it may be another card's");
}

static void rule_subsystem(const struct rule_input *r)
{
	const struct rom *f = r->facts;
	/* Boards of many laptops have 10de:0000 and get their ids from the system's BIOS. */
	bool generic = f->subdevice == 0;

	if (!r->context.ids || !f->has_subsystem || r->context.ids->subvendor == 0)
		return;
	if (f->subvendor == r->context.ids->subvendor && f->subdevice == r->context.ids->subdevice)
		return;
	rule_find(r, "subsystem-differs", generic ? FINDING_NOTE : FINDING_WARN,
		  "made for subsystem %04x:%04x, the card is %04x:%04x%s", f->subvendor,
		  f->subdevice, r->context.ids->subvendor, r->context.ids->subdevice,
		  generic ? ": a generic id, usual in laptops"
			  : ": another board with the same chip?");
}

static void rule_nvidia(const struct rule_input *r)
{
	uint16_t vendor = first_image(r)->vendor;

	if (!r->context.ids && vendor != ROM_VENDOR_NVIDIA && vendor != 0)
		rule_find(
			r, "not-nvidia", FINDING_NOTE,
			"vendor %04x is not NVIDIA: trimmed by the same rules, but its data about "
			"the board is not read",
			vendor);
}

static void rule_class(const struct rule_input *r)
{
	const struct oprom_image *i = first_image(r);

	if (i->class != 0 && i->class >> 16 != PCI_BASE_DISPLAY)
		rule_find(r, "not-display", FINDING_WARN,
			  "class %06x is no display controller: ROM of another kind of card",
			  i->class);
}

/* --- how were the bytes read, and did that change them? ------------------------------------------
 */

static void rule_shadow(const struct rule_input *r)
{
	if (!r->context.shadow)
		return;
	if (r->context.shadow_wanted)
		rule_find(r, "shadow", FINDING_WARN,
			  "read from the boot screen's shadow in RAM, as sources=shadow asks: "
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

/* Lists the signs of a shadow: a ROM that has run, shortened to what the BIOS needs at run time,
 * without the EFI image, which was never loaded. */
static void list_shadow_signs(const struct rule_input *r, char ret[64])
{
	const struct oprom_image *i = &r->facts->chain.image[0];
	const char *const signs[] = {
		r->facts->x86_checksum_ok ? "" : ", checksum wrong",
		i->size_blocks * (size_t)OPROM_BLOCK < i->length ? ", size byte short" : "",
		efi_usual(r) ? ", no EFI image" : "",
	};

	snprintf(ret, 64, "%s%s%s", signs[0], signs[1], signs[2]);
}

static void find_x86_alone(const struct rule_input *r)
{
	struct oprom_image next;
	char signs[64];

	list_shadow_signs(r, signs);
	if (r->context.shadow && r->context.shadow_wanted)
		rule_find(r, "no-last-image", FINDING_WARN,
			  "the x86 image at 0x%zx alone, without the end of the ROM: a guest with "
			  "SeaBIOS can use it, one with UEFI firmware (OVMF) shows nothing",
			  r->facts->offset);
	else if (oprom_any_at(r->rom, r->facts->chain.length, &next) == OPROM_END &&
		 next.code == OPROM_CODE_EFI)
		rule_find(
			r, "no-last-image", FINDING_FATAL,
			"not whole: the x86 image at 0x%zx is not the last, and the EFI image behind it "
			"is switched off (signature VN or 77BB, not 55AA)",
			r->facts->offset);
	else if (signs[0])
		rule_find(r, "no-last-image", FINDING_FATAL,
			  "not whole: the x86 image at 0x%zx is not the last, and none follows; it "
			  "looks like a boot GPU's shadow copy (%s). Read the card itself",
			  r->facts->offset, signs + 2);
	else
		rule_find(r, "no-last-image", FINDING_FATAL,
			  "not whole: the x86 image at 0x%zx is not the last, and none follows: a "
			  "boot GPU's shadow copy, or the end is lost. Read the card itself",
			  r->facts->offset);
}

static void rule_no_end(const struct rule_input *r)
{
	const struct oprom_chain *c = &r->facts->chain;
	const struct oprom_image *end = &c->image[c->n ? c->n - 1 : 0];
	const char *code = oprom_code_text(end->code);
	size_t at = r->facts->offset + end->offset;

	if (c->stop != OPROM_E_SHORT && c->stop != OPROM_E_SIGNATURE)
		return;
	if (r->context.kernel_walked && !r->context.shadow && c->stop == OPROM_E_SHORT)
		rule_find(r, "kernel-cut", FINDING_FATAL,
			  "the kernel's reading ends behind the %s image at 0x%zx, not the last: "
			  "Linux 6.12 and newer stop at an image they reject, or the flash is cut; "
			  "prom, vfio, efi may have the rest",
			  code, at);
	else if (rom_x86_alone(r->facts))
		find_x86_alone(r);
	else
		rule_find(r, "no-last-image", FINDING_FATAL,
			  "not whole: the %s image at 0x%zx is not the last, and none follows: the "
			  "end is lost; read it again, whole",
			  code, at);
}

/* Older kernels accept any length, and then give the whole ROM BAR. */
static void rule_kernel_walk(const struct rule_input *r)
{
	const struct oprom_chain *c = &r->facts->chain;

	if (r->context.kernel_walked && c->stop == OPROM_END && c->length < r->rom.n)
		rule_find(r, "kernel-longer", FINDING_NOTE,
			  "the kernel walked past the last image: it gave %zu bytes, the images "
			  "have %zu",
			  r->rom.n, c->length);
}

/* --- is it whole and as its maker left it? -------------------------------------------------------
 */

static void rule_cut(const struct rule_input *r)
{
	const struct oprom_image *cut = &r->facts->chain.cut;

	if (r->facts->chain.stop == OPROM_E_CUT)
		rule_find(r, "truncated", FINDING_FATAL,
			  "truncated: the %s image at 0x%zx says it has %zu bytes, %zu are there; "
			  "read it again, whole",
			  oprom_code_text(cut->code), r->facts->offset + cut->offset, cut->length,
			  r->rom.n - cut->offset);
}

static void rule_damaged(const struct rule_input *r)
{
	const struct oprom_chain *c = &r->facts->chain;

	if (c->stop == OPROM_E_PCIR || c->stop == OPROM_E_LENGTH || c->stop == OPROM_E_MANY)
		rule_find(r, "damaged", FINDING_FATAL, "damaged at 0x%zx: %s; read it again",
			  r->facts->offset + c->length, oprom_stop_text(c->stop));
}

/* Either sum shows that the bytes are right: if the lengths differ, makers keep one or the other.
 * rule_boot_part reports if SeaBIOS's is wrong. */
static void rule_checksum(const struct rule_input *r)
{
	const struct rom *f = r->facts;

	if (f->x86_checksum_ok)
		return;
	if (f->x86_boot_checksum_ok)
		rule_find(r, "long-checksum", FINDING_NOTE,
			  "the x86 image's checksum is right for the part that a BIOS loads, wrong "
			  "for the whole: edited?");
	else
		rule_find(
			r, "bad-checksum", FINDING_WARN,
			"the x86 image's checksum is wrong: edited, misread or a shadow copy; read "
			"again and compare");
}

static void rule_version(const struct rule_input *r)
{
	const struct rom *f = r->facts;

	if (f->version[0] && f->version_said[0] && strcasecmp(f->version, f->version_said) != 0)
		rule_find(r, "version-differs", FINDING_WARN,
			  "its version is %.20s, its own text says %.20s: somebody edited it",
			  f->version, f->version_said);
}

/* For a file whose option ROM was found by a search: what is wrong at offset 0, or NULL. */
static const char *odd_start(const struct rule_input *r)
{
	struct oprom_image i;
	struct nvgi nvgi;
	int no_ifr = nvgi_read(r->file, &nvgi);

	/* A header of an unknown, newer version is no sign of damage. */
	if (no_ifr != NVGI_E_NONE && no_ifr != NVGI_E_VERSION)
		return "NVIDIA's header (NVGI) leads to no option ROM";
	if (oprom_any_at(r->file, 0, &i) == OPROM_END)
		return "it begins with an image that only NVIDIA's driver reads";
	if (bytes_is(r->file, 0, "\x55\xaa", 2))
		return "the image at 0 is damaged";
	return r->facts->x86 != 0 ? "no x86 image comes first" : NULL;
}

/* No header vouches for a place that was found by a search. On Blackwell's flashes that is normal;
 * but if something at the start should have led there, or the x86 image is missing, it may be the
 * undamaged rest of a damaged ROM. */
static void rule_start(const struct rule_input *r)
{
	const char *odd = odd_start(r);
	const char *hidden = notrom_hidden_text(r->file);

	if (r->facts->found_by != ROM_FOUND_SCAN)
		return;
	if (hidden && r->facts->x86 == SIZE_MAX)
		rule_find(r, "rest-of-rom", FINDING_WARN, "%s", hidden);
	else if (odd)
		rule_find(
			r, "rest-of-rom", FINDING_WARN,
			"%s: what was found at 0x%zx may be the rest of a damaged ROM; read again "
			"and compare",
			odd, r->facts->offset);
	else
		rule_find(r, "found-by-scan", FINDING_NOTE,
			  "no known header leads to the option ROM at 0x%zx: it was found by a "
			  "search%s",
			  r->facts->offset,
			  r->facts->offset % OPROM_BLOCK
				  ? ", at no multiple of 512, as in a part of a system's firmware"
				  : "");
}

/* --- what else is in the file? -------------------------------------------------------------------
 */

/* What follows the chain, in words. */
static const char *tail_text(struct bytes tail)
{
	struct oprom_image i;
	bool one_byte = tail.n == 1 || memcmp(tail.p, tail.p + 1, tail.n - 1) == 0;

	if (one_byte && (tail.p[0] == 0xff || tail.p[0] == 0x00))
		return "padding";
	if (bytes_is(tail, 0, "VN", 2) || bytes_is(tail, 0, "\x77\xbb", 2))
		return "images that only NVIDIA's driver reads";
	if (oprom_image_at(tail, 0, &i) == OPROM_END)
		return "another image";
	return "other data";
}

static void rule_tail(const struct rule_input *r)
{
	const struct oprom_chain *c = &r->facts->chain;
	struct bytes tail = bytes_sub(r->rom, c->length, SIZE_MAX);

	if (c->stop == OPROM_END && tail.n > 0)
		rule_find(r, "tail", FINDING_NOTE,
			  "%zu bytes follow the last image (%s): no guest needs them, trim removes "
			  "them",
			  tail.n, tail_text(tail));
}

static void rule_private(const struct rule_input *r)
{
	struct oprom_chain images;
	const struct oprom_image *i = &images.image[0];

	private_walk(r->rom, &r->facts->chain, &images);
	if (images.n == 0)
		return;
	rule_find(r, "private-images", FINDING_NOTE,
		  "%zu image%s that only NVIDIA's driver reads, from 0x%zx on (%s)%s", images.n,
		  images.n == 1 ? "" : "s", r->facts->offset + i->offset, private_text(r->rom, i),
		  i->offset < r->facts->chain.length
			  ? ", inside of the chain: trim leaves them there"
			  : "");
}

static void rule_second_copy(const struct rule_input *r)
{
	struct romcopy first, next;
	size_t more = 0;

	if (!romcopy_next(r->file, r->facts, 0, &first))
		return;
	next = first;
	while (romcopy_next(r->file, r->facts, next.offset + next.length, &next))
		more++;
	if (first.same)
		rule_find(r, "second-copy", FINDING_NOTE,
			  "the file has the same ROM again at 0x%zx%s: no guest needs it",
			  first.offset, more ? ", and more behind that" : "");
	else
		rule_find(r, "second-copy", FINDING_NOTE,
			  "another ROM is at 0x%zx%s%.20s, and it differs from the one at 0x%zx, "
			  "which is used%s",
			  first.offset, first.version[0] ? ", version " : "", first.version,
			  r->facts->offset, more ? "; more follow" : "");
}

/* --- which guests can use it? What firmware checks: EDK II PciOptionRomSupport.c, SeaBIOS
 * optionroms.c */

static void rule_efi(const struct rule_input *r)
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

/* Firmware loads images for its own processor, and byte code, which it interprets. */
static void rule_machine(const struct rule_input *r)
{
	const struct oprom_chain *c = &r->facts->chain;
	const char *first = NULL, *guests = efi_machine_text(r->context.machine);

	if (r->context.machine == 0)
		return;
	for (size_t k = 0; k < c->n; k++) {
		struct efi_header h;

		if (c->image[k].code != OPROM_CODE_EFI ||
		    !efi_header_read(oprom_bytes(r->rom, &c->image[k]), &h) ||
		    !efi_machine_text(h.machine))
			continue;
		if (h.machine == r->context.machine || h.machine == EFI_MACHINE_BYTE_CODE)
			return;
		if (!first)
			first = efi_machine_text(h.machine);
	}
	if (first)
		rule_find(r, "efi-machine", FINDING_WARN,
			  "its EFI image is for %s, guests on this host are %s: with UEFI firmware "
			  "they show nothing before their own driver runs",
			  first, guests ? guests : "of another kind");
}

/* True if there is an EFI image that its signature hides. */
static bool has_hidden_efi(const struct rule_input *r)
{
	struct oprom_chain images;

	private_walk(r->rom, &r->facts->chain, &images);
	for (size_t k = 0; k < images.n; k++)
		if (images.image[k].code == OPROM_CODE_EFI)
			return true;
	return false;
}

static void rule_kinds(const struct rule_input *r)
{
	if (r->facts->chain.stop != OPROM_END)
		return;
	if (r->facts->efi == SIZE_MAX)
		rule_find(r, "no-efi", FINDING_NOTE,
			  "%s: a guest with UEFI firmware (OVMF) shows nothing before its own "
			  "driver runs",
			  has_hidden_efi(r) ? NOTROM_EFI_OFF : "no EFI image");
	else if (r->facts->x86 == SIZE_MAX)
		rule_find(r, "no-x86", FINDING_NOTE,
			  "no x86 image: a guest with SeaBIOS shows nothing before its own driver "
			  "runs");
}

static void rule_alignment(const struct rule_input *r)
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

/* SeaBIOS copies and sums as much as the size byte says. */
static void rule_boot_part(const struct rule_input *r)
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

/* --- the verdict --------------------------------------------------------------------------------
 */

/* The gravest first: verdict_reason names the first of the highest severity. */
static void (*const rules[])(const struct rule_input *) = {
	rule_card,	  rule_shadow, rule_cut,     rule_no_end,    rule_damaged,
	rule_checksum,	  rule_start,  rule_version, rule_efi_card,  rule_subsystem,
	rule_class,	  rule_efi,    rule_machine, rule_alignment, rule_boot_part,
	rule_kinds,	  rule_nvidia, rule_tail,    rule_private,   rule_second_copy,
	rule_kernel_walk, rule_no_ids,
};
_Static_assert(sizeof(rules) / sizeof(rules[0]) <= FINDINGS_MAX, "every rule has its place");

enum verdict verdict_judge(struct bytes file, const struct rom *rom,
			   const struct verdict_facts *facts, struct findings *ret)
{
	struct rule_input r = {file, bytes_sub(file, rom->offset, SIZE_MAX), rom, *facts, ret};
	const struct finding *reason;

	ret->n = 0;
	if (rom->found_by == ROM_FOUND_NOTHING) {
		struct notrom is = notrom_guess(file);

		findings_add(ret, is.code, FINDING_FATAL, "%s", is.text);
		return VERDICT_REJECTED;
	}
	for (size_t k = 0; k < sizeof(rules) / sizeof(rules[0]); k++)
		rules[k](&r);
	reason = verdict_reason(ret);
	if (!reason || reason->severity == FINDING_NOTE)
		return VERDICT_COMPLETE;
	return reason->severity == FINDING_FATAL ? VERDICT_REJECTED : VERDICT_USABLE;
}

/* Each is about what a sound ROM says of itself. A chain that names no card ("no-ids") and a
 * pointer that no maker leaves unaligned are not among them: misread bytes are likelier. */
static bool is_of_the_rom(const struct finding *f)
{
	static const char *const codes[] = {"subsystem-differs", "not-display", "version-differs",
					    "efi-device", "efi-machine"};

	for (size_t k = 0; k < sizeof(codes) / sizeof(codes[0]); k++)
		if (strcmp(f->code, codes[k]) == 0)
			return true;
	return false;
}

bool verdict_is_final(enum verdict v, const struct findings *f)
{
	if (v == VERDICT_COMPLETE)
		return true;
	for (size_t k = 0; k < f->n; k++)
		if (f->f[k].severity != FINDING_NOTE && !is_of_the_rom(&f->f[k]))
			return false;
	return v == VERDICT_USABLE;
}
