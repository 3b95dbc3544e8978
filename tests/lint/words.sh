#!/bin/sh
# words.sh FILE...: identifiers that are nobody's word. A variable, member or function is named after what it is (report,
# facts, host, reading, hold_job), not after what one does with it. Comments and strings are not looked at. Exit 1 if any.
set -eu
for file; do
	gcc -w -fpreprocessed -dD -E -P "$file" | sed 's/"\([^"\\]\|\\.\)*"/""/g; /^#include/d' |
		grep -nwE 'told|known|here|live|work|(tell|told)_[a-z_]+' | sed "s,^[0-9]*:[[:space:]]*,$file: ,"
done | {
	! grep . >&2
}
