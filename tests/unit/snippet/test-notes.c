// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emittext.h"
#include "snippet/notes.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The notes alone, each a line in brackets. */
static void notes(FILE *out, const struct snippet_card *c, unsigned flags)
{
	static const struct snippet_style style = {"[", "]\n"};

	(void)flags;
	snippet_notes(out, &style, c);
}

static struct snippet_card card(void)
{
	return (struct snippet_card){.fn = emittext_four,
				     .n = 4,
				     .romfile = EMITTEXT_ROMFILE,
				     .name = EMITTEXT_NAME,
				     .facts = true,
				     .has_efi = true,
				     .version = "90.02.0B.00.0E"};
}

static void a_card_as_it_should_be_is_one_line(void **state)
{
	struct snippet_card c = card();

	(void)state;
	emittext_is(notes, &c, 0,
		    "[card 0000:01:00 (" EMITTEXT_NAME "): 10de:1e04 of 1462:3711, slot 3, "
		    "ROM 90.02.0B.00.0E, GOP yes]\n");
	c.identity = IDENTITY_SAME;
	c.identity_text = "never printed";
	emittext_lacks(notes, &c, 0, "never printed");
	c.identity = IDENTITY_NEW;
	emittext_lacks(notes, &c, 0, "never printed");
}

static void unknown_facts_are_left_out(void **state)
{
	static const struct pci_fn fn = {.addr = {0, 1, 0, 0}, .driver = "nvgrace_gpu_vfio_pci"};
	struct snippet_card c = {.fn = &fn, .n = 1, .romfile = "/r"};

	(void)state;
	emittext_is(notes, &c, 0, "[card 0000:01:00: 0000:0000, ROM kept]\n");
	c.facts = true;
	c.has_efi = true;
	emittext_is(notes, &c, 0,
		    "[card 0000:01:00: 0000:0000, ROM of unknown version, GOP yes]\n");
}

static void no_rom_and_why(void **state)
{
	static const struct {
		enum snippet_none none;
		const char *why, *text_part;
	} t[] = {
		{SNIPPET_NONE_UNKNOWN, NULL,
		 "no romfile is known: nothing was read from this card; "},
		{SNIPPET_NONE_NO_BAR, "",
		 "the card has no ROM BAR, as is normal on data-centre boards; a laptop's VBIOS is "
		 "in its system firmware: 'gpurom import' stores a copy from there]"},
		{SNIPPET_NONE_SHADOW, "",
		 "a shadow in memory, which is not published; 'gpurom dump' reads it now, 'gpurom "
		 "import' stores a file that was saved elsewhere]"},
		{SNIPPET_NONE_REJECTED, "sysfs: all FF",
		 "was rejected; 'gpurom report' has more, 'gpurom import' stores a file that was "
		 "saved elsewhere (sysfs: all FF)]"},
		{SNIPPET_NONE_UNREAD, "sysfs: I/O error", "nothing could be read; "},
		{SNIPPET_NONE_UNREAD, "sysfs: I/O error", "(sysfs: I/O error)]"},
		{SNIPPET_NONE_STAGED, "", "is not stored yet: 'gpurom commit'"},
		{SNIPPET_NONE_OTHERS, "", "is of the card that was here before"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct snippet_card c = card();

		c.romfile = NULL;
		c.none = t[i].none;
		c.none_why = t[i].why;
		emittext_has(notes, &c, 0, "slot 3, no ROM kept]\n[no romfile is known: ");
		emittext_has(notes, &c, 0, t[i].text_part);
		emittext_has(notes, &c, 0, "]\n[most VMs need no romfile: it is for a card that ");
		emittext_lacks(notes, &c, 0, "EFI");
	}
}

/* The answer of each source; advice names only sources that were not tried. */
static void what_each_source_answered(void **state)
{
	static const struct rom_attempt all[] = {
		{.source = "sysfs", .outcome = "the boot screen's shadow is in its place"},
		{.source = "efi", .outcome = "no copy--none"},
		{.source = "prom", .outcome = "read twice, the same", .size = 9},
	};
	static const struct {
		size_t from, n;
		const char *advice;
	} t[] = {
		{0, 1, "published; add efi,prom to sources= in gpurom.conf, or 'gpurom import'"},
		{0, 2, "published; add prom to sources= in gpurom.conf, or 'gpurom import'"},
		{2, 1, "published; add efi to sources= in gpurom.conf, or 'gpurom import'"},
		{0, 3, "published; 'gpurom import'"},
	};
	struct snippet_card c = card();

	(void)state;
	c.romfile = NULL;
	c.none = SNIPPET_NONE_SHADOW;
	for (size_t i = 0; i < COUNT(t); i++) {
		c.attempt = all + t[i].from;
		c.n_attempts = t[i].n;
		emittext_has(notes, &c, 0, t[i].advice);
	}
	c.attempt = all;
	emittext_has(notes, &c, 0,
		     "saved elsewhere]\n[source sysfs: the boot screen's shadow is in its place]\n"
		     "[source efi: no copy?-none]\n"
		     "[source prom: read twice, the same, rejected]\n[most VMs");
	c.romfile = EMITTEXT_ROMFILE;
	emittext_lacks(notes, &c, 0, "source ");
}

static void what_the_rom_lacks(void **state)
{
	struct snippet_card c = card();

	(void)state;
	c.has_efi = false;
	emittext_has(notes, &c, 0,
		     "GOP no]\n[the ROM has no EFI image: a UEFI guest shows nothing");
	emittext_lacks(notes, &c, 0, "shadow");
	c = card();
	c.shadow = true;
	emittext_has(notes, &c, 0, "[the romfile is a copy of the boot screen's shadow");
	emittext_lacks(notes, &c, 0, "has no EFI image");
	c = card();
	c.changed = true;
	emittext_has(notes, &c, 0, "[ROM changed: the card's flash has another than this file; ");
	c = card();
	c.is_volatile = true;
	emittext_has(notes, &c, 0,
		     "[the romfile is in memory, and is lost at the end of this boot");
	/* Nothing of that for a romfile that is missing or not known. */
	c.facts = false;
	c.has_efi = false;
	c.changed = true;
	emittext_lacks(notes, &c, 0, "EFI");
	emittext_lacks(notes, &c, 0, "changed");
	c.romfile = NULL;
	emittext_lacks(notes, &c, 0, "lies in memory");
}

static void who_it_is(void **state)
{
	static const struct {
		enum identity identity;
		const char *text, *text_part;
	} t[] = {
		{IDENTITY_RENUMBERED, "it was 0000:01:00 until now",
		 "[renumbered: it was 0000:01:00 until now; a definition with the old address "
		 "needs this one]\n"},
		{IDENTITY_MOVED, "it was at x",
		 "[moved: it was at x; an older definition needs this address and this "
		 "romfile]\n"},
		{IDENTITY_REPLACED, NULL,
		 "[replaced; a definition for the card before does not fit this one]\n"},
		{IDENTITY_AMBIGUOUS, "may be x: 'gpurom remap x y' settles it",
		 "[ambiguous: may be x: 'gpurom remap x y' settles it]\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct snippet_card c = card();

		c.identity = t[i].identity;
		c.identity_text = t[i].text;
		emittext_has(notes, &c, 0, t[i].text_part);
	}
}

static void who_has_it(void **state)
{
	static const struct pci_fn fn[] = {
		{.addr = {0, 1, 0, 0}, .driver = "vfio-pci"},
		{.addr = {0, 1, 0, 1}, .driver = "snd_hda_intel"},
		{.addr = {0, 1, 0, 2}, .driver = ""},
	};
	struct snippet_card c = {.fn = fn, .n = COUNT(fn), .romfile = "/r"};

	(void)state;
	emittext_has(notes, &c, 0,
		     "\n[0000:01:00.1 is on snd_hda_intel now, and a VM needs it on vfio-pci: ");
	emittext_has(notes, &c, 0, "\n[0000:01:00.2 has no driver now, and a VM needs it on ");
	emittext_lacks(notes, &c, 0, "[0000:01:00.0");
}

/* No text can end an XML comment or a line of a shell. */
static void foreign_texts_stay_in_their_comment(void **state)
{
	static const struct {
		const char *name, *text_part;
	} t[] = {
		{"", "card 0000:01:00:"},
		{"a-b", "card 0000:01:00 (a-b):"},
		{"a--b---", "card 0000:01:00 (a?-b?\?-):"},
		{"-->x", "card 0000:01:00 (?->x):"},
		{"a\nrm -rf", "card 0000:01:00 (a?rm -rf):"},
		{"\x7f\xff", "card 0000:01:00 (?\?):"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(t); i++) {
		struct snippet_card c = {.fn = emittext_four,
					 .n = 1,
					 .none = SNIPPET_NONE_REJECTED,
					 .none_why = t[i].name,
					 .identity = IDENTITY_MOVED,
					 .identity_text = t[i].name,
					 .name = t[i].name};
		char *text = emittext(snippet_libvirt, &c, SNIPPET_HIDE_KVM);
		size_t comments = emittext_count(text, "<!-- ");

		assert_non_null(strstr(text, t[i].text_part));
		assert_int_equal(emittext_count(text, " -->\n"), comments);
		assert_int_equal(emittext_count(text, "--"), 2 * comments);
		free(text);
		text = emittext(snippet_qemu, &c, 0);
		assert_non_null(strstr(text, t[i].text_part));
		assert_int_equal(emittext_count(text, "\n"), emittext_count(text, "# ") + 2);
		free(text);
	}
}

/* At the limit a text is whole; one byte more is cut, and the comment still ends. */
static void a_long_line(void **state)
{
	static const struct snippet_style style = {"[", "]\n"};
	char text[SNIPPET_NOTE_MAX + 1], *made = NULL;
	size_t n;
	FILE *out = open_memstream(&made, &n);

	(void)state;
	memset(text, 'x', SNIPPET_NOTE_MAX);
	text[SNIPPET_NOTE_MAX] = '\0';
	snippet_note(out, &style, "%s", text + 1);
	snippet_note(out, &style, "%s", text);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(n, 2 * (SNIPPET_NOTE_MAX - 1 + 3));
	assert_int_equal(emittext_count(made, "x]\n"), 2);
	free(made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_as_it_should_be_is_one_line),
		cmocka_unit_test(unknown_facts_are_left_out),
		cmocka_unit_test(no_rom_and_why),
		cmocka_unit_test(what_each_source_answered),
		cmocka_unit_test(what_the_rom_lacks),
		cmocka_unit_test(who_it_is),
		cmocka_unit_test(who_has_it),
		cmocka_unit_test(foreign_texts_stay_in_their_comment),
		cmocka_unit_test(a_long_line),
	};

	return cmocka_run_group_tests_name("emit-note", tests, NULL, NULL);
}
