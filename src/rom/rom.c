// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds where the option ROM starts in a file, and gathers the facts of its images. */
#include "rom/rom.h"

#include "rom/npde.h"
#include "rom/nvgi.h"
#include "rom/vbios.h"

#include <errno.h>

_Static_assert(ROM_TEXT_MAX == VBIOS_TEXT_MAX, "texts are copied whole");

/* True if a guest's firmware can run it. On newer boards NVIDIA puts others before it, which differ
 * in the code type alone (GB206: 55AA, PCIR, the card's ids, type E0). */
static bool is_public(const struct oprom_image *i)
{
	return i->code == OPROM_CODE_X86 || i->code == OPROM_CODE_EFI;
}

/* True if an option ROM starts at off. Its length may be wrong: the walk will find that. */
static bool is_option_rom_at(struct bytes file, size_t off)
{
	struct oprom_image i;
	struct bytes rom = bytes_sub(file, off, SIZE_MAX);

	return oprom_image_at(rom, 0, &i) == OPROM_END && is_public(&i);
}

/* No header vouches for a place found by a search, so it must have NVIDIA's vendor id (an EFI image
 * may have 0). Between blocks it must be an x86 image: an EFI image is there if bytes were lost. */
static bool is_likely_start(struct bytes file, size_t off, size_t step)
{
	struct oprom_image i;

	if (oprom_image_at(bytes_sub(file, off, SIZE_MAX), 0, &i) != OPROM_END)
		return false;
	if (i.code == OPROM_CODE_X86)
		return i.vendor == ROM_VENDOR_NVIDIA;
	return i.code == OPROM_CODE_EFI && step == OPROM_BLOCK &&
	       (i.vendor == ROM_VENDOR_NVIDIA || i.vendor == 0);
}

/* Looks at each multiple of step for the first whole chain. */
static bool find_by_search(struct bytes file, size_t step, struct rom *r)
{
	size_t walks = 0;

	for (size_t off = 0; off < file.n && walks < ROM_WALKS_MAX; off += step) {
		if (!is_likely_start(file, off, step))
			continue;
		walks++;
		oprom_walk(bytes_sub(file, off, SIZE_MAX), &r->chain);
		if (r->chain.stop != OPROM_END)
			continue;
		r->found_by = ROM_FOUND_SCAN;
		r->offset = off;
		return true;
	}
	return false;
}

static void find_start(struct bytes file, struct rom *r)
{
	struct nvgi nvgi;
	bool has_nvgi = nvgi_read(file, &nvgi) == 0;

	if (has_nvgi)
		r->nvgi_version = nvgi.version;
	if (is_option_rom_at(file, 0)) {
		r->found_by = ROM_FOUND_PLAIN;
		return;
	}
	if (has_nvgi && is_option_rom_at(file, nvgi.rom)) {
		r->found_by = ROM_FOUND_NVGI;
		r->offset = nvgi.rom;
		return;
	}
	if (!find_by_search(file, OPROM_BLOCK, r))
		(void)find_by_search(file, ROM_ALIGN, r);
}

static void index_images(struct rom *r)
{
	for (size_t k = r->chain.n; k-- > 0;) {
		if (r->chain.image[k].code == OPROM_CODE_X86)
			r->x86 = k;
		else if (r->chain.image[k].code == OPROM_CODE_EFI)
			r->efi = k;
	}
}

static void copy_vbios(const struct vbios *v, struct rom *r)
{
	r->has_subsystem = v->has_subsystem;
	r->subvendor = v->subvendor;
	r->subdevice = v->subdevice;
	memcpy(r->version, v->version, ROM_TEXT_MAX);
	memcpy(r->version_said, v->version_said, ROM_TEXT_MAX);
	memcpy(r->date, v->date, ROM_TEXT_MAX);
	memcpy(r->build_date, v->build_date, ROM_TEXT_MAX);
	memcpy(r->board, v->board, ROM_TEXT_MAX);
	memcpy(r->sign_on, v->sign_on, ROM_TEXT_MAX);
}

static void read_x86(struct bytes rom, struct rom *r)
{
	const struct oprom_image *i = &r->chain.image[r->x86];
	struct vbios v;

	r->x86_checksum_ok = oprom_checksum_ok(rom, i);
	r->x86_boot_checksum_ok = oprom_boot_checksum_ok(rom, i);
	if (i->vendor != ROM_VENDOR_NVIDIA)
		return;
	vbios_read(rom, i, &v);
	copy_vbios(&v, r);
}

/* Takes the first EFI image that has a GOP version: mobile ROMs may have two EFI images. */
static void read_gop(struct bytes rom, struct rom *r)
{
	struct npde npde;

	for (size_t k = 0; k < r->chain.n && r->gop == 0; k++)
		if (r->chain.image[k].code == OPROM_CODE_EFI &&
		    npde_read(rom, &r->chain.image[k], &npde))
			r->gop = npde.gop;
}

static bool all_sums_ok(struct bytes rom, const struct oprom_chain *c)
{
	for (size_t k = 0; k < c->n; k++)
		if (!oprom_checksum_ok(rom, &c->image[k]))
			return false;
	return c->n > 0;
}

void rom_examine(struct bytes file, struct rom *ret)
{
	struct bytes rom;

	memset(ret, 0, sizeof(*ret));
	ret->size = file.n;
	ret->x86 = SIZE_MAX;
	ret->efi = SIZE_MAX;
	ret->x86_checksum_ok = true;
	ret->x86_boot_checksum_ok = true;
	find_start(file, ret);
	if (ret->found_by == ROM_FOUND_NOTHING) {
		memset(&ret->chain, 0, sizeof(ret->chain));
		return;
	}
	rom = bytes_sub(file, ret->offset, SIZE_MAX);
	oprom_walk(rom, &ret->chain);
	index_images(ret);
	if (ret->x86 != SIZE_MAX)
		read_x86(rom, ret);
	read_gop(rom, ret);
	ret->sums_ok = all_sums_ok(rom, &ret->chain);
}

bool rom_x86_alone(const struct rom *rom)
{
	const struct oprom_chain *c = &rom->chain;

	return c->n == 1 && rom->x86 == 0 &&
	       (c->stop == OPROM_E_SHORT || c->stop == OPROM_E_SIGNATURE);
}

int rom_trimmed(struct bytes file, const struct rom *rom, enum rom_trim how, struct bytes *ret)
{
	if (!rom_complete(rom))
		return -ENODATA;
	*ret = bytes_sub(file, rom->offset, how == ROM_TRIM_HEAD ? SIZE_MAX : rom->chain.length);
	return 0;
}

const char *rom_found_text(const struct rom *rom)
{
	static const char *const nvgi[] = {"NVGI", "NVGI v1", "NVGI v2", "NVGI v3"};

	switch (rom->found_by) {
	case ROM_FOUND_PLAIN:
		return "none";
	case ROM_FOUND_NVGI:
		return nvgi[rom->nvgi_version & 3];
	case ROM_FOUND_SCAN:
		return "scan";
	case ROM_FOUND_NOTHING:
		break;
	}
	return NULL;
}

void sums_read(struct bytes rom, const struct oprom_image *i, struct sums *ret)
{
	struct npde npde;

	*ret = (struct sums){0};
	ret->has_whole = oprom_sum(rom, i->offset, i->length, &ret->whole);
	if (i->code != OPROM_CODE_X86)
		return;
	ret->has_size = oprom_sum(rom, i->offset, (size_t)i->size_blocks * OPROM_BLOCK, &ret->size);
	if (npde_read(rom, i, &npde))
		ret->has_npde =
			oprom_sum(rom, i->offset, (size_t)npde.blocks * OPROM_BLOCK, &ret->npde);
}
