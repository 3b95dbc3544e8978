#!/usr/bin/env bats
# The README's table of boots is the one that the boots are made from.

@test "each theme, its cases and what they prove, as run --table prints them" {
	sh tests/vm/run --table | sed 1d >"$BATS_TEST_TMPDIR/table"
	[ "$(grep -c '^| `' "$BATS_TEST_TMPDIR/table")" -gt 30 ]
	sed -n '/^<!-- table -->$/,/^<!-- end of table -->$/p' README.md | sed '1d;$d' | diff - "$BATS_TEST_TMPDIR/table"
}

@test "the init of an image made by hand is the one that the tests boot" {
	awk '/^## An image made by hand/ { on = 1 } on && /^```$/ { exit } show { print } on && /^```sh$/ { show = 1 }' \
		README.md | diff - tests/vm/busybox/init
}
