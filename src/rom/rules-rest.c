/* Rules of the verdict: what else is in the file? Told, and left where it is. */
#include "rom/copy.h"
#include "rom/private.h"
#include "rom/rules.h"

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

void rule_private(const struct reading *r)
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

void rule_second_copy(const struct reading *r)
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
			  "the same ROM stands once more at 0x%zx%s: no guest needs it",
			  first.offset, more ? ", and behind that" : "");
	else
		rule_find(r, "second-copy", FINDING_NOTE,
			  "another ROM stands at 0x%zx%s%.20s, and it differs from the one at "
			  "0x%zx, which is taken%s",
			  first.offset, first.version[0] ? ", version " : "", first.version,
			  r->facts->offset, more ? "; more follow" : "");
}
