// SPDX-License-Identifier: GPL-2.0-or-later
#include "cmd/outfile.h"

#include "sys/file.h"

#include <fcntl.h>

#define OUTFILE_MODE 0644 /* QEMU reads it as a user of its own */

const char *outfile_refused(const char *out, const struct stat *in, bool force)
{
	struct stat st;

	if (stat(out, &st) == 0) {
		/* A link to the input is the input, too. */
		if (in && in->st_dev == st.st_dev && in->st_ino == st.st_ino)
			return "is the input itself: name another file";
		if (!S_ISREG(st.st_mode))
			return "exists and is no regular file";
	}
	if (lstat(out, &st) == 0 && !force)
		return "exists already: name another file, or add --force";
	return NULL;
}

int outfile_publish(const char *out, struct bytes b, bool force)
{
	return force ? file_publish(AT_FDCWD, out, b.p, b.n, OUTFILE_MODE)
		     : file_publish_new(AT_FDCWD, out, b.p, b.n, OUTFILE_MODE);
}
