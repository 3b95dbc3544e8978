// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "rom/npde.h"
#include "romimage.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { BLOCK = 0x200, PCIR = IMAGE_PCIR, NPDE = 0x80, BLOCKS = 8 };

/* One image of one block; npde_blocks 0: no NPDE. */
struct one {
	uint8_t code;
	bool last;
	const char *signature, *tag;
	uint8_t npde_blocks, npde_length, npde_last;
};

static void put(uint8_t *p, const struct one *o)
{
	romimage_put(p, &(struct romimage){o->code, 1, o->last, 0x10de, 0x2204});
	memcpy(p, o->signature, 2);
	memcpy(p + PCIR, o->tag, 4);
	if (!o->npde_length)
		return;
	memcpy(p + NPDE, "NPDE\x01\x01", 6);
	put16(p + NPDE + 6, o->npde_length);
	put16(p + NPDE + 8, o->npde_blocks);
	p[NPDE + 0x0a] = o->npde_last;
}

#define X86(...)                                                                                   \
	{                                                                                          \
		0x00, false, "\x55\xaa", "PCIR", __VA_ARGS__                                       \
	}
#define EFI(...)                                                                                   \
	{                                                                                          \
		0x03, true, "\x55\xaa", "PCIR", __VA_ARGS__                                        \
	}
#define VN(last, ...)                                                                              \
	{                                                                                          \
		0xe0, last, "VN", "NPDS", __VA_ARGS__                                              \
	}
#define BB(last, ...)                                                                              \
	{                                                                                          \
		0xe0, last, "\x77\xbb", "RGIS", __VA_ARGS__                                        \
	}
#define NBSI(...)                                                                                  \
	{                                                                                          \
		0x70, false, "VN", "NPDS", __VA_ARGS__                                             \
	}

static const struct walk {
	const char *name;
	struct one image[5];
	size_t n, want, first, end;
	enum oprom_stop stop;
} walks[] = {
	{"none", {X86(1, 12, 0), EFI(1, 12, 0x80)}, 2, 0, 0, 0, OPROM_E_SHORT},
	{"NPDE leads on",
	 {X86(1, 12, 0), EFI(1, 12, 0), VN(false, 1, 12, 0), BB(true, 1, 12, 0x80)},
	 4,
	 2,
	 2,
	 4,
	 OPROM_END},
	{"none leads on: they follow the chain",
	 {X86(0, 0, 0), EFI(0, 0, 0), VN(true, 0, 0, 0)},
	 3,
	 1,
	 2,
	 3,
	 OPROM_END},
	{"type 70 is the last",
	 {X86(1, 12, 0), EFI(1, 12, 0), NBSI(1, 12, 0), VN(true, 1, 12, 0x80)},
	 4,
	 1,
	 2,
	 3,
	 OPROM_END},
	{"NPDE last, the bytes go on",
	 {X86(1, 12, 0), EFI(1, 12, 0), VN(false, 1, 12, 0x80), VN(true, 1, 12, 0x80)},
	 4,
	 1,
	 2,
	 3,
	 OPROM_END},
	{"an NPDE too short for the last byte: PCIR tells",
	 {X86(1, 10, 0), EFI(1, 10, 0), VN(true, 0, 0, 0)},
	 3,
	 1,
	 2,
	 3,
	 OPROM_END},
	{"an NPDE of no length: PCIR's",
	 {X86(1, 12, 0), EFI(1, 12, 0), VN(false, 0, 12, 0), VN(true, 0, 12, 0x80)},
	 4,
	 2,
	 2,
	 4,
	 OPROM_END},
	{"longer than what is there",
	 {X86(1, 12, 0), EFI(1, 12, 0), VN(false, 9, 12, 0)},
	 3,
	 0,
	 0,
	 0,
	 OPROM_E_CUT},
};

static void ways(void **state)
{
	static struct oprom_chain chain, got;
	uint8_t p[BLOCKS * BLOCK];

	(void)state;
	for (size_t k = 0; k < COUNT(walks); k++) {
		const struct walk *t = &walks[k];
		struct bytes rom;

		for (size_t i = 0; i < t->n; i++)
			put(p + i * BLOCK, &t->image[i]);
		rom = exact(p, t->n * BLOCK);
		oprom_walk(rom, &chain);
		assert_int_equal(chain.n, 2);
		memset(&got, 0xee, sizeof(got));
		private_walk(rom, &chain, &got);
		if (got.n != t->want || got.length != t->end * BLOCK || got.stop != t->stop ||
		    (got.n && got.image[0].offset != t->first * BLOCK))
			fail_msg("%s: %zu, end 0x%zx, stop %d", t->name, got.n, got.length,
				 (int)got.stop);
	}
}

/* A mobile x86 image's PCIR length spans them. */
static void inside_of_the_x86_image(void **state)
{
	static const struct one x86 = X86(1, 12, 0), vn = VN(false, 1, 12, 0),
				nbsi = NBSI(1, 12, 0), efi = EFI(1, 12, 0x80);
	static struct oprom_chain chain, got;
	uint8_t p[4 * BLOCK];
	struct bytes rom;

	(void)state;
	put(p, &x86);
	put16(p + PCIR + 0x10, 3);
	put(p + BLOCK, &vn);
	put(p + 2 * BLOCK, &nbsi);
	put(p + 3 * BLOCK, &efi);
	rom = exact(p, sizeof(p));
	oprom_walk(rom, &chain);
	assert_int_equal(chain.n, 2);
	private_walk(rom, &chain, &got);
	assert_int_equal(got.n, 2);
	assert_int_equal(got.image[0].offset, BLOCK);
	assert_int_equal(got.image[1].offset, 2 * BLOCK);
	assert_string_equal(private_text(rom, &got.image[0]), "VN");
}

static void at_most_64(void **state)
{
	static const struct one first = X86(1, 12, 0), vn = VN(false, 1, 12, 0);
	static struct oprom_chain chain, got;
	static uint8_t p[80 * BLOCK];
	struct bytes rom;

	(void)state;
	put(p, &first);
	for (size_t k = 1; k < 80; k++)
		put(p + k * BLOCK, &vn);
	rom = exact(p, sizeof(p));
	oprom_walk(rom, &chain);
	private_walk(rom, &chain, &got);
	assert_int_equal(got.n, OPROM_IMAGES_MAX - 1);
	assert_int_equal(got.stop, OPROM_E_MANY);
	assert_int_equal(got.length, OPROM_IMAGES_MAX * BLOCK);
}

static void names(void **state)
{
	static const struct {
		struct one image;
		const char *text;
	} t[] = {
		{VN(true, 0, 0, 0), "VN"},
		{BB(true, 0, 0, 0), "BB77"},
		{{0xe0, true, "\x55\xaa", "PCIR", 0, 0, 0}, "type e0"},
		{{0x70, true, "\x55\xaa", "PCIR", 0, 0, 0}, "type 70"},
	};
	uint8_t p[BLOCK];

	(void)state;
	for (size_t k = 0; k < COUNT(t); k++) {
		struct oprom_image i;

		put(p, &t[k].image);
		assert_int_equal(oprom_any_at(exact(p, BLOCK), 0, &i), OPROM_END);
		assert_string_equal(private_text((struct bytes){p, BLOCK}, &i), t[k].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ways),
		cmocka_unit_test(inside_of_the_x86_image),
		cmocka_unit_test(at_most_64),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
