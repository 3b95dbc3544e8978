/* Guesses what bytes without an option ROM are, to tell a person what went wrong. */
#ifndef GPUROM_ROM_NOTROM_H
#define GPUROM_ROM_NOTROM_H

#include "util/bytes.h"

struct notrom {
	const char *code; /* stable word for programs */
	const char *text; /* a sentence for people; both static */
};

/* Always gives a guess. */
struct notrom notrom_guess(struct bytes file);

#endif
