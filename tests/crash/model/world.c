// SPDX-License-Identifier: GPL-2.0-or-later
#include "world.h"

#include "../tree.h"

#include "util/sha256.h"
#include "sys/file.h"
#include "rom/oprom.h"
#include "romimage.h"

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROM_SIZE 1024
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* That of 2204 is there as two boards. Whether cards tell a serial number is a model's property. */
static const struct {
	uint16_t device, sub;
	bool has_serial;
} models[] = {{0x2204, 0x3892, false},
	      {0x2206, 0x3892, false},
	      {0x2204, 0x4444, true},
	      {0x2330, 0x16c1, true}};

struct world world;

/* --- chance ----------------------------------------------------------------------------------- */

/* splitmix64 */
static uint64_t next_random(void)
{
	uint64_t z = world.random += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

size_t chance(size_t n)
{
	return (size_t)(next_random() >> 16) % n;
}

bool percent(unsigned p)
{
	return chance(100) < p;
}

bool romset_has(const struct romset *s, size_t rom)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i] == rom)
			return true;
	return false;
}

void romset_add(struct romset *s, size_t rom)
{
	if (rom == NO_ROM || romset_has(s, rom))
		return;
	if (s->n == s->room) {
		s->room = s->room ? s->room * 2 : 4;
		s->v = realloc(s->v, s->room * sizeof(*s->v));
		if (!s->v)
			err(125, NULL);
	}
	s->v[s->n++] = rom;
}

/* --- files ------------------------------------------------------------------------------------ */

static void put(const char *path, const void *data, size_t n)
{
	int fd = openat(world.root.fd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, data, n) != (ssize_t)n || close(fd) < 0)
		err(125, "%s", path);
}

static void image(size_t rom, uint8_t b[ROM_SIZE])
{
	memset(b, 0, ROM_SIZE);
	romimage_put(b, &(struct romimage){.blocks = ROM_SIZE / OPROM_BLOCK,
					   .last = true,
					   .vendor = PCI_VENDOR_NVIDIA,
					   .device = world.rom[rom].device});
	put32(b + 0x100, rom + 1);
	romimage_sum(b, ROM_SIZE);
}

size_t world_new_rom(uint16_t device)
{
	uint8_t b[ROM_SIZE];
	const size_t rom = world.n_roms++;

	world.rom = realloc(world.rom, world.n_roms * sizeof(*world.rom));
	if (!world.rom)
		err(125, NULL);
	world.rom[rom].device = device;
	image(rom, b);
	digest_sha256((struct bytes){b, ROM_SIZE}, world.rom[rom].sha256);
	return rom;
}

size_t world_rom(const char *sha256)
{
	for (size_t i = 0; i < world.n_roms; i++)
		if (strcmp(world.rom[i].sha256, sha256) == 0)
			return i;
	return NO_ROM;
}

void world_rom_put(size_t rom, const char *path)
{
	uint8_t b[ROM_SIZE];

	image(rom, b);
	put(path, b, ROM_SIZE);
}

/* --- cards ------------------------------------------------------------------------------------ */

uint16_t world_device(const struct world_card *c)
{
	return models[c->model].device;
}

const char *world_path(size_t slot, char buf[PCI_PATH_MAX])
{
	snprintf(buf, PCI_PATH_MAX, "pci0000-uid%u-%02zx.0-00", world.firmware, slot + 1);
	return buf;
}

/* Another owned card of that device, whose ROM it may have, too; NOBODY. */
static size_t sibling(uint16_t device, size_t not )
{
	for (size_t i = 0, from = chance(OWNED); i < OWNED; i++) {
		size_t c = world.owned[(from + i) % OWNED];

		if (c != NOBODY && c != not &&world_device(&world.card[c]) == device)
			return c;
	}
	return NOBODY;
}

static size_t buy(void)
{
	const size_t c = world.n_cards++, model = chance(COUNT(models));
	const size_t like = sibling(models[model].device, NOBODY);

	world.card = realloc(world.card, world.n_cards * sizeof(*world.card));
	if (!world.card)
		err(125, NULL);
	world.card[c] = (struct world_card){
		.model = (unsigned)model,
		.serial = models[model].has_serial ? 0x48b02dfffe000000u + c + 1 : 0,
		.rom = like != NOBODY && percent(50) ? world.card[like].rom
						     : world_new_rom(models[model].device)};
	return c;
}

static void flash(size_t c)
{
	const uint16_t device = world_device(&world.card[c]);
	const size_t like = sibling(device, c);
	struct world_card *card = &world.card[c];

	if (card->seen_roms.n && percent(40))
		card->rom = card->seen_roms.v[chance(card->seen_roms.n)];
	else if (like != NOBODY && percent(50))
		card->rom = world.card[like].rom;
	else
		card->rom = world_new_rom(device);
}

static size_t slot_of(size_t card)
{
	for (size_t s = 0; s < SLOTS; s++)
		if (world.at[s] == card)
			return s;
	return SLOTS;
}

static void change_slots(char *text, size_t cap)
{
	const size_t a = chance(SLOTS), b = chance(SLOTS), was = world.at[a];
	const size_t c = world.owned[chance(OWNED)];

	if (percent(30)) {
		world.at[a] = NOBODY;
		snprintf(text, cap, "slot %zu emptied", a);
	} else if (percent(50)) {
		world.at[a] = world.at[b];
		world.at[b] = was;
		snprintf(text, cap, "slots %zu and %zu exchanged", a, b);
	} else {
		if (slot_of(c) < SLOTS)
			world.at[slot_of(c)] = NOBODY;
		world.at[a] = c;
		snprintf(text, cap, "card %zu into slot %zu", c, a);
	}
}

void world_changes(char *text, size_t cap)
{
	const size_t i = chance(OWNED), c = world.owned[i], slot = slot_of(c);

	snprintf(text, cap, "nothing");
	if (percent(40))
		return;
	if (percent(70)) {
		change_slots(text, cap);
	} else if (percent(40)) {
		flash(c);
		snprintf(text, cap, "card %zu flashed with ROM %zu", c, world.card[c].rom);
	} else if (percent(75)) {
		world.owned[i] = NOBODY;
		world.owned[i] = buy();
		if (slot < SLOTS)
			world.at[slot] = percent(60) ? world.owned[i] : NOBODY;
		snprintf(text, cap, "card %zu sold, %zu bought", c, world.owned[i]);
	} else if (percent(30)) {
		world.firmware ^= 1;
		snprintf(text, cap, "firmware names all slots anew");
	}
}

/* --- a boot ----------------------------------------------------------------------------------- */

static void stage(const char *sha256, const char *suffix, char path[128])
{
	snprintf(path, 128, ROOT_STAGED "/%s%s", sha256, suffix);
}

static void stage_raw(struct rom_reading *r)
{
	char raw[64], path[128];

	snprintf(raw, sizeof(raw), "raw %zu", chance(1000000));
	digest_sha256((struct bytes){(uint8_t *)raw, strlen(raw)}, r->raw_sha256);
	r->raw_size = strlen(raw);
	stage(r->raw_sha256, ".bin", path);
	put(path, raw, strlen(raw));
}

static void reads(size_t i)
{
	struct world_card *c = &world.card[world.who[i]];
	struct rom_reading *r = &world.boot[i].rom;
	char path[128];

	*r = (struct rom_reading){.tried = true, .source = "sysfs", .outcome = "nothing"};
	world.read[i] = NO_ROM;
	if (percent(35)) {
		if (percent(50))
			stage_raw(r);
		return;
	}
	r->verdict = percent(85) ? VERDICT_COMPLETE : VERDICT_USABLE;
	r->rom_size = r->raw_size = ROM_SIZE;
	strcpy(r->sha256, world.rom[c->rom].sha256);
	strcpy(r->raw_sha256, r->sha256);
	snprintf(r->version, sizeof(r->version), "ROM %zu", c->rom);
	stage(r->sha256, ".rom", path);
	world_rom_put(c->rom, path);
	if (percent(30))
		stage_raw(r);
	world.read[i] = c->rom;
	romset_add(&c->seen_roms, c->rom);
}

static struct boot_card in_slot(size_t slot, size_t renumbered)
{
	const struct world_card *c = &world.card[world.at[slot]];
	struct boot_card b = {.card.addr = {0, (uint8_t)(slot + 1 + renumbered), 0, 0},
			      .state = CARD_BOUND,
			      .card.serial = c->serial,
			      .card.n = 1};

	world_path(slot, b.card.path);
	b.card.fn[0] = (struct pci_fn){
		.addr = b.card.addr,
		.ids = {PCI_VENDOR_NVIDIA, models[c->model].device, 0x1462, models[c->model].sub},
		.class = 0x030000};
	return b;
}

/* What lay in /run is gone. */
static void clear_run(void)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/" ROOT_RUN, world.dir);
	if (dir_make(world.root.fd, ROOT_STAGED, 0755) < 0)
		errx(125, "%s", path);
	tree_empty(path);
	if (dir_make(world.root.fd, ROOT_STAGED, 0755) < 0)
		errx(125, "%s", path);
}

void world_boots(char *text, size_t cap)
{
	const size_t renumbered = chance(3) * 8;
	size_t n = 0;

	clear_run();
	world.blind = percent(3);
	snprintf(world.boot_id, sizeof(world.boot_id), "boot-%u", ++world.boots);
	put("proc/sys/kernel/random/boot_id", world.boot_id, strlen(world.boot_id));
	world.report = (struct report){
		.mode = MODE_FULL, .store = "/var/lib/gpurom", .card = world.boot, .n = 0};
	for (size_t s = 0; s < SLOTS; s++) {
		const size_t i = world.report.n;

		if (world.at[s] == NOBODY)
			continue;
		world.boot[i] = in_slot(s, renumbered);
		world.who[i] = world.at[s];
		world.read[i] = NO_ROM;
		world.report.n++;
		if (percent(6))
			world.boot[i].state = CARD_LEFT;
		else
			reads(i);
		n += (size_t)snprintf(text + n, n < cap ? cap - n : 0, " %zu:%zu%s", s,
				      world.who[i],
				      world.boot[i].state == CARD_LEFT ? " left" : "");
		if (world.read[i] != NO_ROM)
			n += (size_t)snprintf(text + n, n < cap ? cap - n : 0, " reads %zu",
					      world.read[i]);
	}
	if (report_save(&world.root, &world.report) < 0)
		errx(125, "report.json");
}

size_t world_taken(size_t slot)
{
	char path[PCI_PATH_MAX];

	world_path(slot, path);
	for (size_t i = 0; i < world.report.n; i++)
		if (strcmp(world.boot[i].card.path, path) == 0 && world.boot[i].state != CARD_LEFT)
			return i;
	return NOBODY;
}

/* --- all of it -------------------------------------------------------------------------------- */

void world_begin(const char *dir, uint64_t seed)
{
	world = (struct world){.dir = dir, .random = seed};
	if (mkdir(dir, 0755) < 0 || root_open(dir, &world.root) < 0 ||
	    dir_make(world.root.fd, "proc/sys/kernel/random", 0755) < 0 ||
	    dir_make(world.root.fd, "var/lib", 0755) < 0)
		err(125, "%s", dir);
	for (size_t i = 0; i < OWNED; i++)
		world.owned[i] = NOBODY;
	for (size_t i = 0; i < OWNED; i++)
		world.owned[i] = buy();
	for (size_t s = 0; s < SLOTS; s++)
		world.at[s] = s < SLOTS / 2 ? world.owned[s] : NOBODY;
}

void world_end(void)
{
	for (size_t i = 0; i < world.n_cards; i++)
		free(world.card[i].seen_roms.v);
	free(world.card);
	free(world.rom);
	root_close(&world.root);
	if (getenv("YEARS_KEEP"))
		return;
	tree_empty(world.dir);
	if (rmdir(world.dir) < 0)
		err(125, "%s", world.dir);
}
