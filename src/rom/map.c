// SPDX-License-Identifier: GPL-2.0-or-later
/* Cuts the file: images and copies are items, which may overlap; between items is padding or data.
 */
#include "rom/map.h"

#include "rom/copy.h"
#include "rom/npde.h"

#define COPIES_MAX 16
#define ITEMS_MAX (2 * OPROM_IMAGES_MAX + 1 + COPIES_MAX)
#define PADDING_MIN 512u /* shorter runs between data are data, too */
#define PADDING_PART 64u /* or than this part of the file */

struct item {
	size_t from, to;
	enum rommap_kind kind;
};

struct cutter {
	struct bytes file;
	struct item item[ITEMS_MAX];
	size_t n;
	size_t last; /* item of the segment before; SIZE_MAX: none */
	size_t header_end;
	struct rommap *map;
};

static void item_add(struct cutter *c, size_t from, size_t length, enum rommap_kind kind)
{
	size_t n = bytes_sub(c->file, from, length).n;

	if (n && c->n < ITEMS_MAX)
		c->item[c->n++] = (struct item){from, from + n, kind};
}

static enum rommap_kind image_kind(const struct oprom_image *i)
{
	if (i->code == OPROM_CODE_X86)
		return ROMMAP_X86;
	return i->code == OPROM_CODE_EFI ? ROMMAP_EFI : ROMMAP_IMAGE;
}

static void images_add(struct cutter *c, const struct rom *rom)
{
	struct bytes b = bytes_sub(c->file, rom->offset, SIZE_MAX);
	const struct oprom_chain *chain = &rom->chain;
	struct oprom_chain hidden;

	private_walk(b, chain, &hidden);
	for (size_t k = 0; k < hidden.n; k++)
		item_add(c, rom->offset + hidden.image[k].offset, hidden.image[k].length,
			 ROMMAP_PRIVATE);
	for (size_t k = 0; k < chain->n; k++)
		item_add(c, rom->offset + chain->image[k].offset, chain->image[k].length,
			 image_kind(&chain->image[k]));
	if (chain->stop == OPROM_E_CUT)
		item_add(c, rom->offset + chain->cut.offset, chain->cut.length,
			 image_kind(&chain->cut));
}

/* The end of the copy's last image, private ones included. */
static size_t copy_end(struct bytes file, const struct romcopy *copy)
{
	struct bytes b = bytes_sub(file, copy->offset, SIZE_MAX);
	struct oprom_chain chain, hidden;
	size_t length;

	oprom_walk(b, &chain);
	private_walk(b, &chain, &hidden);
	length = hidden.length > chain.length ? hidden.length : chain.length;
	return copy->offset + length;
}

static void copies_add(struct cutter *c, const struct rom *rom)
{
	struct romcopy copy = {0};

	for (size_t k = 0; k < COPIES_MAX; k++) {
		if (!romcopy_next(c->file, rom, copy.offset + copy.length, &copy))
			return;
		item_add(c, copy.start, copy_end(c->file, &copy) - copy.start, ROMMAP_COPY);
	}
}

static void segment_add(struct cutter *c, size_t off, size_t end, enum rommap_kind kind)
{
	struct rommap *m = c->map;

	if (m->n == ROMMAP_SEGMENTS_MAX)
		m->s[m->n - 1].length += end - off;
	else
		m->s[m->n++] = (struct rommap_segment){off, end - off, kind};
}

/* The item at off, the innermost of several, or SIZE_MAX if there is none. *ret_end: where another
 * item begins or ends. */
static size_t item_at(const struct cutter *c, size_t off, size_t *ret_end)
{
	size_t found = SIZE_MAX;

	*ret_end = c->file.n;
	for (size_t k = 0; k < c->n; k++) {
		const struct item *i = &c->item[k];

		if (i->from > off && i->from < *ret_end)
			*ret_end = i->from;
		if (i->to > off && i->to < *ret_end)
			*ret_end = i->to;
		if (i->from <= off && off < i->to &&
		    (found == SIZE_MAX || i->from > c->item[found].from))
			found = k;
	}
	return found;
}

/* Number of bytes equal to the first one, if that is padding, else 0. */
static size_t padding_length(struct bytes b)
{
	size_t n = 0;

	if (b.p[0] != 0xff && b.p[0] != 0x00)
		return 0;
	while (n < b.n && b.p[n] == b.p[0])
		n++;
	return n;
}

static void gap_add(struct cutter *c, size_t off, size_t end)
{
	enum rommap_kind kind = off < c->header_end ? ROMMAP_HEADER : ROMMAP_DATA;
	size_t least = c->file.n / PADDING_PART, data = off, n;

	if (least < PADDING_MIN)
		least = PADDING_MIN;
	if (least > end - off)
		least = end - off;
	for (size_t at = off; at < end; at += n ? n : 1) {
		n = padding_length(bytes_sub(c->file, at, end - at));
		if (n < least)
			continue;
		if (at > data)
			segment_add(c, data, at, kind);
		segment_add(c, at, at + n, c->file.p[at] ? ROMMAP_FF : ROMMAP_ZERO);
		data = at + n;
	}
	if (end > data)
		segment_add(c, data, end, kind);
}

void rommap_make(struct bytes file, const struct rom *rom, struct rommap *ret)
{
	struct cutter c = {.file = file, .last = SIZE_MAX, .map = ret};
	size_t end;

	ret->n = 0;
	ret->size = file.n;
	if (rom->found_by != ROM_FOUND_NOTHING) {
		c.header_end = rom->offset;
		images_add(&c, rom);
		copies_add(&c, rom);
	}
	for (size_t off = 0; off < file.n; off = end) {
		size_t k = item_at(&c, off, &end);

		if (k == SIZE_MAX)
			gap_add(&c, off, end);
		else if (k == c.last)
			ret->s[ret->n - 1].length += end - off;
		else
			segment_add(&c, off, end, c.item[k].kind);
		c.last = k;
	}
}

/* Shares the 64 cells among the segments, at least one for each. If they are too many, the largest
 * give some up; if too few, those that are the most below their share get more. */
static void share_cells(const struct rommap *map, size_t cells[ROMMAP_CELLS])
{
	size_t sum = 0, best;

	for (size_t k = 0; k < map->n; k++) {
		cells[k] = (size_t)((uint64_t)map->s[k].length * ROMMAP_CELLS / map->size);
		if (cells[k] == 0)
			cells[k] = 1;
		sum += cells[k];
	}
	for (; sum > ROMMAP_CELLS; sum--) {
		best = 0;
		for (size_t k = 1; k < map->n; k++)
			if (cells[k] > cells[best])
				best = k;
		cells[best]--;
	}
	for (; sum < ROMMAP_CELLS; sum++) {
		int64_t most = INT64_MIN;

		best = 0;
		for (size_t k = 0; k < map->n; k++) {
			int64_t missing = (int64_t)((uint64_t)map->s[k].length * ROMMAP_CELLS) -
					  (int64_t)((uint64_t)cells[k] * map->size);

			if (missing > most) {
				most = missing;
				best = k;
			}
		}
		cells[best]++;
	}
}

/* For more segments than cells: each cell shows the segment at its middle. */
static void draw_middles(const struct rommap *map, char ret[ROMMAP_CELLS])
{
	size_t s = 0;

	for (size_t k = 0; k < ROMMAP_CELLS; k++) {
		uint64_t middle = (uint64_t)map->size * (2 * k + 1) / (2 * ROMMAP_CELLS);

		while (s + 1 < map->n && map->s[s + 1].offset <= middle)
			s++;
		ret[k] = rommap_letter(map->s[s].kind);
	}
}

void rommap_draw(const struct rommap *map, char ret[ROMMAP_CELLS + 1])
{
	size_t cells[ROMMAP_CELLS], at = 0;

	memset(ret, 0, ROMMAP_CELLS + 1);
	if (map->n == 0)
		return;
	if (map->n > ROMMAP_CELLS) {
		draw_middles(map, ret);
		return;
	}
	share_cells(map, cells);
	for (size_t k = 0; k < map->n; k++) {
		memset(ret + at, rommap_letter(map->s[k].kind), cells[k]);
		at += cells[k];
	}
}

char rommap_letter(enum rommap_kind kind)
{
	static const char letters[ROMMAP_KINDS + 1] = "HXEIPC.0?";

	return letters[kind];
}

const char *rommap_text(enum rommap_kind kind)
{
	static const char *const words[ROMMAP_KINDS] = {
		"header", "x86", "efi", "image", "private", "copy", "ff", "00", "data",
	};

	return words[kind];
}
