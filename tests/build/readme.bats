#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# What the documents show is what the boots are made from.

@test "each theme, its cases and what they prove, as run --table prints them, are in tests/README.md" {
	sh tests/vm/run --table | sed 1d >"$BATS_TEST_TMPDIR/table"
	[ "$(grep -c '^| `' "$BATS_TEST_TMPDIR/table")" -gt 30 ]
	sed -n '/^<!-- table -->$/,/^<!-- end of table -->$/p' tests/README.md | sed '1d;$d' | diff - "$BATS_TEST_TMPDIR/table"
}

@test "the init of an image made by hand is the one that the tests boot" {
	awk '/^\.Sh IMAGES MADE BY HAND/ { on = 1 } show && /^\.Ed$/ { exit } show { print } on && /^\.Bd -literal$/ { show = 1 }' \
		man/gpurom.8 | diff - <(grep -v '^# SPDX' tests/vm/busybox/init)
}

@test "the README stays short" {
	[ "$(wc -l <README.md)" -le 260 ]
}
