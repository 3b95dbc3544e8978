#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-or-later
# The lint step for identifiers that are nobody's word.

words() {
	printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/planted.c"
	run sh tests/lint/words.sh src/util/text.c "$BATS_TEST_TMPDIR/planted.c"
}

@test "each of the words is refused, as a variable, a member and a function" {
	for text in 'int told;' 'struct s { int known; };' 'void here(void);' 'int f(int live);' 'struct work;' 'void tell_card(void);'; do
		words "$text"
		[ "$status" -eq 1 ]
		[[ $output == *"planted.c: $text" ]]
	done
}

@test "comments, strings, and longer names are not" {
	words '/* told here */ const char *s = "known \" live"; int unknown, network, at_work; // work'
	[ "$status" -eq 0 ]
}
