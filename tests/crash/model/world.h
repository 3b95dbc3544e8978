/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A made-up host over the years: cards that truly are who they are, in slots, with ROMs in their
 * flash; and what a boot of it leaves for commit. The model knows what gpurom cannot: which card it
 * is that stands in a slot. Everything comes from one random number, so that a life of the host can
 * be lived again. */
#ifndef GPUROM_TEST_WORLD_H
#define GPUROM_TEST_WORLD_H

#include "record/record.h"
#include "boot/report.h"

#define SLOTS 6
#define OWNED 9 /* cards that the host's owner has, in the host or in a drawer */
#define NO_ROM SIZE_MAX
#define NOBODY SIZE_MAX

/* Numbers of ROMs. */
struct romset {
	size_t *v, n, room;
};

struct world_card {
	unsigned model;
	uint64_t serial;	 /* 0: cards of that model have none */
	size_t rom;		 /* in its flash */
	struct romset seen_roms; /* read from it in any boot, or imported for it */
};

struct world {
	struct root root;
	const char *dir;
	uint64_t random;
	struct {
		char sha256[SHA256_HEX];
		uint16_t device;
	} * rom;
	size_t n_roms;
	struct world_card *card; /* all that ever were */
	size_t n_cards, owned[OWNED];
	size_t at[SLOTS];  /* a card, or NOBODY */
	unsigned firmware; /* which of its two ways to name the slots */
	unsigned boots, hours;
	bool blind; /* the buses cannot be read in this boot */
	char boot_id[RECORD_BOOT_MAX];
	/* This boot's: */
	struct report report;
	struct boot_card boot[SLOTS];
	size_t who[SLOTS];  /* of the report's cards: the true card */
	size_t read[SLOTS]; /* ... and the ROM that was read of it and trusted, or NO_ROM */
};

extern struct world world;

/* Below n, which is not 0. */
size_t chance(size_t n);
bool percent(unsigned p);

bool romset_has(const struct romset *s, size_t rom);
void romset_add(struct romset *s, size_t rom);

/* A new host, empty but for its cards, in a new folder. */
void world_begin(const char *dir, uint64_t seed);
void world_end(void);

/* The number of the ROM with that digest, or NO_ROM. */
size_t world_rom(const char *sha256);
/* A new ROM for cards of that device. */
size_t world_new_rom(uint16_t device);
void world_rom_put(size_t rom, const char *path);
uint16_t world_device(const struct world_card *c);
const char *world_path(size_t slot, char buf[PCI_PATH_MAX]);

/* Something happens to the hardware, or nothing; text says what. */
void world_changes(char *text, size_t cap);
/* The next boot: report.json, staged readings, and in text what was read. */
void world_boots(char *text, size_t cap);
/* Its index in the report, or NOBODY where it was not taken. */
size_t world_taken(size_t slot);

#endif
