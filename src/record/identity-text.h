/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A verdict of record/identity.h as a sentence for the person who reads list, report or the log.
 * Times are texts, "" if not known. A sentence that does not fit is cut; paths of up to 70 bytes
 * fit. */
#ifndef GPUROM_RECORD_IDENTITY_TEXT_H
#define GPUROM_RECORD_IDENTITY_TEXT_H

#include "record/identity.h"

/* Same place, another address. was: its address until `since`. */
void identitytext_renumbered(struct pci_addr was, const char *since, char ret[IDENTITY_TEXT_MAX]);

/* was: its path until `since`. by_serial: its serial number proves that it is that card. */
void identitytext_moved(const char *was, const char *since, bool by_serial,
			char ret[IDENTITY_TEXT_MAX]);

/* was: ids of the card that was here before. */
void identitytext_replaced(const struct pci_ids *was, const char *since,
			   char ret[IDENTITY_TEXT_MAX]);

/* The card at `path` may be that of one of n paths, at least 1. If `path` is one of them, it is
 * that card or the first. all_left: every card of the host has a new path. Names as many paths as
 * leave room for the command that settles it. */
void identitytext_ambiguous(const char *path, const char maybe[][PCI_PATH_MAX], size_t n,
			    bool all_left, char ret[IDENTITY_TEXT_MAX]);

#endif
