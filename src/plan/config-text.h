/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the configuration: defaults, then files, then the kernel command line; later wins. A bad
 * word goes to the list of complaints with its place; the rest counts. If a bad word leaves doubt
 * which cards to take, the host keeps them:
 *   devices  replaces the earlier list by the words that can be understood; if there are none, no
 *	      card is taken;
 *   keep     a word that cannot be understood leaves the earlier list in force beside the good
 *	      words, and sets keep_unclear (see plan/plan.h) until a later keep= is good. So does a
 *	      key with a byte that no key has: it may have been keep.
 * A file that cannot be read may have had any key: config_unread. */
#ifndef GPUROM_PLAN_CONFIG_TEXT_H
#define GPUROM_PLAN_CONFIG_TEXT_H

#include "plan/config.h"

/* Applies the lines of a file: KEY=VALUE or gpurom.KEY=VALUE, '#' comments, blanks around '=',
 * quotes around the value; rd.gpurom=0 and gpurom=0 are mode=off. name: of the file, for
 * complaints. */
void config_file(struct config *c, const char *text, const char *name, struct complaints *bad);

/* False if one of the n bytes is one that no text file has: a control byte other than tab, newline,
 * and a carriage return at the end of its line. *ret_line: the line of the first such byte, from 1.
 * Bytes beyond ASCII are accepted: a comment may have any encoding. */
bool config_is_text(const char *text, size_t n, size_t *ret_line);

/* For a file that exists and cannot be read: it may have had devices=, keep= or mode=off. Sets
 * keep_unclear, and file_unread (see plan/plan.h), which devices= on the kernel command line
 * clears. */
void config_unread(struct config *c);

/* Applies vfio-pci.ids=, gpurom.KEY=VALUE and, if initramfs, rd.gpurom.KEY=VALUE. rd.gpurom=0 and
 * gpurom=0 are mode=off at any place: no later word undoes them. */
void config_cmdline(struct config *c, const char *text, bool initramfs, struct complaints *bad);

#endif
