/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds of every configuration, however it was written. */
#ifndef GPUROM_TEST_CONFIGCHECK_H
#define GPUROM_TEST_CONFIGCHECK_H

#include "plan/config.h"

/* Aborts where a value is out of its range or a text does not end or could harm a terminal. */
void configcheck(const struct config *c, const struct complaints *bad);

/* The bytes as a text, which must be freed. */
char *configcheck_text(const uint8_t *p, size_t n);

#endif
