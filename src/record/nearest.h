/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The card's name that a person may have meant who wrote another. */
#ifndef GPUROM_RECORD_NEAREST_H
#define GPUROM_RECORD_NEAREST_H

#include "record/record.h"

/* Finds the name of a present or recorded card (an address with or without domain and function, a
 * path, a serial number) that is one character from `name`: one too few, one too many, another one,
 * or two that are swapped. Returns ret, or NULL where there is none, or names of several cards are
 * as near. */
const char *record_nearest(const struct pci_scan *s, const struct record *r, const char *name,
			   char ret[PCI_PATH_MAX]);

#endif
