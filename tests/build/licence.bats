#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# tests/lint/licence.sh: which files must say their licence, and where.
# shellcheck disable=SC2154 # what run sets

setup() {
	T=$BATS_TEST_TMPDIR/tree
	mkdir -p "$T/src" "$T/man" "$T/seeds"
	says='SPDX-License-Identifier: GPL-2.0-or-later'
}

@test "a licence in the first line or behind #! is enough; text, seeds and what is built need none" {
	printf '/* %s */\n#define A\n' "$says" >"$T/src/a.h"
	printf '#!/bin/sh\n# %s\n' "$says" >"$T/hook"
	echo text >"$T/notes.txt"
	echo 'int seed;' >"$T/seeds/a.c"
	run sh tests/lint/licence.sh "$T"
	[ "$status" = 0 ] && [ -z "$output" ]
}

@test "each kind of file without one is named: source, script without a suffix, unit, manual page, Makefile" {
	for f in src/a.c hook.sh a.service man/a.8 Makefile; do
		printf 'one\ntwo\n%s\n' "$says" >"$T/$f"
	done
	printf '#!/bin/sh\ntrue\n' >"$T/hook"
	run sh tests/lint/licence.sh "$T"
	[ "$status" = 1 ]
	for f in src/a.c hook.sh a.service man/a.8 Makefile hook; do
		[[ $'\n'$output == *$'\n'"./$f: no SPDX"* ]]
	done
	[ "${#lines[@]}" = 6 ]
}
