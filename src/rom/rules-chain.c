/* Rules of the verdict: is it whole and as its maker left it? */
#include "rom/nvgi.h"
#include "rom/rules.h"
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

void rule_damaged(const struct reading *r)
{
	const struct oprom_chain *c = &r->facts->chain;

	if (c->stop == OPROM_E_PCIR || c->stop == OPROM_E_LENGTH || c->stop == OPROM_E_MANY)
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

/* What stands at 0 of a file whose option ROM was found elsewhere by looking, where it tells that
 * something is wrong; else NULL. */
static const char *odd_start(const struct reading *r)
{
	struct oprom_image i;
	struct nvgi nvgi;
	int no_ifr = nvgi_read(r->file, &nvgi);

	/* A header of a version to come leads nowhere that we know: no sign of damage. */
	if (no_ifr != NVGI_E_NONE && no_ifr != NVGI_E_VERSION)
		return "NVIDIA's header (NVGI) leads nowhere";
	if (oprom_any_at(r->file, 0, &i) == OPROM_END)
		return "it begins with an image that only NVIDIA's driver reads";
	if (bytes_is(r->file, 0, "\x55\xaa", 2))
		return "the image at 0 is damaged";
	return r->facts->x86 != 0 ? "no x86 image comes first" : NULL;
}

/* Nothing vouches for a place that was found by looking. On Blackwell's flashes that is how it
 * is; but where something at the start should have led there, or the x86 image is missing, it
 * may be the undamaged rest of a damaged ROM. */
void rule_start(const struct reading *r)
{
	const char *odd = odd_start(r);

	if (r->facts->found_by != ROM_FOUND_SCAN)
		return;
	if (odd)
		rule_find(
			r, "rest-of-rom", FINDING_WARN,
			"%s: what was found at 0x%zx may be the rest of a damaged ROM; read again "
			"and compare",
			odd, r->facts->offset);
	else
		rule_find(r, "found-by-scan", FINDING_NOTE,
			  "no known header stands before the option ROM at 0x%zx: it was found by "
			  "looking for it",
			  r->facts->offset);
}
