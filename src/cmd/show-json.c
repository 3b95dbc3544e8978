// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/show-json.h"

#include "rom/map.h"
#include "rom/npde.h"
#include "rom/nvgi.h"
#include "rom/rom.h"
#include "rom/rules.h"
#include "sys/json.h"
#include "util/sha256.h"

#include <stdio.h>

static void put_text_or_null(struct json_writer *w, const char *key, const char *text)
{
	json_put(w, key, text && text[0] ? cJSON_CreateString(text) : cJSON_CreateNull());
}

static void put_digest(struct json_writer *w, const char *key, struct bytes b)
{
	char hex[SHA256_HEX];

	digest_sha256(b, hex);
	json_put_text(w, key, hex);
}

static cJSON *image_json(const struct oprom_image *i, struct json_writer *whole)
{
	struct json_writer w = {.o = cJSON_CreateObject()};
	char text[16];

	json_put_u64(&w, "offset", i->offset);
	json_put_u64(&w, "length", i->length);
	json_put_u64(&w, "type", i->code);
	snprintf(text, sizeof(text), "%04x", i->vendor);
	json_put_text(&w, "vendor", text);
	snprintf(text, sizeof(text), "%04x", i->device);
	json_put_text(&w, "device", text);
	snprintf(text, sizeof(text), "%06x", i->class);
	json_put_text(&w, "class_", text);
	json_put_bool(&w, "last", oprom_last(i));
	whole->failed |= w.failed;
	return w.o;
}

static void put_images(struct json_writer *w, const struct rom *rom)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t k = 0; k < rom->chain.n; k++)
		if (!cJSON_AddItemToArray(array, image_json(&rom->chain.image[k], w)))
			w->failed = true;
	json_put(w, "images", array);
}

static void put_ok(struct json_writer *w, const char *key, bool has, bool ok)
{
	json_put(w, key, has ? cJSON_CreateBool(ok) : cJSON_CreateNull());
}

/* null where there is no option ROM, or no whole x86 image. */
static void put_chain(struct json_writer *w, struct bytes file, const struct rom *rom)
{
	bool found = rom->found_by != ROM_FOUND_NOTHING;
	struct bytes trimmed;

	put_text_or_null(w, "found_by", rom_found_text(rom));
	json_put(w, "rom_offset",
		 found ? cJSON_CreateNumber((double)rom->offset) : cJSON_CreateNull());
	put_images(w, rom);
	json_put_bool(w, "complete", rom_complete(rom));
	json_put_bool(w, "efi", rom_has_efi(rom));
	put_ok(w, "x86_checksum_ok", found && rom->x86 != SIZE_MAX, rom->x86_checksum_ok);
	put_ok(w, "x86_boot_checksum_ok", found && rom->x86 != SIZE_MAX, rom->x86_boot_checksum_ok);
	if (rom_trimmed(file, rom, ROM_TRIM_CHAIN, &trimmed) == 0) {
		json_put_u64(w, "trimmed_size", trimmed.n);
		put_digest(w, "trimmed_sha256", trimmed);
	} else {
		json_put(w, "trimmed_size", cJSON_CreateNull());
		json_put(w, "trimmed_sha256", cJSON_CreateNull());
	}
	if (found)
		put_digest(w, "head_trimmed_sha256", bytes_sub(file, rom->offset, SIZE_MAX));
	else
		json_put(w, "head_trimmed_sha256", cJSON_CreateNull());
}

static void put_board(struct json_writer *w, const struct rom *rom)
{
	char subsystem[16] = "", gop[16] = "";

	if (rom->has_subsystem)
		snprintf(subsystem, sizeof(subsystem), "%04x:%04x", rom->subvendor, rom->subdevice);
	if (rom->gop)
		snprintf(gop, sizeof(gop), "%x", rom->gop);
	put_text_or_null(w, "version", rom->version);
	put_text_or_null(w, "version_said", rom->version_said);
	put_text_or_null(w, "subsystem", subsystem);
	put_text_or_null(w, "board", rom->board);
	put_text_or_null(w, "date", rom->date);
	put_text_or_null(w, "build_date", rom->build_date);
	put_text_or_null(w, "sign_on", rom->sign_on);
	put_text_or_null(w, "gop", gop);
}

static void put_sum(struct json_writer *w, const char *key, bool has, uint8_t sum)
{
	json_put(w, key, has ? cJSON_CreateNumber(sum) : cJSON_CreateNull());
}

/* Takes ownership of one. */
static void push(struct json_writer *w, cJSON *array, struct json_writer *one)
{
	if (one->failed || !cJSON_AddItemToArray(array, one->o))
		w->failed = true;
}

/* One per element of "images". */
static void put_sums(struct json_writer *w, struct bytes chain, const struct rom *rom)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t k = 0; k < rom->chain.n; k++) {
		struct json_writer one = {.o = cJSON_CreateObject()};
		struct sums s;

		sums_read(chain, &rom->chain.image[k], &s);
		put_sum(&one, "pcir_length", s.has_whole, s.whole);
		put_sum(&one, "size_byte", s.has_size, s.size);
		put_sum(&one, "npde_length", s.has_npde, s.npde);
		push(w, array, &one);
	}
	json_put(w, "sums", array);
}

static void put_private(struct json_writer *w, struct bytes chain, const struct rom *rom)
{
	cJSON *array = cJSON_CreateArray();
	struct oprom_chain images = {.n = 0};

	if (rom->found_by != ROM_FOUND_NOTHING)
		private_walk(chain, &rom->chain, &images);
	for (size_t k = 0; k < images.n; k++) {
		const struct oprom_image *i = &images.image[k];
		struct json_writer one = {.o = cJSON_CreateObject()};
		struct sums s;

		sums_read(chain, i, &s);
		json_put_u64(&one, "offset", i->offset);
		json_put_u64(&one, "length", i->length);
		json_put_u64(&one, "type", i->code);
		json_put_text(&one, "signature", private_text(chain, i));
		put_sum(&one, "sum", s.has_whole, s.whole);
		push(w, array, &one);
	}
	json_put(w, "private_images", array);
}

static void put_ifr(struct json_writer *w, struct bytes file)
{
	struct json_writer ifr = {.o = NULL};
	struct nvgi n;
	char text[16];

	if (nvgi_read(file, &n)) {
		json_put(w, "ifr", cJSON_CreateNull());
		return;
	}
	ifr.o = cJSON_CreateObject();
	json_put_u64(&ifr, "version", n.version);
	json_put_u64(&ifr, "fixed_size", n.fixed_size);
	json_put_u64(&ifr, "total_size", n.total_size);
	snprintf(text, sizeof(text), "%04x:%04x", n.subvendor, n.subdevice);
	json_put_text(&ifr, "subsystem", text);
	json_put_u64(&ifr, "rom_offset", n.rom);
	put_sum(&ifr, "sum", n.has_sum, n.sum);
	w->failed |= ifr.failed;
	json_put(w, "ifr", ifr.o);
}

static void put_map(struct json_writer *w, struct bytes file, const struct rom *rom)
{
	cJSON *array = cJSON_CreateArray();
	struct rommap map;

	rommap_make(file, rom, &map);
	for (size_t k = 0; k < map.n; k++) {
		struct json_writer one = {.o = cJSON_CreateObject()};

		json_put_u64(&one, "offset", map.s[k].offset);
		json_put_u64(&one, "length", map.s[k].length);
		json_put_text(&one, "kind", rommap_text(map.s[k].kind));
		push(w, array, &one);
	}
	json_put(w, "map", array);
}

static void put_verdict(struct json_writer *w, struct bytes file, const struct rom *rom,
			const struct pci_ids *ids)
{
	cJSON *array = cJSON_CreateArray();
	const struct verdict_facts facts = {.ids = ids};
	struct findings found;

	json_put_text(w, "verdict", verdict_text(verdict_judge(file, rom, &facts, &found)));
	for (size_t k = 0; k < found.n; k++) {
		struct json_writer one = {.o = cJSON_CreateObject()};

		json_put_text(&one, "code", found.f[k].code);
		json_put_text(&one, "severity", finding_severity_text(found.f[k].severity));
		json_put_text(&one, "text", found.f[k].text);
		push(w, array, &one);
	}
	json_put(w, "findings", array);
}

cJSON *romjson_make(struct bytes file, const struct rom *rom, const struct pci_ids *ids)
{
	struct bytes chain = bytes_sub(file, rom->offset, SIZE_MAX);
	struct json_writer w = {.o = cJSON_CreateObject()};

	json_put_u64(&w, "size", file.n);
	put_digest(&w, "sha256", file);
	put_chain(&w, file, rom);
	put_board(&w, rom);
	put_sums(&w, chain, rom);
	put_private(&w, chain, rom);
	put_ifr(&w, file);
	put_map(&w, file, rom);
	put_verdict(&w, file, rom, ids);
	return json_done(&w);
}
