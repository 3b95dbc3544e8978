/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Guesses what bytes without an option ROM are, to tell a person what went wrong. */
#ifndef GPUROM_ROM_NOTROM_H
#define GPUROM_ROM_NOTROM_H

#include "util/bytes.h"

#define NOTROM_TOO_LARGE                                                                           \
	"larger than any ROM: probably a mainboard's firmware; take the card's ROM out of it "     \
	"first (UEFITool)"
#define NOTROM_EFI_OFF "its EFI image is switched off (signature VN or 77BB, not 55AA)"

struct notrom {
	const char *code; /* stable word for programs */
	const char *text; /* a sentence for people; both static */
};

/* Always gives a guess. */
struct notrom notrom_guess(struct bytes file);

/* What to say of a file if the option ROM's place, 0 or where the IFR header leads, has an x86 or
 * EFI image that NVIDIA hides from guests by another signature than 55AA; else NULL. Static. */
const char *notrom_hidden_text(struct bytes file);

#endif
