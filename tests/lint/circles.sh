#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# circles.sh: no two nouns (x.c with x.h) of src, and no two rooms, include each other, on however long a way.
set -eu
cd "$(dirname "$0")/../.."
includes() {
	grep -ro --include='*.[ch]' '^#include "[^"]*' src | sed 's,^src/,,; s,\.[ch]:#include ", ,; s,\.h$,,'
}
includes | awk '$1 != $2' | tsort >/dev/null
includes | sed 's,/[^ ]*,,g' | awk '$1 != $2' | tsort >/dev/null
