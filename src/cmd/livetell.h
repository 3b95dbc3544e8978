/* What the reading of a card tells the person who asked for it, on standard error. */
#ifndef GPUROM_CMD_LIVETELL_H
#define GPUROM_CMD_LIVETELL_H

#include "cmd/read-now.h"

/* live_read, with a line that counts where standard error is a terminal; tells what each source
 * gave, the findings, and why nothing was read. Ends the program by the signal that ended the
 * reading. EXIT_DONE with a reading, or EXIT_FAILED; live_free in both cases. */
int livetell_read(const struct cmd_env *env, const struct here *h, const struct live_wish *w,
		  struct live *ret);

/* Each finding a line, after what it is of. */
void livetell_findings(const char *of, const struct findings *f);

/* --source and --while-bound; false where the option (by its letter 's' or 'b') or its word is
 * none of theirs. */
bool livetell_option(int letter, const char *word, struct live_wish *w);
#define LIVETELL_OPTIONS                                                                           \
	{"source", required_argument, NULL, 's'},                                                  \
	{                                                                                          \
		"while-bound", no_argument, NULL, 'b'                                              \
	}
#define LIVETELL_USAGE "--source is sysfs, efi, prom, vfio or shadow"

#endif
