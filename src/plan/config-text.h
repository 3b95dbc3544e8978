/* Configuration: defaults, then files, then the kernel command line; later wins. A bad word is
 * put on the list of complaints with its place; the rest holds. Where a bad word leaves doubt
 * which cards are meant, the doubt is for the host:
 *   devices  replaces the list before it by the words that can be understood, be it none of
 *	      them: then no card is taken;
 *   keep     a word that cannot be understood leaves the list before it in force beside the good
 *	      words, and keep_unclear set (see plan/plan.h) until a later keep= is whole. So does
 *	      a key with a byte that no key has: it may have been keep.
 * A file that cannot be read may have held any key: config_unread. */
#ifndef GPUROM_PLAN_CONFIG_TEXT_H
#define GPUROM_PLAN_CONFIG_TEXT_H

#include "plan/config.h"

/* Lines KEY=VALUE or gpurom.KEY=VALUE, '#' comments, blanks around '=', quotes around the value;
 * rd.gpurom=0 and gpurom=0 are mode=off. name is what complaints call the file. */
void config_file(struct config *c, const char *text, const char *name, struct complaints *bad);

/* False where a byte of these n is in no text file, so that the file is damaged or is none: control
 * bytes other than tab, newline, and a carriage return at the end of its line. *ret_line: of the
 * first, from 1. Bytes beyond ASCII may be a comment's, in whatever encoding. */
bool config_is_text(const char *text, size_t n, size_t *ret_line);

/* A file is there and is not read: it may have held devices=, keep= or mode=off. Sets file_unread
 * (see plan/plan.h) until devices= stands on the kernel command line, and keep_unclear. */
void config_unread(struct config *c);

/* vfio-pci.ids=, gpurom.KEY=VALUE, and rd.gpurom.KEY=VALUE where initramfs. rd.gpurom=0 and
 * gpurom=0 are mode=off wherever they stand: no later word undoes them. */
void config_cmdline(struct config *c, const char *text, bool initramfs, struct complaints *bad);

#endif
