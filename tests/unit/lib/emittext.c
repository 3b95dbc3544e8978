// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "emittext.h"

#include <stdlib.h>
#include <string.h>

const struct pci_fn emittext_four[4] = {
	{.addr = {0, 1, 0, 0},
	 .ids = {0x10de, 0x1e04, 0x1462, 0x3711},
	 .class = 0x030000,
	 .iommu_group = 7,
	 .driver = "vfio-pci",
	 .slot = "3"},
	{.addr = {0, 1, 0, 1}, .class = 0x040300, .iommu_group = 7, .driver = "vfio-pci"},
	{.addr = {0, 1, 0, 2}, .class = 0x0c0330, .iommu_group = 7, .driver = "vfio-pci"},
	{.addr = {0, 1, 0, 3}, .class = 0x0c8000, .iommu_group = 7, .driver = "vfio-pci"},
};

char *emittext(emittext_form *form, const struct snippet_card *c, unsigned flags)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	form(out, c, flags);
	assert_int_equal(fclose(out), 0);
	return text;
}

void emittext_is(emittext_form *form, const struct snippet_card *c, unsigned flags,
		 const char *expected)
{
	char *text = emittext(form, c, flags);

	assert_string_equal(text, expected);
	free(text);
}

/* Both show the text where it is not as it should be. */
void emittext_has(emittext_form *form, const struct snippet_card *c, unsigned flags,
		  const char *part)
{
	char *text = emittext(form, c, flags);

	if (!strstr(text, part))
		assert_string_equal(text, part);
	free(text);
}

void emittext_lacks(emittext_form *form, const struct snippet_card *c, unsigned flags,
		    const char *part)
{
	char *text = emittext(form, c, flags);

	if (strstr(text, part))
		fail_msg("'%s' is in:\n%s", part, text);
	free(text);
}

size_t emittext_count(const char *text, const char *what)
{
	size_t n = 0;

	for (; (text = strstr(text, what)); text += strlen(what))
		n++;
	return n;
}
