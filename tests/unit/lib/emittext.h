/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What core/emit writes, as text, and a card to write of. */
#ifndef GPUROM_TEST_EMITTEXT_H
#define GPUROM_TEST_EMITTEXT_H

#include "snippet/snippet.h"

typedef void emittext_form(FILE *out, const struct snippet_card *c, unsigned flags);

#define EMITTEXT_ROMFILE "/var/lib/gpurom/by-path/pci0000-uid0-01.0-00.rom"
#define EMITTEXT_NAME "pci0000-uid0-01.0-00"
#define EMITTEXT_ID "0123456789ab"

/* A card of four functions, 0000:01:00, all on vfio-pci, in group 7; the display is the first. */
extern const struct pci_fn emittext_four[4];

/* The caller frees. */
char *emittext(emittext_form *form, const struct snippet_card *c, unsigned flags);
void emittext_is(emittext_form *form, const struct snippet_card *c, unsigned flags,
		 const char *expected);
void emittext_has(emittext_form *form, const struct snippet_card *c, unsigned flags,
		  const char *part);
void emittext_lacks(emittext_form *form, const struct snippet_card *c, unsigned flags,
		    const char *part);
size_t emittext_count(const char *text, const char *what);

#endif
