#!/usr/bin/env bats
# The README's table of boots is the one that the boots are made from.

@test "each case and what it proves, as run --table prints them" {
	sh tests/vm/run --table | grep '^| `' >"$BATS_TEST_TMPDIR/table"
	# shellcheck disable=SC2016 # Markdown's
	grep -E '^\| `[a-z0-9-]+` \| [0-9]+ \| ' README.md | diff - "$BATS_TEST_TMPDIR/table"
	[ "$(wc -l <"$BATS_TEST_TMPDIR/table")" -gt 30 ]
}

@test "the init of an image made by hand is the one that the tests boot" {
	awk '/^## An image made by hand/ { on = 1 } on && /^```$/ { exit } show { print } on && /^```sh$/ { show = 1 }' \
		README.md | diff - tests/vm/busybox/init
}
