// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/rules.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { CHAIN = 0x800, SECOND = 0x400, PCIR = IMAGE_PCIR };

static const struct pci_ids card = {0x10de, 0x2204, 0x1462, 0x3896};

static void base(uint8_t p[CHAIN])
{
	romimage_put(p, &(struct romimage){0x00, 2, false, 0x10de, 0x2204});
	romimage_put(p + SECOND, &(struct romimage){0x03, 2, true, 0x10de, 0x2204});
}

static struct findings found; /* of the last judge() */

static enum verdict judge_with(const uint8_t *p, size_t n, const struct verdict_facts *facts)
{
	static struct rom rom;
	struct bytes b = exact(p, n);

	memset(&found, 0xee, sizeof(found));
	rom_examine(b, &rom);
	return verdict_judge(b, &rom, facts, &found);
}

static enum verdict judge(const uint8_t *p, size_t n, const struct pci_ids *ids)
{
	return judge_with(p, n, &(struct verdict_facts){.ids = ids});
}

static const struct finding *finding(const char *code)
{
	for (size_t k = 0; k < found.n; k++)
		if (strcmp(found.f[k].code, code) == 0)
			return &found.f[k];
	return NULL;
}

static const char *reason(void)
{
	const struct finding *f = verdict_reason(&found);

	return f ? f->code : "";
}

static void sound(void **state)
{
	uint8_t p[CHAIN];

	(void)state;
	base(p);
	assert_int_equal(judge(p, CHAIN, NULL), VERDICT_COMPLETE);
	assert_int_equal(found.n, 0);
	assert_null(verdict_reason(&found));
	assert_int_equal(judge(p, CHAIN, &card), VERDICT_COMPLETE);
	assert_int_equal(found.n, 0);
}

/* A change to the base, and the finding that decides then. */
static const struct change {
	const char *name;
	size_t at, n;
	const char *bytes;
	bool sum; /* set the x86 checksum right after it */
	size_t size;
	enum verdict want;
	const char *reason;
} changes[] = {
	{"truncated", 0, 0, "", 0, CHAIN - 1, VERDICT_REJECTED, "truncated"},
	{"first truncated", 0, 0, "", 0, 0x3ff, VERDICT_REJECTED, "truncated"},
	{"end lost", 0, 0, "", 0, SECOND, VERDICT_REJECTED, "no-last-image"},
	{"no last bit", SECOND + PCIR + 0x15, 1, "\x7f", 0, CHAIN, VERDICT_REJECTED,
	 "no-last-image"},
	{"something else follows", SECOND, 1, "\x56", 0, CHAIN, VERDICT_REJECTED, "no-last-image"},
	{"second without PCIR", SECOND + PCIR, 1, "p", 0, CHAIN, VERDICT_REJECTED, "damaged"},
	{"second of no length", SECOND + PCIR + 0x10, 1, "\0", 0, CHAIN, VERDICT_REJECTED,
	 "damaged"},
	{"not a ROM", 0, 4, "MZ\x90\0", 0, SECOND, VERDICT_REJECTED, "program"},
	{"rest of a ROM", PCIR, 1, "p", 0, CHAIN, VERDICT_USABLE, "rest-of-rom"},
	{"wrong vendor", PCIR + 4, 2, "\x02\x10", 1, CHAIN, VERDICT_REJECTED, "wrong-vendor"},
	{"wrong device", PCIR + 6, 2, "\x06\x22", 1, CHAIN, VERDICT_REJECTED, "wrong-device"},
	{"EFI ids are not asked beside x86", SECOND + PCIR + 4, 4, "\0\0\0\0", 0, CHAIN,
	 VERDICT_COMPLETE, ""},
	{"bad checksum", 0x100, 1, "\x01", 0, CHAIN, VERDICT_USABLE, "bad-checksum"},
	{"class", PCIR + 0x0f, 1, "\x02", 1, CHAIN, VERDICT_USABLE, "not-display"},
	{"other subsystem", 0x54, 4, "\x58\x14\x3f\x40", 1, CHAIN, VERDICT_USABLE,
	 "subsystem-differs"},
	{"EFI signature", SECOND + 4, 1, "\0", 0, CHAIN, VERDICT_USABLE, "bad-efi"},
	{"size byte 0", 2, 1, "\0", 1, CHAIN, VERDICT_COMPLETE, "no-boot-part"},
	{"size byte 1", 2, 1, "\1", 1, CHAIN, VERDICT_COMPLETE, "boot-checksum"},
	{"last on the first", PCIR + 0x15, 1, "\x80", 1, CHAIN, VERDICT_COMPLETE, "no-efi"},
	{"x86 turned EFI", PCIR + 0x14, 1, "\x03", 0, CHAIN, VERDICT_USABLE, "bad-efi"},
};

static void rules(void **state)
{
	uint8_t p[CHAIN];

	(void)state;
	for (size_t k = 0; k < COUNT(changes); k++) {
		const struct change *t = &changes[k];
		enum verdict v;

		base(p);
		memcpy(p + t->at, t->bytes, t->n);
		if (t->sum)
			romimage_sum(p, SECOND);
		v = judge(p, t->size, &card);
		if (v != t->want || strcmp(reason(), t->reason) != 0)
			fail_msg("%s: %s, %s", t->name, verdict_text(v), reason());
	}
}

/* No other reading can be better where the verdict is final: what it says is in the card's own ROM,
 * not in how it was read. */
static void final(void **state)
{
	static const struct {
		const char *code;
		enum finding_severity severity;
		enum verdict v;
		bool want;
	} t[] = {
		{"subsystem-differs", FINDING_WARN, VERDICT_USABLE, true},
		{"not-display", FINDING_WARN, VERDICT_USABLE, true},
		{"version-differs", FINDING_WARN, VERDICT_USABLE, true},
		{"efi-device", FINDING_WARN, VERDICT_USABLE, true},
		{"efi-machine", FINDING_WARN, VERDICT_USABLE, true},
		{"subsystem-differs", FINDING_WARN, VERDICT_REJECTED, false},
		{"bad-checksum", FINDING_WARN, VERDICT_USABLE, false},
		{"bad-efi", FINDING_WARN, VERDICT_USABLE, false},
		{"rest-of-rom", FINDING_WARN, VERDICT_USABLE, false},
		{"unaligned-pcir", FINDING_WARN, VERDICT_USABLE, false},
		{"no-ids", FINDING_WARN, VERDICT_USABLE, false},
		{"shadow", FINDING_WARN, VERDICT_USABLE, false},
		{"flaky", FINDING_WARN, VERDICT_USABLE, false},
		{"of-a-newer-version", FINDING_WARN, VERDICT_USABLE, false},
		{"wrong-device", FINDING_FATAL, VERDICT_REJECTED, false},
		{"no-efi", FINDING_NOTE, VERDICT_COMPLETE, true},
		{"flaky", FINDING_NOTE, VERDICT_COMPLETE, true},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		struct findings f = {.n = 0};

		findings_add(&f, "tail", FINDING_NOTE, " ");
		findings_add(&f, t[k].code, t[k].severity, " ");
		if (verdict_is_final(t[k].v, &f) != t[k].want)
			fail_msg("%s", t[k].code);
		/* One that a better reading may do away with is enough. */
		findings_add(&f, "bad-checksum", FINDING_WARN, " ");
		assert_int_equal(verdict_is_final(t[k].v, &f), t[k].v == VERDICT_COMPLETE);
	}
}

static void device_list_is_honoured(void **state)
{
	uint8_t p[CHAIN];

	(void)state;
	base(p);
	put16(p + PCIR + 0x06, 0x1111);
	p[PCIR + 0x0c] = 3;
	put16(p + PCIR + 0x08, 0x1c);
	put16(p + PCIR + 0x1c, 0x2204);
	romimage_sum(p, SECOND);
	assert_int_equal(judge(p, CHAIN, &card), VERDICT_COMPLETE);
	put16(p + PCIR + 0x1c, 0x2205);
	romimage_sum(p, SECOND);
	assert_int_equal(judge(p, CHAIN, &card), VERDICT_REJECTED);
	assert_string_equal(reason(), "wrong-device");
	assert_non_null(strstr(verdict_reason(&found)->text, "10de:1111"));
	assert_non_null(strstr(verdict_reason(&found)->text, "10de:2204"));
}

static void efi_alone(void **state)
{
	static const struct {
		uint16_t vendor, device;
		enum verdict want;
		const char *reason;
	} t[] = {
		{0x10de, 0x2204, VERDICT_COMPLETE, "no-x86"},
		{0, 0, VERDICT_COMPLETE, "no-x86"},
		{0x10de, 0x2206, VERDICT_REJECTED, "wrong-device"},
		{0x1002, 0x2204, VERDICT_REJECTED, "wrong-vendor"},
	};
	uint8_t p[SECOND];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		romimage_put(p, &(struct romimage){0x03, 2, true, t[k].vendor, t[k].device});
		assert_int_equal(judge(p, SECOND, &card), t[k].want);
		assert_string_equal(reason(), t[k].reason);
	}
}

static void efi_of_another_card(void **state)
{
	static const struct {
		uint16_t x86, listed, vendor, efi;
		enum verdict want;
		const char *reason;
	} t[] = {
		{0x2204, 0, 0x10de, 0x2204, VERDICT_COMPLETE, ""},
		{0x2204, 0, 0, 0, VERDICT_COMPLETE, ""},
		{0x2204, 0, 0x10de, 0x2206, VERDICT_USABLE, "efi-device"},
		{0x2204, 0, 0x1002, 0x2204, VERDICT_USABLE, "efi-device"},
		/* One ROM for several cards: the EFI image has the ids of the x86 image. */
		{0x1111, 0x2204, 0x10de, 0x1111, VERDICT_COMPLETE, ""},
		{0x1111, 0x2204, 0x10de, 0x2205, VERDICT_USABLE, "efi-device"},
		{0x2206, 0, 0x10de, 0x2204, VERDICT_REJECTED, "wrong-device"},
	};
	uint8_t p[CHAIN];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		base(p);
		put16(p + PCIR + 0x06, t[k].x86);
		if (t[k].listed) {
			p[PCIR + 0x0c] = 3;
			put16(p + PCIR + 0x08, 0x1c);
			put16(p + PCIR + 0x1c, t[k].listed);
		}
		romimage_sum(p, SECOND);
		romimage_put(p + SECOND, &(struct romimage){0x03, 2, true, t[k].vendor, t[k].efi});
		assert_int_equal(judge(p, CHAIN, &card), t[k].want);
		assert_string_equal(reason(), t[k].reason);
		assert_int_equal(judge(p, CHAIN, NULL), VERDICT_COMPLETE);
	}
}

static void no_ids_at_all(void **state)
{
	static const struct {
		uint16_t x86, efi;
		enum verdict want;
		const char *reason;
	} t[] = {{0, 0, VERDICT_USABLE, "no-ids"},
		 {0, 0x2204, VERDICT_COMPLETE, ""},
		 {0, 0x2206, VERDICT_REJECTED, "wrong-device"}};
	uint8_t p[CHAIN];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		romimage_put(p, &(struct romimage){0x00, 2, false, 0, 0});
		romimage_put(p + SECOND,
			     &(struct romimage){0x03, 2, true, t[k].efi ? 0x10de : 0, t[k].efi});
		assert_int_equal(judge(p, CHAIN, &card), t[k].want);
		assert_string_equal(reason(), t[k].reason);
	}
	/* A card's own ROM may be an EFI image without ids alone: a note. */
	romimage_put(p, &(struct romimage){0x03, 2, true, 0, 0});
	assert_int_equal(judge(p, SECOND, &card), VERDICT_COMPLETE);
	assert_non_null(finding("no-ids"));
	judge(p, SECOND, NULL);
	assert_null(finding("no-ids"));
}

static void subsystems(void **state)
{
	static const struct {
		unsigned long rom;
		struct pci_ids card;
		enum verdict want;
		const char *reason;
	} t[] = {
		{0x38961462, {0x10de, 0x2204, 0x1462, 0x3896}, VERDICT_COMPLETE, ""},
		{0x38961462, {0x10de, 0x2204, 0x1462, 0x3897}, VERDICT_USABLE, "subsystem-differs"},
		{0x38961462, {0x10de, 0x2204, 0x1458, 0x3896}, VERDICT_USABLE, "subsystem-differs"},
		{0x000010de,
		 {0x10de, 0x2204, 0x1028, 0x0832},
		 VERDICT_COMPLETE,
		 "subsystem-differs"},
		{0x38961462, {0x10de, 0x2204, 0, 0}, VERDICT_COMPLETE, ""},
		{0, {0x10de, 0x2204, 0x1462, 0x3896}, VERDICT_COMPLETE, ""},
	};
	uint8_t p[CHAIN];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		base(p);
		memcpy(p + 0x80, "NPDE\x01\x01\x14\0\x02\0\0\x01\0\0\0\0", 16);
		put32(p + 0x90, t[k].rom);
		romimage_sum(p, SECOND);
		assert_int_equal(judge(p, CHAIN, &t[k].card), t[k].want);
		assert_string_equal(reason(), t[k].reason);
	}
}

static void no_reading_at_all(void **state)
{
	static const struct {
		uint8_t byte;
		const char *reason;
	} t[] = {{0xff, "all-ff"}, {0x00, "all-00"}, {0x5a, "pattern"}};
	uint8_t p[CHAIN];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		memset(p, t[k].byte, CHAIN);
		assert_int_equal(judge(p, CHAIN, &card), VERDICT_REJECTED);
		assert_int_equal(found.n, 1);
		assert_string_equal(reason(), t[k].reason);
	}
	assert_int_equal(judge(p, 0, &card), VERDICT_REJECTED);
	assert_string_equal(reason(), "empty");
}

static void tails(void **state)
{
	static const struct {
		const char *name;
		uint8_t fill;
		const char *begin;
		const char *text;
	} t[] = {
		{"FF", 0xff, "", "(padding)"},
		{"00", 0x00, "", "(padding)"},
		{"one value", 0x5a, "", "(other data)"},
		{"private", 0xff, "VN", "(images that only NVIDIA's driver reads)"},
		{"private", 0xff, "\x77\xbb", "(images that only NVIDIA's driver reads)"},
		{"data", 0xff, "x", "(other data)"},
		{"begins as padding", 0xff, "\xff\x01", "(other data)"},
	};
	uint8_t p[CHAIN + 0x200];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		base(p);
		memset(p + CHAIN, t[k].fill, 0x200);
		memcpy(p + CHAIN, t[k].begin, strlen(t[k].begin));
		assert_int_equal(judge(p, sizeof(p), &card), VERDICT_COMPLETE);
		assert_string_equal(reason(), "tail");
		if (!strstr(found.f[0].text, t[k].text))
			fail_msg("%s: %s", t[k].name, found.f[0].text);
	}
	base(p);
	memcpy(p + CHAIN, p, 0x200);
	assert_int_equal(judge(p, sizeof(p), &card), VERDICT_COMPLETE);
	assert_non_null(strstr(found.f[0].text, "(another image)"));
	assert_int_equal(judge(p, CHAIN + 1, &card), VERDICT_COMPLETE);
	assert_non_null(strstr(found.f[0].text, "1 bytes"));
}

static void shadows(void **state)
{
	static const struct {
		bool wanted, whole;
		enum verdict want;
		const char *reason, *text;
	} t[] = {
		{false, true, VERDICT_REJECTED, "shadow", "sources=shadow publishes it"},
		{false, false, VERDICT_REJECTED, "shadow", "for guests with SeaBIOS"},
		{true, true, VERDICT_USABLE, "shadow", "as sources=shadow asks"},
		/* Every modern card's shadow lacks the end; the admin asked for it. */
		{true, false, VERDICT_USABLE, "shadow", "as sources=shadow asks"},
	};
	uint8_t p[CHAIN];

	(void)state;
	base(p);
	for (size_t k = 0; k < COUNT(t); k++) {
		struct verdict_facts f = {&card, true, t[k].wanted, true, 0};

		assert_int_equal(judge_with(p, t[k].whole ? CHAIN : SECOND, &f), t[k].want);
		assert_string_equal(reason(), t[k].reason);
		assert_non_null(strstr(verdict_reason(&found)->text, t[k].text));
		assert_null(finding("kernel-cut"));
		if (t[k].wanted)
			assert_int_equal(!finding("no-last-image"), t[k].whole);
	}
	/* Half an image is rejected, even if the admin asked for a shadow. */
	assert_int_equal(
		judge_with(p, SECOND - 0x200, &(struct verdict_facts){&card, true, true, true, 0}),
		VERDICT_REJECTED);
	assert_string_equal(reason(), "truncated");
	/* Two images without an end are not what firmware leaves. */
	p[SECOND + PCIR + 0x15] = 0;
	assert_int_equal(judge_with(p, CHAIN, &(struct verdict_facts){&card, true, true, true, 0}),
			 VERDICT_REJECTED);
	p[SECOND + PCIR + 0x15] = 0x80;
	/* A shadow was asked for, but the bytes are not one. */
	assert_int_equal(judge_with(p, CHAIN, &(struct verdict_facts){.shadow_wanted = true}),
			 VERDICT_COMPLETE);
	p[PCIR + 6] ^= 1;
	judge_with(p, CHAIN, &(struct verdict_facts){.ids = &card, .shadow = true});
	assert_string_equal(reason(), "wrong-device");
}

/* A copy in RAM, when the caller does not know that it is one. */
static void shadow_signs(void **state)
{
	static const struct {
		bool sum, size, version;
		const char *text;
	} t[] = {
		{0, 0, 0, "a boot GPU's shadow copy, or the end is lost"},
		{1, 0, 0, "looks like a boot GPU's shadow copy (checksum wrong)"},
		{0, 1, 0, "looks like a boot GPU's shadow copy (size byte short)"},
		{0, 0, 1, "looks like a boot GPU's shadow copy (no EFI image)"},
		{1, 1, 1, "shadow copy (checksum wrong, size byte short, no EFI image). Read"},
	};
	/* BIT, token B behind it, its version. */
	static const uint8_t bit[] = {0xff, 0xb8, 'B', 'I', 'T', 0,    0, 1, 12, 6,    1,   0x81,
				      'B',  2,	  5,   0,   0,	 0x02, 6, 0, 2,	 0x94, 0x11};
	uint8_t p[CHAIN];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		const char *text;

		base(p);
		if (t[k].size)
			p[2] = 1;
		if (t[k].version) {
			memcpy(p + 0x100, bit, sizeof(bit));
			put16(p + 0x110, 0x112);
			p[0x10b] = 0;
			for (size_t j = 0; j < 11; j++)
				p[0x10b] = (uint8_t)(p[0x10b] - p[0x100 + j]);
		}
		romimage_sum(p, SECOND);
		p[0x200] ^= t[k].sum;
		assert_int_equal(judge(p, SECOND, &card), VERDICT_REJECTED);
		assert_string_equal(reason(), "no-last-image");
		text = verdict_reason(&found)->text;
		if (!strstr(text, t[k].text) || strlen(text) == FINDING_TEXT_MAX - 1)
			fail_msg("%zu: %s", k, text);
	}
	/* More images than the x86 one: not a shadow. */
	base(p);
	p[SECOND + PCIR + 0x15] = 0;
	judge(p, CHAIN, &card);
	assert_string_equal(reason(), "no-last-image");
	assert_null(strstr(verdict_reason(&found)->text, "shadow"));
}

static void what_the_kernel_gave(void **state)
{
	static const struct verdict_facts walked = {.ids = &card, .kernel_walked = true};
	static uint8_t p[CHAIN + 0x400];

	(void)state;
	base(p);
	memset(p + CHAIN, 0xff, 0x400);
	assert_int_equal(judge_with(p, CHAIN, &walked), VERDICT_COMPLETE);
	assert_int_equal(found.n, 0);
	/* Ends with an image that is not the last. */
	assert_int_equal(judge_with(p, SECOND, &walked), VERDICT_REJECTED);
	assert_string_equal(reason(), "kernel-cut");
	assert_null(finding("no-last-image"));
	assert_non_null(strstr(verdict_reason(&found)->text, "the x86 image at 0x0"));
	/* Cut within an image: a kernel's walk does not do that. */
	judge_with(p, CHAIN - 1, &walked);
	assert_string_equal(reason(), "truncated");
	/* Longer than the chain. */
	assert_int_equal(judge_with(p, sizeof(p), &walked), VERDICT_COMPLETE);
	assert_non_null(finding("kernel-longer"));
	assert_non_null(
		strstr(finding("kernel-longer")->text, "gave 3072 bytes, the images have 2048"));
	judge(p, sizeof(p), &card);
	assert_null(finding("kernel-longer"));
}

static void machines(void **state)
{
	static const struct {
		uint16_t guests, first, second;
		bool reported;
	} t[] = {
		{0, 0xaa64, 0xaa64, false},
		{0x8664, 0x8664, 0x8664, false},
		{0xaa64, 0x8664, 0x8664, true},
		{0xaa64, 0x8664, 0xaa64, false},
		{0xaa64, 0xaa64, 0x8664, false},
		{0xaa64, 0x8664, 0x0ebc, false},
		{0x1234, 0x8664, 0x014c, true},
		/* For an unknown machine: that is another finding. */
		{0xaa64, 0x1234, 0x1234, false},
	};
	uint8_t p[CHAIN];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		romimage_put(p, &(struct romimage){0x03, 2, false, 0x10de, 0x2204});
		romimage_put(p + SECOND, &(struct romimage){0x03, 2, true, 0x10de, 0x2204});
		put16(p + 0x0a, t[k].first);
		put16(p + SECOND + 0x0a, t[k].second);
		judge_with(p, CHAIN, &(struct verdict_facts){.machine = t[k].guests});
		if (!finding("efi-machine") == t[k].reported)
			fail_msg("%zu: %s", k, reason());
	}
	romimage_put(p, &(struct romimage){0x00, 2, true, 0x10de, 0x2204});
	judge_with(p, SECOND, &(struct verdict_facts){.machine = 0xaa64});
	assert_null(finding("efi-machine"));
	base(p);
	assert_int_equal(judge_with(p, CHAIN, &(struct verdict_facts){.machine = 0xaa64}),
			 VERDICT_USABLE);
	assert_string_equal(reason(), "efi-machine");
	assert_non_null(strstr(found.f[0].text, "for X64, guests on this host are ARM 64-bit"));
}

/* At its longest each text still fits: no sentence is cut. */
static void texts_fit(void **state)
{
	static uint8_t p[CHAIN];

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		base(p);
		p[SECOND + PCIR + 0x14] = 0xe0;
		p[SECOND + PCIR + 0x15] = 0;
		judge_with(p, CHAIN, &(struct verdict_facts){.kernel_walked = k});
		for (size_t j = 0; j < found.n; j++)
			assert_in_range(strlen(found.f[j].text), 1, FINDING_TEXT_MAX - 10);
	}
}

/* The first of the highest severity, wherever it is in the list. */
static void reason_is_the_gravest(void **state)
{
	static const struct {
		enum finding_severity s[3];
		size_t n, want;
	} t[] = {
		{{FINDING_NOTE, FINDING_NOTE, FINDING_NOTE}, 3, 0},
		{{FINDING_NOTE, FINDING_WARN, FINDING_WARN}, 3, 1},
		{{FINDING_WARN, FINDING_NOTE, FINDING_FATAL}, 3, 2},
		{{FINDING_FATAL, FINDING_FATAL, FINDING_WARN}, 3, 0},
		{{FINDING_NOTE, FINDING_FATAL, FINDING_NOTE}, 1, 0},
	};

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		struct findings f = {.n = t[k].n};

		for (size_t j = 0; j < t[k].n; j++)
			f.f[j].severity = t[k].s[j];
		assert_ptr_equal(verdict_reason(&f), &f.f[t[k].want]);
	}
	assert_null(verdict_reason(&(struct findings){.n = 0}));
}

static void words(void **state)
{
	(void)state;
	assert_string_equal(verdict_text(VERDICT_COMPLETE), "complete");
	assert_string_equal(verdict_text(VERDICT_USABLE), "usable");
	assert_string_equal(verdict_text(VERDICT_REJECTED), "rejected");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound),
		cmocka_unit_test(rules),
		cmocka_unit_test(final),
		cmocka_unit_test(device_list_is_honoured),
		cmocka_unit_test(efi_alone),
		cmocka_unit_test(efi_of_another_card),
		cmocka_unit_test(no_ids_at_all),
		cmocka_unit_test(subsystems),
		cmocka_unit_test(no_reading_at_all),
		cmocka_unit_test(tails),
		cmocka_unit_test(shadows),
		cmocka_unit_test(shadow_signs),
		cmocka_unit_test(what_the_kernel_gave),
		cmocka_unit_test(machines),
		cmocka_unit_test(texts_fit),
		cmocka_unit_test(reason_is_the_gravest),
		cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
