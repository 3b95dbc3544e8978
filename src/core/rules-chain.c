/* Rules of the verdict: is it whole and as its maker left it? */
#include "rules.h"
#include "nvgi.h"
#include <strings.h>

void rule_cut(const struct reading *r)
{
	const struct oprom_image *cut = &r->facts->chain.cut;

	if (r->facts->chain.stop == OPROM_E_CUT)
		rule_find(r, "truncated", FINDING_FATAL,
			  "truncated: the %s image at 0x%zx says it has %zu bytes, %zu are there; "
			  "read it again, whole",
			  oprom_code_text(cut->code), r->facts->offset + cut->offset, cut->length,
			  r->rom.n - cut->offset);
}

void rule_unended(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;
	const struct oprom_image *end = &c->image[c->n ? c->n - 1 : 0];

	if (c->stop == OPROM_E_SHORT || c->stop == OPROM_E_SIGNATURE)
		rule_find(r, "no-last-image", FINDING_FATAL,
			  "not whole: the %s image at 0x%zx is not the last, and none follows; a "
			  "boot GPU's shadow copy, or the end is lost. Read the card itself",
			  oprom_code_text(end->code), r->facts->offset + end->offset);
	else if (c->stop != OPROM_END && c->stop != OPROM_E_CUT)
		rule_find(r, "damaged", FINDING_FATAL, "damaged at 0x%zx: %s; read it again",
			  r->facts->offset + c->length, oprom_stop_text(c->stop));
}

/* Either sum vouches for the bytes: which of the two a maker keeps, where the lengths differ,
 * varies. That SeaBIOS wants the other is told by rule_boot_part. */
void rule_checksum(const struct reading *r)
{
	const struct rom *f = r->facts;

	if (f->x86_checksum_ok)
		return;
	if (f->x86_boot_checksum_ok)
		rule_find(r, "long-checksum", FINDING_NOTE,
			  "the x86 image's checksum holds for the part that a BIOS loads, not for "
			  "the whole: edited?");
	else
		rule_find(
			r, "bad-checksum", FINDING_WARN,
			"the x86 image's checksum is wrong: edited, misread or a shadow copy; read "
			"again and compare");
}

void rule_version(const struct reading *r)
{
	const struct rom *f = r->facts;

	if (f->version[0] && f->version_said[0] && strcasecmp(f->version, f->version_said) != 0)
		rule_find(r, "version-differs", FINDING_WARN,
			  "its version is %.20s, its own text says %.20s: somebody edited it",
			  f->version, f->version_said);
}

/* Nothing vouches for a place that was found by looking. On Blackwell's flashes that is how it
 * is; but where something at the start should have led there, or the x86 image is missing, it
 * may be the undamaged rest of a damaged ROM. */
void rule_start(const struct reading *r)
{
	struct nvgi nvgi;
	int no_ifr = nvgi_read(r->file, &nvgi);
	/* A header of a version to come leads nowhere that we know: no sign of damage. */
	bool ifr = no_ifr != NVGI_E_NONE && no_ifr != NVGI_E_VERSION;
	bool image = bytes_is(r->file, 0, "\x55\xaa", 2);

	if (r->facts->found_by != ROM_FOUND_SCAN)
		return;
	if (ifr || image || r->facts->x86 != 0)
		rule_find(
			r, "rest-of-rom", FINDING_WARN,
			"%s: what was found at 0x%zx may be the rest of a damaged ROM; read again "
			"and compare",
			ifr	? "NVIDIA's header (NVGI) leads nowhere"
			: image ? "the image at 0 is damaged"
				: "no x86 image comes first",
			r->facts->offset);
	else
		rule_find(r, "found-by-scan", FINDING_NOTE,
			  "no known header stands before the option ROM at 0x%zx: it was found by "
			  "looking for it",
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

void rule_tail(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;
	struct bytes tail = bytes_sub(r->rom, c->length, SIZE_MAX);

	if (c->stop == OPROM_END && tail.n > 0)
		rule_find(r, "tail", FINDING_NOTE,
			  "%zu bytes follow the last image (%s): no guest needs them, trim leaves "
			  "them off",
			  tail.n, tail_text(tail));
}
