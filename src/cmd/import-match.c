// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/import-match.h"

#include "rom/rules.h"
#include "sources/read.h"

#include <stdio.h>
#include <string.h>

static const char *const words[IMPORT_FIELDS] = {"vendor", "device", "subsystem", "class"};

static struct finding *find(struct findings *f, const char *code)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->f[i].code, code) == 0)
			return &f->f[i];
	return NULL;
}

/* The image whose ids count, as in rom/rules.c. */
static const struct oprom_image *ids_image(const struct rom *rom)
{
	size_t i = rom->x86 != SIZE_MAX ? rom->x86 : rom->efi;

	return i != SIZE_MAX ? &rom->chain.image[i] : &rom->chain.image[0];
}

/* The verdict on another vendor's ROM does not compare the device: judge it as of that vendor. */
static bool device_fits(struct bytes file, const struct pci_fn *card, uint16_t vendor)
{
	struct pci_ids ids = card->ids;
	const struct verdict_facts facts = {.ids = &ids};
	static struct judged j;

	ids.vendor = vendor;
	judge(file, &facts, &j);
	return !find(&j.findings, "wrong-device");
}

static void differs(struct import_match *f, enum import_field what, const char *rom,
		    const char *card)
{
	size_t i = (size_t)__builtin_ctz(what);

	f->differs |= what;
	snprintf(f->text[i], IMPORT_MATCH_TEXT_MAX, "%s: the ROM is for %s, the card is %s",
		 words[i], rom, card);
}

static void ids_differ(struct import_match *f, enum import_field what, uint16_t rom, uint16_t card)
{
	char a[8], b[8];

	snprintf(a, sizeof(a), "%04x", rom);
	snprintf(b, sizeof(b), "%04x", card);
	differs(f, what, a, b);
}

static void compare_ids(struct bytes file, const struct pci_fn *card, struct import_match *f)
{
	const struct oprom_image *i = ids_image(&f->judged.rom);
	bool vendor = find(&f->judged.findings, "wrong-vendor");

	if (vendor)
		ids_differ(f, IMPORT_VENDOR, i->vendor, card->ids.vendor);
	if (find(&f->judged.findings, "no-ids"))
		ids_differ(f, IMPORT_DEVICE, 0, card->ids.device);
	if (find(&f->judged.findings, "wrong-device") ||
	    (vendor && !device_fits(file, card, i->vendor)))
		ids_differ(f, IMPORT_DEVICE, i->device, card->ids.device);
}

static void compare_rest(const struct pci_fn *card, struct import_match *f)
{
	const struct finding *sub = find(&f->judged.findings, "subsystem-differs");
	const struct rom *rom = &f->judged.rom;
	char a[16], b[16];

	if (sub && sub->severity > FINDING_NOTE) {
		snprintf(a, sizeof(a), "%04x:%04x", rom->subvendor, rom->subdevice);
		snprintf(b, sizeof(b), "%04x:%04x", card->ids.subvendor, card->ids.subdevice);
		differs(f, IMPORT_SUBSYSTEM, a, b);
	}
	if (find(&f->judged.findings, "not-display")) {
		snprintf(a, sizeof(a), "%06x", rom->chain.image[0].class);
		snprintf(b, sizeof(b), "%06x", card->class);
		differs(f, IMPORT_CLASS, a, b);
	}
}

/* Allowed differences become warnings; all other findings count as those of a reading. */
static void allow(struct import_match *f, unsigned allowed)
{
	static const char *const ids[] = {"wrong-vendor", "wrong-device"};
	struct judged *j = &f->judged;
	const struct finding *worst;
	struct finding *one;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]) && !(f->differs & ~allowed); i++)
		if ((one = find(&j->findings, ids[i])))
			one->severity = FINDING_WARN;
	worst = verdict_reason(&j->findings);
	if (j->verdict == VERDICT_REJECTED && worst && worst->severity < FINDING_FATAL)
		j->verdict = VERDICT_USABLE;
}

void import_match_judge(struct bytes file, const struct pci_fn *card, unsigned allowed,
			struct import_match *ret)
{
	const struct verdict_facts facts = {.ids = &card->ids, .machine = READING_GUEST_MACHINE};

	*ret = (struct import_match){.differs = 0};
	judge(file, &facts, &ret->judged);
	if (!ret->judged.rom.chain.n)
		return;
	compare_ids(file, card, ret);
	compare_rest(card, ret);
	if (!ret->judged.rom.has_subsystem)
		findings_add(&ret->judged.findings, "no-subsystem", FINDING_NOTE,
			     "the ROM does not state its subsystem: it may be another board's");
	allow(ret, allowed);
}

const char *import_field_word(size_t i)
{
	return words[i];
}

bool import_fields_parse(const char *list, unsigned *ret)
{
	unsigned set = 0;

	for (;;) {
		size_t n = strcspn(list, ","), i = 0;

		while (i < IMPORT_FIELDS &&
		       (strlen(words[i]) != n || strncmp(words[i], list, n) != 0))
			i++;
		if (i == IMPORT_FIELDS)
			return false;
		set |= 1u << i;
		if (!list[n])
			break;
		list += n + 1;
	}
	*ret = set;
	return true;
}
