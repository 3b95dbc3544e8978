#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# words.sh FILE...: prints identifiers that say what one does with a thing, not what it is (told for a report, known for
# facts, here for the host, work for a job), and exits 1 if there are any. Comments and strings are not looked at.
set -eu
if for file; do
	gcc -w -fpreprocessed -dD -E -P "$file" | sed 's/"\([^"\\]\|\\.\)*"/""/g; /^#include/d' |
		grep -nwE 'told|known|here|live|work|(tell|told)_[a-z_]+' | sed "s,^[0-9]*:[[:space:]]*,$file: ,"
done | grep . >&2; then
	exit 1
fi
