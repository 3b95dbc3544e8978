/* The comments of what is to be pasted: which card it is, and, with what to do, what is not as a
 * person would expect. One line each; nothing in them can end the comment, be it of XML or of a
 * shell: control characters, bytes beyond ASCII and the second of two hyphens come out as "?". So
 * no option of a command can be named in them. */
#ifndef GPUROM_SNIPPET_NOTES_H
#define GPUROM_SNIPPET_NOTES_H

#include "snippet/snippet.h"

#define SNIPPET_NOTE_MAX 1024 /* bytes of a line, with NUL; longer ones are cut */

/* What stands before and behind a line. */
struct snippet_style {
	const char *open, *close;
};

/* Only drivers of before then want the hypervisor hidden. NVIDIA's support article of March 2021,
 * "GeForce GPU Passthrough for Windows Virtual Machine": driver R465 and later, Kepler and later.
 * Linux drivers and the professional boards never minded. */
#define SNIPPET_WHEN_HIDE                                                                          \
	"only GeForce drivers before R465 (March 2021) in a Windows guest still need this"

void snippet_note(FILE *out, const struct snippet_style *s, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* All that every form says; the first line names the card. */
void snippet_notes(FILE *out, const struct snippet_style *s, const struct snippet_card *c);

/* For the forms that name the card to QEMU by host=; nothing where that works. */
void snippet_note_domain(FILE *out, const struct snippet_style *s, const struct snippet_card *c);

#endif
