/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The comments in a snippet: which card it is, and what is unusual about it, with what to do. One
 * line each. Nothing in them can end an XML or a shell comment: control characters, bytes beyond
 * ASCII and the first of two hyphens become "?". So they cannot name a command's long option. */
#ifndef GPUROM_SNIPPET_NOTES_H
#define GPUROM_SNIPPET_NOTES_H

#include "snippet/snippet.h"

#define SNIPPET_NOTE_MAX 1024 /* bytes of a line, with NUL; longer ones are cut */

/* The text before and behind a line. */
struct snippet_style {
	const char *open, *close;
};

/* When to hide the hypervisor. NVIDIA's support article of March 2021, "GeForce GPU Passthrough for
 * Windows Virtual Machine": not from driver R465 on, for Kepler and later. Linux drivers and
 * professional boards never needed it. */
#define SNIPPET_WHEN_HIDE                                                                          \
	"only GeForce drivers before R465 (March 2021) in a Windows guest still need this"

/* Writes one comment, text as for printf. */
void snippet_note(FILE *out, const struct snippet_style *s, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Writes the comments that every form has; the first line names the card. */
void snippet_notes(FILE *out, const struct snippet_style *s, const struct snippet_card *c);

/* For the forms that name the card to QEMU by host=: warns if that does not work. */
void snippet_note_domain(FILE *out, const struct snippet_style *s, const struct snippet_card *c);

#endif
