/* The verdict on a reading: one rule a function, each finds at most one thing. */
#include "verdict.h"
#include "efi.h"
#include "notrom.h"
#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

struct reading {
	struct bytes file, rom; /* rom: from the option ROM's start */
	const struct rom *facts;
	const struct pci_ids *ids; /* NULL: the card is not known */
	struct findings *found;
};

__attribute__((format(printf, 4, 5))) static void find(const struct reading *r, const char *code,
						       enum finding_severity severity,
						       const char *text, ...)
{
	struct finding *f;
	va_list ap;

	if (r->found->n == FINDINGS_MAX)
		return;
	f = &r->found->f[r->found->n++];
	f->code = code;
	f->severity = severity;
	va_start(ap, text);
	vsnprintf(f->text, sizeof(f->text), text, ap);
	va_end(ap);
}

static const struct oprom_image *first_image(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;

	return c->n ? &c->image[0] : &c->cut;
}

static void rule_cut(const struct reading *r)
{
	const struct oprom_image *cut = &r->facts->chain.cut;

	if (r->facts->chain.stop == OPROM_E_CUT)
		find(r, "truncated", FINDING_FATAL,
		     "truncated: the %s image at 0x%zx says it has %zu bytes, %zu are there; read "
		     "it again, whole",
		     oprom_code_text(cut->code), r->facts->offset + cut->offset, cut->length,
		     r->rom.n - cut->offset);
}

static void rule_unended(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;

	if (c->stop == OPROM_E_SHORT || c->stop == OPROM_E_SIGNATURE)
		find(r, "no-last-image", FINDING_FATAL,
		     "no image is marked as the last after %zu: a boot GPU's shadow copy, or the "
		     "end is lost; read the card itself",
		     c->n);
	else if (c->stop != OPROM_END && c->stop != OPROM_E_CUT)
		find(r, "damaged", FINDING_FATAL, "damaged at 0x%zx: %s; read it again",
		     r->facts->offset + c->length, oprom_stop_text(c->stop));
}

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
		if (oprom_fits(r->rom, i, r->ids->vendor, r->ids->device))
			return true;
	}
	return *ret_told == NULL;
}

static void rule_card(const struct reading *r)
{
	const struct oprom_image *told;

	if (!r->ids || chain_fits(r, &told))
		return;
	if (told->vendor != r->ids->vendor)
		find(r, "wrong-vendor", FINDING_FATAL,
		     "ROM of another maker's card: %04x:%04x, this is %04x:%04x", told->vendor,
		     told->device, r->ids->vendor, r->ids->device);
	else
		find(r, "wrong-device", FINDING_FATAL,
		     "ROM of another card: %04x:%04x, this is %04x:%04x; take the ROM of this very "
		     "model",
		     told->vendor, told->device, r->ids->vendor, r->ids->device);
}

static void rule_nvidia(const struct reading *r)
{
	uint16_t vendor = first_image(r)->vendor;

	if (!r->ids && vendor != ROM_VENDOR_NVIDIA && vendor != 0)
		find(r, "not-nvidia", FINDING_NOTE,
		     "vendor %04x is not NVIDIA: trimmed by the same rules, its own data is not "
		     "read",
		     vendor);
}

static void rule_class(const struct reading *r)
{
	const struct oprom_image *i = first_image(r);

	if (i->class != 0 && i->class >> 16 != PCI_BASE_DISPLAY)
		find(r, "not-display", FINDING_WARN,
		     "class %06x is no display controller: ROM of another kind of card", i->class);
}

static void rule_checksum(const struct reading *r)
{
	if (!r->facts->x86_checksum_ok)
		find(r, "bad-checksum", FINDING_WARN,
		     "the x86 image's checksum is wrong: edited, misread or a shadow copy. SeaBIOS "
		     "refuses it; read again and compare");
}

static void rule_subsystem(const struct reading *r)
{
	const struct rom *f = r->facts;
	/* Boards of many laptops say 10de:0000 and get their ids from the system's BIOS. */
	bool generic = f->subdevice == 0;

	if (!r->ids || !f->has_subsystem || r->ids->subvendor == 0)
		return;
	if (f->subvendor == r->ids->subvendor && f->subdevice == r->ids->subdevice)
		return;
	find(r, "subsystem-differs", generic ? FINDING_NOTE : FINDING_WARN,
	     "made for subsystem %04x:%04x, the card is %04x:%04x%s", f->subvendor, f->subdevice,
	     r->ids->subvendor, r->ids->subdevice,
	     generic ? ": a generic id, usual in laptops" : ": another board with the same chip?");
}

static void rule_version(const struct reading *r)
{
	const struct rom *f = r->facts;

	if (f->version[0] && f->version_said[0] && strcasecmp(f->version, f->version_said) != 0)
		find(r, "version-differs", FINDING_WARN,
		     "its version is %.20s, its own text says %.20s: somebody edited it",
		     f->version, f->version_said);
}

static void rule_efi(const struct reading *r)
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
		find(r, "bad-efi", FINDING_WARN,
		     "a guest with UEFI firmware (OVMF) cannot load the EFI image at 0x%zx: %s",
		     r->facts->offset + c->image[k].offset, fault);
		return;
	}
}

static void rule_kinds(const struct reading *r)
{
	if (r->facts->chain.stop != OPROM_END)
		return;
	if (r->facts->efi == SIZE_MAX)
		find(r, "no-efi", FINDING_NOTE,
		     "no EFI image: a guest with UEFI firmware (OVMF) shows nothing before its own "
		     "driver runs");
	else if (r->facts->x86 == SIZE_MAX)
		find(r, "no-x86", FINDING_NOTE,
		     "no x86 image: a guest with SeaBIOS shows nothing before its own driver runs");
}

static void rule_size_byte(const struct reading *r)
{
	const struct rom *f = r->facts;

	if (f->x86 != SIZE_MAX && f->chain.image[f->x86].size_blocks == 0)
		find(r, "no-size-byte", FINDING_WARN,
		     "the x86 image's size byte is 0: SeaBIOS does not run it");
}

static void rule_alignment(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;

	for (size_t k = 0; k < c->n; k++) {
		if (c->image[k].pcir % 4 == 0)
			continue;
		find(r, "unaligned-pcir", FINDING_WARN,
		     "the PCI Data Structure of the image at 0x%zx is not aligned to 4: UEFI "
		     "firmware "
		     "(OVMF) stops there",
		     r->facts->offset + c->image[k].offset);
		return;
	}
}

static void rule_start(const struct reading *r)
{
	if (r->facts->found_by == ROM_FOUND_SCAN)
		find(r, "found-by-scan", FINDING_NOTE,
		     "%s: the option ROM at 0x%zx was found by looking for it",
		     bytes_is(r->file, 0, "NVGI", 4) ? "NVIDIA's header does not lead to it"
						     : "no known header stands before it",
		     r->facts->offset);
}

/* In words, what follows the chain. */
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

static void rule_tail(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;
	struct bytes tail = bytes_sub(r->rom, c->length, SIZE_MAX);

	if (c->stop == OPROM_END && tail.n > 0)
		find(r, "tail", FINDING_NOTE,
		     "%zu bytes follow the last image (%s): no guest needs them, trim leaves them "
		     "off",
		     tail.n, tail_text(tail));
}

/* In the order of their weight: verdict_reason names the first of the highest severity. */
static void (*const rules[])(const struct reading *) = {
	rule_card,	rule_cut,    rule_unended, rule_checksum,  rule_version,
	rule_subsystem, rule_class,  rule_efi,	   rule_alignment, rule_size_byte,
	rule_kinds,	rule_nvidia, rule_start,   rule_tail,
};
_Static_assert(sizeof(rules) / sizeof(rules[0]) <= FINDINGS_MAX, "every rule has its place");

enum verdict verdict_judge(struct bytes file, const struct rom *rom, const struct pci_ids *ids,
			   struct findings *ret)
{
	struct reading r = {file, bytes_sub(file, rom->offset, SIZE_MAX), rom, ids, ret};
	const struct finding *reason;

	ret->n = 0;
	if (rom->found_by == ROM_FOUND_NOTHING) {
		struct notrom is = notrom_guess(file);

		find(&r, is.code, FINDING_FATAL, "%s", is.text);
		return VERDICT_REJECTED;
	}
	for (size_t k = 0; k < sizeof(rules) / sizeof(rules[0]); k++)
		rules[k](&r);
	reason = verdict_reason(ret);
	if (!reason || reason->severity == FINDING_NOTE)
		return VERDICT_COMPLETE;
	return reason->severity == FINDING_FATAL ? VERDICT_REJECTED : VERDICT_USABLE;
}

const char *verdict_text(enum verdict v)
{
	switch (v) {
	case VERDICT_REJECTED:
		return "rejected";
	case VERDICT_USABLE:
		return "usable";
	case VERDICT_COMPLETE:
		return "complete";
	}
	return "unknown";
}

const struct finding *verdict_reason(const struct findings *f)
{
	const struct finding *worst = NULL;

	for (size_t k = 0; k < f->n; k++)
		if (!worst || f->f[k].severity > worst->severity)
			worst = &f->f[k];
	return worst;
}
