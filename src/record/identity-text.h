/* A verdict of record/identity.h as a sentence for the person who reads list, report or the log.
 * Times are texts, "" where none is known. A sentence that does not fit is cut; that takes paths
 * of more than 70 bytes. */
#ifndef GPUROM_RECORD_IDENTITY_TEXT_H
#define GPUROM_RECORD_IDENTITY_TEXT_H

#include "record/identity.h"

/* Same place: which address it had until `since`. */
void identitytext_renumbered(struct pci_addr was, const char *since, char ret[IDENTITY_TEXT_MAX]);

/* by_serial: its serial number says that it is the card that stood at path `was`. */
void identitytext_moved(const char *was, const char *since, bool by_serial,
			char ret[IDENTITY_TEXT_MAX]);

/* was: of the card that stood here before. */
void identitytext_replaced(const struct pci_ids *was, const char *since,
			   char ret[IDENTITY_TEXT_MAX]);

/* The card at `path` may be one of those of the n paths, 1 at least; its own among them: it is that
 * one or the first. all_left: every card of the host has a new path. Of many as many are named as
 * leave room for the command that settles it. */
void identitytext_ambiguous(const char *path, const char maybe[][PCI_PATH_MAX], size_t n,
			    bool all_left, char ret[IDENTITY_TEXT_MAX]);

#endif
